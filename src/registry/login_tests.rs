use super::*;

fn found(text: &str, canonical: &str) -> (Option<String>, Option<String>) {
    let found = Logins::new(Some(text.into()), Vec::new()).find(&Place::of(canonical).unwrap(), soon());
    let login = found.login.map(|login| match login {
        Login::Password(user, password) => format!("{user}:{password}"),
        Login::Identity(token) => format!("token {token}"),
    });
    (login, found.hindrance)
}

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

// "me:hunter2"
const AUTH: &str = "bWU6aHVudGVyMg==";

#[test]
fn logins_are_found_by_the_keys_that_docker_and_podman_use() {
    let hub = ["https://index.docker.io/v1/", "docker.io", "index.docker.io"];
    for key in hub {
        let text = format!(r#"{{"auths": {{"{key}": {{"auth": "{AUTH}"}}}}}}"#);
        assert_eq!(found(&text, "docker.io/library/golang").0.as_deref(), Some("me:hunter2"), "{key}");
        assert_eq!(found(&text, "registry.corp/a").0, None, "{key}");
    }
    for key in ["registry.corp:5000", "https://registry.corp:5000", "https://registry.corp:5000/v2/"] {
        let text = format!(r#"{{"auths": {{"{key}": {{"auth": "{AUTH}"}}}}}}"#);
        assert_eq!(found(&text, "registry.corp:5000/a").0.as_deref(), Some("me:hunter2"), "{key}");
        assert_eq!(found(&text, "registry.corp/a").0, None, "{key}");
    }
}

#[test]
fn an_identity_token_beats_the_name_beside_it() {
    let text = format!(r#"{{"auths": {{"a.io": {{"auth": "{AUTH}", "identitytoken": "t0ken"}}}}}}"#);
    assert_eq!(found(&text, "a.io/x").0.as_deref(), Some("token t0ken"));
}

#[test]
fn an_empty_identity_token_does_not_hide_the_password() {
    let text = format!(r#"{{"auths": {{"a.io": {{"auth": "{AUTH}", "identitytoken": ""}}, "b.io": 1}}}}"#);
    let found = |text: &str| found(text, "a.io/x").0;
    assert_eq!(found(&text.replace(r#", "b.io": 1"#, "")).as_deref(), Some("me:hunter2"));
    assert_eq!(found(&text), None, "what makes no sense is for the crate to refuse");
}

#[test]
fn the_time_for_a_login_is_for_all_files_and_keys_together() {
    let text = format!(r#"{{"auths": {{"a.io": {{"auth": "{AUTH}"}}}}}}"#);
    let logins = Logins::new(Some(text), Vec::new());
    let found = logins.find(&Place::of("a.io/x").unwrap(), Instant::now());
    assert!(found.login.is_none() && found.hindrance.unwrap().contains("could not be run"));
}

#[test]
fn no_login_is_no_hindrance_and_a_broken_one_is() {
    for text in
        ["{}", r#"{"auths": {}}"#, r#"{"auths": {"a.io": {}}}"#, r#"{"credHelpers": {"b.io": "none"}}"#]
    {
        assert_eq!(found(text, "a.io/x"), (None, None), "{text}");
    }
    for (text, part) in [
        ("{", "Docker's format"),
        (r#"{"auths": 1}"#, "Docker's format"),
        (r#"{"auths": {"a.io": {"auth": "%%%"}}}"#, "can't be read"),
        (r#"{"credsStore": "of-nobody-there"}"#, "could not be run"),
    ] {
        let (login, hindrance) = found(text, "a.io/x");
        assert!(login.is_none() && hindrance.clone().unwrap().contains(part), "{text}: {hindrance:?}");
    }
}

#[test]
fn the_first_file_with_a_login_counts_and_missing_ones_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("broken.json"), "{").unwrap();
    std::fs::write(path("podman.json"), format!(r#"{{"auths": {{"a.io": {{"auth": "{AUTH}"}}}}}}"#)).unwrap();
    let logins =
        Logins::new(None, ["none.json", "broken.json", "podman.json"].map(path).into_iter().collect());
    let found = logins.find(&Place::of("a.io/x").unwrap(), soon());
    assert!(
        found.hindrance.is_none() && matches!(found.login, Some(Login::Password(user, _)) if user == "me")
    );
    let found = logins.find(&Place::of("b.io/x").unwrap(), soon());
    assert!(found.login.is_none() && found.hindrance.unwrap().contains("Docker's format"));
}

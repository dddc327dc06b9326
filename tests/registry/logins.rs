//! Logins, tokens, and where they must not go.

use crate::server::{Asked, Say, Server, body, status};
use crate::{
    AUTH, PASSWORD, digest, failure, found, manifest, manifest_reply, no_secret, options, reference,
    with_login,
};
use harden::catalog::Answer;
use harden::registry::{Client, Logins, Options};
use std::net::SocketAddr;

/// What a registry says that wants a token.
fn bearer(realm: &str) -> Say {
    let challenge = format!(r#"Bearer realm="{realm}",service="a service",scope="repository:evil:delete""#);
    status(401).with("WWW-Authenticate", challenge)
}

/// A registry with a token server of its own, whose tokens are as the function says.
fn with_tokens(token: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Server {
    Server::start(|address| {
        move |asked: &Asked| match asked.path.as_str() {
            path if path.starts_with("/token") => token(asked),
            _ if asked.header("authorization") == Some("Bearer t0ken") => manifest_reply(&manifest('1')),
            _ => bearer(&format!("http://{address}/token?x=1")),
        }
    })
}

fn good_token(_: &Asked) -> Say {
    body(r#"{"token": "t0ken", "expires_in": 300}"#)
}

#[test]
fn a_token_is_bought_for_what_is_read_and_nothing_more() {
    let (server, client) = (with_tokens(good_token), Client::new(options()));
    assert_eq!(digest(&client, &server.image("team/app:1")), found(&manifest('1')));
    assert_eq!(digest(&client, &server.image("team/app:2")), found(&manifest('1')));
    assert_eq!(digest(&client, &server.image("b:1")), found(&manifest('1')));
    let scope = |name: &str| format!("GET /token?x=1&service=a%20service&scope=repository%3A{name}%3Apull");
    let expected = [
        "GET /v2/team/app/manifests/1".to_owned(),
        scope("team%2Fapp"),
        "GET /v2/team/app/manifests/1".to_owned(),
        "GET /v2/team/app/manifests/2".to_owned(),
        scope("b"),
        "GET /v2/b/manifests/1".to_owned(),
    ];
    assert_eq!(
        server.lines(),
        expected,
        "a token is kept, and what is wanted is known after the first refusal"
    );
    assert_eq!(server.asked()[1].header("authorization"), None, "without a login there is none to send");
}

#[test]
fn an_expired_token_is_bought_anew() {
    let server = with_tokens(|_| body(r#"{"access_token": "t0ken", "expires_in": 1}"#));
    let client = Client::new(options());
    for tag in ["1", "2"] {
        assert_eq!(digest(&client, &server.image(&format!("a:{tag}"))), found(&manifest('1')));
    }
    assert_eq!(server.lines().iter().filter(|line| line.contains("/token")).count(), 2);
}

#[test]
fn the_token_server_gets_the_login() {
    let server = with_tokens(good_token);
    let client = Client::new(with_login(&server.address.to_string()));
    assert_eq!(digest(&client, &server.image("a:1")), found(&manifest('1')));
    let asked = server.asked();
    assert_eq!(asked[1].header("authorization"), Some(format!("Basic {AUTH}").as_str()));
    assert_eq!(asked[0].header("authorization"), None);
}

#[test]
fn an_identity_token_is_sent_as_a_form() {
    let server = with_tokens(good_token);
    let file = format!(
        r#"{{"auths": {{"{}": {{"auth": "{AUTH}", "identitytoken": "{PASSWORD}&="}}}}}}"#,
        server.address
    );
    let client = Client::new(Options { logins: Logins::new(Some(file), Vec::new()), ..options() });
    assert_eq!(digest(&client, &server.image("a:1")), found(&manifest('1')));
    let asked = &server.asked()[1];
    assert_eq!(asked.line(), "POST /token?x=1");
    assert_eq!(
        asked.body,
        "grant_type=refresh_token&client_id=harden&service=a%20service&scope=repository%3Aa%3Apull\
         &refresh_token=hunter2-secret%26%3D"
    );
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[test]
fn what_a_token_server_does_wrong_is_told() {
    for (say, expected) in [
        (status(401), "HOST wants a login for HOST/a, or has no such image; log in: `docker login HOST`"),
        (status(403), "HOST wants a login for HOST/a, or has no such image; log in: `docker login HOST`"),
        (status(500), "HOST is in trouble (status 500)"),
        (
            status(302).with("Location", "https://evil.invalid/"),
            "the token server HOST answers with status 302",
        ),
        (body("<html>"), "the token server HOST gives no token that can be read"),
        (body("{}"), "the token server HOST gives no token that can be read"),
        (body(r#"{"token": ""}"#), "the token server HOST gives no token that can be read"),
        (body(r#"{"token": "t0ken\r\nx: y"}"#), "the token server HOST gives no token that can be read"),
        (Say::Flood, "the answer of HOST is larger than 1024 KiB"),
        // A token that the registry does not take.
        (
            body(r#"{"token": "other"}"#),
            "HOST wants a login for HOST/a, or has no such image; log in: `docker login HOST`",
        ),
    ] {
        let server = with_tokens({
            let say = say.clone();
            move |_| say.clone()
        });
        let why = failure(&Client::new(options()), &server.image("a:1"));
        assert_eq!(why.replace(&server.address.to_string(), "HOST"), expected, "{say:?}");
    }
}

#[test]
fn a_login_is_not_sent_without_tls() {
    let server = Server::start(|_| |_: &Asked| bearer("http://tokens.invalid/x?y"));
    let why = failure(&Client::new(with_login(&server.address.to_string())), &server.image("a:1"));
    let expected = format!(
        "the token server of {} is http://tokens.invalid, and only this machine is asked without TLS",
        server.address
    );
    assert_eq!(why, expected);
    let server = Server::start(|_| |_: &Asked| bearer("tokens"));
    let why = failure(&Client::new(options()), &server.image("a:1"));
    assert_eq!(why, format!("{} names a token server that is no address", server.address));
}

/// A registry that has public images, those that a token is given for, and those that none is given for.
fn with_some_private() -> Server {
    Server::start(|address| {
        move |asked: &Asked| match asked.path.as_str() {
            path if path.starts_with("/token") && path.contains("%3Amine%3A") => good_token(asked),
            path if path.starts_with("/token") => status(401),
            path if path.starts_with("/v2/public/") => manifest_reply(&manifest('1')),
            _ if asked.header("authorization") == Some("Bearer t0ken") => manifest_reply(&manifest('1')),
            _ => bearer(&format!("http://{address}/token")),
        }
    })
}

#[test]
fn an_image_that_is_refused_does_not_change_the_answer_about_others() {
    for names in [["other", "mine", "public"], ["mine", "public", "other"], ["public", "other", "mine"]] {
        let (server, client) = (with_some_private(), Client::new(options()));
        for name in names {
            let answer = digest(&client, &server.image(&format!("{name}:1")));
            match name {
                "other" => assert!(matches!(answer, Answer::Failed(_)), "{names:?}: {answer:?}"),
                name => assert_eq!(answer, found(&manifest('1')), "{names:?}: {name}"),
            }
        }
    }
}

#[test]
fn a_password_goes_only_with_the_image_that_it_was_wanted_for() {
    let server = Server::start(|_| {
        |asked: &Asked| match (asked.path.starts_with("/v2/public/"), asked.header("authorization")) {
            (true, None) => manifest_reply(&manifest('1')),
            _ => status(401).with("WWW-Authenticate", "Basic realm=\"x\""),
        }
    });
    let client = Client::new(with_login(&server.address.to_string()));
    failure(&client, &server.image("private:1"));
    assert_eq!(digest(&client, &server.image("public:1")), found(&manifest('1')));
}

#[test]
fn what_a_realm_says_of_a_token_is_not_asked_for() {
    let server = Server::start(|address| {
        move |asked: &Asked| match asked.path.as_str() {
            path if path.starts_with("/token") => good_token(asked),
            _ if asked.header("authorization") == Some("Bearer t0ken") => manifest_reply(&manifest('1')),
            _ => bearer(&format!("http://{address}/token?scope=repository:a:push&x=1&offline_token=true")),
        }
    });
    assert_eq!(digest(&Client::new(options()), &server.image("a:1")), found(&manifest('1')));
    assert_eq!(server.lines()[1], "GET /token?x=1&service=a%20service&scope=repository%3Aa%3Apull");
}

/// A registry that wants a password.
fn with_password() -> Server {
    Server::start(|_| {
        |asked: &Asked| match asked.header("authorization") {
            Some(header) if header == format!("Basic {AUTH}") => manifest_reply(&manifest('1')),
            _ => status(401).with("WWW-Authenticate", "Basic realm=\"x\""),
        }
    })
}

#[test]
fn a_password_is_sent_when_it_is_wanted() {
    let server = with_password();
    let client = Client::new(with_login(&server.address.to_string()));
    for tag in ["1", "2"] {
        assert_eq!(digest(&client, &server.image(&format!("a:{tag}"))), found(&manifest('1')));
    }
    let sent: Vec<_> = server.asked().iter().map(|asked| asked.header("authorization").is_some()).collect();
    assert_eq!(sent, [false, true, true]);
}

#[test]
fn who_may_not_read_is_told_how_to_log_in() {
    let server = with_password();
    let host = server.address.to_string();
    let told =
        |options: Options| failure(&Client::new(options), &server.image("team/app:1")).replace(&host, "HOST");
    let no_login = "HOST wants a login for HOST/team/app, or has no such image; log in: `docker login HOST`";
    assert_eq!(told(options()), no_login);
    assert_eq!(told(with_login("another.registry")), no_login);
    let wrong = format!(r#"{{"auths": {{"{host}": {{"auth": "bWU6d3Jvbmc="}}}}}}"#);
    let wrong = Options { logins: Logins::new(Some(wrong), Vec::new()), ..options() };
    assert_eq!(
        told(wrong),
        "HOST refuses the login for HOST/team/app, or has no such image; log in as a user who may read it: `docker login HOST`"
    );
    let helper = Options {
        logins: Logins::new(Some(r#"{"credsStore": "of-nobody"}"#.into()), Vec::new()),
        ..options()
    };
    assert_eq!(
        told(helper),
        "HOST wants a login for HOST/team/app, or has no such image; the program that keeps the logins \
         (docker-credential-...) could not be run; log in again: `docker login HOST`"
    );
}

#[test]
fn refusals_of_other_kinds_are_told() {
    for (say, expected) in [
        (status(401), "wants a login for"),
        (status(403), "wants a login for"),
        (status(401).with("WWW-Authenticate", "Negotiate"), "wants a login by Negotiate, which is not known"),
        (status(401).with("WWW-Authenticate", "Bearer realm=x y"), "wants a login for"),
    ] {
        let server = Server::start(|_| {
            let say = say.clone();
            move |_: &Asked| say.clone()
        });
        let why = failure(&Client::new(with_login(&server.address.to_string())), &server.image("a:1"));
        let expected = expected.replace("wants a login for", "refuses the login for");
        assert!(why.contains(&expected), "{why}");
        assert_eq!(server.asked().len(), 1);
    }
}

/// A registry that wants a password and then redirects.
fn redirecting(to: impl Fn(SocketAddr) -> String + Send + Sync + 'static) -> Server {
    Server::start(|address| {
        move |asked: &Asked| match (asked.path.as_str(), asked.header("authorization")) {
            (_, None) => status(401).with("WWW-Authenticate", "Basic realm=\"x\""),
            ("/moved", _) => manifest_reply(&manifest('2')),
            _ => status(307).with("Location", to(address)),
        }
    })
}

#[test]
fn a_redirect_takes_no_login_to_another_server() {
    let other = Server::start(|_| |_: &Asked| manifest_reply(&manifest('1')));
    let to = format!("http://{}/moved?signature=t0ken", other.address);
    let server = redirecting(move |_| to.clone());
    let client = Client::new(with_login(&server.address.to_string()));
    assert_eq!(digest(&client, &server.image("a:1")), found(&manifest('1')));
    let asked = other.asked();
    assert_eq!((asked.len(), asked[0].header("authorization")), (1, None));
    assert!(!format!("{asked:?}").contains(AUTH));

    let same = redirecting(|_| "/moved".into());
    let client = Client::new(with_login(&same.address.to_string()));
    assert_eq!(digest(&client, &same.image("a:1")), found(&manifest('2')), "on the same server it is needed");
}

#[test]
fn another_server_that_wants_a_login_gets_none() {
    let thief = Server::start(|address| {
        move |asked: &Asked| match asked.path.as_str() {
            "/moved" => bearer(&format!("http://{address}/token")),
            _ => body(r#"{"token": "t0ken"}"#),
        }
    });
    let to = format!("http://{}/moved", thief.address);
    let server = redirecting(move |_| to.clone());
    let client = Client::new(with_login(&server.address.to_string()));
    let why = failure(&client, &server.image("a:1"));
    assert_eq!(why, format!("{} redirects to {}, which wants a login", server.address, thief.address));
    assert_eq!(thief.lines(), ["GET /moved"]);
}

#[test]
fn redirects_lead_neither_round_in_circles_nor_away_from_tls() {
    let server = redirecting(|address| format!("http://{address}/v2/again"));
    let client = Client::new(with_login(&server.address.to_string()));
    assert_eq!(failure(&client, &server.image("a:1")), format!("{} redirects without end", server.address));
    assert!(server.asked().len() < 10);
    let server = redirecting(|_| "http://elsewhere.invalid/secret-t0ken".into());
    let client = Client::new(with_login(&server.address.to_string()));
    let why = failure(&client, &server.image("a:1"));
    assert!(why.ends_with(
        "the new address is http://elsewhere.invalid, and only this machine is asked without TLS"
    ));
}

#[test]
fn no_secret_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_tokens(good_token);
    let options = Options { cache: Some(folder.path().join("c")), ..with_login(&server.address.to_string()) };
    no_secret(&format!("{options:?}"));
    let client = Client::new(options);
    let image = server.image("a:1");
    assert!(matches!(
        client.look_up(&[reference(&image)]).answer(&reference(&image)),
        Some(Answer::Digest(_))
    ));
    let files: Vec<_> =
        std::fs::read_dir(folder.path().join("c")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    no_secret(&std::fs::read_to_string(&files[0]).unwrap());
}

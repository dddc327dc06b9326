//! The client against a real registry, with another client beside it.

use crate::net::proxy;
use crate::real::{Authority, Registry, Setup, USER, base64url, layout, run, wanted};
use crate::server::{Asked, Server, body, status};
use crate::{AUTH, PASSWORD, digest, failure, no_secret, options, pin, reference, with_login};
use harden::catalog::{Answer, Mirror, Pin};
use harden::registry::{Client, Options, Proxies};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// The variable that makes this program ask for one image in the way that its environment tells, and print the answer.
const ASK: &str = "HARDEN_REGISTRY_ASK";

const LOGIN: &str = "me:hunter2-secret";

/// An image for one platform and one for two, in folders.
fn images() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    layout(&folder.path().join("single"), &["linux/amd64"]);
    layout(&folder.path().join("multi"), &["linux/amd64", "linux/arm64"]);
    folder
}

fn fill(registry: &Registry, images: &Path, login: Option<&str>) {
    registry.push(&images.join("single"), "team/app:single", login);
    registry.push(&images.join("multi"), "team/app:multi", login);
    registry.push(&images.join("multi"), "team/app:latest", login);
}

/// Whether both images have the digests that skopeo tells.
fn agrees(client: &Client, registry: &Registry, login: Option<&str>) {
    for tag in ["single", "multi"] {
        let name = format!("team/app:{tag}");
        let expected = Answer::Digest(registry.digest(&name, login));
        assert_eq!(digest(client, &registry.image(&name)), expected, "{tag}");
    }
}

#[test]
fn digests_are_those_of_another_client() {
    if !wanted("digests_are_those_of_another_client") {
        return;
    }
    let (registry, images) = (Setup::default().start(), images());
    fill(&registry, images.path(), None);
    let client = Client::new(options());
    agrees(&client, &registry, None);
    assert_eq!(digest(&client, &registry.image("team/app:none")), Answer::Missing);
    assert_eq!(digest(&client, &registry.image("team/none")), Answer::Missing);
    assert_eq!(client.tags(&reference(&registry.image("team/app"))).unwrap(), ["latest", "multi", "single"]);
    assert!(client.tags(&reference(&registry.image("team/none"))).is_err());
    let multi = registry.digest("team/app:multi", None);
    let single = registry.digest("team/app:single", None);
    let pin = |tag: &str, digest: &str| pin(&client, &registry.image(&format!("team/app{tag}@{digest}")));
    assert_eq!(pin(":multi", &multi), Pin::Current);
    // The same layers and settings make the same manifest: it is one of the index's platforms.
    assert_eq!(pin(":multi", &single), Pin::Platform(multi.clone()));
    assert_eq!(pin(":single", &multi), Pin::Moved(single.clone()));
    assert_eq!(pin("", &multi), Pin::Untagged);
    assert_eq!(pin(":single", &format!("sha256:{}", "0".repeat(64))), Pin::Gone(Some(single)));
}

#[test]
fn a_registry_tells_all_its_tags() {
    if !wanted("a_registry_tells_all_its_tags") {
        return;
    }
    let registry = Setup::default().start();
    let tags: Vec<_> = (0..40).map(|n| format!("t{n:04}")).collect();
    registry.fill("many", &tags);
    let told = Client::new(options()).tags(&reference(&registry.image("many"))).unwrap();
    assert_eq!(told, tags);
}

#[test]
fn a_registry_with_a_password_wants_it() {
    if !wanted("a_registry_with_a_password_wants_it") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (registry, images) = (Setup::default().with_password(folder.path()).start(), images());
    fill(&registry, images.path(), Some(LOGIN));
    agrees(&Client::new(with_login(&registry.host())), &registry, Some(LOGIN));
    let why = failure(&Client::new(options()), &registry.image("team/app:multi"));
    let host = registry.host();
    let expected = format!(
        "{host} wants a login for {host}/team/app, or has no such image; log in: `docker login {host}`"
    );
    assert_eq!(why, expected);
    let missing = digest(&Client::new(with_login(&host)), &registry.image("team/none:1"));
    assert_eq!(missing, Answer::Missing, "who is logged in may know");
}

/// A folder that has a registry's certificate the way Docker's has.
fn certificates(registry: &str, certificate: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(registry)).unwrap();
    fs::copy(certificate, folder.path().join(registry).join("ca.crt")).unwrap();
    folder
}

#[test]
fn a_registry_with_tls_is_trusted_by_its_authority_only() {
    if !wanted("a_registry_with_tls_is_trusted_by_its_authority_only") {
        return;
    }
    let (authority, images) = (Authority::new(), images());
    let tls = Some(authority.sign("IP:127.0.0.1"));
    let registry = Setup { tls, ..Setup::default() }.start();
    fill(&registry, images.path(), None);
    let why = failure(&Client::new(options()), &registry.image("team/app:multi"));
    let expected =
        format!("the certificate of {} is not trusted: nobody known has signed it; put", registry.host());
    assert!(why.starts_with(&expected), "{why}");
    let trusting = certificates(&registry.host(), &authority.certificate());
    let trusting = Options { certificates: vec![trusting.path().into()], ..options() };
    agrees(&Client::new(trusting), &registry, None);
    let multi = registry.digest("team/app:multi", None);
    let image = registry.image("team/app:multi");
    assert_eq!(ask(&image, &[("SSL_CERT_FILE", authority.certificate().to_str().unwrap())]), multi);
    assert!(ask(&image, &[]).contains("nobody known has signed it"));

    let by_name = format!("localhost:{}", registry.port);
    let trusting = certificates(&by_name, &authority.certificate());
    let trusting = Options { certificates: vec![trusting.path().into()], ..options() };
    let why = failure(&Client::new(trusting), &format!("{by_name}/team/app:multi"));
    assert!(why.contains("is not trusted: it is for another name"), "{why}");
}

#[test]
fn a_registry_is_reached_through_a_proxy() {
    if !wanted("a_registry_is_reached_through_a_proxy") {
        return;
    }
    let (authority, images) = (Authority::new(), images());
    let tls = Some(authority.sign("DNS:registry.test"));
    let registry = Setup { tls, ..Setup::default() }.start();
    fill(&registry, images.path(), None);
    let (port, asked) = proxy(registry.port);
    let trusting = certificates("registry.test", &authority.certificate());
    let through = |no_proxy: &str| Options {
        certificates: vec![trusting.path().into()],
        proxies: Proxies::of(|name| match name {
            "HTTPS_PROXY" => Some(format!("http://u:{PASSWORD}@127.0.0.1:{port}")),
            "NO_PROXY" => Some(no_proxy.into()),
            _ => None,
        }),
        ..options()
    };
    let image = "registry.test/team/app:multi";
    let expected = Answer::Digest(registry.digest("team/app:multi", None));
    assert_eq!(digest(&Client::new(through("")), image), expected);
    {
        let asked = asked.lock().unwrap();
        assert!(asked[0].starts_with("CONNECT registry.test:443 "), "{asked:?}");
        assert!(asked[0].to_lowercase().contains("proxy-authorization: basic "), "{asked:?}");
        assert!(!asked[0].contains(PASSWORD));
    }
    let before = asked.lock().unwrap().len();
    let why = failure(&Client::new(through("other.test,test")), image);
    assert!(why.starts_with("registry.test has no address"), "{why}");
    assert_eq!(asked.lock().unwrap().len(), before, "it was not to be asked through the proxy");
}

#[test]
fn a_second_registry_is_a_mirror() {
    if !wanted("a_second_registry_is_a_mirror") {
        return;
    }
    let (origin, images) = (Setup::default().start(), images());
    fill(&origin, images.path(), None);
    let mirror =
        Setup::default().with("proxy", json!({"remoteurl": format!("http://{}", origin.host())})).start();
    let mirrors = [Mirror { prefix: format!("{}/", mirror.host()), of: format!("{}/", origin.host()) }];
    let client = || Client::new(options()).with_mirrors(&mirrors);
    let told = origin.digest("team/app:multi", None);
    let image = origin.image("team/app:multi");
    assert_eq!(digest(&client(), &image), Answer::Digest(told.clone()));
    let asked = |registry: &Registry| {
        registry
            .access()
            .lines()
            .any(|line| line.contains("GET /v2/team/app/manifests/multi") && line.contains("harden/"))
    };
    assert!(asked(&origin) && !asked(&mirror));
    assert_eq!(digest(&client(), &mirror.image("team/app:multi")), Answer::Digest(told.clone()));
    assert!(asked(&mirror), "what is written there is asked for there");
    drop(origin);
    match digest(&client(), &image) {
        Answer::Copy { digest, registry, .. } => assert_eq!((digest, registry), (told, mirror.host())),
        other => panic!("{other:?}"),
    }
}

/// The claims of a token that lets somebody read an image.
fn claims(name: &str) -> serde_json::Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({
        "iss": "issuer", "sub": "", "aud": "the registry", "jti": "1", "iat": now - 9, "nbf": now - 9, "exp": now + 300,
        "access": [{"type": "repository", "name": name, "actions": ["pull", "push"]}],
    })
}

/// A token server for a real registry: everybody may read below `public/`, who is logged in may read all.
fn token_server(certificate: &Path, key: &Path) -> Server {
    let der = run("openssl", &["x509", "-in", certificate.to_str().unwrap(), "-outform", "DER"], b"");
    let chain = String::from_utf8(run("openssl", &["base64", "-A"], &der)).unwrap();
    let head = base64url(json!({"typ": "JWT", "alg": "RS256", "x5c": [chain]}).to_string().as_bytes());
    let key = key.to_str().unwrap().to_owned();
    Server::start(|_| {
        move |asked: &Asked| {
            let scope = asked.path.split("scope=repository%3A").nth(1).unwrap_or_default();
            let name = scope.split("%3A").next().unwrap().replace("%2F", "/");
            let login = asked.header("authorization");
            let is_known = login == Some(format!("Basic {AUTH}").as_str());
            if login.is_some() && !is_known {
                return status(401);
            }
            let mut claims = claims(&name);
            if !is_known && !name.starts_with("public/") {
                claims["access"] = json!([]);
            }
            let text = format!("{head}.{}", base64url(claims.to_string().as_bytes()));
            let sign = run("openssl", &["dgst", "-sha256", "-sign", &key], text.as_bytes());
            body(json!({"token": format!("{text}.{}", base64url(&sign)), "expires_in": 300}).to_string())
        }
    })
}

#[test]
fn a_registry_takes_the_tokens_of_its_token_server() {
    if !wanted("a_registry_takes_the_tokens_of_its_token_server") {
        return;
    }
    let (authority, images) = (Authority::new(), images());
    let (certificate, key) = authority.sign("DNS:tokens");
    let tokens = token_server(&certificate, &key);
    let auth = json!({"token": {
        "realm": format!("http://{}/token", tokens.address), "service": "the registry", "issuer": "issuer",
        "rootcertbundle": authority.certificate(),
    }});
    let registry = Setup::default().with("auth", auth).start();
    for name in ["public/app:multi", "private/app:multi"] {
        registry.push(&images.path().join("multi"), name, Some(LOGIN));
    }
    let expected = Answer::Digest(registry.digest("public/app:multi", None));
    let (anyone, me) = (Client::new(options()), Client::new(with_login(&registry.host())));
    assert_eq!(digest(&anyone, &registry.image("public/app:multi")), expected);
    assert_eq!(digest(&me, &registry.image("private/app:multi")), expected, "it is the same image");
    let why = failure(&anyone, &registry.image("private/app:multi"));
    assert!(why.contains("wants a login for"), "{why}");
    let wrong = Client::new(Options { logins: logins(&registry.host(), "bWU6d3Jvbmc="), ..options() });
    let why = failure(&wrong, &registry.image("private/app:multi"));
    assert!(why.contains("refuses the login for"), "{why}");
}

fn logins(registry: &str, auth: &str) -> harden::registry::Logins {
    let file = format!(r#"{{"auths": {{"{registry}": {{"auth": "{auth}"}}}}}}"#);
    harden::registry::Logins::new(Some(file), Vec::new())
}

/// Asks in a process of its own, whose environment decides.
fn ask(image: &str, environment: &[(&str, &str)]) -> String {
    let home = tempfile::tempdir().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "field::the_environment_decides", "--nocapture"])
        .env_clear()
        .envs([("HOME", home.path().to_str().unwrap()), ("PATH", &path), (ASK, image)])
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    no_secret(&text);
    text.lines().find_map(|line| line.split_once("ANSWER ")).unwrap().1.to_owned()
}

#[test]
fn the_environment_decides() {
    if let Ok(image) = std::env::var(ASK) {
        let answer = Client::new(Options::of_this_machine()).answer(&reference(&image));
        return match answer {
            Answer::Digest(digest) => println!("ANSWER {digest}"),
            other => println!("ANSWER {other:?}"),
        };
    }
    if !wanted("the_environment_decides") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (registry, images) = (Setup::default().with_password(folder.path()).start(), images());
    fill(&registry, images.path(), Some(LOGIN));
    let (host, image) = (registry.host(), registry.image("team/app:multi"));
    let expected = registry.digest("team/app:multi", Some(LOGIN));
    let auths = format!(r#"{{"auths": {{"{host}": {{"auth": "{AUTH}"}}}}}}"#);
    assert!(ask(&image, &[]).contains("wants a login for"));
    assert_eq!(ask(&image, &[("DOCKER_AUTH_CONFIG", &auths)]), expected);

    fs::create_dir(at("docker")).unwrap();
    fs::write(at("docker/config.json"), &auths).unwrap();
    assert_eq!(ask(&image, &[("DOCKER_CONFIG", &at("docker"))]), expected);
    assert_eq!(ask(&image, &[("REGISTRY_AUTH_FILE", &at("docker/config.json"))]), expected);

    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let helper = at("docker-credential-testing");
    let write = |name: &str, text: &str| {
        fs::write(at(name), format!("#!/bin/sh\nread -r server\n{text}\n")).unwrap();
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let known = format!(
        r#"[ "$server" = "{host}" ] || {{ echo "credentials not found in native keychain"; exit 1; }}"#
    );
    let tells = format!(r#"echo '{{"ServerURL":"x","Username":"{USER}","Secret":"{PASSWORD}"}}'"#);
    write("docker-credential-testing", &format!("{known}\n{tells}"));
    assert!(Path::new(&helper).exists());
    for config in
        [r#"{"credsStore": "testing"}"#.to_owned(), format!(r#"{{"credHelpers": {{"{host}": "testing"}}}}"#)]
    {
        fs::write(at("docker/config.json"), config).unwrap();
        assert_eq!(ask(&image, &[("DOCKER_CONFIG", &at("docker")), ("PATH", &path)]), expected);
    }
    write("docker-credential-testing", &format!("echo {PASSWORD}; echo {PASSWORD} >&2; exit 1"));
    let why = ask(&image, &[("DOCKER_CONFIG", &at("docker")), ("PATH", &path)]);
    assert!(why.contains("`docker-credential-testing`, which keeps the logins, failed"), "{why}");
}

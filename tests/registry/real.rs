//! A real registry, Debian's `docker-registry`, started on this machine, with images that are made here and pushed by
//! `skopeo`, whose word for their digests is compared.
#![allow(unreachable_pub)]

use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// The user that registries with a login know; the password is [`crate::PASSWORD`].
pub const USER: &str = "me";

/// Whether the environment asks for a real registry; says so when it does not.
pub fn wanted(test: &str) -> bool {
    let wanted = std::env::var_os("HARDEN_REGISTRY").is_some();
    if !wanted {
        println!(
            "SKIPPED {test}: a real registry needs docker-registry, skopeo, openssl and htpasswd; ask for it with HARDEN_REGISTRY=1"
        );
    }
    wanted
}

/// Runs a program and gives what it printed.
pub fn run(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap().trim().to_owned()
}

/// A digest as `sha256sum` computes it.
pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", text(run("sha256sum", &[], bytes)).split(' ').next().unwrap())
}

/// A registry; ends with its value.
pub struct Registry {
    pub port: u16,
    pub folder: tempfile::TempDir,
    program: Child,
    tls: bool,
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
    }
}

/// How a registry is started.
#[derive(Default)]
pub struct Setup {
    /// The parts of its configuration beside storage and address.
    pub parts: serde_json::Map<String, Value>,
    /// Certificate and key.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl Setup {
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.parts.insert(name.into(), value);
        self
    }

    /// Wants a name and a password.
    pub fn with_password(self, folder: &Path) -> Self {
        let path = folder.join("htpasswd");
        fs::write(&path, run("htpasswd", &["-Bbn", USER, crate::PASSWORD], b"")).unwrap();
        self.with("auth", json!({"htpasswd": {"realm": "test", "path": path}}))
    }

    pub fn start(self) -> Registry {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = self.parts;
        config.insert("version".into(), json!("0.1"));
        config.insert("storage".into(), json!({"filesystem": {"rootdirectory": folder.path().join("data")}}));
        let mut http = json!({"addr": format!("127.0.0.1:{port}"), "secret": "x"});
        if let Some((certificate, key)) = &self.tls {
            http["tls"] = json!({"certificate": certificate, "key": key});
        }
        config.insert("http".into(), http);
        // YAML is a superset of JSON.
        let path = folder.path().join("config.yml");
        fs::write(&path, serde_json::to_vec(&config).unwrap()).unwrap();
        let log = |name: &str| File::create(folder.path().join(name)).unwrap();
        let mut program = Command::new("docker-registry");
        program.arg("serve").arg(&path).stdout(log("access")).stderr(log("log"));
        let program = program.spawn().unwrap();
        let registry = Registry { port, folder, program, tls: self.tls.is_some() };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return registry;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("{}", fs::read_to_string(registry.folder.path().join("log")).unwrap());
    }
}

impl Registry {
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `127.0.0.1:4711/name`.
    pub fn image(&self, name: &str) -> String {
        format!("127.0.0.1:{}/{name}", self.port)
    }

    /// The requests that came, as the registry has written them down.
    pub fn access(&self) -> String {
        fs::read_to_string(self.folder.path().join("access")).unwrap()
    }

    /// Pushes an image from a folder as `name`, with or without a login.
    pub fn push(&self, layout: &Path, name: &str, login: Option<&str>) {
        let from = format!("oci:{}:it", layout.display());
        let to = format!("docker://{}", self.image(name));
        let mut arguments = vec!["copy", "--all", "--dest-tls-verify=false"];
        if let Some(login) = login {
            arguments.extend(["--dest-creds", login]);
        }
        arguments.extend([from.as_str(), to.as_str()]);
        run("skopeo", &arguments, b"");
    }

    /// The digest of an image by skopeo's word, checked against the bytes that it gives.
    pub fn digest(&self, name: &str, login: Option<&str>) -> String {
        let image = format!("docker://{}", self.image(name));
        let inspect = |more: &[&str]| {
            let mut arguments = vec!["inspect", "--tls-verify=false"];
            if let Some(login) = login {
                arguments.extend(["--creds", login]);
            }
            arguments.extend(more);
            arguments.push(&image);
            run("skopeo", &arguments, b"")
        };
        let told = text(inspect(&["--no-tags", "--format", "{{.Digest}}"]));
        assert_eq!(told, sha256(&inspect(&["--raw"])), "skopeo agrees with itself");
        told
    }

    /// Puts the same small image under many tags, each with a manifest of its own; gives the registry's digests.
    pub fn fill(&self, name: &str, tags: &[String]) -> Vec<String> {
        assert!(!self.tls);
        let base = format!("http://{}/v2/{name}", self.host());
        let config = b"{}";
        let digest = sha256(config);
        let start = ureq::post(format!("{base}/blobs/uploads/")).send_empty().unwrap();
        let place = start.headers()["location"].to_str().unwrap().to_owned();
        let sign = if place.contains('?') { '&' } else { '?' };
        ureq::put(format!("{place}{sign}digest={digest}")).send(&config[..]).unwrap();
        let put = |tag: &String| {
            let kind = "application/vnd.oci.image.manifest.v1+json";
            let config =
                json!({"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": 2});
            let annotations = json!({"tag": tag});
            let manifest = json!({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [], "annotations": annotations});
            let request = ureq::put(format!("{base}/manifests/{tag}")).header("Content-Type", kind);
            let reply = request.send(manifest.to_string()).unwrap();
            reply.headers()["docker-content-digest"].to_str().unwrap().to_owned()
        };
        tags.iter().map(put).collect()
    }
}

/// An image as a folder in the layout of OCI, for one platform or two.
pub fn layout(folder: &Path, platforms: &[&str]) {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let add = |bytes: &[u8], kind: &str| {
        let digest = sha256(bytes);
        fs::write(blobs.join(&digest["sha256:".len()..]), bytes).unwrap();
        json!({"mediaType": format!("application/vnd.oci.image.{kind}"), "digest": digest, "size": bytes.len()})
    };
    let images: Vec<Value> = platforms.iter().map(|platform| image(&add, platform)).collect();
    let mut whole = match &images[..] {
        [one] => one.clone(),
        several => {
            let kind = "application/vnd.oci.image.index.v1+json";
            add(
                json!({"schemaVersion": 2, "mediaType": kind, "manifests": several}).to_string().as_bytes(),
                "index.v1+json",
            )
        }
    };
    whole["annotations"] = json!({"org.opencontainers.image.ref.name": "it"});
    fs::write(folder.join("index.json"), json!({"schemaVersion": 2, "manifests": [whole]}).to_string())
        .unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

/// The image of one platform, with one small layer.
fn image(add: &dyn Fn(&[u8], &str) -> Value, platform: &str) -> Value {
    let mut layer = tar::Builder::new(Vec::new());
    let content = format!("for {platform}");
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    layer.append_data(&mut header, "hello", content.as_bytes()).unwrap();
    let layer = layer.into_inner().unwrap();
    let packed = run("gzip", &["-n"], &layer);
    let (system, architecture) = platform.split_once('/').unwrap();
    let config = json!({
        "architecture": architecture, "os": system, "config": {"Cmd": ["/hello"]},
        "rootfs": {"type": "layers", "diff_ids": [sha256(&layer)]},
    });
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": add(config.to_string().as_bytes(), "config.v1+json"),
        "layers": [add(&packed, "layer.v1.tar+gzip")],
    });
    let mut entry = add(manifest.to_string().as_bytes(), "manifest.v1+json");
    entry["platform"] = json!({"architecture": architecture, "os": system});
    entry
}

/// An authority of this test, and a certificate by it for some names.
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap() };
        let (key, certificate) = (authority.path("ca.key"), authority.certificate());
        let subject = ["-subj", "/CN=authority of a test", "-days", "2"];
        let files = ["-keyout", key.to_str().unwrap(), "-out", certificate.to_str().unwrap()];
        run(
            "openssl",
            &[&["req", "-x509", "-newkey", "rsa:2048", "-nodes"][..], &subject, &files].concat(),
            b"",
        );
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The certificate to trust.
    pub fn certificate(&self) -> PathBuf {
        self.path("ca.crt")
    }

    /// A certificate and its key for names such as `DNS:registry.test,IP:127.0.0.1`.
    pub fn sign(&self, names: &str) -> (PathBuf, PathBuf) {
        let [key, request, certificate, extensions] =
            ["s.key", "s.csr", "s.crt", "s.ext"].map(|name| self.path(name));
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        fs::write(&extensions, format!("subjectAltName={names}\n")).unwrap();
        let ask = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server", "-keyout"];
        run("openssl", &[&ask[..], &[&text(&key), "-out", &text(&request)]].concat(), b"");
        let sign = ["x509", "-req", "-days", "2", "-CAcreateserial", "-extfile"];
        let (ca, ca_key) = (text(&self.certificate()), text(&self.path("ca.key")));
        let files = ["-in", &text(&request), "-out", &text(&certificate), "-CA", &ca, "-CAkey", &ca_key];
        run("openssl", &[&sign[..], &[&text(&extensions)], &files].concat(), b"");
        (certificate, key)
    }
}

/// Text in base64, as the tokens of registries have it.
pub fn base64url(bytes: &[u8]) -> String {
    text(run("openssl", &["base64", "-A"], bytes)).replace('+', "-").replace('/', "_").replace('=', "")
}

//! One request and its answer.
//!
//! Redirects are not followed here and nothing is tried again. A client is kept for each host, as hosts differ in the
//! certificates that are trusted for them and in the proxy that leads there.

use super::host::{Host, Url};
use super::options::Options;
use super::trouble::{Kind, Trouble, quote};
use crate::files;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use ureq::http::{HeaderMap, HeaderValue, Request, Response, header, request};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body};

/// The most bytes of an answer that is no success: read only so that the connection can be used again.
const SCRAPS: u64 = 16 << 10;

/// A request.
pub(super) struct Call<'a> {
    pub(super) url: &'a Url,
    pub(super) head: bool,
    /// Media types that are understood.
    pub(super) accept: &'a [&'a str],
    pub(super) authorization: Option<&'a HeaderValue>,
    /// The fields of a form, which makes it a POST.
    pub(super) form: Option<&'a str>,
    /// The most bytes that the body of a success may have.
    pub(super) limit: u64,
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// Of a success, whole.
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The text of a header, if it has one that can be read.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Locks what several threads share; one that panicked leaves nothing half done in it.
pub(super) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connections to all hosts.
pub(super) struct Wire {
    agents: Mutex<BTreeMap<Host, Agent>>,
    system: OnceLock<Vec<Certificate<'static>>>,
    options: Options,
}

impl Wire {
    pub(super) fn new(options: &Options) -> Self {
        Self { agents: Mutex::default(), system: OnceLock::new(), options: options.clone() }
    }

    /// Makes a request and reads its answer, within `time`.
    pub(super) fn send(&self, call: &Call<'_>, time: Duration) -> Result<Reply, Trouble> {
        let agent = self.agent(&call.url.host)?;
        let response = match call.form {
            Some(form) => run(&agent, call.request("POST").body(form.to_owned()), time),
            None => run(&agent, call.request(if call.head { "HEAD" } else { "GET" }).body(()), time),
        };
        let (parts, mut body) = response.map_err(|error| explain(error, call.url))?.into_parts();
        let mut reply = Reply { status: parts.status.as_u16(), headers: parts.headers, body: Vec::new() };
        if !call.head {
            read(&mut body, call, &mut reply)?;
        }
        Ok(reply)
    }

    fn agent(&self, host: &Host) -> Result<Agent, Trouble> {
        if let Some(agent) = lock(&self.agents).get(host) {
            return Ok(agent.clone());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&self.trusted(host)))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let at_once = self.options.at_once_per_host.max(1);
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(self.options.proxies.for_host(host)?)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections_per_host(at_once)
            .max_idle_connections(at_once)
            .timeout_connect(Some(self.options.timeout.min(Duration::from_secs(10))))
            .user_agent(concat!("harden/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(lock(&self.agents).entry(host.clone()).or_insert(agent).clone())
    }

    /// The certificates that are trusted for a host: the system's and those in a folder of its name.
    fn trusted(&self, host: &Host) -> Vec<Certificate<'static>> {
        let system = self.system.get_or_init(|| owned(&rustls_native_certs::load_native_certs()));
        let folders = self.options.certificates.iter().map(|folder| folder.join(host.as_str()));
        let own = folders.flat_map(|folder| own_certificates(&folder));
        own.chain(system.iter().cloned()).collect()
    }
}

fn own_certificates(folder: &Path) -> Vec<Certificate<'static>> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let files = files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|e| e == "crt"));
    files.flat_map(|path| owned(&rustls_native_certs::load_certs_from_paths(Some(&path), None))).collect()
}

fn owned(found: &rustls_native_certs::CertificateResult) -> Vec<Certificate<'static>> {
    found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}

impl Call<'_> {
    fn request(&self, method: &str) -> request::Builder {
        let accept = if self.accept.is_empty() { "application/json" } else { &self.accept.join(", ") };
        let mut request =
            Request::builder().method(method).uri(self.url.text()).header(header::ACCEPT, accept);
        if let Some(value) = self.authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        if self.form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request
    }
}

fn run<B: AsSendBody>(
    agent: &Agent,
    request: Result<Request<B>, ureq::http::Error>,
    time: Duration,
) -> Result<Response<Body>, ureq::Error> {
    agent.run(agent.configure_request(request?).timeout_global(Some(time)).build())
}

/// Reads the body: of a success whole, of anything else what there is.
fn read(body: &mut Body, call: &Call<'_>, reply: &mut Reply) -> Result<(), Trouble> {
    let success = reply.status == 200;
    let limit = if success { call.limit } else { SCRAPS };
    match body.as_reader().take(limit + 1).read_to_end(&mut reply.body) {
        Ok(_) if success && reply.body.len() as u64 > limit => {
            Err(Trouble::last(format!("the answer of {} is larger than {} KiB", call.url.host, limit >> 10)))
        }
        Err(error) if success => Err(explain(error.into(), call.url)),
        _ => Ok(()),
    }
}

/// What went wrong, without the address, which may have a secret in it.
fn explain(error: ureq::Error, url: &Url) -> Trouble {
    let host = &url.host;
    match error {
        ureq::Error::Timeout(_) => Trouble::passing(format!("{host} did not answer in time")),
        ureq::Error::HostNotFound => Trouble::last(format!("{} has no address", host.name())),
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::TimedOut => Trouble::passing(format!("{host} did not answer in time")),
            std::io::ErrorKind::UnexpectedEof => Trouble::passing(format!("{host} cut the connection")),
            _ => tls_inside(&error, host).unwrap_or_else(|| connection(&error, host)),
        },
        ureq::Error::Rustls(error) => tls(&error, host),
        ureq::Error::Tls(reason) => Trouble::last(format!("no TLS with {host}: {reason}")),
        ureq::Error::ConnectionFailed => Trouble::passing(format!("no connection to {host}")),
        ureq::Error::ConnectProxyFailed(reason) => {
            Trouble::passing(format!("the proxy leads nowhere: {}", quote(&reason)))
                .with_help("see HTTPS_PROXY and NO_PROXY")
        }
        ureq::Error::InvalidProxyUrl => Trouble::last("HTTPS_PROXY is not the address of a proxy"),
        ureq::Error::LargeResponseHeader(..) => {
            Trouble::last(format!("the answer of {host} has headers without end"))
        }
        // Whatever else there is comes of what the server sent.
        _ => Trouble::passing(format!("the answer of {host} is not HTTP")),
    }
}

fn connection(error: &std::io::Error, host: &Host) -> Trouble {
    let cause = files::cause(error);
    // How the standard library tells that a name could not be resolved; it has no kind for that. Resolvers try again by
    // themselves.
    match cause.strip_prefix("failed to lookup address information: ") {
        Some(cause) => Trouble::last(format!("{} has no address: {}", host.name(), cause.to_lowercase())),
        None => Trouble::passing(format!("no connection to {host}: {cause}")),
    }
}

/// TLS that fails in the middle of reading comes as an error of reading.
fn tls_inside(error: &std::io::Error, host: &Host) -> Option<Trouble> {
    Some(tls(error.get_ref()?.downcast_ref::<rustls::Error>()?, host))
}

fn tls(error: &rustls::Error, host: &Host) -> Trouble {
    match error {
        rustls::Error::InvalidCertificate(reason) => {
            let help = format!(
                "put its authority's certificate into /etc/docker/certs.d/{host}/ca.crt, or name it in SSL_CERT_FILE"
            );
            let why = format!("the certificate of {host} is not trusted: {}", certificate(reason));
            Trouble::new(Kind::Untrusted, why).with_help(help)
        }
        other => Trouble::passing(format!("no TLS with {host}: {}", quote(&other.to_string()))),
    }
}

fn certificate(reason: &rustls::CertificateError) -> String {
    use rustls::CertificateError as C;
    match reason {
        C::UnknownIssuer => "nobody known has signed it".into(),
        C::Expired | C::ExpiredContext { .. } => "it has expired".into(),
        C::NotValidYet | C::NotValidYetContext { .. } => "it is not valid yet".into(),
        C::NotValidForName | C::NotValidForNameContext { .. } => "it is for another name".into(),
        other => quote(&other.to_string()),
    }
}

//! Questions to a port, over HTTP where it speaks that.
//!
//! In: where a port can be reached, and what to ask. Out: what came, bounded in size and time. Proxies of the
//! environment are not used, redirects are told, not followed.

use std::io::{ErrorKind, Read as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use ureq::http::{HeaderMap, Request, header};

/// The most bytes of a body that are read.
pub(super) const BODY: usize = 1 << 20;
/// The longest that a page may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest that a connection may take: all of them are on this machine.
const CONNECT: Duration = Duration::from_secs(1);
/// How long a port has to stay open to count: where nothing listens in the container, an engine's own proxy accepts,
/// and closes at once.
const OPEN: Duration = Duration::from_millis(200);

/// A page to ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// `GET` and so on.
    pub(super) method: &'a str,
    /// With its query.
    pub(super) path: &'a str,
    /// The port in the container, which the `Host` header tells whatever the address is.
    pub(super) port: u16,
    /// Headers to send.
    pub(super) headers: &'a [(String, String)],
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// A page.
    Page(Page),
    /// A connection, but no HTTP; what was said on it unasked: its first line.
    Connects(Option<String>),
    /// Nothing.
    Nothing,
    /// The question can't be asked: why.
    Unaskable(String),
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Its status.
    pub(super) status: u16,
    /// What it says it is.
    pub(super) content_type: Option<String>,
    /// Where it leads.
    pub(super) location: Option<String>,
    /// Its first bytes.
    pub(super) body: Vec<u8>,
    /// Whether that is all of it.
    pub(super) whole: bool,
}

/// Asks for a page at the addresses, in turn, until one gives one.
pub(super) fn ask(addresses: &[SocketAddr], question: Question<'_>) -> Reply {
    for &address in addresses {
        match get(address, question) {
            Ok(page) => return Reply::Page(page),
            Err(Some(unaskable)) => return Reply::Unaskable(unaskable),
            Err(None) => {}
        }
    }
    // A second connection, for a program may have hung up for want of sense in what it got.
    match addresses.iter().map(|&address| connect(address)).find(|line| *line != Line::Closed) {
        Some(Line::Says(greeting)) => Reply::Connects(Some(greeting)),
        Some(_) => Reply::Connects(None),
        None => Reply::Nothing,
    }
}

/// Whether somebody is at one of the addresses.
pub(super) fn answers(addresses: &[SocketAddr]) -> bool {
    addresses.iter().any(|&address| connect(address) != Line::Closed)
}

/// What a connection is like before anything is asked.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// There is none, or it was hung up at once.
    Closed,
    /// It waits.
    Waits,
    /// Somebody speaks first: the first line.
    Says(String),
}

fn connect(address: SocketAddr) -> Line {
    let stream = TcpStream::connect_timeout(&address, CONNECT);
    let Ok(mut stream) = stream.and_then(|s| s.set_read_timeout(Some(OPEN)).map(|()| s)) else {
        return Line::Closed;
    };
    let mut greeting = [0; 256];
    match stream.read(&mut greeting) {
        Ok(read @ 1..) => {
            let text = String::from_utf8_lossy(&greeting[..read]);
            Line::Says(text.lines().next().unwrap_or_default().to_owned())
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Line::Waits,
        _ => Line::Closed,
    }
}

/// A page; or why it can't be asked for, or none where no HTTP came.
fn get(address: SocketAddr, question: Question<'_>) -> Result<Page, Option<String>> {
    let request = request(address, question).map_err(|error| Some(error.to_string()))?;
    let end = Instant::now() + PATIENCE;
    let response = agent().run(request).map_err(|_| None)?;
    let (parts, mut body) = response.into_parts();
    let header = |name| text(&parts.headers, name);
    let (body, whole) = read(&mut body, end);
    Ok(Page {
        status: parts.status.as_u16(),
        content_type: header(header::CONTENT_TYPE),
        location: header(header::LOCATION),
        body,
        whole,
    })
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_idle_connections(0)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(PATIENCE))
        .user_agent("harden")
        .build()
        .new_agent()
}

fn request(address: SocketAddr, question: Question<'_>) -> Result<Request<()>, ureq::http::Error> {
    let slash = if question.path.starts_with('/') { "" } else { "/" };
    let mut request =
        Request::builder().method(question.method).uri(format!("http://{address}{slash}{}", question.path));
    if !question.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header(header::HOST, format!("localhost:{}", question.port));
    }
    for (name, value) in question.headers {
        request = request.header(name, value);
    }
    request.body(())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The first bytes of a body, and whether they are all.
fn read(body: &mut ureq::Body, end: Instant) -> (Vec<u8>, bool) {
    let mut reader = body.as_reader();
    let mut bytes = Vec::new();
    let mut buffer = [0; 1 << 14];
    while Instant::now() < end {
        match reader.read(&mut buffer) {
            Ok(0) => return (bytes, true),
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(_) => break,
        }
        if bytes.len() >= BODY {
            bytes.truncate(BODY);
            break;
        }
    }
    (bytes, false)
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;

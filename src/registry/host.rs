//! Hosts and addresses that requests go to.

use super::trouble::Trouble;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host with or without a port, in lower case: `registry.corp:5000`, `[::1]:5000`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Host(String);

impl Host {
    /// Takes a host as it stands in an address; none for one with a user, or with anything that names don't have.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, port) = split_port(text);
        let is_port = |port: &str| port.parse::<u16>().is_ok() && port.bytes().all(|b| b.is_ascii_digit());
        (is_name(name) && text.len() <= 255 && port.is_none_or(is_port))
            .then(|| Self(text.to_ascii_lowercase()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without port and brackets.
    pub(super) fn name(&self) -> &str {
        let (name, _) = split_port(&self.0);
        name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
    }

    /// The port that an https address with this host goes to.
    pub(super) fn port(&self) -> u16 {
        split_port(&self.0).1.and_then(|port| port.parse().ok()).unwrap_or(443)
    }

    /// The host as an IP address, if it is one.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        let name = self.name();
        name.parse::<Ipv4Addr>().map(IpAddr::V4).or_else(|_| name.parse::<Ipv6Addr>().map(IpAddr::V6)).ok()
    }

    /// Whether it is this machine: Docker speaks to `localhost`, 127.0.0.0/8 and `[::1]` also without TLS.
    pub(super) fn is_loopback(&self) -> bool {
        self.name() == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rfind(':').filter(|&at| !text[at..].contains(']')) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn is_name(name: &str) -> bool {
    if let Some(address) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    name.split('.').all(|label| !label.is_empty() && label.bytes().all(inside))
}

/// An address: whether by TLS, the host, and the path with its query.
///
/// Has no `Debug` and no `Display`: a path that a registry redirects to may have a signature in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) tls: bool,
    pub(super) host: Host,
    pub(super) path: String,
}

impl Url {
    /// Takes an address apart; none unless it is `https://` or `http://`, a plain host and a path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let slash = if rest[end..].starts_with('/') { "" } else { "/" };
        Self { tls, host: Host::parse(&rest[..end])?, path: format!("{slash}{}", &rest[end..]) }.checked()
    }

    /// Where a `Location` or a `Link` leads from here.
    pub(super) fn join(&self, location: &str) -> Option<Self> {
        if location.starts_with("//") {
            return Self::parse(&format!("{}:{location}", self.scheme()));
        }
        if location.starts_with('/') {
            let path = location.split('#').next().unwrap_or_default().to_owned();
            return Self { path, ..self.clone() }.checked();
        }
        Self::parse(location)
    }

    fn checked(self) -> Option<Self> {
        let plain = self.path.bytes().all(|b| b.is_ascii_graphic()) && self.path.len() <= 8192;
        plain.then_some(self)
    }

    pub(super) fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// Whether both lead to the same server, by the same protocol.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        (self.tls, &self.host) == (other.tls, &other.host)
    }

    /// The address with more in its query.
    pub(super) fn with_query(&self, query: &str) -> Self {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        Self { path: format!("{}{sign}{query}", self.path), ..self.clone() }
    }

    pub(super) fn text(&self) -> String {
        format!("{}://{}{}", self.scheme(), self.host, self.path)
    }

    /// Refuses what is neither TLS nor this machine.
    pub(super) fn secure(self, what: &str) -> Result<Self, Trouble> {
        if self.tls || self.host.is_loopback() {
            return Ok(self);
        }
        Err(Trouble::last(format!(
            "{what} is http://{}, and only this machine is asked without TLS",
            self.host
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for text in ["localhost", "LOCALHOST:5000", "127.0.0.1", "127.9.8.7:1", "[::1]", "[::1]:5000"] {
            assert!(Host::parse(text).unwrap().is_loopback(), "{text}");
        }
        let others =
            ["localhost.corp", "my-localhost", "127.0.0.1.corp", "128.0.0.1", "[::2]", "127.1", "0.0.0.0"];
        for text in others {
            assert!(!Host::parse(text).unwrap().is_loopback(), "{text}");
        }
    }

    #[test]
    fn hosts_have_no_user_and_no_path() {
        for text in
            ["", ".", "..", "a@b", "a:b", "a:", "a:70000", "a:+1", "a/b", "a b", "é", "[::1", "[x]", "a..b"]
        {
            assert!(Host::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn addresses_are_taken_apart_and_joined() {
        let url = Url::parse("https://A.io:1/token?x=1#y").unwrap();
        assert_eq!((url.tls, url.host.as_str(), url.path.as_str()), (true, "a.io:1", "/token?x=1"));
        assert_eq!(url.with_query("b=2").text(), "https://a.io:1/token?x=1&b=2");
        assert_eq!(Url::parse("https://a.io?x").unwrap().text(), "https://a.io/?x");
        let joined = |location: &str| url.join(location).map(|url| url.text());
        assert_eq!(joined("/v2/").as_deref(), Some("https://a.io:1/v2/"));
        assert_eq!(joined("//b.io/v2/").as_deref(), Some("https://b.io/v2/"));
        assert_eq!(joined("http://b.io").as_deref(), Some("http://b.io/"));
        for text in ["ftp://a.io/", "https://u:p@a.io/", "https:///x", "v2/", "", "https://a.io/a b", "/a\nb"]
        {
            assert!(url.join(text).is_none(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        let secure = |text: &str| Url::parse(text).unwrap().secure("its token server");
        assert!(secure("https://a.io/").is_ok());
        assert!(secure("http://127.0.0.1:5000/").is_ok());
        let Err(trouble) = secure("http://a.io/token?secret") else { panic!() };
        assert_eq!(
            trouble.why,
            "its token server is http://a.io, and only this machine is asked without TLS"
        );
    }
}

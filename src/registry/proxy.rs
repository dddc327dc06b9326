//! Which proxy a registry is asked through: by the rules that Docker has from Go's standard library.
//!
//! These rules differ from the HTTP client's own, which know no networks and no ports and take `corp.example` for that
//! host alone, so that hosts would go to the proxy which the user has kept from it. `HTTP_PROXY` has no part: only this
//! machine is asked without TLS, and that never goes through a proxy.

use super::host::Host;
use super::trouble::Trouble;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// The proxies of this machine.
#[derive(Clone, Default)]
pub struct Proxies {
    https: Option<String>,
    exceptions: Vec<Exception>,
}

impl fmt::Debug for Proxies {
    // The address of a proxy may have a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies").field("https", &self.https.is_some()).finish_non_exhaustive()
    }
}

/// What does not go through a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    All,
    Network(IpAddr, u32),
    Address(IpAddr, Option<u16>),
    /// A domain in lower case, whether the name itself belongs to it, and a port.
    Domain(String, bool, Option<u16>),
}

impl Proxies {
    /// What `HTTPS_PROXY` and `NO_PROXY`, or their names in lower case, say.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let either = |name: &str| {
            let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
            set(name).or_else(|| set(&name.to_lowercase()))
        };
        let exceptions = either("NO_PROXY").unwrap_or_default();
        Self {
            https: either("HTTPS_PROXY").map(|proxy| proxy.trim().to_owned()),
            exceptions: exceptions.split(',').filter_map(Exception::parse).collect(),
        }
    }

    /// The proxy that leads to a host; none where it is asked directly.
    pub(super) fn for_host(&self, host: &Host) -> Result<Option<ureq::Proxy>, Trouble> {
        let Some(proxy) = &self.https else { return Ok(None) };
        if host.is_loopback() || self.exceptions.iter().any(|exception| exception.holds(host)) {
            return Ok(None);
        }
        // Its value is not shown: it may have a password in it.
        ureq::Proxy::new(&resolving(proxy)).map(Some).map_err(|_| {
            Trouble::last("HTTPS_PROXY is not the address of a proxy")
                .with_help("set it to an address such as http://proxy.corp:3128")
        })
    }
}

/// A proxy that looks up names itself, as Go has it: names of registries may be known to it only, or be nobody's business here.
fn resolving(proxy: &str) -> Cow<'_, str> {
    let is_socks = |scheme: &str| ["socks", "socks5"].iter().any(|own| scheme.eq_ignore_ascii_case(own));
    let scheme = proxy.split_once("://").filter(|(scheme, _)| is_socks(scheme));
    scheme.map_or(Cow::Borrowed(proxy), |(_, rest)| Cow::Owned(format!("socks5h://{rest}")))
}

impl Exception {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "*" {
            return Some(Self::All);
        }
        if let Some((address, bits)) = text.split_once('/') {
            return Some(Self::Network(address.parse().ok()?, bits.parse().ok()?));
        }
        if let Ok(address) = text.parse() {
            return Some(Self::Address(address, None));
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (text.as_str(), None),
        };
        if let Ok(address) = name.trim_start_matches('[').trim_end_matches(']').parse() {
            return Some(Self::Address(address, port));
        }
        let below = name.strip_prefix("*.").or_else(|| name.strip_prefix('.'));
        let domain = below.unwrap_or(name);
        (!domain.is_empty()).then(|| Self::Domain(domain.to_owned(), below.is_none(), port))
    }

    fn holds(&self, host: &Host) -> bool {
        let at = |port: &Option<u16>| port.is_none_or(|port| port == host.port());
        match self {
            Self::All => true,
            Self::Network(network, bits) => host.ip().is_some_and(|ip| in_network(ip, *network, *bits)),
            Self::Address(address, port) => host.ip() == Some(*address) && at(port),
            Self::Domain(domain, itself, port) => {
                let part = match host.name().strip_suffix(domain.as_str()) {
                    Some("") => *itself,
                    Some(before) => before.ends_with('.'),
                    None => false,
                };
                part && at(port)
            }
        }
    }
}

fn in_network(ip: IpAddr, network: IpAddr, bits: u32) -> bool {
    let wide = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(ip.to_bits()) << 96, 32),
        IpAddr::V6(ip) => (ip.to_bits(), 128),
    };
    let ((ip, length), (network, network_length)) = (wide(ip), wide(network));
    let differ = ip ^ network;
    length == network_length && bits <= length && (bits == 0 || differ >> (128 - bits) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxied(no_proxy: &str, host: &str) -> bool {
        let proxies = Proxies::of(|name| match name {
            "https_proxy" => Some("http://user:hunter2@proxy.corp:3128".into()),
            "NO_PROXY" => Some(no_proxy.into()),
            _ => None,
        });
        assert!(!format!("{proxies:?}").contains("hunter2"));
        proxies.for_host(&Host::parse(host).unwrap()).unwrap().is_some()
    }

    #[test]
    fn what_no_proxy_names_is_asked_directly() {
        for (no_proxy, host) in [
            ("*", "a.io"),
            ("corp.example", "corp.example:5000"),
            ("x, Corp.Example ,y", "registry.corp.example"),
            (".corp.example", "registry.corp.example"),
            ("*.corp.example", "registry.corp.example"),
            ("corp.example:5000", "corp.example:5000"),
            ("corp.example:443", "corp.example"),
            ("10.0.0.0/8", "10.1.2.3:5000"),
            ("10.1.2.3", "10.1.2.3:5000"),
            ("10.1.2.3:5000", "10.1.2.3:5000"),
            ("fd00::/8", "[fd12::1]"),
            ("[fd12::1]:5000", "[fd12::1]:5000"),
            ("0.0.0.0/0", "1.2.3.4"),
            ("", "localhost:5000"),
            ("", "127.0.0.2"),
            ("", "[::1]:5000"),
        ] {
            assert!(!proxied(no_proxy, host), "{no_proxy}: {host}");
        }
    }

    #[test]
    fn all_else_goes_through_the_proxy() {
        for (no_proxy, host) in [
            ("", "a.io"),
            (".corp.example", "corp.example"),
            ("corp.example", "mycorp.example"),
            ("corp.example", "corp.example.io"),
            ("corp.example:5000", "corp.example"),
            ("10.0.0.0/8", "11.1.2.3"),
            ("10.0.0.0/99", "10.1.2.3"),
            ("10.0.0.0/8", "[fd12::1]"),
            ("a.io:port,:5000,/8,.", "a.io"),
        ] {
            assert!(proxied(no_proxy, host), "{no_proxy}: {host}");
        }
    }

    #[test]
    fn names_are_for_a_socks_proxy_to_look_up() {
        for (written, used) in [
            ("socks5://u:p@proxy.corp:1080", ureq::ProxyProtocol::Socks5h),
            ("SOCKS5://proxy.corp:1080", ureq::ProxyProtocol::Socks5h),
            ("socks5h://proxy.corp:1080", ureq::ProxyProtocol::Socks5h),
            ("http://proxy.corp:3128", ureq::ProxyProtocol::Http),
        ] {
            let proxies = Proxies::of(|name| (name == "HTTPS_PROXY").then(|| written.into()));
            let proxy = proxies.for_host(&Host::parse("a.io").unwrap()).unwrap().unwrap();
            assert_eq!(proxy.protocol(), used, "{written}");
        }
    }

    #[test]
    fn a_proxy_that_is_none_is_told_without_its_value() {
        let proxies = Proxies::of(|name| (name == "HTTPS_PROXY").then(|| "gopher://u:hunter2@x".into()));
        let trouble = proxies.for_host(&Host::parse("a.io").unwrap()).unwrap_err();
        assert!(trouble.line().starts_with("HTTPS_PROXY is not the address of a proxy"));
        assert!(!trouble.line().contains("hunter2"));
    }
}

//! The grammar of image references.

use super::{Family, family_of};
use crate::span::Span;

/// An image reference, taken apart by Docker's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// `ghcr.io`, `localhost:5000`; none for the short names of Docker Hub.
    pub registry: Option<&'a str>,
    /// The name without the registry, as written: `golang`, `library/golang`, `distroless/static`.
    pub path: &'a str,
    /// What stands after the colon.
    pub tag: Option<&'a str>,
    /// What stands after the at sign: `sha256:...`.
    pub digest: Option<&'a str>,
    /// Place of the tag, without its colon.
    pub tag_at: Option<Span>,
    /// Place of the digest, without its at sign.
    pub digest_at: Option<Span>,
    /// Where the name (registry and path) ends.
    pub name_end: usize,
}

impl<'a> Reference<'a> {
    /// Takes a reference apart; none for one that Docker would refuse or that still has a variable in it.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (rest, digest) = split(text, text.find('@'));
        let colon = rest.rfind(':').filter(|&at| !rest[at..].contains('/'));
        let (name, tag) = split(rest, colon);
        let (registry, path) = split_registry(name);
        let right = registry.is_none_or(is_registry)
            && is_path(path)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest)
            && name.len() <= 255
            && !(registry.is_none() && is_hex(name, 64));
        let span = |part: &str, end: usize| Span::new(end - part.len(), end);
        right.then(|| Self {
            registry,
            path,
            tag,
            digest,
            tag_at: tag.map(|tag| span(tag, rest.len())),
            digest_at: digest.map(|digest| span(digest, text.len())),
            name_end: name.len(),
        })
    }

    /// The full name: `docker.io/library/golang` for `golang`.
    pub fn canonical(&self) -> String {
        let (registry, folder) = match self.registry {
            None | Some("docker.io" | "index.docker.io") if self.path.contains('/') => ("docker.io", ""),
            None | Some("docker.io" | "index.docker.io") => ("docker.io", "library/"),
            Some(registry) => (registry, ""),
        };
        [registry, "/", folder, self.path].concat()
    }

    /// Whether this is the empty image, which exists under its bare name only.
    pub fn is_scratch(&self) -> bool {
        (self.registry, self.path, self.tag, self.digest) == (None, "scratch", None, None)
    }

    /// What the catalog knows about images of this name.
    pub fn family(&self) -> Option<&'static Family> {
        if self.is_scratch() {
            return family_of("scratch");
        }
        family_of(&self.canonical())
    }
}

/// The text before and after the byte at `at`.
fn split(text: &str, at: Option<usize>) -> (&str, Option<&str>) {
    at.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])))
}

/// The first component is a registry if it can't be part of a path.
fn split_registry(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, path)) if is_host_like(first) => (Some(first), path),
        _ => (None, name),
    }
}

fn is_host_like(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':']) || first.contains(|c: char| c.is_ascii_uppercase())
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rfind(':').filter(|&at| !text[at..].contains(']')) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    is_host(host) && port.is_none_or(digits)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    }
    host.split('.').all(|label| {
        let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !label.is_empty() && label.bytes().all(inside) && !label.starts_with('-') && !label.ends_with('-')
    })
}

fn is_path(path: &str) -> bool {
    path.split('/').all(is_component)
}

/// Lower-case letters and digits; between them one dot, one or two underscores or any number of dashes.
fn is_component(text: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separator = |s: &str| matches!(s, "" | "." | "_" | "__") || s.bytes().all(|b| b == b'-');
    text.starts_with(alphanumeric) && text.ends_with(alphanumeric) && text.split(alphanumeric).all(separator)
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

fn is_digest(text: &str) -> bool {
    match text.split_once(':') {
        Some(("sha256", hex)) => is_hex(hex, 64),
        Some(("sha384", hex)) => is_hex(hex, 96),
        Some(("sha512", hex)) => is_hex(hex, 128),
        _ => false,
    }
}

fn is_hex(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn canonical(text: &str) -> Option<String> {
        Reference::parse(text).map(|r| r.canonical())
    }

    #[test]
    fn names_become_canonical() {
        for (text, expected) in [
            ("golang", "docker.io/library/golang"),
            ("golang:1.22", "docker.io/library/golang"),
            ("library/golang", "docker.io/library/golang"),
            ("docker.io/golang", "docker.io/library/golang"),
            ("docker.io/library/golang:1.22-alpine", "docker.io/library/golang"),
            ("index.docker.io/library/golang", "docker.io/library/golang"),
            ("myreg/golang", "docker.io/myreg/golang"),
            ("localhost/golang", "localhost/golang"),
            ("localhost:5000/golang:1", "localhost:5000/golang"),
            ("registry:5000/golang", "registry:5000/golang"),
            ("Registry/golang", "Registry/golang"),
            ("[::1]:5000/golang", "[::1]:5000/golang"),
            ("gcr.io/distroless/static-debian13:nonroot", "gcr.io/distroless/static-debian13"),
            ("ghcr.io/a/b__c/d--e.f:v1_2", "ghcr.io/a/b__c/d--e.f"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_docker_refuses_is_no_reference() {
        for text in [
            "",
            ":",
            "golang:",
            "golang@",
            "golang:1.22@sha256:12",
            "golang:1.22:3",
            "golang:1 .2",
            "Golang",
            "library/GoLang",
            "$BASE",
            "golang:${VERSION}",
            "golang:$V-alpine",
            "golang//x",
            "/golang",
            "golang/",
            "-golang",
            "golang-",
            "go___lang",
            "go..lang",
            "go.-lang",
            "golang:-1",
            "https://x.io/golang",
            "x.io:port/golang",
            "x.io:/golang",
            ".io/golang",
            "golang:1.22@latest",
            "a@b@c",
            "gölang",
            "golang:é",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
        assert_eq!(Reference::parse(&format!("golang:{}", "1".repeat(129))), None);
        assert_eq!(Reference::parse(&format!("golang@{}", SHA.to_uppercase())), None);
    }

    #[test]
    fn the_parts_stand_where_it_says() {
        let text = format!("localhost:5000/golang:1.22@{SHA}");
        let parsed = Reference::parse(&text).unwrap();
        assert_eq!((parsed.registry, parsed.path), (Some("localhost:5000"), "golang"));
        assert_eq!((parsed.tag, parsed.digest), (Some("1.22"), Some(SHA)));
        assert_eq!(&text[parsed.tag_at.unwrap().range()], "1.22");
        assert_eq!(&text[parsed.digest_at.unwrap().range()], SHA);
        assert_eq!(&text[..parsed.name_end], "localhost:5000/golang");
        let bare = Reference::parse("localhost:5000/golang").unwrap();
        assert_eq!((bare.tag, bare.tag_at, bare.name_end), (None, None, 21));
    }

    #[test]
    fn only_the_bare_name_is_the_empty_image() {
        assert_eq!(Reference::parse("scratch").unwrap().family().unwrap().name, "scratch");
        for text in ["scratch:latest", "docker.io/library/scratch", "library/scratch", "me/scratch"] {
            assert!(Reference::parse(text).unwrap().family().is_none(), "{text}");
        }
    }

    #[test]
    fn families_are_found_by_every_spelling() {
        for (text, name) in [
            ("golang", Some("docker.io/library/golang")),
            ("index.docker.io/golang:1", Some("docker.io/library/golang")),
            ("gcr.io/distroless/static-debian12:nonroot", Some("gcr.io/distroless/static")),
            ("cgr.dev/chainguard/go:latest", Some("cgr.dev/chainguard/go")),
            ("chainguard/go", Some("cgr.dev/chainguard/go")),
            ("myreg/golang", None),
            ("localhost:5000/golang", None),
            ("ghcr.io/library/golang", None),
            ("gcr.io/distroless/static-debian99", None),
        ] {
            let family = Reference::parse(text).unwrap().family();
            assert_eq!(family.map(|f| f.name.as_str()), name, "{text}");
        }
    }
}

//! Where an image is asked for: at its own registry, and at the mirrors that hold its registry's images.

use super::host::Host;
use super::trouble::Trouble;
use crate::catalog::{Mirror, Reference};

/// The name under which Docker keeps the login for Docker Hub. It is not a host that anything is asked from.
const HUB_LOGIN: &str = "https://index.docker.io/v1/";

/// One place that holds an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The server that is asked.
    pub(super) host: Host,
    /// The registry as it stands in references: `docker.io`, `registry.corp:5000`.
    pub(super) registry: String,
    /// The name in the registry: `library/golang`.
    pub(super) name: String,
}

impl Place {
    /// The place of a full name, such as `docker.io/library/golang`; none where its registry is no host.
    pub(super) fn of(canonical: &str) -> Option<Self> {
        let (registry, name) = canonical.split_once('/')?;
        let host = match registry {
            // Docker Hub's images are served by a host of another name.
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        Some(Self { host: Host::parse(host)?, registry: registry.to_owned(), name: name.to_owned() })
    }

    /// What a token has to allow.
    pub(super) fn scope(&self) -> String {
        format!("repository:{}:pull", self.name)
    }

    /// The key of the login in Docker's configuration.
    pub(super) fn login_key(&self) -> &str {
        if self.registry == "docker.io" { HUB_LOGIN } else { &self.registry }
    }

    /// The command that logs in.
    pub(super) fn login_command(&self) -> String {
        match self.registry.as_str() {
            "docker.io" => "`docker login`".into(),
            registry => format!("`docker login {registry}`"),
        }
    }

    /// The full name for people.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.registry, self.name)
    }
}

/// The places to ask for an image.
pub(super) struct Places {
    /// Where the reference says that it is.
    pub(super) own: Place,
    /// Where else it is held, in the order of the mirrors.
    pub(super) copies: Vec<Place>,
}

/// Where an image is, and where it is mirrored. One that is itself written at a mirror is nowhere else: a build takes it from
/// there.
pub(super) fn places(reference: &Reference<'_>, mirrors: &[Mirror]) -> Result<Places, Trouble> {
    let canonical = reference.canonical();
    let own = Place::of(&canonical)
        .ok_or_else(|| Trouble::last(format!("{canonical} is not in a registry that can be asked")))?;
    let mut copies: Vec<Place> = Vec::new();
    if mirrors.iter().any(|mirror| canonical.starts_with(&mirror.prefix)) {
        return Ok(Places { own, copies });
    }
    let held = |mirror: &Mirror| {
        let name = format!("{}{}", mirror.prefix, canonical.strip_prefix(&mirror.of)?);
        // A prefix is untrusted; what it leads to is to be a reference like any other.
        let reference = Reference::parse(&name).filter(|r| r.registry.is_some() && r.tag.is_none())?;
        Place::of(&reference.canonical())
    };
    for place in mirrors.iter().filter_map(held) {
        if place != own && !copies.contains(&place) {
            copies.push(place);
        }
    }
    Ok(Places { own, copies })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror(prefix: &str, of: &str) -> Mirror {
        Mirror { prefix: prefix.into(), of: of.into() }
    }

    fn asked(text: &str, mirrors: &[(&str, &str)]) -> Vec<String> {
        let mirrors: Vec<_> = mirrors.iter().map(|(prefix, of)| mirror(prefix, of)).collect();
        let Places { own, copies } = places(&Reference::parse(text).unwrap(), &mirrors).unwrap();
        [own].iter().chain(&copies).map(|place| format!("{} {}", place.host, place.name)).collect()
    }

    #[test]
    fn docker_hub_is_asked_at_its_own_host_and_with_its_own_login() {
        assert_eq!(asked("golang:1.27", &[]), ["registry-1.docker.io library/golang"]);
        let hub = Place::of("docker.io/library/golang").unwrap();
        assert_eq!((hub.login_key(), hub.login_command().as_str()), (HUB_LOGIN, "`docker login`"));
        let other = Place::of("registry.corp:5000/a/b").unwrap();
        assert_eq!(other.login_key(), "registry.corp:5000");
        assert_eq!(other.login_command(), "`docker login registry.corp:5000`");
        assert_eq!(other.scope(), "repository:a/b:pull");
    }

    #[test]
    fn mirrors_come_last_and_only_for_what_they_hold() {
        let mirrors = [("registry.corp/hub/", "docker.io/"), ("registry.corp/gcr/", "gcr.io/")];
        let hub = ["registry-1.docker.io library/golang", "registry.corp hub/library/golang"];
        assert_eq!(asked("golang", &mirrors), hub);
        assert_eq!(asked("gcr.io/a/b", &mirrors), ["gcr.io a/b", "registry.corp gcr/a/b"]);
        assert_eq!(asked("gcr.io.evil/a/b", &mirrors), ["gcr.io.evil a/b"]);
        assert_eq!(asked("registry.corp/hub/library/golang", &mirrors), ["registry.corp hub/library/golang"]);
        let chain = [("b.io/", "a.io/"), ("a.io/", "docker.io/")];
        assert_eq!(
            asked("a.io/library/golang", &chain),
            ["a.io library/golang"],
            "a copy is asked for there"
        );
        let part = [("registry.corp/official/", "docker.io/library/")];
        assert_eq!(asked("me/app", &part), ["registry-1.docker.io me/app"]);
        assert_eq!(asked("golang", &part)[1], "registry.corp official/golang");
    }

    #[test]
    fn a_mirror_that_is_no_registry_is_left_out() {
        for prefix in
            ["", "hub", "../x", "a.io/../b", "https://a.io/", "a.io/x y/", "u@a.io/", "a.io:5000/x?y="]
        {
            assert_eq!(asked("golang", &[(prefix, "docker.io/")]).len(), 1, "{prefix}");
        }
    }
}

//! How registries are asked.

use super::login::Logins;
use super::proxy::Proxies;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// How registries are asked: limits, and what of this machine is used.
#[derive(Clone, Debug)]
pub struct Options {
    /// The longest that one request may take.
    pub timeout: Duration,
    /// The longest that one place, a mirror or a registry, may take for one answer, with all requests, tries and waits.
    pub patience: Duration,
    /// The longest that all look-ups of many references may take together; what was not asked until then has failed.
    pub whole: Duration,
    /// How often a request is made, the first time included.
    pub tries: u32,
    /// About how long to wait before the second try; before each further one it is twice as long.
    pub pause: Duration,
    /// How many questions are asked at once.
    pub at_once: usize,
    /// How many of them one registry gets.
    pub at_once_per_host: usize,
    /// The folder where digests are kept between runs; none keeps nothing.
    pub cache: Option<PathBuf>,
    /// How long a kept digest counts.
    pub max_age: Duration,
    /// Where logins are found.
    pub logins: Logins,
    /// Folders with a folder for each registry, whose `*.crt` are trusted for it, beside those of the system.
    pub certificates: Vec<PathBuf>,
    /// Proxies of this machine.
    pub proxies: Proxies,
}

impl Default for Options {
    /// Nothing of this machine but the certificates of the system: no logins, no cache, no proxies.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            patience: Duration::from_mins(1),
            whole: Duration::from_mins(10),
            tries: 4,
            pause: Duration::from_millis(250),
            at_once: 16,
            at_once_per_host: 8,
            cache: None,
            max_age: Duration::from_hours(1),
            logins: Logins::default(),
            certificates: Vec::new(),
            proxies: Proxies::default(),
        }
    }
}

impl Options {
    /// With this user's logins, proxies, certificates and cache, as the environment tells.
    pub fn of_this_machine() -> Self {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self::of(home.as_ref(), variable)
    }

    fn of(home: Option<&PathBuf>, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let in_home = |path: &str| home.map(|home| home.join(path));
        let config = folder("XDG_CONFIG_HOME").or_else(|| in_home(".config"));
        let cache = folder("XDG_CACHE_HOME").or_else(|| in_home(".cache"));
        let docker = variable("DOCKER_CONFIG").map(PathBuf::from).or_else(|| in_home(".docker"));
        let podman = [
            variable("REGISTRY_AUTH_FILE").map(PathBuf::from),
            folder("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json")),
            config.as_ref().map(|folder| folder.join("containers/auth.json")),
        ];
        let docker = docker.map(|folder| folder.join("config.json"));
        let user = ["docker/certs.d", "containers/certs.d"];
        let user = config.iter().flat_map(|folder| user.map(|part| folder.join(part)));
        let system = ["/etc/docker/certs.d", "/etc/containers/certs.d"].map(PathBuf::from);
        Self {
            cache: cache.map(|folder| folder.join("harden").join("registry")),
            logins: Logins::new(
                variable("DOCKER_AUTH_CONFIG").and_then(|text| text.into_string().ok()),
                docker.into_iter().chain(podman.into_iter().flatten()).collect(),
            ),
            certificates: user.chain(system).collect(),
            proxies: Proxies::of(|name| variable(name)?.into_string().ok()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_found_as_the_environment_tells() {
        let home = PathBuf::from("/home/me");
        let options = Options::of(Some(&home), |name| match name {
            "XDG_CACHE_HOME" => Some("/caches".into()),
            "XDG_CONFIG_HOME" => Some("relative".into()),
            "DOCKER_AUTH_CONFIG" => Some("{\"auths\": \"hunter2\"}".into()),
            _ => None,
        });
        assert_eq!(options.cache, Some("/caches/harden/registry".into()));
        assert_eq!(options.certificates[0], PathBuf::from("/home/me/.config/docker/certs.d"));
        let text = format!("{options:?}");
        assert!(text.contains("/home/me/.docker/config.json"), "{text}");
        assert!(text.contains("/home/me/.config/containers/auth.json"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(Options::of(None, |_| None).cache, None);
    }
}

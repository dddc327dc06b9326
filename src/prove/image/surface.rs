//! What stands out among the files of an image.

use super::Config;
use super::files::{Entry, Files, Kind, Who};
use std::collections::BTreeSet;

/// Folders that commands are in, beside those of the image's PATH; `/busybox` is that of distroless images for debugging.
const BINS: [&str; 8] = [
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/busybox",
    "/usr/lib/busybox",
];
pub(super) const SHELLS: [&str; 9] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "busybox"];
/// Those of distributions and of languages; `go` is a toolchain.
const MANAGERS: [&str; 18] = [
    "apt", "apt-get", "dpkg", "apk", "dnf", "dnf5", "microdnf", "yum", "rpm", "zypper", "pacman", "pip",
    "pip3", "npm", "yarn", "pnpm", "gem", "cargo",
];
/// Folders that an engine puts something else over.
const MOUNTED: [&str; 3] = ["/proc/", "/sys/", "/dev/"];
/// What distributions close to others than root and no program of a container is meant to read: passwords, lists of users as
/// they were, root's own files, logs, what package managers and name services keep, locks.
const CLOSED: [&str; 20] = [
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/passwd-",
    "/etc/group-",
    "/etc/subuid-",
    "/etc/subgid-",
    "/etc/.pwd.lock",
    "/etc/security/opasswd",
    "/etc/sudoers",
    "/etc/ssl/private/",
    "/etc/polkit-1/",
    "/root/",
    "/var/cache/",
    "/var/log/",
    "/var/lib/apt/",
    "/var/lib/dpkg/",
    "/var/lib/apk/",
    "/lib/apk/",
    "/var/spool/",
    "/usr/lib/apk/",
];
/// Where Go looks for authorities' certificates on Linux (`crypto/x509`, `root_linux.go`), then OpenSSL as Debian, Fedora and
/// its own makers build it.
const CERTIFICATES: [&str; 9] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/lib/ssl/cert.pem",
    "/etc/pki/tls/cert.pem",
    "/usr/local/ssl/cert.pem",
];
/// Folders where both read every file.
const CERTIFICATE_FOLDERS: [&str; 4] =
    ["/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/lib/ssl/certs", "/usr/local/ssl/certs"];
/// Where Go (`time`, `zoneinfo_unix.go`) and the C library look for time zones.
const ZONES: [&str; 4] =
    ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"];
/// Go's own copy, in the folder that its toolchain is in.
const GO_ZONES: &str = "lib/time/zoneinfo.zip";

/// Paths of shells.
pub(super) fn shells(files: &Files, config: &Config) -> Vec<String> {
    commands(files, config, &SHELLS)
}

/// Paths of package managers.
pub(super) fn package_managers(files: &Files, config: &Config) -> Vec<String> {
    commands(files, config, &MANAGERS)
}

/// Commands of some names: programs, and links that lead to one. Folders that are links to others are not counted again.
fn commands(files: &Files, config: &Config, names: &[&str]) -> Vec<String> {
    let path = config.environment.get("PATH").map(String::as_str).unwrap_or_default();
    let folders = BINS.into_iter().chain(path.split(':').filter(|folder| folder.starts_with('/')));
    let folders: BTreeSet<String> =
        folders.filter_map(|folder| Some(files.resolve(folder, "/")?.0)).collect();
    let of_folder = |folder: &String| {
        let start = if folder == "/" { "" } else { folder.as_str() };
        let paths = names.iter().map(|name| format!("{start}/{name}")).collect::<Vec<_>>();
        paths.into_iter().filter(|path| files.resolve(path, "/").is_some_and(|(_, entry)| entry.is_program()))
    };
    let found: BTreeSet<String> = folders.iter().flat_map(of_folder).collect();
    found.into_iter().collect()
}

/// Programs that run as their owner or group.
pub(super) fn setuid(files: &Files) -> Vec<String> {
    listed(files, |_, entry| entry.is_program() && entry.mode & 0o6000 != 0)
}

/// Files and folders that everyone may write to.
pub(super) fn world_writable(files: &Files) -> Vec<String> {
    listed(files, |path, entry| {
        let counts = match entry.kind {
            Kind::File => true,
            Kind::Folder => entry.mode & 0o1000 == 0,
            Kind::Link(_) | Kind::Special => false,
        };
        counts && entry.mode & 0o002 != 0 && !is_in(path, &MOUNTED)
    })
}

/// Files that a user can't read, but for those that distributions close: `CLOSED`.
pub(super) fn unreadable(files: &Files, who: &Who<'_>) -> Vec<String> {
    listed(files, |path, entry| {
        entry.kind == Kind::File
            && !is_in(path, &MOUNTED)
            && !is_in(path, &CLOSED)
            && !files.may_read(path, who)
    })
}

fn listed(files: &Files, wanted: impl Fn(&str, &Entry) -> bool) -> Vec<String> {
    files.iter().filter(|(path, entry)| wanted(path, entry)).map(|(path, _)| path.to_owned()).collect()
}

fn is_in(path: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| path.starts_with(start))
}

/// Whether there are certificates of authorities where programs look, or where the image's variables send them.
pub(super) fn certificates(files: &Files, config: &Config) -> bool {
    let variable = |name: &str| config.environment.get(name).map(String::as_str);
    let mut bundles = variable("SSL_CERT_FILE").into_iter().chain(CERTIFICATES);
    let folders = variable("SSL_CERT_DIR").into_iter().flat_map(|folders| folders.split(':'));
    bundles.any(|path| is_filled(files, path))
        || folders
            .chain(CERTIFICATE_FOLDERS)
            .any(|folder| files.under(folder).any(|(path, _)| is_filled(files, path)))
}

/// Whether there are time zones where programs look, or where the image's variables send them.
pub(super) fn time_zones(files: &Files, config: &Config) -> bool {
    let variable = |name: &str| config.environment.get(name).map(String::as_str);
    let root = variable("GOROOT").unwrap_or("/usr/local/go").trim_end_matches('/');
    let packed = [format!("{root}/{GO_ZONES}"), variable("ZONEINFO").unwrap_or_default().to_owned()];
    packed.iter().any(|path| is_filled(files, path))
        || ZONES.iter().any(|folder| files.under(folder).any(|(path, _)| is_filled(files, path)))
}

/// Whether a path leads to a file with something in it.
fn is_filled(files: &Files, path: &str) -> bool {
    let found = files.resolve(path, "/");
    path.starts_with('/') && found.is_some_and(|(_, entry)| entry.kind == Kind::File && entry.size > 0)
}

//! What switches checks off, by program.
//!
//! The list holds what Checkov's `CKV2_DOCKER_2` to `16` look for, and its siblings.

use super::Check;
use crate::transform::files::steps::has_short;

/// Something that switches a check off.
pub(super) struct Switch {
    /// As it is written.
    pub name: String,
    pub check: Check,
    /// What to do instead.
    pub advice: &'static str,
}

const TRUST: &str =
    "take it away, and add `ca-certificates` or the server's own authority if the image does not know it";
const KEY: &str = "take it away, and install the key that signs the packages if the image does not have it";

fn tls(name: impl Into<String>) -> Switch {
    Switch { name: name.into(), check: Check::Certificates, advice: TRUST }
}

fn signature(name: impl Into<String>) -> Switch {
    Switch { name: name.into(), check: Check::Signatures, advice: KEY }
}

/// What a variable of the environment switches off.
pub(super) fn variable(name: &str, value: &str) -> Option<Switch> {
    let is_switch = match name.to_ascii_uppercase().as_str() {
        "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" => value == "0",
        "CONDA_SSL_VERIFY"
        | "NPM_CONFIG_STRICT_SSL"
        | "PERL_LWP_SSL_VERIFY_HOSTNAME"
        | "YARN_ENABLE_STRICT_SSL"
        | "YARN_STRICT_SSL" => is_off(value),
        // Git looks only whether it is set: `http_init` in its http.c.
        "GIT_SSL_NO_VERIFY" => true,
        "PIP_TRUSTED_HOST" | "UV_INSECURE_HOST" | "GOINSECURE" => !value.is_empty(),
        _ => false,
    };
    is_switch.then(|| tls(format!("{name}={value}")))
}

/// What a program's words switch off, with the index of the word that does.
pub(super) fn of(name: &str, words: &[&str]) -> Vec<(Switch, usize)> {
    let each = |judge: &dyn Fn(&str, &str) -> Option<Switch>| -> Vec<(Switch, usize)> {
        let next = |at: usize| words.get(at + 1).copied().unwrap_or_default();
        words.iter().enumerate().filter_map(|(at, word)| Some((judge(word, next(at))?, at))).collect()
    };
    match name {
        "curl" => curl(words),
        "wget" => each(&|word, _| word.starts_with("--no-check").then(|| tls(named(name, word)))),
        "git" => each(&|word, next| git(word, next).then(|| tls("git without http.sslVerify"))),
        "npm" | "pnpm" | "yarn" | "bower" | "npx" => {
            each(&|word, next| npm(word, next).then(|| tls(named(name, "strict-ssl off"))))
        }
        // Nothing comes from anywhere.
        _ if words.iter().any(|word| LEAVING.contains(word)) => Vec::new(),
        "apt" | "apt-get" | "aptitude" => each(&|word, _| apt(name, word)),
        "apk" => each(&|word, _| (word == "--allow-untrusted").then(|| signature(named(name, word)))),
        "yum" | "dnf" | "microdnf" | "tdnf" | "yum-config-manager" | "zypper" => {
            each(&|word, _| yum(name, word))
        }
        "rpm" => each(&|word, _| {
            ["--nosignature", "--nogpg"].contains(&word).then(|| signature(named(name, word)))
        }),
        "export" => each(&|word, _| word.split_once('=').and_then(|(name, value)| variable(name, value))),
        "echo" | "printf" | "sed" | "tee" => each(&|word, _| setting(word)),
        "conda" | "mamba" => each(&|word, next| {
            (word == "ssl_verify" && is_off(next)).then(|| tls(named(name, "without ssl_verify")))
        }),
        "composer" => each(&|word, next| {
            let is_off = word == "--disable-tls" || (word == "disable-tls" && next == "true");
            is_off.then(|| tls("composer without TLS"))
        }),
        _ if name.starts_with("pip") || name.starts_with("python") || name == "uv" => each(&|word, _| {
            let option = word.split('=').next().unwrap_or(word);
            let is_host = option == "--trusted-host" || option.ends_with(".trusted-host");
            is_host.then(|| tls(named("pip", "--trusted-host")))
        }),
        _ => each(&|word, _| {
            let flags =
                ["--tls-verify=false", "--insecure-skip-tls-verify", "--insecure-skip-tls-verify=true"];
            flags.contains(&word).then(|| tls(named(name, word)))
        }),
    }
}

/// What package managers are told in order to take something away.
const LEAVING: [&str; 8] =
    ["autoclean", "autoremove", "clean", "del", "erase", "purge", "remove", "uninstall"];

fn named(program: &str, option: &str) -> String {
    format!("{program} {option}")
}

/// Whether a value switches something off.
fn is_off(value: &str) -> bool {
    ["0", "false", "no", "off"].iter().any(|off| value.eq_ignore_ascii_case(off))
}

/// Short options of curl that take a value: `curl --help all`.
const CURL_VALUES: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

fn curl(words: &[&str]) -> Vec<(Switch, usize)> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if ["--insecure", "--proxy-insecure"].contains(word) || has_short(word, 'k', CURL_VALUES) {
            return vec![(tls(named("curl", "--insecure")), at)];
        }
        let is_short = word.starts_with('-') && !word.starts_with("--");
        // A value in a word of its own follows a short option that stands last.
        let valued = is_short && word.find(|c| CURL_VALUES.contains(c)).is_some_and(|i| i + 1 == word.len());
        at += if valued { 2 } else { 1 };
    }
    Vec::new()
}

fn git(word: &str, next: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    match lower.split_once('=') {
        Some((key, value)) => key.trim_start_matches("-c").ends_with(".sslverify") && is_off(value),
        None => lower.ends_with(".sslverify") && is_off(next),
    }
}

fn npm(word: &str, next: &str) -> bool {
    let word = word.trim_start_matches("--");
    match word.split_once('=') {
        Some((key, value)) => matches!(key, "strict-ssl" | "strictSSL") && is_off(value),
        None => word == "no-strict-ssl" || (matches!(word, "strict-ssl" | "enableStrictSsl") && is_off(next)),
    }
}

fn apt(name: &str, word: &str) -> Option<Switch> {
    const OPTIONS: [&str; 3] = ["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"];
    if OPTIONS.contains(&word) {
        return Some(signature(named(name, word)));
    }
    let lower = word.to_ascii_lowercase();
    let (key, value) = lower.split_once('=')?;
    let key = key.trim_start_matches("-o");
    let is_on = ["1", "true", "yes", "on"].contains(&value);
    match key {
        "apt::get::allowunauthenticated" | "acquire::allowinsecurerepositories" | "apt::get::force-yes"
            if is_on =>
        {
            Some(signature(named(name, key)))
        }
        _ if is_off(value) && key.starts_with("acquire::https") && key.contains("::verify-") => {
            Some(tls(named(name, key)))
        }
        _ => None,
    }
}

fn yum(name: &str, word: &str) -> Option<Switch> {
    if ["--nogpgcheck", "--nogpg", "--no-gpg-checks", "--no-gpg-check"].contains(&word) {
        return Some(signature(named(name, word)));
    }
    let option = word.strip_prefix("--setopt=").unwrap_or(word);
    let (key, value) = option.split_once('=')?;
    let key = key.rsplit('.').next().filter(|_| is_off(value))?;
    match key {
        "sslverify" => Some(tls(named(name, "without sslverify"))),
        "gpgcheck" => Some(signature(named(name, "without gpgcheck"))),
        _ => None,
    }
}

/// What a line of a configuration file switches off.
fn setting(text: &str) -> Option<Switch> {
    let has = |option: &str| {
        let at = text.match_indices(option).find(|(at, _)| {
            // `repo_gpgcheck` is about lists of packages, which many repositories do not sign.
            !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        });
        at.is_some()
    };
    if has("trusted=yes") && text.contains("deb") {
        return Some(signature("[trusted=yes]"));
    }
    if has("gpgcheck=0") || has("gpgcheck = 0") || has("SigLevel = Never") || has("SigLevel=Never") {
        return Some(signature("a setting"));
    }
    let off = [
        "sslverify=0",
        "sslverify=false",
        "strict-ssl=false",
        "strict-ssl false",
        "check_certificate = off",
        "check_certificate=off",
    ];
    off.iter().any(|option| has(option)).then(|| tls("a setting"))
}

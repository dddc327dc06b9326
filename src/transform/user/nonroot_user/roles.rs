//! Programs that are known by their names: those that root starts, and those that write where they are.

use super::program::file;

/// Servers whose first process is root's, to open ports and logs, and whose others are not.
const MASTERS: [&str; 46] = [
    "apache2",
    "apache2-foreground",
    "apache2ctl",
    "apachectl",
    "asterisk",
    "charon",
    "chronyd",
    "dnsmasq",
    "dovecot",
    "exim",
    "exim4",
    "freeradius",
    "haproxy",
    "httpd",
    "httpd-foreground",
    "lighttpd",
    "mariadbd",
    "mongod",
    "mysqld",
    "mysqld_safe",
    "named",
    "nginx",
    "nginx-debug",
    "nmbd",
    "ntpd",
    "openresty",
    "opendkim",
    "openvpn",
    "pg_ctlcluster",
    "postfix",
    "postgres",
    "proftpd",
    "pure-ftpd",
    "rabbitmq-server",
    "radiusd",
    "rsyslogd",
    "sendmail",
    "slapd",
    "smbd",
    "snmpd",
    "squid",
    "squid3",
    "stunnel",
    "syslog-ng",
    "varnishd",
    "vsftpd",
];

/// Programs that start others, as users that settings name.
const INITS: [&str; 19] = [
    "circusd",
    "init",
    "initctl",
    "invoke-rc.d",
    "monit",
    "my_init",
    "openrc",
    "rc-service",
    "runit",
    "runit-init",
    "runsvdir-start",
    "s6-supervise",
    "s6-svscan",
    "service",
    "start-stop-daemon",
    "supervisor",
    "supervisord",
    "systemctl",
    "xinetd",
];

/// Programs that change the system, or that the system is made of.
const SYSTEM: [&str; 49] = [
    "agetty",
    "auditd",
    "busybox-crond",
    "ceph-mon",
    "ceph-osd",
    "certbot",
    "containerd",
    "cron",
    "crond",
    "cupsd",
    "dbus-daemon",
    "dhcpd",
    "dockerd",
    "docker",
    "dropbear",
    "fusermount",
    "glusterd",
    "hostapd",
    "ifconfig",
    "in.tftpd",
    "inetd",
    "ipsec",
    "ipset",
    "iptables-restore",
    "keepalived",
    "kubelet",
    "ldconfig",
    "losetup",
    "mknod",
    "ndppd",
    "nft",
    "nsenter",
    "ovs-vswitchd",
    "passwd",
    "chpasswd",
    "pppd",
    "radvd",
    "rpcbind",
    "setcap",
    "swapon",
    "tailscaled",
    "tcpdump",
    "udevd",
    "usermod",
    "groupmod",
    "wg",
    "wg-quick",
    "xl2tpd",
    "zerotier-one",
];

/// Programs that add packages to the system.
const PACKAGERS: [&str; 12] = [
    "apk",
    "apt",
    "apt-get",
    "dnf",
    "dpkg",
    "dpkg-reconfigure",
    "microdnf",
    "pacman",
    "rpm",
    "update-ca-certificates",
    "yum",
    "zypper",
];

/// Programs that build or fetch: caches and results go where only root may write.
const BUILDERS: [&str; 41] = [
    "ant",
    "bazel",
    "brunch",
    "cabal",
    "cargo",
    "cmake",
    "corepack",
    "dagger",
    "ember",
    "expo",
    "gatsby",
    "go",
    "gradle",
    "gradlew",
    "grunt",
    "gulp",
    "hexo",
    "hugo",
    "ionic",
    "iex",
    "jekyll",
    "lein",
    "make",
    "meteor",
    "middleman",
    "mix",
    "mvn",
    "mvnw",
    "ng",
    "parcel",
    "pipenv",
    "poetry",
    "react-native",
    "react-scripts",
    "rebar3",
    "sbt",
    "stack",
    "tsc",
    "vite",
    "webpack",
    "webpack-dev-server",
];

/// Programs that run tests: what they find is written beside the sources.
const TESTERS: [&str; 12] = [
    "cucumber",
    "cypress",
    "jest",
    "karma",
    "mocha",
    "nosetests",
    "nyc",
    "phpunit",
    "pytest",
    "rspec",
    "tox",
    "yarn-audit",
];

/// Programs in which a person works, or that wait for one.
const INTERACTIVE: [&str; 27] = [
    "ash", "bash", "cat", "csi", "dash", "gdb", "ghci", "htop", "ipython", "irb", "jshell", "less", "man",
    "mc", "nano", "psysh", "pwsh", "screen", "sh", "sleep", "tail", "tmux", "top", "true", "vim", "watch",
    "zsh",
];

/// Interpreters, in which a person works when they are told to run nothing.
const INTERPRETERS: [&str; 16] = [
    "R", "bun", "deno", "erl", "julia", "lua", "node", "octave", "perl", "php", "python", "python2",
    "python3", "ruby", "sbcl", "swipl",
];

/// Sub-commands of package managers that install, build or serve for development.
const BUILD_WORDS: [&str; 26] = [
    "add",
    "build",
    "bundle",
    "ci",
    "compile",
    "deploy",
    "dev",
    "develop",
    "exec",
    "hot",
    "i",
    "install",
    "lint",
    "prod:build",
    "restore",
    "serve:dev",
    "start-dev",
    "start:dev",
    "storybook",
    "t",
    "test",
    "tst",
    "update",
    "upgrade",
    "watch",
    "run-dev",
];

/// Why a command is started by root, or may not be started by another user.
pub(super) fn why(words: &[String]) -> Option<String> {
    let name = file(words.first()?);
    let rest = &words[1..];
    let is_in = |list: &[&str]| list.contains(&name);
    if is_in(&MASTERS) || name.starts_with("php-fpm") || name.starts_with("php5-fpm") {
        return Some(format!("{name} starts as root and gives that up in its own processes"));
    }
    if is_in(&INITS) {
        return Some(format!("{name} starts other programs, as users that its settings name"));
    }
    if is_in(&SYSTEM) {
        return Some(format!("{name} is for root"));
    }
    if is_in(&PACKAGERS) {
        return Some(format!("{name} changes the system when the container starts"));
    }
    if is_in(&BUILDERS) || builds(name, rest) {
        return Some(format!(
            "{} builds when the container starts, into folders that are root's",
            said(words)
        ));
    }
    if is_in(&TESTERS) || name.ends_with("test") && name.starts_with("py") {
        return Some(format!("{name} runs tests, which write beside the sources"));
    }
    if is_in(&INTERACTIVE) || is_in(&INTERPRETERS) && rest.is_empty() {
        return Some(format!(
            "{name} is for a person, or for what is started later: what that does is not known"
        ));
    }
    let told = rest.iter().find(|w| tells_root(w)).map(String::as_str);
    let told = told
        .or_else(|| rest.windows(2).find(|w| is_user_option(&w[0]) && w[1] == "root").map(|w| w[0].as_str()));
    told.map(|word| format!("{name} is told to run as root, by {word}"))
}

/// The first words of a command.
fn said(words: &[String]) -> String {
    let short: Vec<&str> =
        words.iter().take(3).take_while(|w| !w.starts_with('-')).map(|w| file(w)).collect();
    short.join(" ")
}

fn tells_root(word: &str) -> bool {
    matches!(
        word,
        "--allow-root" | "--unsafe-perm" | "--user=root" | "--uid=root" | "--uid=0" | "--user=0" | "-uroot"
    )
}

fn is_user_option(word: &str) -> bool {
    matches!(word, "--user" | "-u" | "--uid")
}

/// Whether a tool of a language is told to build, install, test or serve for development.
fn builds(name: &str, rest: &[String]) -> bool {
    let mut plain = rest.iter().filter(|w| !w.starts_with('-')).map(String::as_str);
    let first = plain.next().unwrap_or_default();
    let told = |word: &str| BUILD_WORDS.contains(&word) || word.starts_with("dev") || word.contains("watch");
    match name {
        "npm" | "yarn" | "pnpm" | "yarnpkg" => {
            let second = plain.next().unwrap_or_default();
            name != "npm" && first.is_empty()
                || told(first)
                || matches!(first, "run" | "run-script")
                    && (told(second) || second.contains("dev") || second.contains("build"))
        }
        "bundle" | "bundler" => {
            matches!(first, "install" | "update")
                || first == "exec"
                    && plain
                        .next()
                        .is_some_and(|w| matches!(w, "jekyll" | "middleman" | "rspec" | "cucumber" | "guard"))
        }
        "pip" | "pip3" | "easy_install" | "composer" | "gem" | "bower" | "npx" | "conda" => true,
        "dotnet" => matches!(first, "run" | "watch" | "build" | "test" | "restore" | "publish" | "ef"),
        "next" | "nuxt" | "vue-cli-service" | "remix" | "astro" | "quasar" | "gridsome" => first != "start",
        "python" | "python3" | "python2" => {
            rest.windows(2).any(|w| {
                w[0] == "-m" && matches!(w[1].as_str(), "pytest" | "unittest" | "pip" | "tox" | "venv")
            }) || rest.windows(2).any(|w| {
                w[0].ends_with("manage.py")
                    && matches!(w[1].as_str(), "test" | "makemigrations" | "collectstatic")
            }) || rest.first().is_some_and(|w| w.ends_with("setup.py"))
        }
        "manage.py" => matches!(first, "test" | "makemigrations" | "collectstatic"),
        "rails" | "rake" => {
            matches!(first, "new" | "test" | "assets:precompile") || first.starts_with("spec")
        }
        _ => false,
    }
}

//! What the steps of a stage do that newer releases of Go, or the newer system that its image stands on, may do otherwise.

use crate::model::Run;

/// Packages that every release of the distribution has, and that no release changes for a Go build.
const STEADY: [&str; 12] = [
    "git",
    "ca-certificates",
    "tzdata",
    "gcc",
    "g++",
    "musl-dev",
    "libc-dev",
    "build-base",
    "make",
    "bash",
    "curl",
    "openssh-client",
];

/// Programs that start the command which follows them.
const STARTERS: [&str; 9] =
    ["sudo", "env", "exec", "command", "nice", "nohup", "time", "eatmydata", "stdbuf"];

/// Programs that only speak of what their words name.
const QUIET: [&str; 12] =
    ["rm", "echo", "printf", "mkdir", "ls", "chmod", "chown", "cp", "mv", "ln", "touch", "export"];

/// Programs that read what Go has compiled: those made with an older release don't know the format of a newer one.
const READERS: [&str; 6] = ["golangci-lint", "staticcheck", "tinygo", "gopls", "errcheck", "gosec"];

const PACKAGES: &str = "the newer image stands on another release of its distribution, with other packages";

/// Why a `RUN` with that text may do otherwise, if it may.
pub(super) fn doubt(run: &Run, text: &str) -> Option<String> {
    if text.contains("go version") && ["grep", "test ", "[ ", "=="].iter().any(|check| text.contains(check)) {
        return Some("the build looks at the version of Go".into());
    }
    run.script.commands.iter().find_map(|command| {
        let words = command.words.iter().map(|word| word.literal.as_deref().unwrap_or("$"));
        of_command(&words.collect::<Vec<_>>())
    })
}

fn of_command(words: &[&str]) -> Option<String> {
    let (name, rest) = started(words).split_first()?;
    let name = base(name);
    match name {
        "go" => of_go(rest),
        _ if READERS.contains(&name) => {
            Some(format!("{name} may not know what newer releases of Go compile to"))
        }
        "apt-get" | "apt" | "aptitude" | "dpkg" | "apk" => of_packages(name, rest),
        "sh" | "bash" | "ash" | "dash" | "eval" if rest.contains(&"$") => {
            Some("a RUN of the stage calls commands that can't be told".into())
        }
        _ if QUIET.contains(&name) => None,
        // A command in the words of another: `sh -c "apt-get ..."`, `xargs go install`.
        _ => {
            let inner =
                rest.iter().flat_map(|word| word.split(|c: char| c.is_whitespace() || ";&|".contains(c)));
            let inner: Vec<&str> = inner.map(base).collect();
            if inner.iter().any(|word| ["apt-get", "apt", "aptitude", "dpkg", "apk"].contains(word)) {
                return Some(PACKAGES.into());
            }
            let go = inner.iter().position(|word| *word == "go")?;
            of_go(&inner[go + 1..])
        }
    }
}

/// The words without those that start other commands, their options and the variables that they set.
fn started<'w, 's>(mut words: &'w [&'s str]) -> &'w [&'s str] {
    while let Some((first, rest)) = words.split_first()
        && STARTERS.contains(&base(first))
    {
        let skipped = rest.iter().take_while(|word| word.starts_with('-') || word.contains('=')).count();
        words = &rest[skipped..];
    }
    words
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn of_go(words: &[&str]) -> Option<String> {
    let words = match words {
        ["-C", _, rest @ ..] => rest,
        [option, rest @ ..] if option.starts_with('-') => rest,
        _ => words,
    };
    match words {
        ["mod", "init" | "edit" | "tidy", ..] => {
            Some("go.mod is made by the build, and may come out otherwise with newer releases".into())
        }
        ["get", ..] => Some("`go get` installs no programs since Go 1.18".into()),
        ["install" | "run", rest @ ..] if rest.iter().any(|w| w.contains('@')) => {
            Some("a tool at a fixed version may not build with newer releases".into())
        }
        _ => None,
    }
}

fn of_packages(name: &str, words: &[&str]) -> Option<String> {
    match words {
        ["update" | "upgrade", ..] => None,
        ["add", rest @ ..]
            if name == "apk" && rest.iter().all(|w| w.starts_with('-') || STEADY.contains(w)) =>
        {
            None
        }
        _ => Some(PACKAGES.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted(text: &str) -> bool {
        let words: Vec<String> = text.split(' ').map(|word| word.replace('_', " ")).collect();
        of_command(&words.iter().map(String::as_str).collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn what_is_the_same_with_newer_releases() {
        for text in [
            "go build ./...",
            "go -C cmd build",
            "go mod download",
            "env CGO_ENABLED=0 go build -o /app .",
            "go install ./cmd/app",
            "apk add --no-cache git make",
            "apk update",
            "rm -rf /var/cache/apk",
            "sh -c go_build_./...",
            "make build",
        ] {
            assert!(!doubted(text), "{text}");
        }
    }

    #[test]
    fn what_may_not_be() {
        for text in [
            "sudo apt-get install libfoo-dev",
            "/usr/bin/apt-get install x",
            "sh -c apt-get_update&&apt-get_install_x",
            "bash -c cd_/x;go_install_a@v1",
            "eatmydata apt-get install x",
            "go run example.com/a@v1.0.0",
            "go -C tools install a@v1",
            "/usr/local/go/bin/go install a@v1",
            "xargs -n1 go install a@v1",
            "sudo -E go get a",
            "apk add python3",
            "golangci-lint run",
            "nice -n 5 go mod tidy",
            "bash -c $",
        ] {
            assert!(doubted(text), "{text}");
        }
    }
}

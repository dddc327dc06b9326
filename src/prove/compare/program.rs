//! The program that a container starts: whether it is the same, can be loaded, and gets the same arguments.

use super::{Findings, some};
use crate::prove::image::{Config, Format, Image, Program};
use crate::prove::proof::Kind;

/// What Go calls a program that is built from files, not from a package.
const FROM_FILES: &str = "command-line-arguments";

/// Compares the programs of two images.
pub(super) fn compare(before: &Image, after: &Image, found: &mut Findings) {
    platform(before, after, found);
    let (Some(old), Some(new)) = (&before.program, &after.program) else {
        if before.program.is_some() {
            let name = after.config.argv().next().unwrap_or_default().to_owned();
            let what = if name.is_empty() {
                "nothing says what a container starts".to_owned()
            } else {
                format!("{name} is what a container starts, and it is not in the image")
            };
            found.different(Kind::MissingProgram, what, Vec::new());
        }
        return;
    };
    loadable(old, new, after, found);
    if started(before).is_none() || started(after).is_none() {
        // A shell works out what is run: what the containers do is compared, not what is written.
        return;
    }
    if is_same(old, new) {
        arguments(&before.config, &after.config, found);
    } else {
        let what = format!("a container starts {} in place of {}", named(new), named(old));
        found.different(Kind::EntryPoint, what, Vec::new());
    }
}

/// Whether both images are for one platform: an engine that emulates others runs either. Variants come and go with base images.
fn platform(before: &Image, after: &Image, found: &mut Findings) {
    let plain = |image: &Image| image.platform.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    let (old, new) = (plain(before), plain(after));
    if old != new && !old.is_empty() && !new.is_empty() {
        let help = "leave the platform of the last stage to `--platform`";
        let what = format!("the image is for {new} in place of {old}");
        found.helped(Kind::WrongArchitecture, what, Vec::new(), Some(help));
    }
}

/// Whether the program can be loaded: for this processor, with all of its libraries.
fn loadable(old: &Program, new: &Program, after: &Image, found: &mut Findings) {
    let native = after.platform.split('/').nth(1).unwrap_or_default();
    if let Some(own) = new.architecture.as_deref().filter(|own| *own != native && !native.is_empty()) {
        let what = format!("{} is for {own}, the image for {native}", new.path);
        let help = "build for the image's platform: GOARCH has to be the one of `--platform`";
        found.helped(Kind::WrongArchitecture, what, Vec::new(), Some(help));
    }
    if let Some(loader) = new.interpreter.as_ref().filter(|_| !new.interpreter_found && may_load(old)) {
        let kind = if new.format == Format::Script { "is run by" } else { "is loaded by" };
        let what = format!("{} {kind} {loader}, which is not in the image", new.path);
        let help = "build it statically (CGO_ENABLED=0), or on a base image that has the library";
        found.helped(Kind::MissingLibrary, what, Vec::new(), Some(help));
    } else if !new.missing_libraries.is_empty() && old.missing_libraries.is_empty() {
        let what = format!("{} needs {}, not in the image", new.path, some(&new.missing_libraries));
        let help = "copy the library from the builder, or take a base image that has it";
        found.helped(Kind::MissingLibrary, what, Vec::new(), Some(help));
    }
}

fn may_load(old: &Program) -> bool {
    old.interpreter.is_none() || old.interpreter_found
}

/// Whether two programs are the same one, built twice.
fn is_same(old: &Program, new: &Program) -> bool {
    let path = |program: &Program| program.go.as_ref().and_then(|go| go.path.clone());
    let same_name = name(&old.path) == name(&new.path);
    match (path(old), path(new)) {
        (Some(old), Some(new)) if old != FROM_FILES && new != FROM_FILES => old == new,
        _ => same_name,
    }
}

/// A program for people: the file, and the Go package that it was built from.
fn named(program: &Program) -> String {
    let package = program.go.as_ref().and_then(|go| go.path.as_ref()).filter(|path| *path != FROM_FILES);
    package.map_or_else(|| program.path.clone(), |package| format!("{} ({package})", program.path))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The program and its arguments as a container starts them; none where a shell works them out.
fn started(image: &Image) -> Option<Vec<String>> {
    let argv: Vec<&str> = image.config.argv().collect();
    let [shell, "-c", text] = argv.as_slice() else {
        return Some(argv.into_iter().map(str::to_owned).collect());
    };
    if !["/bin/sh", "/bin/bash", "sh", "bash"].contains(shell) {
        return Some(argv.into_iter().map(str::to_owned).collect());
    }
    plain(text)
}

/// The words of a text that a shell would only split at blanks.
fn plain(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let text = text.strip_prefix("exec ").unwrap_or(text);
    let harmless = |c: char| c.is_alphanumeric() || "-_./,:=+@% ".contains(c);
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    (text.chars().all(harmless) && !words.first()?.contains('=')).then_some(words)
}

/// Whether the program gets the same arguments, and those of `docker run` go the same way.
fn arguments(old: &Config, new: &Config, found: &mut Findings) {
    let tail =
        |config: &Config| started_with(config).map(|words| words.into_iter().skip(1).collect::<Vec<_>>());
    let (Some(was), Some(is)) = (tail(old), tail(new)) else { return };
    let list = |words: &[String]| if words.is_empty() { "none".to_owned() } else { words.join(" ") };
    if was != is {
        let what = format!("the program gets other arguments: {} in place of {}", list(&is), list(&was));
        found.different(Kind::Arguments, what, Vec::new());
    } else if !old.entrypoint.is_empty() && !is_shell(old) {
        let fixed = |config: &Config| config.entrypoint.iter().skip(1).cloned().collect::<Vec<_>>();
        if new.entrypoint.is_empty() || fixed(old) != fixed(new) {
            let what = "arguments of `docker run` replace what they did not: ENTRYPOINT is another";
            found.different(
                Kind::EntryPoint,
                what,
                vec![
                    format!("before: {}", list(&old.entrypoint)),
                    format!("after: {}", list(&new.entrypoint)),
                ],
            );
        }
    } else if !new.entrypoint.is_empty() {
        found.note("arguments of `docker run` reach the program now: they took its place before");
    }
}

fn started_with(config: &Config) -> Option<Vec<String>> {
    started(&Image { config: config.clone(), ..Image::default() })
}

fn is_shell(config: &Config) -> bool {
    matches!(config.entrypoint.as_slice(), [shell, flag, _] if flag == "-c" && shell.ends_with("sh"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_for_another_machine_is_told() {
        let image = |platform: &str| Image { platform: platform.into(), ..Image::default() };
        let told = |was: &str, is: &str| {
            let mut found = Findings::default();
            compare(&image(was), &image(is), &mut found);
            found.differences.into_iter().map(|one| (one.id, one.what)).next()
        };
        let what = "the image is for linux/arm64 in place of linux/amd64".to_owned();
        assert_eq!(told("linux/amd64", "linux/arm64/v8"), Some((Kind::WrongArchitecture, what)));
        assert_eq!(told("linux/arm64", "linux/arm64/v8"), None);
        assert_eq!(told("", "linux/amd64"), None);
    }
}

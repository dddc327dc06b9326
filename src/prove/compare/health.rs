//! The health check of two images: whether it is there, and can still be started.

use super::Findings;
use crate::prove::image::{Config, HealthCheck, Image};
use crate::prove::proof::Kind;

/// What shells do themselves, though there may be files of the same name.
const BUILT_IN: [&str; 8] = ["[", "echo", "false", "kill", "printf", "pwd", "test", "true"];
/// What engines give the text of a check's shell form to.
const SHELL: &str = "/bin/sh";

/// Compares the health checks of two images. A check may be written anew, but what it starts has to be in the image: the
/// engine takes a container for unhealthy where it is not, and restarts it or sends it no requests.
pub(super) fn compare(before: &Image, after: &Image, found: &mut Findings) {
    let Some(old) = check(&before.config) else { return };
    let Some(new) = check(&after.config) else {
        found.different(Kind::Setting, "the health check is gone", Vec::new());
        return;
    };
    if let Some(program) = missing(before, after, new) {
        let what = format!("the health check starts {program}, which is not in the image");
        let detail = vec![format!("the health check: {}", new.test.join(" "))];
        let help = "let the program check itself, as in HEALTHCHECK CMD [\"/app\", \"health\"], or leave the check to the cluster";
        found.helped(Kind::Setting, what, detail, Some(help));
    } else if old != new {
        found.note(format!(
            "the health check is `{}` in place of `{}`",
            new.test.join(" "),
            old.test.join(" ")
        ));
    }
}

/// The check of an image; none where it says that there is none.
fn check(config: &Config) -> Option<&HealthCheck> {
    config.health_check.as_ref().filter(|check| check.test.first().is_none_or(|kind| kind != "NONE"))
}

/// What a check starts that only the original holds. What neither holds never worked.
fn missing<'c>(before: &Image, after: &Image, check: &'c HealthCheck) -> Option<&'c str> {
    let gone = |name: &&str| before.command(name).is_some() && after.command(name).is_none();
    let (kind, rest) = check.test.split_first()?;
    let first = rest.first()?.as_str();
    if kind != "CMD-SHELL" {
        return Some(first).filter(gone);
    }
    let word = first.split_whitespace().next().filter(|word| !BUILT_IN.contains(word));
    Some(SHELL).filter(gone).or(word.filter(gone))
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;

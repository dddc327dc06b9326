//! What is told about a secret, and what to do about it.

use super::copied::Copied;
use super::names::Strength;
use super::scan::Hit;
use crate::catalog::secrets::Purpose;
use crate::document::Keyword;
use crate::transform::Context;

/// Where a secret is.
pub(super) struct Place<'p, 'a> {
    pub cx: &'p Context<'a>,
    /// Index of the instruction.
    pub index: usize,
    /// The keyword of what is done, behind `ONBUILD` too.
    pub keyword: Keyword,
}

/// Message, title and reason.
type Words = (String, String, String);

/// What is told about a secret in a text.
pub(super) fn value(place: &Place<'_, '_>, hit: &Hit) -> Words {
    let what = match &hit.name {
        Some(name) => format!("{} in `{name}`", hit.what),
        None => hit.what.clone(),
    };
    let known = if hit.strength == Strength::Known { ", one that everybody tries," } else { "" };
    let message = format!("{what}{known} can be read by everybody who has {}", place.reader());
    let title = format!("take {} out of the file", hit.what);
    (message, title, place.advice(hit))
}

/// What is told about a copied file.
pub(super) fn file(place: &Place<'_, '_>, copied: &Copied) -> Words {
    let Copied { source, target, file, .. } = copied;
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    let message = format!("`{name}`, {}, can be read by everybody who has {}", file.what, place.reader());
    let id = id(name);
    let folder = target.ends_with('/') || target.ends_with('.');
    let own = if folder { format!("{}{name}", target.trim_end_matches('.')) } else { target.clone() };
    let own = if own.starts_with('/') && !own.contains('$') { own } else { format!("/run/secrets/{id}") };
    let target = file.target.clone().unwrap_or(own);
    let mount = format!(
        "`RUN --mount=type=secret,id={id},target={target} ...` and `docker build --secret id={id},src={source}`"
    );
    let reason = match file.purpose {
        Purpose::Build => format!("give it to the commands that need it with {mount}"),
        Purpose::Ssh => {
            format!(
                "commands of the build log in with `RUN --mount=type=ssh ...` and `docker build --ssh default`, or with {mount}"
            )
        }
        Purpose::Run => {
            format!("mount it when the container runs; what a command of the build needs comes with {mount}")
        }
    };
    (message, format!("copy no {}", bare(&file.what)), reason)
}

/// What something is, without its article.
fn bare(what: &str) -> &str {
    ["a ", "an ", "the "].iter().find_map(|article| what.strip_prefix(article)).unwrap_or(what)
}

/// A name for a secret: lower case letters, digits and `_`.
fn id(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let id: String = name.chars().map(plain).collect();
    let id = id.trim_matches('_');
    if id.is_empty() { "secret".to_owned() } else { id.to_owned() }
}

impl Place<'_, '_> {
    /// What tells the secret.
    fn reader(&self) -> &'static str {
        if !is_shipped(self.cx, self.index) {
            return "the Dockerfile or the build cache";
        }
        match self.keyword {
            Keyword::Arg | Keyword::Run => "the image, whose history shows it",
            _ => "the image",
        }
    }

    /// What to do instead.
    fn advice(&self, hit: &Hit) -> String {
        if hit.what == "the password of an account" {
            return "lock the password (`passwd -l`) and log in with a key, or set it when the container starts".into();
        }
        let variable =
            hit.name.as_deref().filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        let name = variable.unwrap_or("SECRET");
        let id = id(name);
        // https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
        let build = format!(
            "`RUN --mount=type=secret,id={id},env={name} ...` (Dockerfile syntax 1.10 and later) and `docker build --secret id={id},env={name}`"
        );
        match self.keyword {
            Keyword::Run | Keyword::Arg => format!("give it to the commands that need it with {build}; change it, since it is known"),
            Keyword::Env if self.is_read_by_a_command(name) => {
                format!("the commands that read it get it with {build}, the program with `docker run --env-file`; change it, since it is known")
            }
            _ => "give it to the container with `docker run --env-file` or a secret of its orchestrator; change it, since it is known".into(),
        }
    }

    /// Whether a `RUN` after the instruction reads a variable.
    fn is_read_by_a_command(&self, name: &str) -> bool {
        let later = self.cx.document.instructions.iter().skip(self.index + 1);
        let reads = |text: &str| text.contains(&format!("${name}")) || text.contains(&format!("${{{name}"));
        later.take_while(|i| i.keyword != Keyword::From).any(|i| i.keyword == Keyword::Run && reads(i.args()))
    }
}

/// Whether the final image has what an instruction does.
pub(in crate::transform::files) fn is_shipped(cx: &Context<'_>, index: usize) -> bool {
    let Some(last) = cx.model.final_stage() else { return true };
    cx.model.chain(last).any(|stage| (stage.from..stage.end).contains(&index))
}

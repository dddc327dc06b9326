//! The user of an image of a Go program, or of one without a shell: a number, in place.
//!
//! Safe where the image holds nothing that the user could miss a right for: a base without a shell, no volume, the command
//! in exec form.

use super::{NonrootUser, bound, has_locked_file, in_root, insertion, low_port, main};
use crate::document::Keyword;
use crate::edit::Applicability;
use crate::model::{Base, Form, Stage};
use crate::transform::ladder::Id;
use crate::transform::{Context, Proposals};

/// Proposes a number, without an account.
pub(super) fn propose(verb: &NonrootUser, cx: &Context<'_>, stage: &Stage, out: &mut Proposals<'_>) {
    let sets_user = cx.model.body(stage).any(|(_, i)| i.keyword == Keyword::User);
    if sets_user || !runs_as_root(cx, stage) {
        return;
    }
    // A toolchain needs its caches, and what others build on needs root's rights.
    let needs_root = [Id::ToolchainCommand, Id::ReloaderCommand, Id::OnbuildImage];
    if cx.is_blocked(&needs_root) || has_locked_file(cx, stage) || bound::tie(cx, stage).is_some() {
        return;
    }
    let Some((instruction, form)) = main(cx, stage) else { return };
    let from = cx.model.from(stage);
    let fix = out
        .fix("the container runs as root", format!("run as user {}", verb.user), from.span)
        .evidence([cx.evidence("no USER before the end of the final stage", from)]);
    let argv = match &form {
        Form::Exec(words) => words.as_slice(),
        Form::Shell(_) => &[],
    };
    let fix = match obstacle(cx, stage, &form).or_else(|| right(cx, stage, argv)) {
        Some(reason) => fix.at_most(Applicability::Unsafe, reason),
        None => fix.evidence([cx.evidence("no shell, no volume and no port below 1024", from)]),
    };
    fix.edits([insertion(cx, instruction, &verb.user)]).done();
}

/// Whether the base is known to run as root: an unknown base may have set a user.
fn runs_as_root(cx: &Context<'_>, stage: &Stage) -> bool {
    let root = |user: &str| matches!(user.split(':').next(), Some("0" | "root" | ""));
    match &stage.base {
        Base::Scratch => true,
        Base::Image(_) => {
            let entrypoint = cx.model.command(stage).base_entrypoint;
            stage.facts().is_some_and(|f| root(&f.user)) && entrypoint.is_some_and(|e| e.is_empty())
        }
        Base::Stage(_) | Base::Unknown => false,
    }
}

/// What the new user could miss a right for.
fn obstacle(cx: &Context<'_>, stage: &Stage, form: &Form) -> Option<String> {
    let shell_less = stage.base == Base::Scratch || stage.facts().is_some_and(|f| !f.shell);
    if !shell_less {
        return Some("the program may write where only root can".into());
    }
    if !matches!(form, Form::Exec(_)) {
        return Some("the command needs a shell, which the base has not".into());
    }
    for (_, instruction) in cx.model.body(stage) {
        match instruction.keyword {
            Keyword::Volume => return Some("the volume belongs to root".into()),
            Keyword::Run => return Some("what RUN made belongs to root".into()),
            Keyword::Copy | Keyword::Add if instruction.flag("chmod").is_some() => {
                return Some("a copied file has a mode of its own".into());
            }
            Keyword::Copy | Keyword::Add if instruction.flag("from").is_none() => {
                return Some("a file of the context may be for root's eyes only".into());
            }
            _ => {}
        }
    }
    None
}

/// What settings and arguments show of rights that a program would miss: a port, a path, root's folder, the engine's socket.
pub(super) fn right(cx: &Context<'_>, stage: &Stage, argv: &[String]) -> Option<String> {
    const PORT: &str = "some engines keep ports below 1024 from users other than root";
    const PATH: &str = "the program is told of a path where it may have to write";
    let arguments = argv.get(1..).unwrap_or_default();
    if arguments.iter().any(|a| is_path(a)) {
        return Some(PATH.into());
    }
    let said: Vec<(&str, &str)> = arguments.windows(2).map(|w| (w[0].as_str(), w[1].as_str())).collect();
    let own = arguments.iter().map(|a| a.split_once('=').unwrap_or(("", a)));
    if said.into_iter().chain(own).any(|(name, value)| is_low_port(name, value)) {
        return Some(PORT.into());
    }
    for (_, instruction) in cx.model.body(stage) {
        let pairs = instruction.pairs();
        let values =
            || pairs.iter().map(|p| (p.name, p.value.map_or("", |v| v.text.trim_matches(['"', '\'']))));
        match instruction.keyword {
            Keyword::Expose if instruction.words().any(|w| w.text.contains('$') || low_port(w.text)) => {
                return Some(PORT.into());
            }
            Keyword::Env if values().any(|(name, value)| is_low_port(name, value)) => {
                return Some(PORT.into());
            }
            Keyword::Env if values().any(|(name, v)| name != "PATH" && (is_path(v) || v.contains('$'))) => {
                return Some(PATH.into());
            }
            _ => {}
        }
    }
    if cx.model.end_state(stage).workdir.is_none_or(|w| in_root(&w))
        || argv.first().is_some_and(|a| in_root(a))
    {
        return Some("the program is in a folder that is root's alone".into());
    }
    cx.document.text.contains("docker.sock").then(|| "the engine's socket is root's".into())
}

/// Whether a word holds an absolute path.
fn is_path(word: &str) -> bool {
    word.split(['=', ':', ',', ' '])
        .any(|part| part.len() > 1 && part.starts_with('/') && !part.starts_with("//"))
}

/// Whether a setting is of a port below 1024: `PORT=80`, `-listen :80`.
fn is_low_port(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_port = ["port", "listen", "addr", "bind"].iter().any(|word| name.contains(word));
    let after_colon = value.rsplit_once(':').is_some_and(|(_, port)| low_port(port));
    after_colon || of_port && low_port(value)
}

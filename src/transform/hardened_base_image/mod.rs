//! `hardened_base_image`: the final stage stands on an image of the same role that has less in it.
//!
//! Such images have neither shell nor package manager, another user and another entrypoint. What the stage says about each
//! is written for the new image, or the stage is left alone: what a program needs beyond what the file says is not seen
//! here, so all of it is unsafe at most.

mod command;
mod slim;
mod target;

use super::image_edit;
use super::layout::Layout;
use super::{Context, Proposals, Transform};
use crate::catalog::{Facts, Provider, Reference};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{ImageUse, Role, Stage};
use crate::span::Span;
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HardenedBaseImage {
    /// Whose images to take, where the project does not say; the one that the catalog has for an image unless given.
    provider: Option<Provider>,
}

impl Transform for HardenedBaseImage {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        let all = cx.model.images(&cx.view.rules);
        let Some(used) = all.iter().find(|used| used.role == Role::Base(stage.index)) else { return };
        let (Some(origin), Some(family)) = (used.origin(), stage.family()) else { return };
        let chosen = cx.view.rules.provider.or(self.provider).or(family.same_role.default);
        let Some(provider) = chosen.filter(|provider| family.same_role.by(*provider).is_some()) else {
            return;
        };
        if provider == Provider::OfficialSlim && !slim::has_other(&origin) {
            return;
        }
        let swap = Swap { cx, stage, used, origin, provider };
        let is_shared = image_edit::sharers(used, &all).len() > 1;
        let at = cx.model.from(stage).source(stage.base_at);
        let message = format!("{} ships more than a program in it needs", used.reference);
        let plan = swap.plan().and_then(|plan| {
            if is_shared {
                Err("other stages take their image from the same variable".into())
            } else {
                Ok(plan)
            }
        });
        match plan {
            Ok(plan) => {
                let title = format!("use {}", plan.name);
                let fix = out.fix(message, title, at).at_most(Applicability::Unsafe, plan.reason);
                fix.edits(plan.edits).done();
            }
            Err(why) => {
                let title = format!("move to an image of {}", provider.name());
                out.fix(message, title, at).at_most(Applicability::Manual, why).done();
            }
        }
    }
}

/// A change of the final stage's base.
struct Swap<'a, 'd> {
    cx: &'a Context<'d>,
    stage: &'a Stage,
    used: &'a ImageUse<'a>,
    origin: Reference<'a>,
    provider: Provider,
}

/// What is written.
struct Plan {
    name: String,
    edits: Vec<Edit>,
    reason: String,
}

impl<'d> Swap<'_, 'd> {
    fn plan(&self) -> Result<Plan, String> {
        if self.origin.digest.is_some() {
            return Err("its digest wins over its tag: both must change together".into());
        }
        let old = self.stage.facts().ok_or("what is in the image is not known")?;
        let name = target::name(self)?;
        let reference = Reference::parse(&name).ok_or("its new name is none")?;
        let family = reference.family();
        let new = family
            .and_then(|family| family.facts(&reference))
            .ok_or("what is in the new image is not known")?;
        let short = image_edit::familiar(&reference.canonical(), &self.origin);
        let written = format!("{short}{}", &name[reference.name_end..]);
        let written = image_edit::mirrored(self.cx, self.used, &written)?;
        let mut edits =
            vec![image_edit::rename(self.cx, self.used, &written).ok_or("its name comes from variables")?];
        let reason = if self.provider == Provider::OfficialSlim {
            slim::check(self)?;
            "the new image has no compiler and few tools: what a program calls at run time is not seen here"
                .to_owned()
        } else {
            self.check(old, &new)?;
            edits.extend(command::edits(self, old, &new)?);
            edits.extend(self.defaults(old, &new));
            self.reason(old, &new, family.is_some_and(|family| family.login))
        };
        Ok(Plan { name: written, edits, reason })
    }

    fn body(&self) -> impl Iterator<Item = (usize, &'d Instruction<'d>)> + use<'d> {
        self.cx.model.body(self.stage)
    }

    /// What the new image can't do.
    fn check(&self, old: &Facts, new: &Facts) -> Result<(), String> {
        for (index, instruction) in self.body() {
            let line = self.cx.line(instruction.span.start);
            let name = instruction.name().to_ascii_uppercase();
            match instruction.keyword {
                Keyword::Run | Keyword::Shell => {
                    return Err(format!("line {line}: {name} needs what the new image does not have"));
                }
                Keyword::Healthcheck if !instruction.args().eq_ignore_ascii_case("none") => {
                    return Err(format!("line {line}: what the check calls may not be in the new image"));
                }
                Keyword::Copy | Keyword::Add
                    if old.libc != new.libc && instruction.flag("from").is_some() =>
                {
                    return Err(format!("line {line}: what was built for another C library does not start"));
                }
                Keyword::User if !is_known_user(instruction.args()) => {
                    return Err(format!(
                        "line {line}: the new image may not have the user {}",
                        instruction.args()
                    ));
                }
                Keyword::Copy | Keyword::Add
                    if instruction.flag("chown").is_some_and(|user| !is_known_user(user)) =>
                {
                    return Err(format!("line {line}: the new image may not have the owner of the files"));
                }
                Keyword::Copy | Keyword::Add if touches_system(self.cx, index, instruction) => {
                    return Err(format!("line {line}: the new image looks for such files elsewhere"));
                }
                _ => {}
            }
            if let Some(variable) = self.lost(old, new).find(|v| mentions(instruction.args(), v)) {
                return Err(format!("line {line} reads {variable}, which the new image does not set"));
            }
        }
        if old.stop_signal != new.stop_signal && !self.has(Keyword::Stopsignal) {
            return Err("the images stop at other signals".into());
        }
        Ok(())
    }

    /// Variables that the old image sets and neither the new one nor the stage does.
    fn lost<'f>(&'f self, old: &'f Facts, new: &'f Facts) -> impl Iterator<Item = &'f str> {
        let sets = |name: &str| {
            let pairs = self.body().filter(|(_, i)| i.keyword == Keyword::Env).flat_map(|(_, i)| i.pairs());
            pairs.into_iter().any(|pair| pair.name == name)
        };
        old.env.keys().map(String::as_str).filter(move |name| new.env(name).is_none() && !sets(name))
    }

    fn has(&self, keyword: Keyword) -> bool {
        self.body().any(|(_, i)| i.keyword == keyword)
    }

    /// The working directory of the old image, where the stage relies on it.
    fn defaults(&self, old: &Facts, new: &Facts) -> Option<Edit> {
        let relies = |(_, i): &(usize, &Instruction<'_>)| {
            !matches!(
                i.keyword,
                Keyword::Arg | Keyword::Env | Keyword::Label | Keyword::Expose | Keyword::User
            )
        };
        let first = self.body().find(relies);
        let sets = first.is_some_and(|(_, i)| i.keyword == Keyword::Workdir && i.args().starts_with('/'));
        if sets || old.workdir == new.workdir {
            return None;
        }
        let layout = Layout::of(self.cx.document);
        let at = Span::at(self.cx.document.piece(self.cx.model.from(self.stage)).end);
        Some(Edit { span: at, text: format!("{} {}{}", layout.keyword("WORKDIR"), old.workdir, layout.eol) })
    }

    fn reason(&self, old: &Facts, new: &Facts, login: bool) -> String {
        let mut parts = Vec::new();
        if !self.has(Keyword::User) && old.user != new.user {
            let user = &new.user;
            parts.push(format!(
                "it runs as {user} instead of {}, which can't write what root owns nor, on some engines, listen below port 1024",
                if old.user == "0" { "root" } else { &old.user }
            ));
        }
        if old.libc != new.libc {
            parts.push(
                "it has another C library, for which modules in machine code have to be built".to_owned(),
            );
        }
        let lost: Vec<&str> = self.lost(old, new).collect();
        if !lost.is_empty() {
            parts.push(format!("it does not set {}", lost.join(", ")));
        }
        if login {
            parts.push("only those who log in may pull it".to_owned());
        }
        parts.push("it has no tools and few libraries beside the program".to_owned());
        parts.join("; ")
    }
}

/// Whether a user or owner means the same in an image without accounts of its own.
fn is_known_user(written: &str) -> bool {
    written
        .split(':')
        .all(|part| part == "root" || (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())))
}

/// Whether a text reads a variable.
fn mentions(text: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    text.contains(&format!("${{{name}")) || text.split(&format!("${name}")).skip(1).any(ends)
}

/// Whether a `COPY` brings what belongs to the interpreter or the system.
fn touches_system(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> bool {
    const SYSTEM: [&str; 7] = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/venv"];
    let last = match &instruction.json {
        Some(words) => words.last().map(|word| word.value.clone()),
        None => instruction.words().last().map(|word| word.text.to_owned()),
    };
    let Some(path) = last.and_then(|last| cx.model.state(index).absolute(&last)) else { return true };
    path == "/"
        || path.contains("venv")
        || SYSTEM.iter().any(|f| path == *f || path.starts_with(&format!("{f}/")))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

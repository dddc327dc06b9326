//! `distroless_go`: the final stage of a Go program gets a base that holds nothing but what the program needs.
//!
//! The ladder decides on which rung it may stand; this file writes that as edits. Steps that only an image with a shell
//! can run are told by what they leave: folders, owners, a time zone, the number of a user.

use super::ladder::swap::Swap;
use super::ladder::{self, Plan, Rung};
use super::layout::Layout;
use super::rewrite::{self, Images};
use super::{Context, Proposals, Transform, static_go_binary};
use crate::document::{Instruction, Keyword};
use crate::edit::Edit;
use crate::span::Span;
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DistrolessGo {
    /// Image without a C library.
    runtime: String,
    /// Image with the C library.
    base_nossl: String,
    /// Image with the C library and TLS.
    base: String,
    /// Image with the C and C++ libraries.
    cc: String,
    /// User and group for `USER`.
    #[serde(deserialize_with = "super::user_param::not_root")]
    user: String,
}

rewrite::images!(DistrolessGo);

impl Transform for DistrolessGo {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(found) = cx.assessment() else { return };
        let Some(Plan::Swap(plan)) = &found.plan else { return };
        let now = ladder::rung(cx, &cx.model.stages[plan.stage]);
        for (rung, doubt) in found.rungs(cx.highest) {
            let Some(image) = self.image(rung).filter(|_| rung < now) else { continue };
            let image = cx.view.rules.copy(image);
            let writer = Writer { verb: self, cx, plan, rung, layout: Layout::of(cx.document) };
            let Some(edits) = writer.edits(&image) else { continue };
            let message = "the final stage ships more than the program needs";
            let title = format!("run on {image}");
            out.fix(message, title, plan.from.span)
                .doubted(doubt)
                .evidence(found.evidence.clone())
                .edits(edits)
                .done();
        }
    }
}

struct Writer<'a, 'c> {
    verb: &'a DistrolessGo,
    cx: &'a Context<'c>,
    plan: &'a Swap<'c>,
    rung: Rung,
    layout: Layout,
}

impl Writer<'_, '_> {
    fn edits(&self, image: &str) -> Option<Vec<Edit>> {
        let (cx, plan) = (self.cx, self.plan);
        let stage = &cx.model.stages[plan.stage];
        let mut edits = vec![Edit { span: plan.from.source(stage.base_at), text: image.to_owned() }];
        edits.extend(self.builds()?);
        edits.extend(self.folders()?);
        for (index, instruction) in cx.model.body(stage) {
            if plan.removed.contains(&index) {
                edits.push(rewrite::deletion(cx, instruction));
            } else {
                edits.extend(self.instruction(instruction));
            }
        }
        edits.extend(self.commands());
        edits.extend(self.inserted());
        Some(edits)
    }

    /// The builds without cgo, where the rung has no C library.
    fn builds(&self) -> Option<Vec<Edit>> {
        if self.rung != Rung::Static {
            return Some(Vec::new());
        }
        let mut edits = Vec::new();
        for build in &self.plan.builds {
            edits.extend(static_go_binary::cgo_off(self.cx, build)?);
        }
        edits.extend(self.plan.tool.and_then(|place| static_go_binary::without_cgo(self.cx, place)));
        Some(edits)
    }

    /// Who owns what the program writes to.
    fn owner(&self) -> String {
        let written = self.plan.user.map_or("", Instruction::args);
        if self.keeps_name(written) {
            return written.to_owned();
        }
        ladder::identity(written, &self.plan.accounts).unwrap_or_else(|| self.verb.user.clone())
    }

    /// Whether a user as written means the same on the new image: by its account, or by a number that an argument gives.
    fn keeps_name(&self, written: &str) -> bool {
        let root = matches!(written.split(':').next(), Some("root" | "0" | ""));
        self.plan.has_passwd && !root || written.contains('$')
    }

    /// The folders that the program may write to: those made for it, and those that it was given.
    fn writable(&self) -> Vec<String> {
        let stage = &self.cx.model.stages[self.plan.stage];
        let files: Vec<String> = ladder::file_targets(self.cx, stage);
        let owned = self.plan.owned.iter().map(|(path, _)| path.clone()).filter(|path| !files.contains(path));
        let mut folders: Vec<String> = Vec::new();
        for folder in self.plan.folders.iter().cloned().chain(owned) {
            if !folders.contains(&folder) && folder != "/" {
                folders.push(folder);
            }
        }
        folders
    }

    /// Folders are made in a stage that has a shell, and copied with their owner.
    fn folders(&self) -> Option<Vec<Edit>> {
        let folders = self.writable();
        // A name can't own what comes before the accounts do.
        let is_name = |owner: &str| owner.starts_with(|c: char| c.is_ascii_alphabetic());
        if self.plan.has_passwd && !folders.is_empty() && is_name(&self.owner()) {
            return None;
        }
        if folders.is_empty() {
            return Some(Vec::new());
        }
        let (cx, layout) = (self.cx, self.layout);
        let builder = &cx.model.stages[self.plan.builder];
        let user = cx.model.end_state(builder).user;
        if user.as_deref().is_none_or(|user| !matches!(user, "0" | "root"))
            || cx.model.run_shell(builder).is_some()
        {
            return None;
        }
        let name = builder.name.clone().unwrap_or_else(|| builder.index.to_string());
        let root = ["/rootfs", "/harden"].into_iter().find(|r| !cx.document.text.contains(r))?;
        let made: Vec<String> = folders.iter().map(|folder| format!("{root}{folder}")).collect();
        let last = cx.document.piece(&cx.document.instructions[builder.end - 1]).end;
        let mkdir = format!("{} mkdir -p {}{}", layout.keyword("RUN"), made.join(" "), layout.eol);
        let owner = self.owner();
        let copy = |folder: &String| {
            format!(
                "{} --from={name} --chown={owner} {root}{folder} {folder}{}",
                layout.keyword("COPY"),
                layout.eol
            )
        };
        let from = cx.document.piece(self.plan.from).end;
        Some(vec![
            Edit { span: Span::at(last), text: mkdir },
            Edit { span: Span::at(from), text: folders.iter().map(copy).collect() },
        ])
    }

    fn instruction(&self, i: &Instruction<'_>) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        if !self.plan.has_passwd {
            edits.extend(rewrite::chown(i, &self.plan.accounts, &self.verb.user));
        }
        edits.extend(self.owned(i));
        edits.extend(Self::slash(i));
        if i.keyword == Keyword::User {
            let last = self.plan.user.is_some_and(|user| user.span == i.span);
            let text =
                if last { Some(self.owner()) } else { ladder::identity(i.args(), &self.plan.accounts) };
            edits.extend(text.filter(|t| t != i.args()).map(|text| Edit { span: i.source(i.args), text }));
        }
        if let Some(folder) = &self.plan.moved_to {
            edits.extend(self.moved(i, folder));
        }
        edits
    }

    /// `--chown` for files whose owner a step set that goes.
    fn owned(&self, i: &Instruction<'_>) -> Option<Edit> {
        if !matches!(i.keyword, Keyword::Copy | Keyword::Add) || i.flag("chown").is_some() {
            return None;
        }
        let index = self.cx.document.instructions.iter().position(|x| x.span == i.span)?;
        let target = ladder::target(self.cx, index)?;
        let covers = |(path, deep): &(String, bool)| {
            target == *path || *deep && (path == "/" || target.starts_with(&format!("{path}/")))
        };
        let end = i.source(i.name).end;
        self.plan
            .owned
            .iter()
            .any(covers)
            .then(|| Edit { span: Span::at(end), text: format!(" --chown={}", self.owner()) })
    }

    /// A slash behind a destination that is a folder of the old base, and that the new one lacks.
    fn slash(i: &Instruction<'_>) -> Option<Edit> {
        const FOLDERS: [&str; 22] = [
            "/bin",
            "/sbin",
            "/usr/bin",
            "/usr/sbin",
            "/usr/local",
            "/usr/local/bin",
            "/usr/local/sbin",
            "/usr/local/lib",
            "/usr/local/share",
            "/usr/share",
            "/usr/lib",
            "/opt",
            "/srv",
            "/mnt",
            "/media",
            "/var",
            "/var/lib",
            "/var/log",
            "/var/run",
            "/run",
            "/etc",
            "/home",
        ];
        if !matches!(i.keyword, Keyword::Copy | Keyword::Add) || i.json.is_some() {
            return None;
        }
        let last = i.words().last()?;
        FOLDERS
            .contains(&last.text)
            .then(|| Edit { span: Span::at(i.source(last.span).end), text: "/".into() })
    }

    /// Root's folder by the name of the one that takes its place.
    fn moved(&self, i: &Instruction<'_>, folder: &str) -> Vec<Edit> {
        let movable = matches!(
            i.keyword,
            Keyword::Workdir | Keyword::Copy | Keyword::Add | Keyword::Cmd | Keyword::Entrypoint
        );
        if !movable {
            return Vec::new();
        }
        let parts = [&self.plan.main.entrypoint, &self.plan.main.cmd].into_iter().flatten();
        // A command that is written anew takes the new folder by itself.
        if parts.into_iter().any(|part| !part.as_written && part.instruction.span == i.span) {
            return Vec::new();
        }
        let text = i.args();
        // What a COPY takes stays where the other stage has it; only where it goes is of this stage.
        let from = match i.keyword {
            Keyword::Copy | Keyword::Add => text.rfind(char::is_whitespace).map_or(0, |at| at + 1),
            _ => 0,
        };
        let found = text.match_indices("/root").filter(|(at, _)| *at >= from).filter(|(at, found)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            before.is_none_or(|c| c.is_whitespace() || "\"=:".contains(c))
                && after.is_none_or(|c| c.is_whitespace() || "/\"".contains(c))
        });
        let span = |at: usize| Span::new(i.args.start + at, i.args.start + at + "/root".len());
        found.map(|(at, _)| Edit { span: i.source(span(at)), text: folder.to_owned() }).collect()
    }

    /// Commands without the shell around them.
    fn commands(&self) -> Vec<Edit> {
        let parts = [&self.plan.main.entrypoint, &self.plan.main.cmd];
        let changed = parts.into_iter().flatten().filter(|part| !part.as_written);
        changed
            .map(|part| {
                let words: Vec<String> = part.words.iter().map(|w| self.relocated(w)).collect();
                Edit { span: part.instruction.source(part.instruction.args), text: rewrite::json(&words) }
            })
            .collect()
    }

    fn relocated(&self, word: &str) -> String {
        match (&self.plan.moved_to, word.strip_prefix("/root/")) {
            (Some(folder), Some(rest)) => format!("{folder}/{rest}"),
            _ => word.to_owned(),
        }
    }

    /// What comes before the command: time zone, working directory, user.
    fn inserted(&self) -> Option<Edit> {
        let (cx, plan, layout) = (self.cx, self.plan, self.layout);
        let parts = [&plan.main.entrypoint, &plan.main.cmd].into_iter().flatten();
        let first = parts.min_by_key(|part| part.index)?.instruction;
        let mut lines = Vec::new();
        lines.extend(plan.zone.iter().map(|zone| format!("{} TZ={zone}", layout.keyword("ENV"))));
        lines.extend(
            plan.main.folder.iter().map(|f| format!("{} {}", layout.keyword("WORKDIR"), self.relocated(f))),
        );
        if plan.user.is_none() {
            lines.push(format!("{} {}", layout.keyword("USER"), self.owner()));
        }
        let gap = layout.gap();
        let text: String = lines.iter().flat_map(|line| [line.as_str(), gap.as_str()]).collect();
        (!text.is_empty()).then(|| Edit { span: Span::at(cx.document.block_start(first)), text })
    }
}

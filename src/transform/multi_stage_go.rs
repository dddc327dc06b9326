//! `multi_stage_go`: a Go program is built in one stage and runs in another that holds nothing else.
//!
//! The ladder decides what the program needs besides its binary and on which rung the new stage stands; this file writes
//! that as edits. What moves to the new stage is carried as written, comments included; what only a build needs stays.

use super::ladder::split::Split;
use super::ladder::{self, Assessment, Plan, Rung};
use super::layout::Layout;
use super::rewrite::{self, Images};
use super::{Context, Proposals, Transform, static_go_binary};
use crate::document::{Instruction, Keyword, PieceKind};
use crate::edit::{Edit, Evidence};
use crate::span::Span;
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MultiStageGo {
    /// Image of the build stage, where nothing ties the build to the one it has.
    builder: String,
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

rewrite::images!(MultiStageGo);

/// Where the certificates are in the images of Go and in Debian's.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

impl Transform for MultiStageGo {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(found) = cx.assessment() else { return };
        if let Some(Plan::Expand(edits)) = &found.plan {
            self.expand(cx, found, edits, out);
        }
        let Some(Plan::Split(plan)) = &found.plan else { return };
        for (rung, doubt) in found.rungs(cx.highest) {
            let small = plan.slim.as_ref().map(|slim| slim.image.as_str()).filter(|_| rung == Rung::Slim);
            let Some(image) = self.image(rung).or(small) else { continue };
            let image = cx.view.rules.copy(image);
            let Some(edits) =
                (Writer { verb: self, cx, plan, rung, layout: Layout::of(cx.document) }).edits(&image)
            else {
                continue;
            };
            let message = "the image ships the Go toolchain and runs as root";
            let title = format!("build in one stage, run on {image}");
            out.fix(message, title, plan.from.span)
                .doubted(doubt)
                .evidence(found.evidence.clone())
                .edits(edits)
                .done();
        }
    }
}

impl MultiStageGo {
    /// Writes the triggers of the base out, where the stage can become two after that.
    fn expand(&self, cx: &Context<'_>, found: &Assessment<'_>, edits: &[Edit], out: &mut Proposals<'_>) {
        let Some((_, doubt)) =
            found.rungs(cx.highest).into_iter().rfind(|(rung, _)| self.image(*rung).is_some())
        else {
            return;
        };
        let at = cx.model.final_stage().map_or(Span::default(), |stage| cx.model.from(stage).span);
        let message = "the base image builds by triggers, and gets no fixes";
        out.fix(message, "write out what the triggers of the base image do", at)
            .evidence([Evidence {
                what: "the triggers copy the context, fetch packages and install".into(),
                line: None,
            }])
            .edits(edits.iter().cloned())
            .doubted(doubt)
            .done();
    }
}

struct Writer<'a, 'c> {
    verb: &'a MultiStageGo,
    cx: &'a Context<'c>,
    plan: &'a Split<'c>,
    rung: Rung,
    layout: Layout,
}

impl Writer<'_, '_> {
    fn edits(&self, image: &str) -> Option<Vec<Edit>> {
        let mut edits = self.builds()?;
        edits.extend(self.base());
        for index in self.plan.moved.iter().copied().chain(self.early()) {
            let span = rewrite::removal(self.cx, &self.cx.document.instructions[index]);
            edits.push(Edit { span, text: String::new() });
        }
        let mut header = self.header(image)?;
        edits.extend(self.tail(&mut header));
        edits.push(header);
        Some(edits)
    }

    /// The builds without cgo, where the rung has no C library.
    fn builds(&self) -> Option<Vec<Edit>> {
        if self.rung != Rung::Static {
            return Some(Vec::new());
        }
        let mut edits = Vec::new();
        for build in &self.plan.builds {
            edits.extend(static_go_binary::edits(self.cx, build)?);
        }
        edits.extend(self.plan.tool.and_then(|place| static_go_binary::without_cgo(self.cx, place)));
        Some(edits)
    }

    /// The build image, and a name for its stage.
    fn base(&self) -> Vec<Edit> {
        let plan = self.plan;
        let base = plan.from.source(plan.base_at);
        let mut edits = Vec::new();
        let name = if plan.named {
            String::new()
        } else {
            format!(" {} {}", self.layout.keyword("AS"), plan.stage_name)
        };
        // What links the C library must find one no older than that of the build.
        if plan.tied.is_none() && self.rung == Rung::Static {
            let builder = self.cx.view.rules.copy(&self.verb.builder);
            edits.push(Edit { span: base, text: format!("{builder}{name}") });
        } else if !name.is_empty() {
            edits.push(Edit { span: Span::at(base.end), text: name });
        }
        edits
    }

    /// Indexes of the commands that stand before the last step of the build.
    fn early(&self) -> impl Iterator<Item = usize> {
        let parts = [&self.plan.main.entrypoint, &self.plan.main.cmd];
        let last_run = self.plan.last_run;
        parts.into_iter().flatten().map(|part| part.index).filter(move |index| *index < last_run)
    }

    /// Who owns what the program writes to.
    fn owner(&self) -> String {
        let written = self.plan.user.map_or("", |(_, i)| i.args());
        ladder::identity(written, &self.plan.accounts).unwrap_or_else(|| self.verb.user.clone())
    }

    /// The head of the new stage, up to where the instructions that stay follow by themselves.
    fn header(&self, image: &str) -> Option<Edit> {
        let (cx, plan, layout) = (self.cx, self.plan, self.layout);
        let last = cx.document.piece(&cx.document.instructions[plan.last_run]).end;
        let blanks = cx.document.pieces.iter().skip_while(|p| p.span.start < last);
        let blank = blanks.take_while(|p| p.kind == PieceKind::Blank).last();
        let at = blank.map_or(last, |p| p.span.end);
        let prepared = self.prepared()?;
        let mut lines = vec![format!("{} {image}", layout.keyword("FROM"))];
        lines.extend(self.copied());
        lines.extend(plan.args.iter().map(|words| format!("{} {words}", layout.keyword("ARG"))));
        lines.extend(plan.env.iter().map(|words| format!("{} {words}", layout.keyword("ENV"))));
        lines.extend(plan.zone.iter().map(|zone| format!("{} TZ={zone}", layout.keyword("ENV"))));
        lines.extend(plan.moved.iter().map(|&i| cx.with_comments(&cx.document.instructions[i])));
        lines.extend(self.early_commands()?);
        // A text without a line end at its end gets none.
        let open = at == cx.document.text.len() && !cx.document.text.ends_with('\n');
        let line_end = if open { layout.eol } else { "" };
        let space = if prepared.is_empty() && blank.is_none() { layout.eol } else { "" };
        let gap = layout.gap();
        let after = if open { "" } else { gap.as_str() };
        let text = lines.join(&gap);
        Some(Edit { span: Span::at(at), text: format!("{line_end}{space}{prepared}{text}{after}") })
    }

    /// The last step of the build: folders that the new stage gets, where no step has made them; none where it can't run.
    fn prepared(&self) -> Option<String> {
        let (plan, layout) = (self.plan, self.layout);
        if plan.folders.is_empty() {
            return Some(String::new());
        }
        let user = &self.cx.model.state(plan.last_run).user;
        if user.as_deref().is_none_or(|user| !matches!(user, "0" | "root")) {
            return None;
        }
        let missing: Vec<&str> =
            plan.folders.iter().filter(|f| !plan.made.contains(f)).map(String::as_str).collect();
        if missing.is_empty() {
            return Some(String::new());
        }
        let eol = layout.eol;
        Some(format!("{} mkdir -p {}{eol}{eol}", layout.keyword("RUN"), missing.join(" ")))
    }

    /// What the new stage is made of: packages, folders, the program and the files that it reads, each once.
    fn copied(&self) -> Vec<String> {
        let (plan, layout) = (self.plan, self.layout);
        let (copy, from, owner) = (layout.keyword("COPY"), &plan.stage_name, self.owner());
        let slim = plan.slim.as_ref().filter(|_| self.rung == Rung::Slim);
        let mut lines: Vec<String> = Vec::new();
        lines.extend(slim.and_then(|s| s.install.as_ref()).map(|i| format!("{} {i}", layout.keyword("RUN"))));
        if slim.is_some_and(|s| s.certificates) {
            lines.push(format!("{copy} --from={from} {CERTIFICATES} {CERTIFICATES}"));
        }
        lines.extend(
            plan.folders.iter().map(|f| format!("{copy} --from={from} --chown={owner} {}", places(f, f))),
        );
        let workdir = if slim.is_some() { &plan.folder } else { &plan.workdir };
        lines.extend(workdir.iter().map(|folder| format!("{} {folder}", layout.keyword("WORKDIR"))));
        match slim {
            Some(slim) => {
                lines.extend(slim.programs.iter().map(|p| format!("{copy} --from={from} {}", places(p, p))));
                lines.extend(slim.path.iter().map(|p| format!("{} PATH={p}:$PATH", layout.keyword("ENV"))));
            }
            None => lines.push(format!("{copy} --from={from} {}", places(&plan.binary, &plan.target))),
        }
        lines.extend(plan.carried.iter().map(|words| format!("{copy} {words}")));
        lines.extend(plan.assets.iter().map(|asset| {
            let owner = if asset.written { format!("--chown={owner} ") } else { String::new() };
            match &asset.context {
                Some(context) => format!("{copy} {owner}{}", places(context, &asset.path)),
                None => format!("{copy} --from={from} {owner}{}", places(&asset.path, &asset.path)),
            }
        }));
        let mut once: Vec<String> = Vec::with_capacity(lines.len());
        for line in lines {
            if !once.contains(&line) {
                once.push(line);
            }
        }
        once
    }

    /// The user and the commands that stand before the last step of the build; none where one can't be written.
    fn early_commands(&self) -> Option<Vec<String>> {
        let early: Vec<usize> = self.early().collect();
        if early.is_empty() {
            return Some(Vec::new());
        }
        let mut lines: Vec<String> = self.user_line().into_iter().collect();
        for index in early {
            let instruction = &self.cx.document.instructions[index];
            if self.rung == Rung::Slim {
                lines.push(self.cx.with_comments(instruction));
            } else {
                lines.push(format!("{}{}", self.cx.comments(instruction), self.command(index)?));
            }
        }
        Some(lines)
    }

    /// `USER`, unless an instruction of the new stage says it.
    fn user_line(&self) -> Option<String> {
        let stays = self.plan.user.is_some_and(|(index, _)| index > self.plan.last_run);
        (!stays).then(|| format!("{} {}", self.layout.keyword("USER"), self.owner()))
    }

    /// The user and the command where they stand in the new stage already.
    fn tail(&self, header: &mut Edit) -> Vec<Edit> {
        let (cx, plan) = (self.cx, self.plan);
        let mut edits = Vec::new();
        let owner = self.owner();
        for (index, i) in cx.model.body(&cx.model.stages[cx.model.stages.len() - 1]) {
            if index <= plan.last_run {
                continue;
            }
            edits.extend(rewrite::chown(i, &plan.accounts, &self.verb.user));
            if i.keyword == Keyword::User {
                edits.push(Edit { span: i.source(i.args), text: owner.clone() });
            }
        }
        let parts = [&plan.main.entrypoint, &plan.main.cmd].into_iter().flatten();
        let late: Vec<usize> = parts.map(|part| part.index).filter(|index| *index > plan.last_run).collect();
        if let (Some(line), Some(&first)) = (self.user_line(), late.iter().min())
            && self.early().next().is_none()
        {
            let at = cx.document.block_start(&cx.document.instructions[first]);
            let text = format!("{line}{}", self.layout.gap());
            if header.span == Span::at(at) {
                header.text.push_str(&text);
            } else {
                edits.push(Edit { span: Span::at(at), text });
            }
        }
        // A distribution with a shell runs the command as it is.
        let keeps = |index: &usize| {
            self.rung == Rung::Slim && !cx.document.instructions[*index].args().contains("$GO")
        };
        for index in late.into_iter().filter(|index| !keeps(index)) {
            edits.extend(self.command_edits(index));
        }
        edits
    }

    /// The edits of a command that stays where it is.
    fn command_edits(&self, index: usize) -> Vec<Edit> {
        let instruction = &self.cx.document.instructions[index];
        let main = &self.plan.main;
        let is_entrypoint = main.entrypoint.as_ref().is_some_and(|part| part.index == index);
        let part = if is_entrypoint { main.entrypoint.as_ref() } else { main.cmd.as_ref() };
        let calls = main.instruction().is_some_and(|i| i.span == instruction.span);
        let Some(part) = part else { return Vec::new() };
        if part.as_written && !(self.plan.renamed && calls) {
            return Vec::new();
        }
        if part.as_written && is_entrypoint {
            let first = instruction.json.as_ref().and_then(|words| words.first());
            let path = serde_json::Value::from(self.plan.target.as_str()).to_string();
            return first
                .map(|w| Edit { span: instruction.source(w.span), text: path })
                .into_iter()
                .collect();
        }
        let whole = Span::new(instruction.name.start, instruction.args.end);
        self.command(index).map(|text| Edit { span: instruction.source(whole), text }).into_iter().collect()
    }

    /// The text of a command in exec form; a program that moves becomes `ENTRYPOINT`, by its path in the new stage.
    fn command(&self, index: usize) -> Option<String> {
        let main = &self.plan.main;
        let line = |name: &str, words: String| format!("{} {words}", self.layout.keyword(name));
        let target = std::slice::from_ref(&self.plan.target);
        let in_entrypoint = main.entrypoint.as_ref().is_some_and(|part| !part.words.is_empty());
        match (&main.entrypoint, &main.cmd) {
            (Some(entry), _) if entry.index == index => {
                if !self.plan.renamed {
                    return Some(if in_entrypoint {
                        line("ENTRYPOINT", self.words(entry.instruction, &entry.words))
                    } else {
                        line("ENTRYPOINT", "[]".into())
                    });
                }
                let more = entry.words.get(1..).unwrap_or_default();
                Some(line("ENTRYPOINT", rewrite::json(&[target, more].concat())))
            }
            (_, Some(cmd)) if in_entrypoint || !self.plan.renamed => {
                Some(line("CMD", self.words(cmd.instruction, &cmd.words)))
            }
            (Some(_), Some(cmd)) => Some(line("CMD", self.words(cmd.instruction, &cmd.words[1..]))),
            (None, Some(cmd)) => {
                let entry = line("ENTRYPOINT", rewrite::json(target));
                if cmd.words.len() == 1 {
                    return Some(entry);
                }
                let rest = self.words(cmd.instruction, &cmd.words[1..]);
                Some(format!("{entry}{}{}", self.layout.gap(), line("CMD", rest)))
            }
            _ => None,
        }
    }

    /// Words in JSON form, as they are written where they are.
    fn words(&self, instruction: &Instruction<'_>, words: &[String]) -> String {
        let written = instruction.json.as_ref().and_then(|all| {
            let own = all.get(all.len().checked_sub(words.len())?..)?;
            let same = own.iter().map(|w| &w.value).eq(words.iter());
            let span = Span::new(own.first()?.span.start, own.last()?.span.end);
            same.then(|| self.cx.document.text[instruction.source(span).range()].to_owned())
        });
        written.map_or_else(|| rewrite::json(words), |text| format!("[{text}]"))
    }
}

/// From where to where, as `COPY` takes it: as an array where a name holds a blank.
fn places(from: &str, to: &str) -> String {
    if [from, to].iter().any(|place| place.contains(char::is_whitespace)) {
        return rewrite::json(&[from.to_owned(), to.to_owned()]);
    }
    format!("{from} {to}")
}

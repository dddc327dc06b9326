//! `gem_no_document`: gems come without their documentation.

use super::called::{file_name, past_sudo};
use super::index;
use super::placed::before;
use crate::catalog::{Reference, Suite, Tag};
use crate::document::Instruction;
use crate::edit::{Applicability, Edit};
use crate::model::Stage;
use crate::shell::{Command, Word};
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GemNoDocument {}

impl Transform for GemNoDocument {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, instruction) in cx.model.body(stage) {
                let Some(run) = cx.model.run(index) else { continue };
                for verb in run.script.commands.iter().filter_map(installing) {
                    let at = instruction.source(run.joined(verb.span));
                    let age = age(cx, stage, index);
                    if age == Age::Old {
                        continue;
                    }
                    let fix = out.fix("gems bring documentation that nothing reads", "leave it out", at);
                    let fix = if is_read(cx) {
                        fix.at_most(Applicability::Unsafe, "a step may look at the documentation")
                    } else {
                        fix
                    };
                    let fix = match age {
                        Age::Unknown => fix.at_most(
                            Applicability::Unsafe,
                            "RubyGems may be older than 2.0, which does not know the flag",
                        ),
                        _ => fix,
                    };
                    fix.edits([Edit { span: Span::at(at.end), text: " --no-document".into() }]).done();
                }
            }
        }
    }
}

/// Whether a step shows documentation, or removes it and fails where there is none.
fn is_read(cx: &Context<'_>) -> bool {
    let reads = |text: &str, command: &Command| {
        let own = &text[command.span.range()];
        matches!(command.name(), Some("ri" | "rdoc" | "yard"))
            || own.contains("/doc") && index::fails_on_none(command, own)
    };
    let runs = cx.document.instructions.iter().enumerate().filter_map(|(at, i)| Some((i, cx.model.run(at)?)));
    runs.into_iter().any(|(i, run)| run.script.commands.iter().any(|command| reads(i.args(), command)))
}

/// The subcommand of a command that installs gems, without a word about documentation.
fn installing(command: &Command) -> Option<&Word> {
    let (first, arguments) = past_sudo(&command.words)?.split_first()?;
    let name = file_name(first.literal.as_deref()?);
    let verb = arguments.first()?;
    let is_gem =
        name.strip_prefix("gem").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    // Options may be cut short; what comes after `--` is for the build of the gem.
    let says = |word: &str| {
        let long = ["--doc", "--no-d", "--no-r", "--rd", "--ri", "--g"];
        matches!(word, "-N" | "-d") || long.iter().any(|start| word.starts_with(start))
    };
    let own = arguments.iter().filter_map(|word| word.literal.as_deref()).take_while(|word| *word != "--");
    (is_gem && verb.literal.as_deref() == Some("install") && !own.clone().any(says)).then_some(verb)
}

/// How old `RubyGems` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// 2.0 or newer.
    Modern,
    /// Not known.
    Unknown,
    /// Before 2.0, or the flag does nothing because of the image's settings.
    Old,
}

/// How old the `RubyGems` of a `RUN` is.
fn age(cx: &Context<'_>, stage: &Stage, index: usize) -> Age {
    let own = std::iter::once(&cx.document.instructions[index]);
    let texts: Vec<&str> =
        before(cx, stage, index).map(|(_, i)| i).chain(own).map(Instruction::args).collect();
    let mentions = |what: &[&str]| texts.iter().any(|text| what.iter().any(|word| text.contains(word)));
    if mentions(&["gemrc"]) {
        return Age::Old;
    }
    let Some(base) = cx.model.chain(stage).last().and_then(Stage::origin) else { return Age::Unknown };
    match of_base(&base) {
        Age::Old => Age::Old,
        _ if mentions(&[
            "rvm",
            "rbenv",
            "ruby-build",
            "ruby-install",
            "chruby",
            "ruby1.",
            "ruby-1.",
            "ruby/1.",
            "rubygems-",
            "RUBY_VERSION",
            "ruby-lang.org",
            "src/ruby",
        ]) =>
        {
            Age::Unknown
        }
        age => age,
    }
}

/// The `RubyGems` of a base image. Ruby 2.0 has 2.0; Debian 7, Ubuntu 14.04 and EL 6 have Ruby 1.9 or older.
///
/// The official image of Ruby leaves documentation out by itself, in /usr/local/etc/gemrc:
/// <https://github.com/docker-library/ruby>.
fn of_base(base: &Reference<'_>) -> Age {
    let name = base.canonical();
    let Some(official) = name.strip_prefix("docker.io/library/") else { return Age::Unknown };
    if matches!(official, "ruby" | "jruby" | "rails") {
        return Age::Old;
    }
    let text = base.tag.unwrap_or("latest");
    let tag = Tag::parse(text.trim_start_matches("centos"));
    let major = tag.as_ref().and_then(|tag| tag.version).map(|version| version.major());
    let least = match official {
        "debian" => 8,
        "ubuntu" => 16,
        "alpine" => 3,
        "fedora" => 20,
        "centos" => 7,
        _ => return tag.map_or(Age::Unknown, |tag| of_suite(&tag)),
    };
    match (major, tag.as_ref().map(|tag| tag.suite)) {
        (Some(major), _) if major >= least => Age::Modern,
        (Some(_), _) => Age::Old,
        (None, Some(Suite::Default)) if base.digest.is_none() => Age::Modern,
        (None, Some(_)) => tag.map_or(Age::Unknown, |tag| of_suite(&tag)),
        (None, None) => Age::Unknown,
    }
}

fn of_suite(tag: &Tag<'_>) -> Age {
    match tag.suite {
        Suite::Debian("wheezy" | "squeeze") | Suite::Ubuntu("precise" | "trusty" | "lucid") => Age::Old,
        Suite::Debian(_) | Suite::Ubuntu(_) | Suite::Alpine(_) => Age::Modern,
        Suite::Default => Age::Unknown,
    }
}

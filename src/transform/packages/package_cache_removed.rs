//! `package_cache_removed`: what conda, npm and yarn keep of their downloads goes in the layer in which it came.

use super::called::{file_name, past_sudo};
use super::chain::{Chain, Next};
use super::mount::{self, Cache};
use super::{npm, placed};
use crate::catalog::Tag;
use crate::document::Keyword;
use crate::edit::Applicability;
use crate::model::Stage;
use crate::shell::Command;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackageCacheRemoved {
    manager: Manager,
    /// What becomes of the cache; a mount is known for npm alone.
    #[serde(default)]
    cache: Cache,
}

/// Whose cache it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Manager {
    /// conda and mamba.
    Conda,
    /// npm.
    Npm,
    /// yarn 1.
    Yarn,
}

impl Manager {
    const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Conda => &["conda", "mamba", "micromamba"],
            Self::Npm => &["npm"],
            Self::Yarn => &["yarn"],
        }
    }

    /// What removes the cache.
    const fn clean(self) -> &'static str {
        match self {
            Self::Conda => "clean --all --yes",
            Self::Npm => "cache clean --force",
            Self::Yarn => "cache clean",
        }
    }

    /// What in a `RUN` says that the cache is removed, or is somewhere else.
    const fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Conda => &[" clean", "/pkgs", "CONDA_PKGS_DIRS", "pkgs_dirs", "softlink", "conda=4."],
            Self::Npm => &[
                "npm cache",
                ".npm",
                "_cacache",
                "--cache",
                "npm_config_cache",
                "NPM_CONFIG_CACHE",
                "set cache",
                "/root/.*",
            ],
            Self::Yarn => &[
                "yarn cache",
                "yarn-cache",
                ".cache",
                "--cache-folder",
                "cache-folder",
                "YARN_CACHE_FOLDER",
                "/root/.*",
            ],
        }
    }

    /// What stands in the paths of the cache.
    const fn folder(self) -> &'static str {
        match self {
            Self::Conda => "pkgs",
            Self::Npm => ".npm",
            Self::Yarn => "yarn",
        }
    }

    /// Whether a command with these words leaves something in the cache.
    fn fills(self, words: &[Option<&str>]) -> bool {
        let mut verbs = words.iter().flatten().filter(|word| !word.starts_with('-'));
        let first = verbs.next().copied();
        let second = verbs.next().copied();
        match self {
            Self::Conda => {
                matches!(first, Some("install" | "create" | "update" | "upgrade"))
                    || first == Some("env") && matches!(second, Some("create" | "update"))
            }
            Self::Npm => matches!(first, Some("install" | "i" | "ci" | "add" | "update")),
            Self::Yarn => match first {
                None => {
                    words.iter().flatten().all(|word| !matches!(*word, "--version" | "-v" | "--help" | "-h"))
                        && words.iter().all(Option::is_some)
                }
                Some("global") => second == Some("add"),
                Some(verb) => matches!(verb, "install" | "add" | "upgrade"),
            },
        }
    }
}

impl Transform for PackageCacheRemoved {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(last) = cx.model.final_stage() else { return };
        if is_needed(cx, self.manager) {
            return;
        }
        // What other stages keep is in no image.
        for stage in cx.model.chain(last) {
            for (index, _) in cx.model.body(stage) {
                self.clean(cx, stage, index, out);
            }
        }
    }
}

impl PackageCacheRemoved {
    fn clean(&self, cx: &Context<'_>, stage: &Stage, index: usize, out: &mut Proposals<'_>) {
        let Some(chain) = Chain::of(cx, index) else { return };
        let manager = self.manager;
        let Some(at) = last(manager, &chain) else { return };
        if manager.signs().iter().any(|sign| is_said(cx, stage, index, sign)) {
            return;
        }
        let command = &chain.commands()[at];
        let span = chain.source(command.span);
        let name = manager.programs()[0];
        let message = format!("{name} leaves what it downloads in the image");
        if self.cache == Cache::Mount && manager == Manager::Npm {
            let Some(run) = cx.model.run(index) else { return };
            let Some(edit) = mount::edit(cx, index, run, ".npm") else { return };
            out.fix(message, "keep npm's cache in a mount", span).edits([edit]).done();
            return;
        }
        let program = past_sudo(&command.words).and_then(|words| words.first());
        let Some(program) = program.map(|word| word.raw(chain.text())) else { return };
        if past_sudo(&command.words).is_none_or(|words| words.len() != command.words.len()) {
            return;
        }
        let Some(edit) = chain.append(at, &format!("{program} {}", manager.clean())) else { return };
        let fix = out.fix(message, format!("remove {name}'s cache"), span);
        let fix = match doubt(cx, manager, stage, index) {
            Some(reason) => fix.at_most(Applicability::Unsafe, reason),
            None => fix,
        };
        fix.edits([edit]).done();
    }
}

/// The last command of a `RUN` that fills the cache, if that can be emptied after it.
fn last(manager: Manager, chain: &Chain<'_>) -> Option<usize> {
    let filling = |command: &Command| calls(manager, command).is_some_and(|words| manager.fills(&words));
    let at = chain.commands().iter().rposition(filling)?;
    let is_own = |words: &[Option<&str>]| {
        words.iter().any(|word| word.is_none_or(|word| word == "npm" || word.starts_with("npm@")))
    };
    // A new npm may not run on the Node that is there.
    let replaces = |c: &Command| manager == Manager::Npm && calls(manager, c).is_some_and(|w| is_own(&w));
    let is_replaced = chain.commands().iter().any(replaces);
    // Where its failure does not count, the program may be missing.
    let is_ignored = chain.next(at) == Next::Or || chain.follows(at, "||");
    let is_mounted = mount::may_cover(chain.instruction(), manager.folder());
    (!is_replaced && !is_ignored && !is_mounted).then_some(at)
}

/// The words of a command behind its program.
fn calls(manager: Manager, command: &Command) -> Option<Vec<Option<&str>>> {
    let (first, words) = past_sudo(&command.words)?.split_first()?;
    let name = file_name(first.literal.as_deref()?);
    manager.programs().contains(&name).then(|| words.iter().map(|word| word.literal.as_deref()).collect())
}

/// Whether a `RUN`, or a setting before it, says something of the cache.
fn is_said(cx: &Context<'_>, stage: &Stage, index: usize, sign: &str) -> bool {
    let settings = placed::before(cx, stage, index)
        .map(|(_, i)| i)
        .filter(|i| matches!(i.keyword, Keyword::Env | Keyword::Arg) || i.args().contains("config"));
    let own = std::iter::once(&cx.document.instructions[index]);
    own.chain(settings).any(|i| i.args().contains(sign))
}

/// Whether something takes packages from the cache: another stage, or a command that goes without a network.
fn is_needed(cx: &Context<'_>, manager: Manager) -> bool {
    let folders = [".npm", ".cache", "_cacache", "/pkgs"];
    cx.document.instructions.iter().any(|i| match i.keyword {
        Keyword::Copy | Keyword::Add | Keyword::Volume => {
            folders.iter().any(|folder| i.args().contains(folder))
        }
        Keyword::Run => {
            let mounts = i.flags.iter().filter(|flag| flag.text.contains("from="));
            let mut taken = mounts.flat_map(|flag| folders.iter().map(|folder| flag.text.contains(folder)));
            taken.any(|is_taken| is_taken)
                || i.args().contains("offline")
                || manager == Manager::Conda && i.args().contains("--clone")
        }
        _ => i.args().contains("--offline"),
    })
}

/// Why the cache may have to stay.
fn doubt(cx: &Context<'_>, manager: Manager, stage: &Stage, index: usize) -> Option<&'static str> {
    match manager {
        Manager::Npm => None,
        Manager::Yarn => {
            let known = npm::has_yarn(cx, stage)
                && cx.project.is_some_and(|project| {
                    let own = |path: &str| path.contains(".yarnrc") || path.contains(".yarn/");
                    let named =
                        || project.text("package.json").is_some_and(|text| text.contains("packageManager"));
                    project.error().is_none() && !project.entries().iter().any(|e| own(&e.path)) && !named()
                });
            let reason =
                "from 2.0 on yarn may run the program from its cache, and which yarn this is can't be told";
            (!known).then_some(reason)
        }
        Manager::Conda => {
            let user = cx.model.state(index).user.as_deref();
            let is_root = user.is_none_or(|user| matches!(user, "root" | "0"));
            let reason = "conda's release can't be told: an old one may have links into the cache, which it does not look for";
            if !is_root {
                return Some("a user that is not root may not be able to clean the cache");
            }
            (!has_late_conda(cx, stage)).then_some(reason)
        }
    }
}

/// Whether the conda of an image is 4.6 or newer, by its tag.
fn has_late_conda(cx: &Context<'_>, stage: &Stage) -> bool {
    const NAMES: [&str; 6] = [
        "docker.io/continuumio/miniconda3",
        "docker.io/continuumio/anaconda3",
        "docker.io/condaforge/miniforge3",
        "docker.io/condaforge/mambaforge",
        "docker.io/condaforge/miniforge-pypy3",
        "docker.io/mambaorg/micromamba",
    ];
    let Some(base) = cx.model.chain(stage).last().and_then(Stage::origin) else { return false };
    let name = base.canonical();
    if !NAMES.contains(&name.as_str()) || base.tag.is_none() && base.digest.is_some() {
        return false;
    }
    let is_anaconda = name.contains("anaconda3");
    match Tag::parse(base.tag.unwrap_or("latest")).map(|tag| tag.version) {
        Some(None) => true,
        // Releases of Anaconda are named by year; 2019.03 has conda 4.6.
        Some(Some(version)) if is_anaconda => version.parts() >= &[2019, 3][..],
        Some(Some(version)) if name.contains("micromamba") => version.parts() >= &[1][..],
        Some(Some(version)) => version.parts() >= &[4, 6][..],
        None => false,
    }
}

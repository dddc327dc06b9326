//! The program as the files around the Dockerfile show it: which package it is, and what its code does.

use super::super::Context;
use super::copies::copies;
use crate::model::{GoBuild, Output, Stage, join};
use crate::project::golang::{Program, Query};
use crate::project::{Kind, Project};

/// Where the files of the build context are in a stage.
#[derive(Debug)]
pub(in super::super) struct Landed<'p> {
    project: &'p Project,
    /// Paths of the context and of the image, in the order in which they were copied.
    places: Vec<(String, String)>,
}

impl<'p> Landed<'p> {
    /// The files that a stage, and those that it is built on, copy from the context; none without a context.
    pub(in super::super) fn of(cx: &Context<'p>, stage: &Stage) -> Option<Self> {
        let project = cx.project.filter(|p| p.error().is_none())?;
        let mut places = Vec::new();
        let chain: Vec<&Stage> = cx.model.chain(stage).collect();
        let links: Vec<(String, String)> = chain.iter().flat_map(|part| links(cx, part)).collect();
        for copy in chain.into_iter().rev().flat_map(|part| copies(cx, part)).filter_map(|(_, copy)| copy) {
            if copy.from.is_some() {
                continue;
            }
            for source in &copy.sources {
                places.extend(landed(project, source, &copy.target, copy.into));
            }
        }
        let mut landed = Self { project, places };
        for (target, link) in links {
            if let Some(context) = landed.context(&target) {
                landed.places.push((context, link));
            }
        }
        Some(landed)
    }

    /// The path in the context of a path in the image, if there is something.
    pub(in super::super) fn context(&self, image: &str) -> Option<String> {
        self.placed(image).or_else(|| {
            // A folder that only files were copied into, one by one.
            let inside = |(_, place): &&(String, String)| {
                place.rsplit_once('/').is_some_and(|(folder, _)| folder == image)
            };
            let (context, _) = self.places.iter().rev().find(inside)?;
            Some(context.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()))
        })
    }

    fn placed(&self, image: &str) -> Option<String> {
        self.places.iter().rev().find_map(|(context, place)| {
            let rest = if image == place {
                ""
            } else if place == "/" {
                image.strip_prefix('/')?
            } else {
                image.strip_prefix(place.as_str())?.strip_prefix('/')?
            };
            let path = match (context.is_empty(), rest.is_empty()) {
                (true, _) => rest.to_owned(),
                (false, true) => context.clone(),
                (false, false) => format!("{context}/{rest}"),
            };
            (path.is_empty() || self.project.entry(&path).is_some()).then_some(path)
        })
    }

    /// The import path of the context's root, where it was copied into a folder of `GOPATH`.
    pub(in super::super) fn import_root(&self, gopath: &str) -> Option<String> {
        let source = format!("{}/src/", gopath.trim_end_matches('/'));
        self.places
            .iter()
            .filter(|(context, _)| context.is_empty())
            .find_map(|(_, place)| place.strip_prefix(&source).map(str::to_owned))
    }
}

/// The folders that `ln -s` gives other names: what they are and the name.
fn links(cx: &Context<'_>, stage: &Stage) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for (index, _) in cx.model.body(stage).filter(|(_, i)| i.args().contains("ln ")) {
        let Some(run) = cx.model.run(index) else { continue };
        for command in run.script.commands.iter().filter(|c| c.name() == Some("ln")) {
            let words: Option<Vec<String>> =
                command.arguments().iter().map(|w| cx.model.word(index, w)).collect();
            let paths: Vec<String> =
                words.unwrap_or_default().into_iter().filter(|w| !w.starts_with('-')).collect();
            if let [target, link] = paths.as_slice()
                && target.starts_with('/')
                && link.starts_with('/')
            {
                links.push((join("/", target), join("/", link)));
            }
        }
    }
    links
}

/// Where a source of `COPY` comes to be.
fn landed(project: &Project, source: &str, target: &str, into: bool) -> Vec<(String, String)> {
    let whole = matches!(source.trim_end_matches('/'), "." | "" | "./.");
    if whole {
        return vec![(String::new(), target.to_owned())];
    }
    let place = |entry: &crate::project::Entry| {
        let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
        let inside = entry.kind != Kind::Folder && (into || target.ends_with('/'));
        (entry.path.clone(), if inside { join(target, name) } else { target.to_owned() })
    };
    project.sources(source).into_iter().map(place).collect()
}

/// The build of a plain Makefile that writes a file, and whether it says that cgo is off.
pub(super) fn made(
    cx: &Context<'_>,
    stage: &Stage,
    (index, number): (usize, usize),
    path: &str,
) -> Option<(GoBuild, bool)> {
    let landed = Landed::of(cx, stage)?;
    let command = cx.model.run(index)?.script.commands.get(number)?.clone();
    let words: Vec<String> =
        command.arguments().iter().map(|w| cx.model.word(index, w)).collect::<Option<_>>()?;
    if command.name() != Some("make")
        || words.len() > 1
        || words.iter().any(|w| w.contains('=') || w.starts_with('-'))
    {
        return None;
    }
    let folder = cx.model.folders(index).get(number)?.clone()?;
    let lines =
        landed.project.go().make_recipe(&landed.context(&folder)?, words.first().map(String::as_str))?;
    for line in &lines {
        let script = crate::shell::parse(line)?;
        for own in &script.commands {
            let Some(build) = cx.model.go_build((index, number), own, line, Some(folder.clone())) else {
                continue;
            };
            let flags = ["-race", "-buildmode", "-linkshared", "-msan", "-asan", "CGO_ENABLED=1", "linkmode"];
            if !build.output.may_be(path) || flags.iter().any(|flag| line.contains(flag)) {
                continue;
            }
            return Some((build, line.contains("CGO_ENABLED=0")));
        }
    }
    None
}

/// What the code of the program says.
#[derive(Debug)]
pub(super) struct Seen<'p> {
    /// The program.
    pub program: Program,
    /// Where the files of the context are.
    pub landed: Landed<'p>,
    /// Whether the command builds more programs than that one.
    pub others: bool,
    /// What Go calls the program, if that is not what the command calls it.
    pub misnamed: Option<String>,
}

/// Finds the code of the program that some builds make; none when the context does not show it.
pub(super) fn see<'p>(cx: &Context<'p>, stage: &Stage, builds: &[GoBuild], path: &str) -> Option<Seen<'p>> {
    let landed = Landed::of(cx, stage)?;
    let name = path.rsplit('/').next().unwrap_or(path);
    for build in builds {
        let state = cx.model.state(build.instruction);
        let gopath = state.set("GOPATH").unwrap_or_else(|| "/go".into());
        let gopath = gopath.split(':').next().unwrap_or("/go").to_owned();
        let root = landed.import_root(&gopath);
        if let Some((folder, files, others)) = package(&landed, build, &gopath, root.as_deref(), name) {
            let query = Query {
                folder: &folder,
                files: files.as_deref(),
                tags: &build.tags,
                import_root: root.as_deref(),
            };
            let program = landed.project.go().program(&query);
            let misnamed = matches!(build.output, Output::In(..))
                .then(|| misnamed(&landed, build, root.as_deref(), &folder, name));
            return Some(Seen { program, landed, others, misnamed: misnamed.flatten() });
        }
    }
    None
}

/// The name that Go gives to a program, where it is another one.
fn misnamed(
    landed: &Landed<'_>,
    build: &GoBuild,
    root: Option<&str>,
    folder: &str,
    name: &str,
) -> Option<String> {
    let mains = landed.project.go().mains(&build.tags, root);
    let own = mains.into_iter().find(|main| main.folder == folder)?;
    own.import.as_ref()?;
    own.name.filter(|own| own != name)
}

type Found = (String, Option<Vec<String>>, bool);

/// The folder of the main package in the context, its files if the command names them, and whether there are other programs.
fn package(
    landed: &Landed<'_>,
    build: &GoBuild,
    gopath: &str,
    root: Option<&str>,
    name: &str,
) -> Option<Found> {
    let go = landed.project.go();
    let targets: Option<Vec<&String>> = build.targets.iter().map(Option::as_ref).collect();
    let targets = targets?;
    let is_main = |folder: &str| go.package_at(folder, &build.tags) == Some("main");
    let here = build.folder.as_deref().and_then(|f| landed.context(f));
    if targets.is_empty() {
        return here.filter(|f| is_main(f)).map(|folder| (folder, None, false));
    }
    if targets.iter().all(|t| std::path::Path::new(t).extension().is_some_and(|e| e == "go")) {
        let first = targets.first()?;
        let folder = first.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = landed.context(&join(build.folder.as_deref()?, folder))?;
        let files: Vec<String> =
            targets.iter().map(|t| t.rsplit('/').next().unwrap_or(t).to_owned()).collect();
        return Some((folder, Some(files), false));
    }
    let mut found: Vec<String> = Vec::new();
    for target in &targets {
        let (base, pattern) = match target.strip_suffix("...") {
            Some(base) => (base.trim_end_matches('/'), true),
            None => (target.trim_end_matches('/'), false),
        };
        let local = base.is_empty() || base.starts_with('.') || base.starts_with('/');
        let folder = if local {
            build.folder.as_deref().and_then(|f| landed.context(&join(f, base)))
        } else {
            landed.context(&join(&format!("{gopath}/src"), base)).or_else(|| in_module(landed, base))
        };
        let Some(folder) = folder else { continue };
        if !pattern {
            found.extend(is_main(&folder).then_some(folder));
            continue;
        }
        let below =
            |path: &str| folder.is_empty() || path == folder || path.starts_with(&format!("{folder}/"));
        found.extend(go.mains(&build.tags, root).into_iter().map(|m| m.folder).filter(|f| below(f)));
    }
    found.dedup();
    let others = found.len() > 1;
    if !others {
        return found.pop().map(|folder| (folder, None, false));
    }
    let named = |folder: &String| {
        let mains = go.mains(&build.tags, root);
        let own = mains.iter().find(|m| m.folder == **folder).and_then(|m| m.name.clone());
        let place = landed
            .places
            .iter()
            .find(|(context, _)| context.is_empty())
            .map(|(_, place)| join(place, folder));
        own.or_else(|| place.and_then(|p| p.rsplit('/').next().map(str::to_owned))).as_deref() == Some(name)
    };
    let folder = found.into_iter().find(named)?;
    Some((folder, None, others))
}

/// The folder of a package that is named by its import path in a module.
fn in_module(landed: &Landed<'_>, import: &str) -> Option<String> {
    landed.project.go().modules().find_map(|module| {
        let rest = import.strip_prefix(module.path.as_str())?;
        let rest = if rest.is_empty() { "" } else { rest.strip_prefix('/')? };
        Some(if module.folder.is_empty() || rest.is_empty() {
            format!("{}{rest}", module.folder)
        } else {
            format!("{}/{rest}", module.folder)
        })
    })
}

/// Files of the context that the program reads, as paths in the image; each with the literal that names it.
pub(super) fn assets(seen: &Seen<'_>, cwd: &str) -> Vec<(String, String, usize, String)> {
    let project = seen.landed.project;
    let mut found: Vec<(String, String, usize, String)> = Vec::new();
    for literal in &seen.program.literals {
        let Some(path) = named(&literal.what) else { continue };
        let image = if path.starts_with('/') { path.clone() } else { join(cwd, &path) };
        let Some(context) = seen.landed.context(&image).filter(|c| !c.is_empty()) else { continue };
        let Some(entry) = project.entry(&context) else { continue };
        let asset = match entry.kind {
            Kind::Folder if holds_code(project, &context) => None,
            Kind::Folder => Some(image),
            _ if is_code(&context) => None,
            _ => Some(whole_folder(project, &context, &image, cwd)),
        };
        if let Some(asset) = asset.filter(|a| !found.iter().any(|(known, ..)| known == a)) {
            found.push((asset, literal.file.clone(), literal.line, literal.what.clone()));
        }
    }
    let roots: Vec<String> = found.iter().map(|(path, ..)| path.clone()).collect();
    found
        .retain(|(path, ..)| !roots.iter().any(|root| path != root && path.starts_with(&format!("{root}/"))));
    found
}

/// The path that a string may name: its folder, where it is a pattern.
fn named(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+@ *?".contains(c);
    if text.len() < 2 || !text.chars().all(plain) || text.trim() != text {
        return None;
    }
    let text = match text.find(['*', '?']) {
        Some(at) => text[..at].rsplit_once('/').map(|(folder, _)| folder)?,
        None => text,
    };
    let text = text.trim_start_matches("./").trim_end_matches('/');
    (!text.is_empty() && text != "." && !text.contains(' ')).then(|| text.to_owned())
}

/// Whether a folder holds Go files: its name is that of a package, and strings that equal it are no paths.
fn holds_code(project: &Project, folder: &str) -> bool {
    let mut has_file = false;
    for entry in project.below(folder).filter(|e| e.kind == Kind::File) {
        let direct = !entry.path[folder.len() + 1..].contains('/');
        if direct && is_code(&entry.path) {
            return true;
        }
        has_file = true;
    }
    !has_file
}

fn is_code(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let source = std::path::Path::new(name).extension().is_some_and(|e| e == "go" || e == "proto");
    source
        || matches!(name, "go.mod" | "go.sum" | "Makefile" | "Dockerfile" | "LICENSE" | "README.md")
        || path.contains("vendor/")
}

/// A file, or its folder where that holds no code: templates name others that the code does not.
fn whole_folder(project: &Project, context: &str, image: &str, cwd: &str) -> String {
    let (Some((folder, _)), Some((parent, _))) = (context.rsplit_once('/'), image.rsplit_once('/')) else {
        return image.to_owned();
    };
    let is_inner = parent != cwd && !parent.is_empty();
    let extension = std::path::Path::new(context).extension().and_then(|e| e.to_str());
    let is_page = matches!(extension, Some("html" | "htm" | "tmpl" | "tpl" | "gohtml" | "css" | "js"));
    if is_inner && (is_page || !holds_code(project, folder)) { parent.to_owned() } else { image.to_owned() }
}

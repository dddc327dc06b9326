//! Where an import of a program leads.

use super::standard::is_standard;
use super::{Go, Query, Replace, above, beside, join, within};

/// Where an import leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// It comes with Go.
    Standard,
    /// A folder of the context.
    Folder(String),
    /// Somewhere else.
    External,
    /// A folder that the context should have and has not.
    Missing,
}

/// An import path that a folder of the context has, for itself and what is below it.
#[derive(Clone, Debug)]
struct Local {
    import: String,
    folder: String,
}

/// What the imports of one program mean.
#[derive(Debug)]
pub(super) struct Resolver<'p> {
    go: Go<'p>,
    locals: Vec<Local>,
    /// Folders that hold packages by their import paths.
    sources: Vec<String>,
    /// Whether the import path of the context's root is known.
    rooted: bool,
    /// The import path that the context's root seems to have.
    pub(super) guess: Option<String>,
}

impl<'p> Resolver<'p> {
    /// A resolver for the modules that a query sees.
    pub(super) fn new(go: Go<'p>, query: &Query<'_>) -> Self {
        let mut resolver = Self { go, locals: Vec::new(), sources: Vec::new(), rooted: false, guess: None };
        if let Some(root) = query.import_root {
            resolver.local(root, "");
            resolver.rooted = true;
        }
        match go.module_at(query.folder) {
            Some(module) => resolver.modules(&module.folder, query.folder),
            None => resolver.gopath(query),
        }
        resolver.locals.sort_by_key(|local| std::cmp::Reverse(local.import.len()));
        resolver
    }

    fn local(&mut self, import: &str, folder: &str) {
        self.locals.push(Local { import: import.trim_matches('/').to_owned(), folder: folder.to_owned() });
    }

    fn modules(&mut self, module: &str, folder: &str) {
        self.rooted = true;
        let mut folders = vec![module.to_owned()];
        if let Some(work) = self.go.workspace_at(folder) {
            folders.extend(work.uses.iter().filter_map(|used| beside(&work.folder, used)));
            self.replaced(&work.folder, &work.replaces);
        }
        for folder in folders {
            if let Some(module) = self.go.module_at(&folder).filter(|module| module.folder == folder) {
                self.local(&module.path, &folder);
                self.replaced(&folder, &module.replaces);
            }
        }
    }

    fn replaced(&mut self, folder: &str, replaces: &[Replace]) {
        for replace in replaces.iter().filter(|replace| replace.is_folder()) {
            // One that is not in the context stays a module that is not seen.
            if let Some(target) = beside(folder, &replace.with).filter(|t| self.go.index.has_module(t)) {
                self.local(&replace.path, &target);
            }
        }
    }

    fn gopath(&mut self, query: &Query<'_>) {
        let parts = query.folder.match_indices("src/").map(|(at, _)| at);
        for at in parts.filter(|at| *at == 0 || query.folder[..*at].ends_with('/')) {
            self.sources.push(query.folder[..at + 3].to_owned());
        }
        self.sources.extend(["src".to_owned(), "vendor/src".to_owned()]);
        if let Some(root) = self.said_root(query).filter(|_| !self.rooted) {
            self.local(&root, "");
            self.rooted = true;
        }
    }

    /// The import path of the context's root, if a file says it.
    fn said_root(&self, query: &Query<'_>) -> Option<String> {
        let locks = self.go.locks_at("");
        locks.into_iter().find_map(|lock| lock.root).or_else(|| {
            let files = self.go.index.files(query.folder).iter();
            let mut comments =
                files.filter_map(|file| file.source(self.go.project)?.import_comment.as_deref());
            let path = comments.next()?;
            match query.folder {
                "" => Some(path.to_owned()),
                folder => Some(path.strip_suffix(folder)?.strip_suffix('/')?.to_owned()),
            }
        })
    }

    /// The folder that an import of a file in the folder `from` leads to.
    pub(super) fn resolve(&mut self, from: &str, import: &str) -> Target {
        if is_standard(import) {
            return Target::Standard;
        }
        if import.starts_with("./") || import.starts_with("../") {
            let folder = beside(from, import).filter(|folder| self.has(folder));
            return folder.map_or(Target::Missing, Target::Folder);
        }
        let found = self.in_vendor(from, import).or_else(|| self.in_locals(import));
        if let Some(folder) = found.or_else(|| self.in_sources(import)) {
            return Target::Folder(folder);
        }
        if let Some(folder) = self.guessed(import) {
            return Target::Folder(folder);
        }
        if self.should_be_here(from, import) { Target::Missing } else { Target::External }
    }

    fn has(&self, folder: &str) -> bool {
        !self.go.index.files(folder).is_empty()
    }

    fn in_locals(&self, import: &str) -> Option<String> {
        self.locals.iter().find_map(|local| {
            let rest = within(import, &local.import)?;
            let folder = join(&local.folder, rest);
            // A folder with a module of its own is another module, which may come from elsewhere.
            let nested = above(&folder)
                .take_while(|above| *above != local.folder)
                .any(|above| self.go.index.has_module(above));
            (self.has(&folder) && !nested).then_some(folder)
        })
    }

    fn in_vendor(&self, from: &str, import: &str) -> Option<String> {
        let places = above(from).flat_map(|folder| {
            ["vendor", "Godeps/_workspace/src"].into_iter().map(move |place| join(folder, place))
        });
        places.map(|place| join(&place, import)).find(|folder| self.has(folder))
    }

    fn in_sources(&self, import: &str) -> Option<String> {
        self.sources.iter().map(|source| join(source, import)).find(|folder| self.has(folder))
    }

    /// Without a module, imports of the project's own packages show which import path it has.
    fn guessed(&mut self, import: &str) -> Option<String> {
        if self.rooted {
            return None;
        }
        let host = import.split('/').next().filter(|host| host.contains('.'))?;
        let length = if host == "gopkg.in" { 2 } else { 3 };
        let end = import.match_indices('/').nth(length - 1).map_or(import.len(), |(end, _)| end);
        let folder = import.get(end + 1..).unwrap_or_default();
        let here = if folder.is_empty() { self.is_root_package(import) } else { self.has(folder) };
        if !here {
            return None;
        }
        let root = import[..end].to_owned();
        self.local(&root, "");
        self.rooted = true;
        self.guess = Some(root);
        Some(folder.to_owned())
    }

    /// Whether the context's root holds the package that an import of a whole repository would bring.
    fn is_root_package(&self, import: &str) -> bool {
        let name = self.go.package_at("", &[]);
        import.matches('/').count() == 2 && name.is_some() && name == import.rsplit('/').next()
    }

    /// Whether an import that was not found is one of the project's own packages.
    fn should_be_here(&self, from: &str, import: &str) -> bool {
        let Some(local) = self.locals.iter().find(|local| within(import, &local.import).is_some()) else {
            return false;
        };
        let required = self.go.module_at(from).is_some_and(|module| {
            let longer = |path: &str| path.len() > local.import.len() && within(import, path).is_some();
            module.requires.iter().any(|require| longer(&require.path))
        });
        !required
    }
}

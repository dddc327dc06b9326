//! Whether all that a program is made of is known by name.

use super::program::{Closure, Finding};
use super::walk::Walk;
use super::{Go, Module, Query, Replace, beside, within};

impl<'p> Go<'p> {
    /// What lists all that a program is made of, from the first of its imports that are not in the project; `with` and
    /// `without` are its packages with cgo on and off.
    pub(super) fn closure(
        self,
        query: &Query<'_>,
        external: &[Finding],
        with: &Walk<'p>,
        without: &Walk<'p>,
    ) -> Closure {
        let Some(first) = external.first() else {
            let mut folders = with.packages.keys().chain(without.packages.keys());
            let vendored = folders.any(|folder| super::is_vendored(&format!("{folder}/")));
            return if vendored { Closure::Vendored } else { Closure::Std };
        };
        let listed = match self.module_at(query.folder) {
            Some(module) => self.required(query, module, external).map(Closure::Sums),
            None => self.locked(query, external).map(Closure::Locked),
        };
        listed.unwrap_or_else(|unseen| Closure::Unseen(unseen.unwrap_or(first).clone()))
    }

    /// The modules that `go.mod` and `go.sum` name, or the import that they don't account for.
    fn required<'f>(
        self,
        query: &Query<'_>,
        module: &Module,
        external: &'f [Finding],
    ) -> Result<Vec<String>, Option<&'f Finding>> {
        let modules = self.built_together(query, module);
        let mut names: Vec<String> = Vec::new();
        for module in &modules {
            let sums = module.sums.iter().flatten().map(|(path, _)| path.clone());
            let required = module.requires.iter().map(|require| require.path.clone());
            match (module.is_pruned(), &module.sums) {
                (true, _) => names.extend(required),
                (false, Some(_)) => names.extend(required.chain(sums)),
                (false, None) if module.requires.is_empty() => {}
                (false, None) => return Err(None),
            }
            let with = module.replaces.iter().filter(|replace| !replace.is_folder());
            names.extend(with.map(|Replace { with, .. }| with.clone()));
        }
        names.sort();
        names.dedup();
        let covered = |found: &&Finding| names.iter().any(|name| within(&found.what, name).is_some());
        match external.iter().find(|found| !covered(found)) {
            Some(unseen) => Err(Some(unseen)),
            None => Ok(names),
        }
    }

    /// The module and those of its workspace.
    fn built_together(self, query: &Query<'_>, module: &'_ Module) -> Vec<&'p Module> {
        let work = self.workspace_at(query.folder);
        let used = work
            .into_iter()
            .flat_map(|work| work.uses.iter().filter_map(|folder| beside(&work.folder, folder)));
        let mut folders: Vec<String> = used.chain([module.folder.clone()]).collect();
        folders.sort();
        folders.dedup();
        folders.iter().filter_map(|folder| self.index.module(self.project, folder)).collect()
    }

    /// The packages of the lock files, or the import that they don't name.
    fn locked<'f>(
        self,
        query: &Query<'_>,
        external: &'f [Finding],
    ) -> Result<Vec<String>, Option<&'f Finding>> {
        let locks = self.locks_at(query.folder);
        if let Some(unseen) = external.iter().find(|f| !locks.iter().any(|lock| lock.covers(&f.what))) {
            return Err(Some(unseen));
        }
        let mut names: Vec<String> = locks.into_iter().flat_map(|lock| lock.paths).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }
}

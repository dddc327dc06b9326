//! Which recipes run, and with which parameters.

use super::{Error, Library, Recipe};

impl Library {
    /// The recipes that run, in their order of application, with the pack's parameters.
    ///
    /// With `select`, exactly the recipes of these ids or tags; else those of the pack and all that came from
    /// folders. `ignore` takes recipes out by id or tag.
    pub fn select(
        &mut self,
        pack: &str,
        select: &[String],
        ignore: &[String],
    ) -> Result<Vec<&Recipe>, Error> {
        for name in select.iter().chain(ignore) {
            self.check_name(name)?;
        }
        self.apply_params(pack)?;
        let pack = self.pack(pack)?;
        let wanted = |recipe: &&Recipe| {
            let by_default = || pack.recipes.contains(&recipe.id) || recipe.id.contains('/');
            let chosen = if select.is_empty() { by_default() } else { named(recipe, select) };
            chosen && !named(recipe, ignore)
        };
        let mut recipes: Vec<&Recipe> = self.recipes.iter().filter(wanted).collect();
        recipes.sort_by_key(|recipe| (recipe.phase, &recipe.id));
        Ok(recipes)
    }

    /// Sets a parameter that a pack gives one of its recipes; nothing else of the pack changes.
    pub fn set(&mut self, pack: &str, recipe: &str, name: &str, value: bool) -> Result<(), Error> {
        self.pack(pack)?;
        for own in self.packs.iter_mut().filter(|own| own.id == pack) {
            own.params.entry(recipe.to_owned()).or_default().insert(name.to_owned(), value.into());
        }
        Ok(())
    }

    /// Adds a recipe to a pack.
    pub fn include(&mut self, pack: &str, recipe: &str) -> Result<(), Error> {
        self.check_name(recipe)?;
        self.pack(pack)?;
        self.packs
            .iter_mut()
            .filter(|own| own.id == pack)
            .for_each(|own| own.recipes.push(recipe.to_owned()));
        Ok(())
    }

    /// Gives every recipe the parameters of the pack, or its own again.
    fn apply_params(&mut self, pack: &str) -> Result<(), Error> {
        let params = self.pack(pack)?.params.clone();
        let tuned = std::mem::take(&mut self.tuned);
        for recipe in &mut self.recipes {
            match params.get(&recipe.id) {
                Some(own) => recipe.tune(own).map_err(|error| error.in_file(format!("pack `{pack}`")))?,
                None if tuned.contains(&recipe.id) => recipe.tune(&toml::Table::new())?,
                None => {}
            }
        }
        self.tuned = params.into_keys().collect();
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), Error> {
        let known = self.names();
        if known.contains(&name) {
            return Ok(());
        }
        Err(Error::new(format!("unknown recipe or tag `{name}`")).nearest(name, known.into_iter()))
    }

    /// All ids and tags, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let ids = self.recipes.iter().map(|recipe| recipe.id.as_str());
        let tags = self.recipes.iter().flat_map(|recipe| recipe.tags.iter().map(String::as_str));
        let mut known: Vec<&str> = ids.chain(tags).collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}

fn named(recipe: &Recipe, names: &[String]) -> bool {
    names.iter().any(|name| *name == recipe.id || recipe.tags.contains(name))
}

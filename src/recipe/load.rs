//! Reads recipes and packs, the built-in ones and those of a folder.

use super::{Error, Library, Pack, Recipe};
use crate::catalog::embedded::{PACKS, RECIPES};
use std::fs;
use std::path::{Path, PathBuf};

impl Library {
    /// The recipes and packs that the program brings along.
    pub fn builtin() -> Result<Self, Error> {
        Self::from_texts(&RECIPES, &PACKS)
    }

    /// Reads recipes and packs from pairs of file stem and text.
    pub(super) fn from_texts(recipes: &[(&str, &str)], packs: &[(&str, &str)]) -> Result<Self, Error> {
        let mut library = Self::default();
        for (stem, text) in recipes {
            let path = format!("recipes/{stem}.toml");
            let recipe =
                Recipe::parse(text, |id| builtin_id(id, stem)).map_err(|error| error.in_file(&path))?;
            library.add(recipe).map_err(|error| error.in_file(&path))?;
        }
        for (stem, text) in packs {
            let path = format!("recipes/packs/{stem}.toml");
            let pack = Pack::parse(text).and_then(|pack| library.check_pack(pack, stem));
            library.packs.push(pack.map_err(|error| error.in_file(&path))?);
        }
        Ok(library)
    }

    /// Adds the recipes of a folder, every `*.toml` directly in it; theirs are ids with a namespace.
    pub fn add_folder(&mut self, dir: &Path) -> Result<(), Error> {
        let files = toml_files(dir).map_err(|error| cannot_read(dir, &error))?;
        if files.is_empty() {
            return Err(Error::new("no recipes here: no file ends in .toml").in_file(shown(dir)));
        }
        for file in files {
            self.add_file(&file).map_err(|error| error.in_file(shown(&file)))?;
        }
        Ok(())
    }

    fn add_file(&mut self, file: &Path) -> Result<(), Error> {
        let text = fs::read_to_string(file).map_err(|error| cannot_read(file, &error))?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        self.add(Recipe::parse(text, |id| third_party_id(id, &stem))?)
    }

    /// Keeps the recipes sorted by id.
    fn add(&mut self, recipe: Recipe) -> Result<(), Error> {
        match self.recipes.binary_search_by(|known| known.id.cmp(&recipe.id)) {
            Ok(_) => Err(Error::new(format!("there is already a recipe `{}`", recipe.id))),
            Err(at) => {
                self.recipes.insert(at, recipe.into());
                Ok(())
            }
        }
    }

    fn check_pack(&self, pack: Pack, stem: &str) -> Result<Pack, Error> {
        named_as(&pack.id, &[stem])?;
        for id in pack.recipes.iter().chain(pack.params.keys()) {
            self.recipe(id)?;
        }
        Ok(pack)
    }
}

fn toml_files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = entries.collect::<Result<Vec<_>, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml") && !file.is_dir());
    files.sort();
    Ok(files)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Error {
    let text = error.to_string();
    let why = text.split(" (os error").next().unwrap_or_default().to_lowercase();
    Error::new(format!("cannot read it: {why}")).in_file(shown(path))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn builtin_id(id: &str, stem: &str) -> Result<(), Error> {
    well_formed(id, id)?;
    named_as(id, &[stem])
}

fn third_party_id(id: &str, stem: &str) -> Result<(), Error> {
    let Some((namespace, name)) = id.split_once('/') else {
        let help = format!("write `id = \"yours/{id}\"`");
        return Err(Error::new(format!("the id `{id}` has no namespace")).hint(Some(help)));
    };
    well_formed(id, namespace)?;
    well_formed(id, name)?;
    if stem == name || stem == format!("{namespace}-{name}") {
        return Ok(());
    }
    let help = format!("name the file {name}.toml or {namespace}-{name}.toml");
    Err(Error::new(format!("the id `{id}` is not the name of its file")).hint(Some(help)))
}

fn named_as(id: &str, stems: &[&str]) -> Result<(), Error> {
    if stems.contains(&id) {
        return Ok(());
    }
    let help = format!("name the file {id}.toml");
    Err(Error::new(format!("the id `{id}` is not the name of its file")).hint(Some(help)))
}

/// Lower-case words with dashes between them.
fn well_formed(id: &str, part: &str) -> Result<(), Error> {
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if part.split('-').all(word) {
        return Ok(());
    }
    let help = "an id is lower-case words with dashes between them".to_owned();
    Err(Error::new(format!("the id `{id}` is malformed")).hint(Some(help)))
}

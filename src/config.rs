//! What a project says about itself in `harden.toml`: which recipes run and how, which images it takes, how its own are
//! tried.
//!
//! In: a folder or a file. Out: a [`Config`], empty where there is no file; what it says of recipes for one path. Does not
//! know the command line.
//!
//! The file is `harden.toml`, `.harden.toml` or `.github/harden.toml`, in the folder or the nearest one above it, up to the
//! root of the repository; without a repository, the nearest one above that has the folder's owner. It comes with the
//! project, so it is untrusted: it can't name a program of this machine, nor a file outside of its own folder, and it can't
//! allow what only the user can.

mod find;
mod part;
mod prove;
mod starter;
mod value;

pub use part::{Wish, Wishes};
pub use prove::{Mount, Probe, Prove};
pub use starter::STARTER;

use crate::catalog::Rules;
use crate::files;
use crate::recipe::{self, Library};
use part::{Override, Part};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The most bytes of a file.
const LARGEST: usize = 1 << 20;

/// The name of a new file.
pub const NAME: &str = "harden.toml";

/// What the file says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// How images are tried.
    pub prove: Prove,
    /// `[images]`: how far images are bumped, where they are mirrored, whose hardened ones are taken.
    pub images: Rules,
    /// The folder that its paths start from.
    pub folder: PathBuf,
    /// What it says of recipes.
    part: Part,
    /// The same for some paths.
    overrides: Vec<Override>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    pack: Option<part::RawName>,
    #[serde(default)]
    select: part::RawNames,
    #[serde(default)]
    ignore: part::RawNames,
    #[serde(default)]
    recipes: part::RawRecipes,
    #[serde(default, rename = "override")]
    overrides: Vec<part::RawOverride>,
    #[serde(default)]
    prove: Prove,
    #[serde(default)]
    images: Rules,
}

impl Config {
    /// The file that holds for a folder, and the folder that it is about; none where there is none.
    pub fn find(folder: &Path) -> Option<(PathBuf, PathBuf)> {
        find::find(folder)
    }

    /// Reads the file that holds for a folder; the empty configuration where there is none.
    pub fn of(folder: &Path, library: &Library) -> Result<Self, files::Error> {
        match find::find(folder) {
            Some((path, folder)) => Self::read(&path, folder, library),
            None => Ok(Self::default()),
        }
    }

    /// The folder that a file is about, which somebody named.
    pub fn about(file: &Path) -> PathBuf {
        find::about(file)
    }

    /// Reads a file about a folder, whose names and parameters are those of recipes that are known.
    pub fn read(path: &Path, folder: PathBuf, library: &Library) -> Result<Self, files::Error> {
        let bytes = files::read(path)?;
        let here = std::env::current_dir().ok();
        let near = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
        let shown = near.unwrap_or(path).display().to_string();
        let refused = |error: recipe::Error| {
            let help = error.help().map(str::to_owned);
            files::Error {
                help,
                ..files::Error::new(format!("cannot read {shown}"), error.in_file(&shown).to_string())
            }
        };
        if bytes.len() > LARGEST {
            return Err(refused(recipe::Error::new(format!("it is larger than {} kiB", LARGEST >> 10))));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| refused(recipe::Error::new("it is not UTF-8")))?;
        Self::parse(text, folder, library).map_err(refused)
    }

    fn parse(text: &str, folder: PathBuf, library: &Library) -> Result<Self, recipe::Error> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let raw: Raw = toml::from_str(text).map_err(|error| recipe::Error::toml(&error, text))?;
        raw.prove.check().map_err(recipe::Error::new)?;
        let reader = part::Reader { text, library };
        let (part, overrides) = reader.parts(raw.pack, raw.select, raw.ignore, raw.recipes, raw.overrides)?;
        Ok(Self { prove: raw.prove, images: raw.images, folder, part, overrides })
    }

    /// What is said of recipes for a Dockerfile; none for one without a path.
    pub fn wishes(&self, path: Option<&Path>) -> Wishes {
        let mut wishes = Wishes::default();
        wishes.add(&self.part);
        let below = path.and_then(|path| self.below(path));
        let holds = |one: &&Override| below.as_ref().is_some_and(|path| one.holds(path));
        self.overrides.iter().filter(holds).for_each(|one| wishes.add(&one.part));
        wishes
    }

    /// A path from the folder on; none for one that is elsewhere.
    fn below(&self, path: &Path) -> Option<PathBuf> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).ok()?;
        let root = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        folder.join(path.file_name()?).strip_prefix(root).ok().map(Path::to_path_buf)
    }
}

#[cfg(test)]
mod tests;

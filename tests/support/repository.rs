//! Git repositories that hold real projects.

use std::path::{Path, PathBuf};

/// The git directory in a folder, which is one itself, or holds `.git`, `repo` or `repo/.git`.
pub fn git_directory(folder: &Path) -> Option<PathBuf> {
    let places = ["", ".git", "repo/.git", "repo"].map(|place| folder.join(place));
    places.into_iter().find(|place| place.join("HEAD").is_file() && place.join("objects").is_dir())
}

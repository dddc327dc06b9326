//! Where the file is.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The names under which the file is looked for, the first first.
const NAMES: [&str; 3] = ["harden.toml", ".harden.toml", ".github/harden.toml"];

/// The file that holds for a folder, and the folder that it is about; none where there is none.
pub(super) fn find(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let absolute = || std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let folder = folder.canonicalize().unwrap_or_else(|_| absolute());
    let root = folder.ancestors().find(|above| above.join(".git").exists());
    for above in folder.ancestors() {
        let paths = NAMES.iter().map(|name| above.join(name));
        let is_ours = |path: &PathBuf| root.is_some() || above == folder || belongs_to(path, owner(&folder));
        if let Some(path) = paths.filter(|path| path.is_file()).find(is_ours) {
            return Some((path, above.to_path_buf()));
        }
        if root == Some(above) {
            break;
        }
    }
    None
}

/// The folder that a file is about, which somebody named.
pub(super) fn about(file: &Path) -> PathBuf {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    let folder = file.parent().unwrap_or(Path::new("/"));
    let above = folder.parent().filter(|_| folder.ends_with(".github"));
    above.unwrap_or(folder).to_path_buf()
}

pub(super) fn owner(path: &Path) -> Option<u32> {
    Some(path.metadata().ok()?.uid())
}

/// Whether a file belongs to a user: where there is no repository, a file far above may be anybody's, as in `/tmp`.
pub(super) fn belongs_to(path: &Path, user: Option<u32>) -> bool {
    user.is_some() && owner(path) == user
}

//! A folder on disk as a tree.

use super::tree::{ENTRIES, Entry, Kind, LARGEST_FILE, Next, Tree, Visit};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

/// How deep a folder may lie.
const DEPTH: usize = 64;

/// A folder. Links are told and never followed out of it; what is neither file, folder nor link is left out; `.git` is
/// told, what is in it is not.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The tree of a folder. Nothing is read before it is asked for.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where a path is, with links resolved; an error if that is not below the root.
    fn place(&self, path: &str) -> Result<PathBuf, String> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || path.contains('\0') {
            return Err("it is no path below the folder".to_owned());
        }
        let why = |error: io::Error| cause(&error);
        let root = self.root.canonicalize().map_err(why)?;
        let place = root.join(path).canonicalize().map_err(why)?;
        place.starts_with(&root).then_some(place).ok_or_else(|| "it leads out of the folder".to_owned())
    }
}

impl Tree for Folder {
    fn walk(&self, visit: &mut Visit<'_>) -> Result<(), String> {
        Walk { root: &self.root, seen: 0, visit }.folder("", 0, false)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        self.place(parent).ok()?;
        kind(&fs::symlink_metadata(self.root.join(path)).ok()?)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let place = self.place(path)?;
        let why = |error: io::Error| cause(&error);
        // Before it is opened: that may wait for ever on a named pipe.
        if !fs::metadata(&place).map_err(why)?.is_file() {
            return Err("it is not a regular file".to_owned());
        }
        let mut bytes = Vec::new();
        File::open(&place).map_err(why)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(why)?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(format!("it is larger than {} MiB", LARGEST_FILE >> 20));
        }
        Ok(bytes)
    }
}

struct Walk<'w, 'v> {
    root: &'w Path,
    seen: usize,
    visit: &'w mut Visit<'v>,
}

impl Walk<'_, '_> {
    /// Shows what is in a folder; with `lenient`, an unreadable one is empty.
    fn folder(&mut self, path: &str, depth: usize, lenient: bool) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("{path}: folders lie more than {DEPTH} deep"));
        }
        let place = self.place(path);
        let fail = |error: &io::Error| format!("{}: {}", place.display(), cause(error));
        let mut names = match self.names(path) {
            Ok(names) => names,
            Err(error) if lenient && error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
            // It may go while the others are looked at.
            Err(error) if depth > 0 && error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(fail(&error)),
        };
        names.sort();
        for name in names {
            let Some(entry) = self.entry(path, &name) else { continue };
            let (below, open) = (entry.path.clone(), entry.kind == Kind::Folder && name != ".git");
            let next = (self.visit)(entry)?;
            if open && next != Next::Skip {
                self.folder(&below, depth + 1, next == Next::Try)?;
            }
        }
        Ok(())
    }

    fn place(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.to_path_buf() } else { self.root.join(path) }
    }

    /// The names in a folder; no more of them than may be seen.
    fn names(&mut self, path: &str) -> io::Result<Vec<std::ffi::OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.place(path))? {
            self.seen += 1;
            if self.seen > ENTRIES {
                return Err(io::Error::other(format!("the folder holds more than {ENTRIES} files")));
            }
            names.push(entry?.file_name());
        }
        Ok(names)
    }

    fn entry(&self, folder: &str, name: &OsStr) -> Option<Entry> {
        let metadata = fs::symlink_metadata(self.root.join(folder).join(name)).ok()?;
        let slash = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{slash}{}", name.to_string_lossy());
        Some(Entry { path, kind: kind(&metadata)?, mode: mode(&metadata) })
    }
}

fn kind(metadata: &Metadata) -> Option<Kind> {
    match metadata.file_type() {
        kind if kind.is_file() => Some(Kind::File),
        kind if kind.is_dir() => Some(Kind::Folder),
        kind if kind.is_symlink() => Some(Kind::Link),
        _ => None,
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    if metadata.is_dir() { 0o755 } else { 0o644 }
}

/// Why something could not be read, without the number that the system gives it.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(cause, _)| cause).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;
    use std::process::Command;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::TempDir::new().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn paths(project: &Project) -> Vec<&str> {
        assert_eq!(project.error(), None);
        project.entries().iter().map(|e| e.path.as_str()).collect()
    }

    fn project(folder: &tempfile::TempDir) -> Project {
        Project::new(Box::new(Folder::new(folder.path())))
    }

    #[test]
    fn a_folder_is_listed_as_a_build_sees_it() {
        let dir = folder(&[
            (".dockerignore", "*.md\nout"),
            (".git/HEAD", ""),
            ("a/b.go", "b"),
            ("r.md", ""),
            ("out/x", ""),
        ]);
        let project = project(&dir);
        assert_eq!(paths(&project), [".dockerignore", ".git", "a", "a/b.go"]);
        assert_eq!(project.text("a/b.go").as_deref(), Some("b"));
        assert_eq!((project.text("r.md"), project.text("a")), (None, None));
    }

    #[test]
    fn what_can_t_be_used_says_why() {
        let missing = Project::new(Box::new(Folder::new("/nowhere/at/all")));
        assert!(
            missing.error().is_some_and(|e| e.contains("/nowhere/at/all: no such file")),
            "{:?}",
            missing.error()
        );
        let deep = folder(&[(&format!("{}x", "d/".repeat(70)), "")]);
        assert!(project(&deep).error().is_some_and(|e| e.contains("64 deep")));
        fs::write(deep.path().join(".dockerignore"), "d").expect("a file");
        assert_eq!(paths(&project(&deep)), [".dockerignore"], "an ignored folder is not walked");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_is_read_and_nothing_waits() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let outside = folder(&[("secret", "s"), ("d/secret", "s")]);
        let dir = folder(&[("a", "a"), ("d/b", "b"), ("run.sh", "")]);
        let link = |to: &Path, from: &str| symlink(to, dir.path().join(from)).expect("a link");
        link(&outside.path().join("secret"), "out");
        link(outside.path(), "outdir");
        link(Path::new("a"), "in");
        link(Path::new("."), "loop");
        fs::set_permissions(dir.path().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("a mode");
        let fifo = dir.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
        let tree = Folder::new(dir.path());
        for path in ["out", "outdir/secret", "../a", "/etc/passwd", "d/../a", "pipe", "d", "", "a\0"] {
            assert!(tree.read(path).is_err(), "{path:?}");
        }
        assert_eq!(tree.read("in"), Ok(b"a".to_vec()));
        assert_eq!((tree.kind("outdir/secret"), tree.kind("pipe"), tree.kind("../x")), (None, None, None));
        let project = project(&dir);
        assert_eq!(paths(&project), ["a", "d", "d/b", "in", "loop", "out", "outdir", "run.sh"]);
        assert_eq!(project.entry("run.sh").map(|e| e.mode), Some(0o755));
        assert_eq!(project.entry("out").map(|e| e.kind), Some(Kind::Link));
    }

    #[test]
    fn a_large_file_is_not_read() {
        let dir = folder(&[("large", &"x".repeat(4 << 20)), ("larger", &"x".repeat((4 << 20) + 1))]);
        let tree = Folder::new(dir.path());
        assert!(tree.read("large").is_ok());
        assert_eq!(tree.read("larger"), Err("it is larger than 4 MiB".to_owned()));
    }
}

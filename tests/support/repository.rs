//! A folder of a git repository at a commit, read whole: what the files around a real Dockerfile are.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harden::project::{Entry, Kind, Tree};

/// The files of a commit. A file whose contents the repository lacks is listed, but can't be read.
#[derive(Debug)]
pub struct Commit {
    entries: Vec<Entry>,
    files: BTreeMap<String, Option<Vec<u8>>>,
}

/// The git directory in a folder, which is one itself, or holds `.git`, `repo` or `repo/.git`.
pub fn git_directory(folder: &Path) -> Option<PathBuf> {
    let places = ["", ".git", "repo/.git", "repo"].map(|place| folder.join(place));
    places.into_iter().find(|place| place.join("HEAD").is_file() && place.join("objects").is_dir())
}

impl Commit {
    /// Reads a folder of a commit; the empty folder is the whole of it.
    pub fn read(directory: &Path, commit: &str, folder: &str) -> Result<Self, String> {
        let listing = git(directory, &["ls-tree", "-r", "-t", "-z", &format!("{commit}:{folder}")])?;
        let mut entries = Vec::new();
        let mut blobs = Vec::new();
        for line in String::from_utf8_lossy(&listing).split_terminator('\0') {
            let (about, path) = line.split_once('\t').ok_or("a line of git's without a path")?;
            let about: Vec<&str> = about.split(' ').collect();
            let mode = u32::from_str_radix(about[0], 8).map_err(|error| error.to_string())?;
            let kind = match mode & 0o170_000 {
                0o040_000 | 0o160_000 => Kind::Folder,
                0o120_000 => Kind::Link,
                _ => Kind::File,
            };
            if kind == Kind::File {
                blobs.push((path.to_owned(), about[2].to_owned()));
            }
            entries.push(Entry { path: path.to_owned(), kind, mode: mode & 0o777 });
        }
        Ok(Self { entries, files: contents(directory, blobs) })
    }
}

impl Tree for Commit {
    fn entries(&self) -> Result<Vec<Entry>, String> {
        Ok(self.entries.clone())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let found = self.files.get(path).ok_or("no such file")?;
        found.clone().ok_or_else(|| "its contents are not in the repository".to_owned())
    }
}

/// A file of a commit.
pub fn file(directory: &Path, commit: &str, path: &str) -> Result<Vec<u8>, String> {
    git(directory, &["cat-file", "blob", &format!("{commit}:{path}")])
}

/// What git prints.
pub fn git(directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").arg("--git-dir").arg(directory).args(arguments).output();
    let output = output.map_err(|error| format!("git: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

/// Asks git for all contents in one go.
fn contents(directory: &Path, blobs: Vec<(String, String)>) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut child = Command::new("git")
        .arg("--git-dir")
        .arg(directory)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = Vec::new();
    std::thread::scope(|scope| {
        let ids: Vec<&str> = blobs.iter().map(|(_, id)| id.as_str()).collect();
        scope.spawn(move || ids.iter().for_each(|id| writeln!(input, "{id}").unwrap()));
        child.stdout.take().unwrap().read_to_end(&mut output).unwrap();
    });
    child.wait().unwrap();
    let mut rest = output.as_slice();
    blobs.into_iter().map(|(path, _)| (path, next(&mut rest))).collect()
}

/// The next answer of `git cat-file --batch`: `ID blob SIZE`, the contents and a line end, or `ID missing`.
fn next(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    *rest = &rest[end + 1..];
    let size: usize = head.split(' ').nth(2)?.parse().ok()?;
    let (contents, after) = rest.split_at(size);
    *rest = &after[1..];
    Some(contents.to_vec())
}

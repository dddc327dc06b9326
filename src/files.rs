//! Files: finding Dockerfiles, reading them, replacing them so that a reader sees the old or the new text.
//!
//! In: paths as given. Out: bytes, or an [`Error`] that says what, why and what to do.
//! Does not know what is in a file.

mod brought;

pub use brought::{bring, place};

use ignore::{DirEntry, WalkBuilder};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The most bytes that are read as a Dockerfile.
pub const LIMIT: u64 = 8 << 20;

/// Something that could not be done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What could not be done: lower case, no full stop.
    pub message: String,
    /// Why.
    pub cause: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Error {
    /// An error with its reason.
    pub fn new(message: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { message: message.into(), cause: Some(cause.into()), help: None }
    }

    /// The same error with a next step.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.cause.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for Error {}

/// Why the system refused, as people say it.
pub fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect())
        }
    }
}

/// Whether a folder's file of this name is taken for a Dockerfile.
pub fn is_dockerfile(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let named = |start: &[u8]| name.starts_with(start);
    !name.ends_with(b".dockerignore")
        && (named(b"Dockerfile") || named(b"Containerfile") || name.ends_with(b".Dockerfile"))
}

/// The Dockerfiles in a folder and below, sorted; what could not be searched comes as errors.
///
/// Honours `.gitignore` and does not follow symbolic links.
pub fn find(folder: &Path) -> (Vec<PathBuf>, Vec<Error>) {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let mut walk = WalkBuilder::new(folder);
    walk.hidden(false).require_git(false).filter_entry(|entry| entry.file_name() != ".git");
    for entry in walk.build() {
        match entry {
            Ok(entry) if wanted(&entry) => found.push(tidy(entry.into_path())),
            Ok(_) => {}
            Err(error) => errors.push(Error::new(
                format!("cannot search {}", folder.display()),
                error.io_error().map_or_else(|| error.to_string(), cause),
            )),
        }
    }
    found.sort();
    (found, errors)
}

fn wanted(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file()) && is_dockerfile(entry.file_name())
}

/// The path without a leading `./`.
fn tidy(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path)
}

/// Reads a whole file, whatever its name.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let fail = |error: &io::Error| unreadable(path, cause(error));
    let file = fs::metadata(path).map_err(|error| fail(&error))?;
    regular(path, &file)?;
    // The size is checked before the file is opened, and again by the limit on what is read.
    if file.len() > LIMIT {
        return Err(too_large(&path.display().to_string()));
    }
    let file = File::open(path).map_err(|error| fail(&error))?;
    read_from(file, &path.display().to_string())
}

/// Reads an open stream to its end; `name` is for the messages.
pub fn read_from(stream: impl Read, name: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match stream.take(LIMIT + 1).read_to_end(&mut bytes) {
        Err(error) => Err(Error::new(format!("cannot read {name}"), cause(&error))),
        Ok(_) if bytes.len() as u64 > LIMIT => Err(too_large(name)),
        Ok(_) => Ok(bytes),
    }
}

fn unreadable(path: &Path, cause: String) -> Error {
    Error::new(format!("cannot read {}", path.display()), cause)
}

fn too_large(name: &str) -> Error {
    Error::new(format!("cannot read {name}"), format!("it is larger than {} MiB", LIMIT >> 20))
        .with_help("give the path of a Dockerfile")
}

/// Refuses what is not a regular file: opening a named pipe may wait for ever, a device may never end.
fn regular(path: &Path, file: &Metadata) -> Result<(), Error> {
    if file.is_file() {
        return Ok(());
    }
    let what = if file.is_dir() { "it is a folder" } else { "it is not a regular file" };
    Err(unreadable(path, what.into()).with_help("to read from a pipe, give `-` and redirect standard input"))
}

/// Replaces the text of a file, `before` with `after`, in one step.
///
/// Symbolic links stay and their target is replaced; mode and, where allowed, owner are kept. A file that may
/// not be written, or that is no longer `before`, is left alone.
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), Error> {
    let fail = |error: &io::Error| unwritable(path, cause(error));
    let target = fs::canonicalize(path).map_err(|error| fail(&error))?;
    let old = fs::metadata(&target).map_err(|error| fail(&error))?;
    regular(path, &old)?;
    // Root may write to any file: the mode says what its owner wants.
    if old.permissions().readonly() {
        return Err(read_only(path));
    }
    OpenOptions::new().write(true).open(&target).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => read_only(path),
        _ => fail(&error),
    })?;
    if read(&target)? != before {
        return Err(meanwhile(path));
    }
    swap(&target, &old, after).map_err(|error| fail(&error))
}

/// The bytes of a regular file of this user, of a cache; none where there is none of `limit` bytes at most, whatever the
/// reason: a cache that can't be used is as good as none.
pub fn read_own(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let is_right = |metadata: &Metadata| metadata.is_file() && is_own(metadata);
    // Before it is opened, as opening a named pipe may wait for ever; and after, as it may have been replaced.
    fs::symlink_metadata(path).ok().filter(is_right)?;
    let file = File::open(path).ok()?;
    file.metadata().ok().filter(is_right)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= limit).then_some(bytes)
}

/// Writes a file of a cache in one step, into a folder of this user that is made where it is missing.
pub fn write_own(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // In another user's folder, that user could change what is written.
    if !is_own(&folder.metadata()?) {
        return Err(io::Error::other("the folder is another user's"));
    }
    let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// How files of a cache are called until they are whole.
pub const NEW: &str = ".new-";

fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Writes a file that is not there yet, in one step.
fn create(target: &Path, text: &[u8]) -> Result<(), Error> {
    let written = || -> io::Result<()> {
        let mut file = beside(target)?;
        file.write_all(text)?;
        open_to_all(file.as_file());
        file.as_file().sync_all()?;
        file.persist_noclobber(target).map_err(|error| error.error)?;
        sync_folder(target);
        Ok(())
    };
    written().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => meanwhile(target),
        _ => unwritable(target, cause(&error)),
    })
}

/// A file is not what it was when it was looked at.
fn meanwhile(path: &Path) -> Error {
    unwritable(path, "it was changed by another program meanwhile".into()).with_help("run the command again")
}

fn unwritable(path: &Path, cause: String) -> Error {
    Error::new(format!("cannot write {}", path.display()), cause)
}

fn read_only(path: &Path) -> Error {
    unwritable(path, "the file is read-only".into())
        .with_help("make it writable, or apply the patch that `harden -f diff` prints")
}

fn swap(target: &Path, old: &Metadata, text: &[u8]) -> io::Result<()> {
    let mut file = beside(target)?;
    file.write_all(text)?;
    keep_owner(file.as_file(), old);
    // After the owner: changing that clears some mode bits.
    file.as_file().set_permissions(old.permissions())?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    sync_folder(target);
    Ok(())
}

/// A temporary file that can be renamed to `target`.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    tempfile::Builder::new().prefix(".harden-").tempfile_in(folder)
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    // Only root may give a file away; anyone may keep a group that they are in.
    if fchown(file, Some(old.uid()), Some(old.gid())).is_err() {
        fchown(file, None, Some(old.gid())).ok();
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// Makes the rename itself last; not every file system can, and the text is safe either way.
fn sync_folder(target: &Path) {
    if let Some(folder) = target.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
    }
}

/// A file for results, which appears when it is whole.
#[derive(Debug)]
pub enum Sink {
    /// Written beside its final place.
    Whole(NamedTempFile, PathBuf),
    /// A device or pipe, written as it is.
    Direct(File),
}

impl Sink {
    /// Opens a place for results; what is at `path` stays until [`Sink::finish`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let fail = |error: io::Error| unwritable(path, cause(&error));
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        match fs::metadata(&target) {
            Ok(old) if old.is_dir() => Err(unwritable(path, "it is a folder".into())),
            Ok(old) if !old.is_file() => {
                OpenOptions::new().write(true).open(&target).map(Self::Direct).map_err(fail)
            }
            Ok(old) if old.permissions().readonly() => Err(unwritable(path, "the file is read-only".into())),
            _ => beside(&target).map(|file| Self::Whole(file, target)).map_err(fail),
        }
    }

    /// Puts the results in their place.
    pub fn finish(self) -> Result<(), Error> {
        let Self::Whole(file, target) = self else { return Ok(()) };
        let fail = |error: &io::Error| unwritable(&target, cause(error));
        match fs::metadata(&target) {
            Ok(old) => file.as_file().set_permissions(old.permissions()).map_err(|error| fail(&error))?,
            Err(_) => open_to_all(file.as_file()),
        }
        file.persist(&target).map(drop).map_err(|error| fail(&error.error))
    }
}

/// A temporary file is for its owner alone; a report is like any other new file.
#[cfg(unix)]
fn open_to_all(file: &File) {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644)).ok();
}

#[cfg(not(unix))]
fn open_to_all(_: &File) {}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Whole(file, _) => file.write(bytes),
            Self::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Whole(file, _) => file.flush(),
            Self::Direct(file) => file.flush(),
        }
    }
}

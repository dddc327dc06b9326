//! Files of a build context that come with a new Dockerfile.

use super::{Error, cause, create, meanwhile, replace, unwritable};
use crate::edit::NewFile;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes files of a context, then whatever else there is to write. What can't be written, or was changed meanwhile, is an
/// error, and what was written before it is taken back: a Dockerfile may rely on the files, they do not rely on it.
pub fn bring(
    context: &Path,
    files: &[NewFile],
    then: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let mut written = Vec::new();
    let all = files.iter().try_for_each(|file| {
        written.push((file, write(context, file)?));
        Ok(())
    });
    all.and_then(|()| then()).inspect_err(|_| {
        for (file, target) in written.into_iter().rev() {
            take_back(file, &target);
        }
    })
}

/// Where a file of a context is or will be, with links resolved; an error if that is not in the context.
pub fn place(context: &Path, file: &NewFile) -> Result<PathBuf, Error> {
    let shown = context.join(&file.path);
    let fail = |error: &std::io::Error| unwritable(&shown, cause(error));
    let root = context.canonicalize().map_err(|error| fail(&error))?;
    let path = root.join(&file.path);
    let real = match (path.symlink_metadata(), path.parent(), path.file_name()) {
        (Err(_), Some(folder), Some(name)) => folder.canonicalize().map(|folder| folder.join(name)),
        _ => path.canonicalize(),
    };
    let real = real.map_err(|error| fail(&error))?;
    if file.is_inside() && real.starts_with(&root) {
        Ok(real)
    } else {
        Err(unwritable(&shown, "it leads out of the folder that the image is built from".into()))
    }
}

fn write(context: &Path, file: &NewFile) -> Result<PathBuf, Error> {
    let target = place(context, file)?;
    match &file.before {
        None if context.join(&file.path).symlink_metadata().is_ok() => return Err(meanwhile(&target)),
        None => create(&target, file.text.as_bytes())?,
        Some(before) => replace(&target, before.as_bytes(), file.text.as_bytes())?,
    }
    Ok(target)
}

/// Makes a file what it was; where that fails there is nothing more to do, and the first error is told.
fn take_back(file: &NewFile, target: &Path) {
    match &file.before {
        None => fs::remove_file(target).ok(),
        Some(before) => replace(target, file.text.as_bytes(), before.as_bytes()).ok(),
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn file(path: &str, before: Option<&str>, text: &str) -> NewFile {
        NewFile { path: path.into(), before: before.map(str::to_owned), text: text.into() }
    }

    fn text(folder: &TempDir, path: &str) -> Option<String> {
        fs::read_to_string(folder.path().join(path)).ok()
    }

    #[test]
    fn files_are_made_and_replaced() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("old"), "a").unwrap();
        let files = [file("new", None, "n"), file("old", Some("a"), "b")];
        bring(folder.path(), &files, || Ok(())).unwrap();
        assert_eq!((text(&folder, "new").unwrap(), text(&folder, "old").unwrap()), ("n".into(), "b".into()));
    }

    #[test]
    fn what_was_written_is_taken_back_when_something_fails() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("old"), "a").unwrap();
        let files = [file("new", None, "n"), file("old", Some("a"), "b")];
        let error = bring(folder.path(), &files, || Err(Error::new("cannot write Dockerfile", "x")));
        assert_eq!(error.unwrap_err().message, "cannot write Dockerfile");
        assert_eq!((text(&folder, "new"), text(&folder, "old")), (None, Some("a".into())));
        let files = [file("new", None, "n"), file("old", Some("other"), "b")];
        let error = bring(folder.path(), &files, || panic!("it is not reached")).unwrap_err();
        assert!(error.to_string().contains("changed by another program"), "{error}");
        assert_eq!((text(&folder, "new"), text(&folder, "old")), (None, Some("a".into())));
    }

    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("there"), "a").unwrap();
        symlink("/nowhere", folder.path().join("dangling")).unwrap();
        for path in ["there", "dangling"] {
            bring(folder.path(), &[file(path, None, "b")], || Ok(())).unwrap_err();
        }
        assert_eq!(text(&folder, "there").unwrap(), "a");
    }

    #[test]
    fn nothing_is_written_out_of_the_context() {
        let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::write(other.path().join("file"), "a").unwrap();
        symlink(other.path(), folder.path().join("away")).unwrap();
        symlink(other.path().join("file"), folder.path().join("linked")).unwrap();
        for path in ["away/new", "../new", "/new", "a/../../new", ""] {
            bring(folder.path(), &[file(path, None, "b")], || Ok(())).unwrap_err();
        }
        for path in ["away/file", "linked"] {
            let error = bring(folder.path(), &[file(path, Some("a"), "b")], || Ok(())).unwrap_err();
            assert!(error.to_string().contains("leads out of the folder"), "{error}");
        }
        assert_eq!(text(&other, "file").unwrap(), "a");
        assert_eq!(fs::read_dir(other.path()).unwrap().count(), 1);
    }
}

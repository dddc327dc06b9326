//! Which folder a Dockerfile is built in, where nobody says.

use super::glob::{Glob, inside, is_pattern};
use crate::document::{Document, Instruction, Keyword};
use std::fs;
use std::path::{Path, PathBuf};

/// How far up a repository's root is looked for.
const UP: usize = 64;

/// How many names are looked at for one source.
const NAMES: usize = 1000;

/// How many names are looked at for one that is not a Dockerfile's: a folder that holds more of them collects them.
const DOCKERFILES: usize = 50;

/// The folder in which a Dockerfile is built: its own, if everything that it copies from the context is there, else the
/// nearest one above it for which that is so, within its repository; none if there is no such folder.
///
/// Nothing is read but the names of files.
pub fn context(dockerfile: &Path, document: &Document<'_>) -> Option<PathBuf> {
    let sources = sources(document);
    let own = own_folder(dockerfile);
    let fits = |folder: &Path| sources.iter().all(|source| is_there(folder, source));
    if fits(&own) {
        return Some(own);
    }
    let own = own.canonicalize().ok()?;
    let root = own.ancestors().take(UP).position(|folder| folder.join(".git").symlink_metadata().is_ok())?;
    own.ancestors().take(root + 1).skip(1).find(|folder| fits(folder)).map(Path::to_path_buf)
}

/// The folder that holds a file.
pub fn own_folder(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or_else(|| Path::new(".")).to_path_buf()
}

/// The sources of `COPY` and `ADD` that come from the context and are told by the text alone, as paths below it.
fn sources(document: &Document<'_>) -> Vec<String> {
    let copies = document.instructions.iter().filter(|i| matches!(i.keyword, Keyword::Add | Keyword::Copy));
    let local = copies.filter(|copy| !copy.flags.iter().any(|flag| flag.name() == "from"));
    let mut found: Vec<String> = local.flat_map(named).map(|source| inside(&source)).collect();
    found.sort();
    found.dedup();
    found
}

/// What an instruction copies from outside the file: all its words but the last.
fn named(copy: &Instruction<'_>) -> Vec<String> {
    let mut words: Vec<String> = match &copy.json {
        Some(strings) => strings.iter().map(|string| string.value.clone()).collect(),
        None => copy.words().map(|word| word.text.to_owned()).collect(),
    };
    words.pop();
    words.retain(|word| {
        !word.contains(['$', '"', '\'', '\\', '`']) && !is_remote(word) && !word.starts_with("<<")
    });
    words
}

fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@")
}

/// Whether a source is in a folder.
fn is_there(folder: &Path, source: &str) -> bool {
    match source {
        "" => holds_more_than_docker(folder),
        source if is_pattern(source) => {
            let parts: Vec<&str> = source.split('/').collect();
            matches(folder, &parts, &mut NAMES.clone())
        }
        source => folder.join(source).symlink_metadata().is_ok(),
    }
}

/// Whether something in a folder matches the parts of a pattern.
fn matches(folder: &Path, parts: &[&str], names_left: &mut usize) -> bool {
    let Some((first, rest)) = parts.split_first() else { return true };
    if !is_pattern(first) {
        let next = folder.join(first);
        return next.symlink_metadata().is_ok() && matches(&next, rest, names_left);
    }
    let Some(glob) = Glob::new(first) else { return false };
    let names: Vec<String> = names(folder, *names_left).collect();
    *names_left -= names.len();
    names.iter().any(|name| glob.matches(name) && matches(&folder.join(name), rest, names_left))
}

/// Whether a folder holds anything that one would copy whole: Dockerfiles alone are nothing to build.
fn holds_more_than_docker(folder: &Path) -> bool {
    let docker = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["dockerfile", "containerfile", "docker-compose", "compose."]
            .iter()
            .any(|start| name.starts_with(start))
            || [".dockerfile", ".dockerignore"].iter().any(|end| name.ends_with(end))
    };
    names(folder, DOCKERFILES).any(|name| !docker(&name))
}

/// The first names in a folder.
fn names(folder: &Path, most: usize) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(most).flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The context of a Dockerfile among files, relative to their folder.
    fn found(files: &[&str], dockerfile: &str, text: &str) -> Option<String> {
        let folder = tempfile::TempDir::new().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        for path in files.iter().copied().chain([dockerfile]) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        let context = context(&root.join(dockerfile), &Document::parse(text))?;
        Some(context.strip_prefix(&root).expect("a folder of ours").display().to_string())
    }

    #[test]
    fn a_context_is_where_all_that_is_copied_is() {
        let files = [".git/HEAD", "go.mod", "go.sum", "build/x.sh", "cmd/main.go"];
        for (dockerfile, text, expected) in [
            ("Dockerfile", "FROM a\nCOPY . .", Some("")),
            ("Dockerfile", "FROM a\nCOPY nowhere .", None),
            ("build/Dockerfile", "FROM a\nCOPY x.sh .", Some("build")),
            ("build/Dockerfile", "FROM a\nCOPY go.mod go.sum ./", Some("")),
            ("build/Dockerfile", "FROM a\nCOPY [\"go.mod\", \"./\"]", Some("")),
            ("build/Dockerfile", "FROM a\nADD cmd/*.go /", Some("")),
            ("build/Dockerfile", "FROM a\nCOPY *.sh /", Some("build")),
            ("build/Dockerfile", "FROM a\nCOPY cmd/*.py /", None),
            ("build/Dockerfile", "FROM a\nCOPY ../go.mod /", Some("")),
            ("build/Dockerfile", "FROM a\nCOPY x.sh cmd /", None),
            // Nothing of these is in the context, or the text does not tell.
            ("build/Dockerfile", "FROM a\nCOPY --from=b /x /\nADD https://example.org/x /", Some("build")),
            ("build/Dockerfile", "FROM a\nCOPY $X <<EOF /\nEOF", Some("build")),
            // Dockerfiles alone are nothing to copy.
            ("docker/Dockerfile", "FROM a\nCOPY . /", Some("")),
        ] {
            assert_eq!(found(&files, dockerfile, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_context_lies_within_its_repository() {
        let text = "FROM a\nCOPY go.mod /";
        assert_eq!(found(&["go.mod"], "a/b/Dockerfile", text), None);
        assert_eq!(found(&["go.mod", "a/.git/HEAD"], "a/b/Dockerfile", text), None);
        assert_eq!(found(&["a/go.mod", "a/.git/HEAD"], "a/b/Dockerfile", text).as_deref(), Some("a"));
        assert_eq!(found(&["go.mod", "a/go.mod", ".git/HEAD"], "a/b/Dockerfile", text).as_deref(), Some("a"));
    }
}

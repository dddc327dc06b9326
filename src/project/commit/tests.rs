//! Commits of repositories made for the purpose.

use super::*;
use crate::project::Project;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false"])
        .args(["-c", "init.defaultBranch=main", "-c", "core.hooksPath=/dev/null", "-C"])
        .arg(folder)
        .args(args)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .expect("git");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A repository with two commits.
fn repository() -> TempDir {
    let dir = TempDir::new().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    git(dir.path(), &["init", "-q"]);
    write("app/main.go", "old");
    write("app/é b.txt", "text");
    write("app/.dockerignore", "*.md");
    write("app/read.md", "");
    write("run.sh", "#!/bin/sh");
    git(dir.path(), &["add", "-A"]);
    git(dir.path(), &["update-index", "--chmod=+x", "run.sh"]);
    let link = git(dir.path(), &["hash-object", "-w", "run.sh"]);
    git(dir.path(), &["update-index", "--add", "--cacheinfo", &format!("120000,{link},link")]);
    let module = "1234567890123456789012345678901234567890";
    git(dir.path(), &["update-index", "--add", "--cacheinfo", &format!("160000,{module},module")]);
    git(dir.path(), &["commit", "-qm", "one"]);
    write("app/main.go", "new");
    git(dir.path(), &["commit", "-qm", "two", "app/main.go"]);
    dir
}

#[test]
fn a_commit_is_read_as_it_was() {
    let dir = repository();
    let project = Project::new(Box::new(Commit::new(dir.path(), "HEAD")));
    assert_eq!(project.error(), None);
    let told: Vec<_> = project.entries().iter().map(|e| (e.path.as_str(), e.kind, e.mode)).collect();
    assert_eq!(
        told,
        [
            ("app", Kind::Folder, 0o755),
            ("app/.dockerignore", Kind::File, 0o644),
            ("app/main.go", Kind::File, 0o644),
            ("app/read.md", Kind::File, 0o644),
            ("app/é b.txt", Kind::File, 0o644),
            ("link", Kind::Link, 0o777),
            ("module", Kind::Folder, 0o755),
            ("run.sh", Kind::File, 0o755),
        ]
    );
    assert_eq!(project.text("app/main.go").as_deref(), Some("new"));
    assert_eq!(project.text("app/é b.txt").as_deref(), Some("text"));
    assert_eq!((project.text("link"), project.text("none")), (None, None));
    let before = Project::new(Box::new(Commit::new(dir.path(), "HEAD^")));
    assert_eq!(before.text("app/main.go").as_deref(), Some("old"));
}

#[test]
fn a_folder_of_a_bare_repository_can_be_the_context() {
    let (dir, bare) = (repository(), TempDir::new().expect("a folder"));
    git(bare.path(), &["clone", "-q", "--bare", &dir.path().display().to_string(), "x.git"]);
    let commit = Commit::new(bare.path().join("x.git"), "main").folder("/app/");
    let project = Project::new(Box::new(commit));
    let paths: Vec<_> = project.entries().iter().map(|e| e.path.as_str()).collect();
    assert_eq!(paths, [".dockerignore", "main.go", "é b.txt"]);
    assert_eq!(project.text("main.go").as_deref(), Some("new"));
}

#[test]
fn what_is_no_commit_says_so() {
    let dir = repository();
    let error = |folder: &Path, revision: &str| {
        Project::new(Box::new(Commit::new(folder, revision))).error().unwrap_or_default().to_owned()
    };
    for revision in ["nowhere", "--help", "", "HEAD:app/main.go", "-c x=y"] {
        assert!(error(dir.path(), revision).starts_with("no commit"), "{}", error(dir.path(), revision));
    }
    let empty = TempDir::new().expect("a folder");
    assert!(error(empty.path(), "HEAD").contains("not a git repository"), "{}", error(empty.path(), "HEAD"));
    assert!(error(&empty.path().join("x"), "HEAD").starts_with("no commit"));
    let commit = Commit::new(dir.path(), "HEAD").folder("nowhere");
    assert!(Project::new(Box::new(commit)).error().is_some());
}

#[test]
fn a_large_file_does_not_end_the_reading() {
    let dir = repository();
    fs::write(dir.path().join("large"), vec![0; (4 << 20) + 1]).expect("a file");
    git(dir.path(), &["add", "large"]);
    git(dir.path(), &["commit", "-qm", "large"]);
    let commit = Commit::new(dir.path(), "HEAD");
    assert_eq!(commit.read("large"), Err("it is larger than 4 MiB".to_owned()));
    assert_eq!(commit.read("app/main.go"), Ok(b"new".to_vec()));
}

/// A repository that names programs wherever git would start one; what is missing would be fetched by one.
#[test]
fn nothing_from_the_repository_is_run() {
    let dir = repository();
    let mark = dir.path().join("mark");
    let program = dir.path().join("program");
    fs::write(&program, format!("#!/bin/sh\ntouch {}\n", mark.display())).expect("a file");
    git(dir.path(), &["update-index", "--chmod=+x", "run.sh"]);
    Command::new("chmod").arg("+x").arg(&program).status().expect("chmod");
    let program = program.display().to_string();
    let object = git(dir.path(), &["rev-parse", "HEAD:app/main.go"]);
    for (name, value) in [
        ("core.fsmonitor", program.as_str()),
        ("core.pager", &program),
        ("core.sshCommand", &program),
        ("pager.ls-tree", &program),
        ("alias.ls-tree", &format!("!{program}")),
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", &format!("ext::{program}")),
        ("remote.origin.promisor", "true"),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
    ] {
        git(dir.path(), &["config", name, value]);
    }
    fs::remove_file(dir.path().join(".git/objects").join(&object[..2]).join(&object[2..]))
        .expect("an object");
    let commit = Commit::new(dir.path(), "HEAD");
    assert!(commit.read("app/main.go").is_err());
    assert_eq!(commit.read("app/read.md"), Ok(Vec::new()));
    assert!(!mark.exists(), "a program of the repository was run");
}

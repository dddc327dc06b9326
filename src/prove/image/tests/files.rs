//! Finding files, and who may do what with them.

use crate::prove::image::{Entry, Files, Kind};

fn entry(kind: Kind, mode: u32, owner: u32) -> Entry {
    Entry { kind, mode, uid: owner, gid: owner, size: 1 }
}

fn file(mode: u32, owner: u32) -> Entry {
    entry(Kind::File, mode, owner)
}

fn folder(mode: u32, owner: u32) -> Entry {
    entry(Kind::Folder, mode, owner)
}

fn link(to: &str) -> Entry {
    entry(Kind::Link(to.into()), 0o777, 0)
}

fn found(files: &Files, path: &str, from: &str) -> Option<String> {
    files.resolve(path, from).map(|(path, _)| path)
}

#[test]
fn folders_on_the_way_are_added() {
    let files = Files::of([("/a/b/c", file(0o644, 0))]);
    let all: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    assert_eq!(all, ["/", "/a", "/a/b", "/a/b/c"]);
    assert_eq!(files.get("/a").map(|entry| entry.mode), Some(0o755));
}

#[test]
fn links_lead_on_from_where_they_are() {
    let files = Files::of([
        ("/usr/lib/real", file(0o644, 0)),
        ("/lib", link("usr/lib")),
        ("/usr/lib/near", link("real")),
        ("/usr/lib/far", link("/lib/near")),
        ("/usr/up", link("../usr/lib/../lib/far")),
        ("/gone", link("nowhere")),
    ]);
    for (path, from) in [
        ("/usr/lib/real", "/"),
        ("/lib/real", "/"),
        ("//lib/./near/", "/"),
        ("/lib/far", "/"),
        ("/usr/up", "/"),
        ("up", "/usr"),
        ("../../../lib/real", "/usr"),
        ("./near", "/lib"),
    ] {
        assert_eq!(found(&files, path, from).as_deref(), Some("/usr/lib/real"), "{path} from {from}");
    }
    for path in ["/gone", "/lib/none", "/usr/lib/real/x", "/none/../lib/real"] {
        assert_eq!(found(&files, path, "/"), None, "{path}");
    }
    assert_eq!(found(&files, "/..", "/").as_deref(), Some("/"));
    assert_eq!(found(&files, "", "/usr").as_deref(), Some("/usr"));
    assert_eq!(files.get("/lib/near").map(|entry| &entry.kind), Some(&Kind::Link("real".into())));
    assert_eq!(files.get("/gone").map(|entry| &entry.kind), Some(&Kind::Link("nowhere".into())));
}

#[test]
fn below_a_folder_is_all_that_is_in_it() {
    let files = Files::of([
        ("/a/b/c", file(0o644, 0)),
        ("/a-b", file(0o644, 0)),
        ("/a0", file(0o644, 0)),
        ("/to", link("a")),
    ]);
    let under = |path| files.under(path).map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(under("/a"), ["/a/b", "/a/b/c"]);
    assert_eq!(under("/to/"), ["/a/b", "/a/b/c"]);
    assert_eq!(under("/"), ["/a", "/a-b", "/a/b", "/a/b/c", "/a0", "/to"]);
    assert_eq!(under("/none"), [] as [&str; 0]);
    assert_eq!(under("/a-b"), [] as [&str; 0]);
}

#[test]
fn the_first_of_owner_group_and_others_that_fits_decides() {
    let files = Files::of([
        ("/own", file(0o400, 7)),
        ("/not-own", file(0o077, 7)),
        ("/group", Entry { uid: 1, ..file(0o040, 7) }),
        ("/not-group", Entry { uid: 1, ..file(0o404, 7) }),
        ("/others", file(0o004, 1)),
        ("/nobody", file(0o000, 7)),
    ]);
    for (path, readable) in [
        ("/own", true),
        ("/not-own", false),
        ("/group", true),
        ("/not-group", false),
        ("/others", true),
        ("/nobody", false),
        ("/none", false),
    ] {
        assert_eq!(files.readable(path, 7, 7), readable, "{path}");
        assert_eq!(files.readable(path, 0, 0), path != "/none", "{path} by root");
    }
}

#[test]
fn every_folder_on_the_way_has_to_let_pass() {
    let files = Files::of([
        ("/open", folder(0o711, 0)),
        ("/open/file", file(0o644, 0)),
        ("/closed", folder(0o700, 0)),
        ("/closed/file", file(0o644, 0)),
        ("/listed", folder(0o744, 0)),
        ("/listed/file", file(0o644, 0)),
        ("/through", link("closed/file")),
        ("/around", link("closed/../open/file")),
    ]);
    let readable = |path| files.readable(path, 7, 7);
    assert!(readable("/open/file") && !readable("/open"));
    assert!(!readable("/closed/file") && !readable("/closed"));
    assert!(!readable("/listed/file") && readable("/listed"));
    assert!(!readable("/through"));
    assert!(files.readable("/through", 0, 0));
    assert!(!readable("/around/../file"));
}

#[test]
fn a_folder_is_writable_where_files_can_be_made() {
    let files = Files::of([
        ("/data", folder(0o755, 7)),
        ("/only-w", folder(0o722, 0)),
        ("/tmp", folder(0o1777, 0)),
        ("/etc", folder(0o755, 0)),
        ("/etc/mine", file(0o644, 7)),
        ("/etc/theirs", file(0o644, 0)),
        ("/closed", folder(0o700, 0)),
        ("/closed/mine", folder(0o777, 7)),
    ]);
    let writable = |path| files.writable(path, 7, 7);
    assert!(writable("/data") && writable("/tmp") && writable("/etc/mine"));
    assert!(!writable("/only-w") && !writable("/etc") && !writable("/etc/theirs"));
    assert!(!writable("/closed/mine") && !writable("/none"));
    assert!(files.writable("/closed/mine", 0, 0));
}

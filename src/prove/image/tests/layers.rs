//! Layers over layers.

use super::*;
use crate::prove::image::Kind;
use serde_json::json;

fn laid(layers: Vec<Tar>) -> Image {
    image(&json!({}), layers)
}

fn body(layers: Vec<Tar>, path: &str) -> String {
    // A list of users is the one text that shows which bytes a path has.
    let image = image(&json!({"User": "me"}), layers);
    assert!(image.files.get(path).is_some());
    image.config.uid.map(|uid| uid.to_string()).unwrap_or_default()
}

#[test]
fn a_later_layer_replaces_and_takes_away() {
    let below = Tar::new().folder("a/").file("a/x", "1").file("a/y", "1").file("b", "1").file("b-c", "1");
    let above = Tar::new().file("a/x", "22").file("a/.wh.y", "").file(".wh.b", "").file(".wh.none", "");
    let image = laid(vec![below, above]);
    assert_eq!(paths(&image), ["/a", "/a/x", "/b-c"]);
    assert_eq!(image.files.get("/a/x").unwrap().size, 2);
    assert_eq!(image.unpacked, 6, "what was replaced is still stored");
}

#[test]
fn an_opaque_folder_hides_what_was_in_it_whatever_the_order() {
    let below = || Tar::new().folder("a/").folder("a/d/").file("a/d/x", "1").file("a/y", "1").file("b", "1");
    let before = Tar::new().folder("a/").file("a/.wh..wh..opq", "").folder("a/d/").file("a/d/new", "1");
    assert_eq!(paths(&laid(vec![below(), before])), ["/a", "/a/d", "/a/d/new", "/b"]);
    let behind = Tar::new().folder("a/").folder("a/d/").file("a/d/new", "1").file("a/.wh..wh..opq", "");
    assert_eq!(paths(&laid(vec![below(), behind])), ["/a", "/a/d", "/a/d/new", "/b"]);
}

#[test]
fn a_folder_taken_away_can_come_back_in_the_same_layer() {
    let below = || Tar::new().folder("a/").file("a/old", "1").file("a/kept", "1");
    let before = Tar::new().file(".wh.a", "").folder("a/").file("a/kept", "22");
    let behind = Tar::new().file("a/kept", "22").file(".wh.a", "");
    for above in [before, behind] {
        let image = laid(vec![below(), above]);
        assert_eq!(paths(&image), ["/a", "/a/kept"]);
        assert_eq!(image.files.get("/a/kept").unwrap().size, 2);
    }
}

#[test]
fn kinds_change_and_folders_stay() {
    let below = Tar::new().folder("a/").file("a/x", "1").file("f", "1").folder("kept/").file("kept/x", "1");
    let above = Tar::new().file("a", "now a file").folder("f/").file("f/in", "1");
    let above = above.entry(EntryType::Directory, "kept/", 0o700, (5, 6), "", b"");
    let image = laid(vec![below, above]);
    assert_eq!(paths(&image), ["/a", "/f", "/f/in", "/kept", "/kept/x"]);
    let kept = image.files.get("/kept").unwrap();
    assert_eq!((kept.mode, kept.uid, kept.gid), (0o700, 5, 6));
}

#[test]
fn an_entry_below_a_link_to_a_folder_lands_where_it_leads() {
    let below = Tar::new().folder("usr/").folder("usr/lib/").link("lib", "usr/lib").link("abs", "/usr");
    let above = Tar::new().file("lib/x", "1").file("abs/bin/y", "1").file("usr/lib/.wh.none", "");
    let image = laid(vec![below, above]);
    assert_eq!(paths(&image), ["/abs", "/lib", "/usr", "/usr/bin", "/usr/bin/y", "/usr/lib", "/usr/lib/x"]);
    let third = Tar::new().file("lib/.wh.x", "");
    let below = Tar::new().folder("usr/lib/").link("lib", "usr/lib").file("usr/lib/x", "1");
    assert_eq!(paths(&laid(vec![below, third])), ["/lib", "/usr", "/usr/lib"]);
}

#[test]
fn a_link_that_is_written_over_is_replaced_itself() {
    let below = Tar::new().folder("real/").file("real/x", "1").link("d", "real").link("f", "real/x");
    let above = Tar::new().folder("d/").file("d/y", "1").file("f", "22");
    let image = laid(vec![below, above]);
    assert_eq!(paths(&image), ["/d", "/d/y", "/f", "/real", "/real/x"]);
    assert_eq!(image.files.get("/f").unwrap().kind, Kind::File);
    assert_eq!(image.files.get("/real/x").unwrap().size, 1);
}

#[test]
fn hard_links_share_bytes_and_outlive_each_other() {
    let users = "me:x:42:42::/:/bin/sh\n";
    let below = Tar::new().folder("etc/").file("etc/real", users).hard_link("etc/passwd", "etc/real");
    let above = Tar::new().file("etc/.wh.real", "");
    let image = image(&json!({"User": "me"}), vec![below, above]);
    assert_eq!(image.config.uid, Some(42));
    assert_eq!(image.unpacked, users.len() as u64, "one file with two names is stored once");
    assert_eq!(image.files.get("/etc/passwd").unwrap().size, users.len() as u64);
}

#[test]
fn the_last_of_entries_with_one_path_holds() {
    let tar = Tar::new().file("etc/passwd", "me:x:1:1::/:").file("etc/passwd", "me:x:22:1::/:");
    assert_eq!(body(vec![tar], "/etc/passwd"), "22");
}

#[test]
fn bytes_are_found_in_the_layer_that_wrote_them() {
    let first = Tar::new().file("filler", "x".repeat(3000)).file("etc/passwd", "me:x:7:1::/:");
    let second = Tar::new().file("other", "y".repeat(5000)).entry(
        EntryType::Directory,
        "etc/",
        0o755,
        (0, 0),
        "",
        b"",
    );
    assert_eq!(body(vec![first, second], "/etc/passwd"), "7");
}

#[test]
fn long_names_and_large_numbers_of_pax_are_read() {
    let (long, mut tar) = (format!("{}/file", "long".repeat(60)), Tar::new());
    let records = [("path", long.as_bytes()), ("uid", b"3000000000"), ("gid", b"4000000000")];
    tar.0.append_pax_extensions(records).unwrap();
    let tar = tar.file("short", "1");
    let target = "t".repeat(300);
    let mut tar = tar;
    tar.0.append_pax_extensions([("linkpath", target.as_bytes())]).unwrap();
    let image = laid(vec![tar.link("link", "cut")]);
    let entry = image.files.get(&format!("/{long}")).unwrap();
    assert_eq!((entry.uid, entry.gid), (3_000_000_000, 4_000_000_000));
    assert_eq!(image.files.get("/link").unwrap().kind, Kind::Link(target));
}

#[test]
fn long_names_of_gnu_are_read() {
    let (long, mut tar) = (format!("{}/file", "long".repeat(60)), Tar::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    tar.0.append_data(&mut header, &long, &b"1"[..]).unwrap();
    assert!(laid(vec![tar]).files.get(&format!("/{long}")).is_some());
}

#[test]
fn devices_are_special_and_sparse_files_have_their_size() {
    let tar = Tar::new().entry(EntryType::Char, "dev/null", 0o666, (0, 0), "", b"");
    let mut tar = tar.entry(EntryType::Fifo, "pipe", 0o644, (0, 0), "", b"");
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::GNUSparse);
    header.set_path("sparse").unwrap();
    header.set_size(4);
    header.as_gnu_mut().unwrap().set_real_size(1 << 20);
    header.as_gnu_mut().unwrap().set_is_extended(true);
    header.set_cksum();
    // A block that continues the map, then four bytes.
    let mut body = vec![0; 512];
    body.extend(b"data");
    tar.0.append(&header, &body[..]).unwrap();
    let image = laid(vec![tar.file("behind", "1")]);
    assert_eq!(paths(&image), ["/behind", "/dev", "/dev/null", "/pipe", "/sparse"]);
    assert_eq!(image.files.get("/dev/null").unwrap().kind, Kind::Special);
    assert_eq!(image.files.get("/sparse").unwrap().size, 1 << 20);
}

//! Archives that someone made to do harm.

use super::*;
use crate::prove::error::ErrorKind;
use flate2::{Compression, write::GzEncoder};

fn layers(tars: Vec<Tar>) -> Vec<u8> {
    docker("{}", &tars.into_iter().map(Tar::bytes).collect::<Vec<_>>())
}

#[test]
fn paths_stay_in_the_image() {
    let found = refused(&layers(vec![Tar::new().file("../../etc/passwd", "")]));
    assert!(found.contains("layer 1 of the image: ../../etc/passwd leads out of the image"), "{found}");
    let found = refused(&layers(vec![Tar::new().folder("a/").file("a/../../x", "")]));
    assert!(found.contains("leads out of the image"), "{found}");
    // Engines take absolute names, and links that climb, as below the image's root.
    let tar = Tar::new().file("/abs", "").file("./a/../b", "").link("up", "../../../c").file("up/x", "");
    assert_eq!(paths(&read(&layers(vec![tar]))), ["/abs", "/b", "/c", "/c/x", "/up"]);
}

#[test]
fn links_in_a_circle_end() {
    let tar = || Tar::new().link("a", "b").link("b", "a").link("self", "self/self");
    let image = read(&layers(vec![tar()]));
    for path in ["/a", "/b", "/self", "/a/x"] {
        assert!(image.files.resolve(path, "/").is_none(), "{path}");
        assert!(!image.files.readable(path, 0, 0), "{path}");
    }
    let found = refused(&layers(vec![tar().file("a/x", "")]));
    assert!(found.contains("leads in a circle"), "{found}");
    let config = format!(r#"{{"config":{{"Entrypoint":["/self"]}},"x":"{DIGEST}"}}"#);
    assert_eq!(read(&docker(&config, &[tar().bytes()])).program, None);
    let outer = Tar::new().link("manifest.json", "m").link("m", "manifest.json").bytes();
    let found = refused(&outer);
    assert!(found.contains("is a link in a circle"), "{found}");
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let header = Tar::new().file("zeros", "").bytes();
    let mut header: [u8; 512] = header[..512].try_into().unwrap();
    let mut sized = Header::from_byte_slice(&header).clone();
    sized.set_size(100 << 20);
    sized.set_cksum();
    header.copy_from_slice(sized.as_bytes());
    gzip.write_all(&header).unwrap();
    for _ in 0..100 {
        gzip.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = docker("{}", &[gzip.finish().unwrap()]);
    let limits = Limits { image: 1 << 20, ..limits() };
    let error = read_with(&bomb, &limits).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Disk);
    assert!(error.to_string().contains("larger than allowed"), "{error}");
}

#[test]
fn the_limit_is_for_all_layers_together() {
    let layer = || Tar::new().file("x", "x".repeat(600 << 10));
    let limits = Limits { image: 1 << 20, ..limits() };
    assert!(read_with(&layers(vec![layer()]), &limits).is_ok());
    assert_eq!(read_with(&layers(vec![layer(), layer()]), &limits).unwrap_err().kind, ErrorKind::Disk);
}

#[test]
fn a_run_that_is_stopped_or_late_stops() {
    let archive = layers(vec![Tar::new().file("x", "x")]);
    let stopped = limits();
    stopped.cancel.cancel(2);
    assert_eq!(read_with(&archive, &stopped).unwrap_err().kind, ErrorKind::Cancelled(2));
    let late = Limits { step: Duration::ZERO, ..limits() };
    assert_eq!(read_with(&archive, &late).unwrap_err().kind, ErrorKind::Timeout);
}

#[test]
fn sizes_and_headers_past_all_bounds_are_errors() {
    let entry = |size: u64, kind: EntryType| {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.as_old_mut().name[0] = b'x';
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    for (layer, reason) in [
        (entry(u64::MAX - 5, EntryType::Regular), "a size past all numbers"),
        (entry(1 << 60, EntryType::Regular), "it ends too early"),
        (entry(1 << 40, EntryType::GNULongName), "an extended header of"),
        (entry(1 << 40, EntryType::XHeader), "an extended header of"),
    ] {
        let found = refused(&docker("{}", std::slice::from_ref(&layer)));
        assert!(found.contains(reason), "{found} in place of {reason}");
        // The same in the archive itself.
        refused(&layer);
    }
    let mut tar = Tar::new();
    tar.0.append_pax_extensions([("path", "p".repeat(5000).as_bytes())]).unwrap();
    let found = refused(&layers(vec![tar.file("x", "")]));
    assert!(found.contains("a path of 5000 bytes"), "{found}");
}

#[test]
fn things_that_cannot_be_unpacked_are_named() {
    let found = refused(&layers(vec![Tar::new().file("a", "").file("a/b", "")]));
    assert!(found.contains("/a has something below it and is no folder"), "{found}");
    let found = refused(&layers(vec![Tar::new().hard_link("a", "gone")]));
    assert!(found.contains("a is a second name of gone, which is no file"), "{found}");
}

#[test]
fn every_cut_and_every_wrong_byte_is_an_error_or_an_image() {
    let layer =
        Tar::new().folder("d/").program("d/p", b"\x7fELF\x02\x01").link("l", "d/p").file(".wh.x", "").bytes();
    let archive = docker(r#"{"config":{"Entrypoint":["/d/p"]}}"#, &[layer]);
    for end in (0..archive.len()).step_by(97) {
        read_with(&archive[..end], &limits()).ok();
    }
    let mut seed = 7_usize;
    for _ in 0..400 {
        let mut broken = archive.clone();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (seed >> 20) % broken.len();
        broken[at] ^= 1 << (seed % 8);
        read_with(&broken, &limits()).ok();
    }
}

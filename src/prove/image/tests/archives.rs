//! The forms that engines write.

use super::*;
use flate2::{Compression, write::GzEncoder};

const CONFIG: &str = r#"{"os":"linux","architecture":"arm64","variant":"v8","config":{"User":"7"}}"#;

fn layer() -> Vec<u8> {
    Tar::new().folder("etc/").file("etc/motd", "hello").bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// An archive as Docker writes it since version 25, and from containerd's store.
fn oci(layer: &[u8]) -> Vec<u8> {
    let (config, blob) = (format!("blobs/sha256/{DIGEST}"), "blobs/sha256/feed");
    let manifest = serde_json::json!([{"Config": config, "RepoTags": ["a:b"], "Layers": [blob]}]);
    let tar = Tar::new().folder("blobs/").folder("blobs/sha256/").file(&config, CONFIG).file(blob, layer);
    tar.file("index.json", "{}").file("manifest.json", manifest.to_string()).file("oci-layout", "{}").bytes()
}

fn check(image: &Image) {
    assert_eq!(image.id, format!("sha256:{DIGEST}"));
    assert_eq!(image.platform, "linux/arm64/v8");
    assert_eq!((image.layers, image.unpacked), (1, 5));
    assert_eq!(paths(image), ["/etc", "/etc/motd"]);
}

#[test]
fn both_forms_say_the_same() {
    check(&read(&docker(CONFIG, &[layer()])));
    check(&read(&oci(&layer())));
}

#[test]
fn compressed_layers_count_as_they_are() {
    let (gzip, zstd) = (gzip(&layer()), zstd(&layer()));
    for layer in [&gzip, &zstd] {
        let image = read(&oci(layer));
        check(&image);
        assert_eq!(image.compressed, layer.len() as u64);
    }
}

#[test]
fn layers_in_many_pieces_are_read_to_their_end() {
    let layer = layer();
    let (one, two) = layer.split_at(700);
    check(&read(&oci(&[gzip(one), gzip(two)].concat())));
    // A frame to skip, as layers that can be fetched in parts have at their end and in between.
    let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    check(&read(&oci(&[zstd(one), skipped.clone(), zstd(two), skipped.clone()].concat())));
    check(&read(&oci(&[skipped, zstd(&layer)].concat())));
}

#[test]
fn the_size_with_gzip_is_near_to_what_gzip_makes() {
    // Numbers in words repeat enough to be compressed and little enough to be no bomb; more than one block of the gauge.
    use std::fmt::Write as _;
    let mut text = String::new();
    let mut number = 1_u64;
    while text.len() < 3 << 20 {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(text, "{} and then {:x}; ", number >> 40, number >> 52).unwrap();
    }
    let layer = Tar::new().file("text", &text).bytes();
    let expected = gzip(&layer).len() as u64;
    let image = read(&docker(CONFIG, &[layer]));
    assert!(
        image.compressed.abs_diff(expected) * 20 < expected,
        "{} is not near {expected}",
        image.compressed
    );
}

#[test]
fn a_layer_that_is_a_link_is_read_where_it_leads() {
    let manifest =
        format!(r#"[{{"Config":"{DIGEST}.json","Layers":["a/layer.tar","b/layer.tar","c/layer.tar"]}}]"#);
    let tar = Tar::new().file(&format!("{DIGEST}.json"), CONFIG).file("a/layer.tar", layer());
    let tar = tar.link("b/layer.tar", "../a/layer.tar").hard_link("c/layer.tar", "b/layer.tar");
    let image = read(&tar.file("manifest.json", manifest).bytes());
    assert_eq!((image.layers, image.unpacked), (3, 15));
}

#[test]
fn empty_layers_do_not_count() {
    let image = read(&docker(CONFIG, &[layer(), Tar::new().bytes()]));
    assert_eq!(image.layers, 1);
}

#[test]
fn what_is_no_archive_of_an_image_is_named() {
    for (bytes, reason) in [
        (b"no tar at all".repeat(100), "it is no tar archive"),
        (b"short".to_vec(), "it ends too early"),
        (Vec::new(), "it has no file manifest.json"),
        (Tar::new().file("a", "b").bytes(), "it has no file manifest.json"),
        (Tar::new().file("manifest.json", "[").bytes(), "manifest.json is malformed"),
        (Tar::new().file("manifest.json", "[]").bytes(), "it holds 0 images in place of one"),
        (
            Tar::new().file("manifest.json", r#"[{"Config":"c","Layers":["gone"]}]"#).bytes(),
            "it has no file gone",
        ),
        (Tar::new().file("manifest.json", r#"[{"Config":"c"}]"#).bytes(), "it has no file c"),
        (docker("{", &[]), "configuration is malformed"),
        (docker("{}", &[b"BZh9".repeat(200)]), "layer 1 of the image: it is neither a tar archive nor"),
        (oci(&gzip(&layer())[..60]), "layer 1 of the image"),
        (oci(&zstd(&layer())[..60]), "layer 1 of the image"),
        (docker("{}", &[layer()])[..3000].to_vec(), "it ends too early"),
    ] {
        let found = refused(&bytes);
        assert!(found.contains(reason), "{found} in place of {reason}");
    }
    let missing = Image::read("/no/such/file".as_ref(), &limits()).unwrap_err();
    assert!(missing.to_string().contains("no such file"), "{missing}");
}

#[test]
fn layers_cut_short_are_no_smaller_images() {
    let whole = layer();
    let found = refused(&docker(CONFIG, &[whole[..600].to_vec()]));
    assert!(found.contains("layer 1 of the image: it ends too early"), "{found}");
}

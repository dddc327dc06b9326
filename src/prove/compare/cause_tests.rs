use super::*;
use crate::prove::image::{Config, Entry, Files};

fn image(paths: &[&str]) -> Image {
    let entry = |path: &str| match path.rsplit('/').next() {
        Some(name) if name.contains('.') => Entry { kind: FileKind::File, ..Entry::folder() },
        _ => Entry::folder(),
    };
    let files = Files::of(paths.iter().map(|&path| (path, entry(path))));
    let config = Config { working_directory: "/app".into(), ..Config::default() };
    Image { config, files, ..Image::default() }
}

#[test]
fn a_folder_that_the_program_writes_to_is_named_where_it_is_gone() {
    let told = |line: &str| {
        let mut found = Findings::default();
        let (before, after) = (image(&["/app/a.html", "/var/cache/app"]), image(&["/app/a.html", "/var"]));
        Seen { before: &before, after: &after }.line(line, &mut found);
        found.differences.first().map(|one| one.what.clone())
    };
    let gone = Some("/var/cache/app is not in the image".to_owned());
    assert_eq!(told("open /var/cache/app/x.txt: no such file or directory"), gone);
    for neither in ["/srv/x.txt", "/x.txt", "x.txt", "/app/x.txt"] {
        assert_eq!(told(&format!("open {neither}: no such file or directory")), None);
    }
}

#[test]
fn files_that_are_left_out_and_not_missed_are_a_note() {
    let notes = |after: &[&str]| {
        let mut found = Findings::default();
        let before = image(&["/app/main.go", "/app/extra.json", "/app/page.html", "/etc/a.conf"]);
        Seen { before: &before, after: &image(after) }.left_out(&mut found);
        found.notes
    };
    let expected =
        "files that the new image does not hold, and that nothing asked for in these runs: /app/extra.json";
    assert_eq!(notes(&["/page.html"]), [expected]);
    assert!(notes(&["/app/page.html", "/app/extra.json"]).is_empty());
}

#[test]
fn a_file_that_is_not_written_is_told_with_what_to_do() {
    let side = || crate::prove::proof::Side { image: Some(image(&["/app"])), ..Default::default() };
    let what = "does not write /app/a.log, where the original does".to_owned();
    let mismatch = Mismatch { aspect: Aspect::Files, what: what.clone(), detail: Vec::new() };
    let declared = crate::prove::compare::Declared::default();
    let pair = Pair { before: &side(), after: &side(), declared: &declared, mismatches: &[mismatch] };
    let told = crate::prove::compare::compare(pair).differences.into_iter().find(|one| one.what == what);
    let told = told.map(|one| (one.id, one.help));
    assert_eq!(told, Some((Kind::UnwritableFolder, Some(FOLDER.to_owned()))));
}

#[test]
fn all_patterns_are_patterns() {
    assert!(patterns().all(|pattern| pattern.is_some_and(|pattern| pattern.captures_len() > 0)));
}

#![allow(clippy::unwrap_used)]

use super::*;
use crate::prove::image::{Entry, Files, Kind as FileKind};

fn image(test: &[&str], programs: &[&str]) -> Image {
    let program = || Entry { kind: FileKind::File, mode: 0o755, ..Entry::folder() };
    let check =
        HealthCheck { test: test.iter().map(|&word| word.into()).collect(), ..HealthCheck::default() };
    let config = Config {
        health_check: Some(check).filter(|_| !test.is_empty()),
        working_directory: "/app".into(),
        ..Config::default()
    };
    let files = Files::of(programs.iter().map(|&path| (path, program())));
    Image { config, files, ..Image::default() }
}

fn difference(before: &Image, after: &Image) -> Option<String> {
    let mut found = Findings::default();
    compare(before, after, &mut found);
    found.differences.first().map(|one| one.what.clone())
}

const CURL: [&str; 2] = ["CMD-SHELL", "curl -f http://localhost/ || exit 1"];
const ALL: [&str; 4] = ["/bin/sh", "/usr/bin/curl", "/usr/bin/test", "/app/main"];

#[test]
fn a_check_needs_what_it_starts() {
    let before = image(&CURL, &ALL);
    let gone = |name| Some(format!("the health check starts {name}, which is not in the image"));
    assert_eq!(difference(&before, &image(&CURL, &ALL)), None);
    assert_eq!(difference(&before, &image(&CURL, &["/bin/sh"])), gone("curl"));
    assert_eq!(difference(&before, &image(&CURL, &["/usr/bin/curl"])), gone("/bin/sh"));
    assert_eq!(difference(&before, &image(&["CMD", "curl"], &["/bin/sh"])), gone("curl"));
    assert_eq!(difference(&before, &image(&["CMD", "./main", "check"], &["/app/main"])), None);
    assert_eq!(difference(&before, &image(&["CMD", "./main", "check"], &["/main"])), gone("./main"));
}

#[test]
fn what_a_shell_does_itself_or_never_was_there_is_not_missed() {
    let test = ["CMD-SHELL", "test -f /tmp/ready"];
    assert_eq!(difference(&image(&test, &ALL), &image(&test, &["/bin/sh"])), None);
    let never = ["CMD", "wget", "localhost"];
    assert_eq!(difference(&image(&never, &ALL), &image(&never, &[])), None);
}

#[test]
fn a_check_that_is_switched_off_is_none() {
    let before = image(&CURL, &ALL);
    assert_eq!(difference(&before, &image(&[], &ALL)).unwrap(), "the health check is gone");
    assert_eq!(difference(&before, &image(&["NONE"], &ALL)).unwrap(), "the health check is gone");
    assert_eq!(difference(&image(&["NONE"], &ALL), &image(&[], &ALL)), None);
}

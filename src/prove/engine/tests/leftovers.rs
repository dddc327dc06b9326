//! However a run ends, nothing that it made stays.

use super::fake::{Fake, dockerfile, limits, start};
use crate::prove::engine::{NotBuilt, Workshop};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::Limits;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

const MADE: &str = "value --tag \"$@\" >>@/images";

/// Builds, and tells what went wrong. What the engine had then is gone when this is over.
fn build_error(fake: &Fake, limits: &Limits) -> Error {
    let workshop = Workshop::open_in(fake.path(), None, limits).unwrap();
    let built = workshop.build("old", &dockerfile("FROM scratch\n", fake.folder()), &mut |_, piece| {
        if piece.starts_with(b"cancel") {
            limits.cancel.cancel(2);
        }
    });
    let Err(NotBuilt::Fault(error)) = built else { panic!("{built:?}") };
    drop(workshop);
    assert_eq!(fake.left(), "");
    assert!(fake.read("log").contains("images --quiet"), "nobody looked");
    error
}

#[test]
fn after_a_run_that_went_well() {
    let fake = Fake::new().docker("");
    let limits = limits();
    let none = BTreeSet::new();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    let build = dockerfile("FROM scratch\n", fake.folder());
    let built = workshop.build("Old one", &build, &mut |_, _| {}).unwrap();
    assert_eq!(built.tag, format!("harden-prove-{}:old-one", workshop.id()));
    let volume = workshop.volume().unwrap();
    let container = workshop.start(&start(&built.tag, &[], &none)).unwrap();
    assert_eq!(fake.left(), format!("{}\n{}\n{volume}\n", built.tag, container.name));
    drop(container);
    assert_eq!(fake.read("containers"), "");
    workshop.clean().unwrap();
    assert_eq!(fake.left(), "");
    let asked = fake.read("log").lines().count();
    drop(workshop);
    assert_eq!(fake.read("log").lines().count(), asked, "there is nothing more to remove");
    let label = fake.read("log").lines().filter(|line| line.contains("--label dev.harden.prove=")).count();
    assert_eq!(label, 3, "image, volume and container carry the label");
}

#[test]
fn after_a_run_that_did_nothing_nobody_is_asked() {
    let fake = Fake::new().docker("");
    drop(Workshop::open_in(fake.path(), None, &limits()).unwrap());
    assert!(!fake.read("log").contains("ps "), "{}", fake.read("log"));
}

#[test]
fn after_a_build_without_room() {
    let text = "echo '#5 [2/2] RUN make' >&2; echo '#5 0.1 cc: write: No space left on device' >&2; echo '#5 ERROR: process \"make\" did not complete successfully: exit code: 1' >&2; echo 'ERROR: failed to solve: process \"make\" did not complete successfully: exit code: 1' >&2; exit 1 ;;";
    let fake = Fake::new().docker(&format!("\"buildx build \"*) {MADE}; {text}"));
    let error = build_error(&fake, &limits());
    assert_eq!(error.kind, ErrorKind::Disk);
    assert_eq!(error.to_string(), "docker could not build: cc: write: No space left on device");
}

#[test]
fn after_an_engine_that_went_away() {
    let text = "echo 'ERROR: failed to build: error reading from server: EOF' >&2; exit 1 ;;";
    let fake = Fake::new().docker(&format!("\"buildx build \"*) {MADE}; {text}"));
    assert_eq!(build_error(&fake, &limits()).kind, ErrorKind::Engine);
}

#[test]
fn after_a_build_that_took_too_long() {
    let fake = Fake::new().docker(&format!("\"buildx build \"*) {MADE}; exec sleep 100 ;;"));
    let error = build_error(&fake, &Limits { step: Duration::from_secs(2), ..limits() });
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Timeout, "the build took more than 2 s"));
    assert!(error.help.unwrap().contains("--timeout"));
}

#[test]
fn after_a_build_that_the_user_stopped() {
    let fake = Fake::new().docker(&format!("\"buildx build \"*) {MADE}; echo cancel; exec sleep 100 ;;"));
    assert_eq!(build_error(&fake, &limits()).kind, ErrorKind::Cancelled(2));
}

#[test]
fn after_an_image_that_is_too_large() {
    let fake = Fake::new().docker("\"image inspect \"*) echo 1234567890; exit ;;");
    let error = build_error(&fake, &limits());
    assert_eq!(error.kind, ErrorKind::Disk);
    assert_eq!(error.message, "the image has 1.2 GB, more than the 1 MB that are allowed");
    assert!(error.help.unwrap().contains("--max-size"));
}

#[test]
fn after_a_run_that_was_stopped_while_a_container_ran() {
    let fake = Fake::new().docker("");
    let limits = limits();
    let none = BTreeSet::new();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    workshop.volume().unwrap();
    let container = workshop.start(&start("x", &[], &none)).unwrap();
    limits.cancel.cancel(15);
    assert_eq!(container.status().unwrap_err().kind, ErrorKind::Cancelled(15));
    assert_eq!(fake.left().lines().count(), 2);
    drop(container);
    drop(workshop);
    assert_eq!(fake.left(), "");
}

#[test]
fn what_cannot_be_removed_is_told_with_the_commands() {
    let fake = Fake::new()
        .docker("\"volume rm \"*) echo 'Error response from daemon: volume is in use' >&2; exit 1 ;;");
    let limits = limits();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    workshop.volume().unwrap();
    workshop.build("old", &dockerfile("FROM scratch\n", fake.folder()), &mut |_, _| {}).unwrap();
    let error = workshop.clean().unwrap_err();
    assert_eq!(error.to_string(), "something of this run is left in docker: volume is in use");
    let help = error.help.unwrap();
    let id = workshop.id();
    let wanted =
        format!("docker volume rm --force $(docker volume ls --quiet --filter label=dev.harden.prove={id})");
    assert!(help.contains(&wanted), "{help}");
    assert_eq!(fake.read("images"), "", "the rest is removed");
}

#[test]
fn an_archive_without_room_is_not_begun() {
    let fake = Fake::new().docker("\"image inspect \"*) echo 9000000000000000; exit ;;");
    let limits = limits();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    let error = workshop.save("x", &fake.file("x.tar")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Disk);
    assert!(error.cause.unwrap().starts_with("it has 9000000 GB, and "));
    assert!(error.help.unwrap().contains("TMPDIR"));
    assert!(!fake.read("log").contains("docker save"));
}

#[test]
fn a_context_that_is_no_folder_is_told_before_anything_is_built() {
    let fake = Fake::new().docker("");
    let limits = limits();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    let build = dockerfile("FROM scratch\n", Path::new("/nosuch"));
    let Err(NotBuilt::Fault(error)) = workshop.build("old", &build, &mut |_, _| {}) else { panic!("built") };
    assert_eq!(error.to_string(), "/nosuch is no folder to build from");
    assert!(!fake.read("log").contains("buildx build"));
}

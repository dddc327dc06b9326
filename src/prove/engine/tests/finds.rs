use super::fake::{Fake, limits};
use crate::prove::engine::{Engine, Workshop};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::Limits;
use std::time::Duration;

const DOWN: &str = r#""version "*) echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1 ;;"#;
const REFUSED: &str = r#""version "*) echo 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied' >&2; exit 1 ;;"#;
const PODMAN: &str = "[ \"$1\" != info ] || echo 5.4.0";
const BUILDAH: &str = "[ \"$1\" != --version ] || echo 'buildah version 1.28.2 (image-spec 1.0.2-dev)'; [ $1 != info ] || echo '{}'";

fn refused(fake: &Fake, wanted: Option<Engine>) -> Error {
    let error = Workshop::open_in(fake.path(), wanted, &limits()).map(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Engine);
    error
}

/// Name and version of what is taken, and whether it can run containers.
fn taken(fake: &Fake, wanted: Option<Engine>) -> (Engine, String, bool) {
    let limits = limits();
    let workshop = Workshop::open_in(fake.path(), wanted, &limits).unwrap();
    (workshop.engine, workshop.version.clone(), workshop.runs())
}

#[test]
fn no_engine_is_told_with_what_to_install() {
    let error = refused(&Fake::new(), None);
    assert_eq!(error.to_string(), "no container engine on PATH");
    assert_eq!(error.help.as_deref(), Some("install docker or podman"));
}

#[test]
fn a_wanted_engine_that_is_missing_is_named_though_there_is_another() {
    let error = refused(&Fake::new().docker(""), Some(Engine::Podman));
    assert_eq!(error.to_string(), "no podman on PATH");
}

#[test]
fn an_engine_that_is_down_is_told_in_its_own_words() {
    let error = refused(&Fake::new().docker(DOWN), None);
    assert_eq!(error.message, "docker does not answer");
    assert!(error.cause.unwrap().starts_with("Cannot connect to the Docker daemon at unix:"));
    assert!(error.help.unwrap().contains("start it"));
}

#[test]
fn an_engine_that_refuses_the_user_is_told_with_a_way_out() {
    let error = refused(&Fake::new().docker(REFUSED), None);
    assert_eq!(error.message, "docker refuses this user");
    let help = error.help.unwrap();
    assert!(help.contains("group") && help.contains("rootless") && help.contains("podman"), "{help}");
}

#[test]
fn an_engine_that_hangs_is_not_waited_for_long() {
    let fake = Fake::new().docker("\"version \"*) exec sleep 100 ;;");
    let limits = Limits { step: Duration::from_secs(1), ..limits() };
    let error = Workshop::open_in(fake.path(), None, &limits).map(|_| ()).unwrap_err();
    assert_eq!(
        (error.kind, error.to_string()),
        (ErrorKind::Engine, "docker does not answer: docker took more than 1 s".into())
    );
}

#[test]
fn the_first_that_answers_is_taken() {
    let docker = taken(&Fake::new().docker("").program("podman", PODMAN), None);
    assert_eq!(docker, (Engine::Docker, "28.2.2".into(), true));
    let podman = taken(&Fake::new().docker(DOWN).program("podman", PODMAN), None);
    assert_eq!(podman, (Engine::Podman, "5.4.0".into(), true));
}

#[test]
fn a_docker_that_is_podman_is_spoken_to_as_podman() {
    let script = format!("[ \"$1\" != --version ] || echo 'podman version 5.4.0'; {PODMAN}");
    assert_eq!(taken(&Fake::new().program("docker", &script), None), (Engine::Podman, "5.4.0".into(), true));
}

#[test]
fn buildah_alone_builds_and_with_podman_beside_it_runs() {
    let alone = taken(&Fake::new().program("buildah", BUILDAH), None);
    assert_eq!(alone, (Engine::Buildah, "1.28.2".into(), false));
    let both = Fake::new().program("buildah", BUILDAH).program("podman", PODMAN);
    assert_eq!(taken(&both, Some(Engine::Buildah)), (Engine::Buildah, "1.28.2".into(), true));
}

#[test]
fn programs_of_the_current_folder_are_not_run() {
    let limits = limits();
    let error = Workshop::open_in(".:src:".as_ref(), None, &limits).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "no container engine on PATH");
}

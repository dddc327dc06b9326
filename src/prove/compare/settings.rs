//! The settings of two images: what the original's text sets has to be in the rewrite.

use super::{Declared, Findings, is_root, some};
use crate::prove::image::{Config, Image};
use crate::prove::proof::Kind;
use std::collections::BTreeSet;

/// Folders of PATH that every image has, or that only a toolchain has use for.
const USUAL: [&str; 8] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/usr/local/go/bin",
    "/go/bin",
];
/// Variables that Go's tools read and its programs do not: `go help environment`, and the version that Docker's images tell.
/// A list, not a beginning: `GOOGLE_APPLICATION_CREDENTIALS` is for a program.
const GO_TOOLS: [&str; 40] = [
    "GO111MODULE",
    "GO386",
    "GOAMD64",
    "GOARCH",
    "GOARM",
    "GOARM64",
    "GOAUTH",
    "GOBIN",
    "GOCACHE",
    "GOCACHEPROG",
    "GOENV",
    "GOEXE",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GOFLAGS",
    "GOGCCFLAGS",
    "GOHOSTARCH",
    "GOHOSTOS",
    "GOINSECURE",
    "GOLANG_VERSION",
    "GOMIPS",
    "GOMIPS64",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOOS",
    "GOPATH",
    "GOPPC64",
    "GOPRIVATE",
    "GOPROXY",
    "GORISCV64",
    "GOROOT",
    "GOSUMDB",
    "GOTELEMETRY",
    "GOTMPDIR",
    "GOTOOLCHAIN",
    "GOTOOLDIR",
    "GOVCS",
    "GOWASM",
    "GOWORK",
];

/// Compares the settings of two images.
pub(super) fn compare(before: &Image, after: &Image, declared: &Declared, found: &mut Findings) {
    let (old, new) = (&before.config, &after.config);
    environment(before, after, declared, found);
    named("port", &old.ports, &new.ports, found);
    named("volume", &old.volumes, &new.volumes, found);
    let untried: Vec<String> = old.ports.iter().filter(|port| !port.ends_with("/tcp")).cloned().collect();
    if !untried.is_empty() {
        found.note(format!("only TCP ports are asked, so not these: {}", some(&untried)));
    }
    labels(old, new, declared, found);
    volumes(before, after, found);
    if old.working_directory != new.working_directory {
        found.note(format!(
            "the working directory is {} in place of {}",
            new.working_directory, old.working_directory
        ));
    }
    if old.stop_signal.is_some() && old.stop_signal != new.stop_signal {
        let shown = |signal: &Option<String>| signal.clone().unwrap_or_else(|| "SIGTERM".into());
        let what =
            format!("the stop signal is {} in place of {}", shown(&new.stop_signal), shown(&old.stop_signal));
        found.different(Kind::Setting, what, Vec::new());
    }
    if old.on_build != new.on_build {
        let what = "images that are built on it get other instructions: ONBUILD";
        let detail = old.on_build.iter().map(|one| format!("before: {one}")).collect();
        found.different(Kind::Setting, what, detail);
    }
    user(before, after, found);
}

/// Variables that the text sets have to stay; those of the base image go with it.
fn environment(before: &Image, after: &Image, declared: &Declared, found: &mut Findings) {
    let (old, new) = (&before.config.environment, &after.config.environment);
    let mut gone = Vec::new();
    for (name, value) in old {
        let is = new.get(name);
        if is == Some(value) {
            continue;
        }
        if name == "PATH" {
            path(value, is.map_or("", String::as_str), found);
        } else if !declared.environment.contains(name) || (is_build_setting(name) && is.is_none()) {
            gone.push(name.clone());
        } else {
            let what = match is {
                Some(_) => format!("the variable {name} has another value"),
                None => format!("the variable {name} is gone"),
            };
            found.different(Kind::Environment, what, Vec::new());
        }
    }
    if !gone.is_empty() {
        found.note(format!(
            "variables of the base image or the build that are gone or other: {}",
            some(&gone)
        ));
    }
}

/// Whether a variable is one that Go reads only when it builds.
fn is_build_setting(name: &str) -> bool {
    name.starts_with("CGO_") || GO_TOOLS.contains(&name)
}

fn path(old: &str, new: &str, found: &mut Findings) {
    let has: BTreeSet<&str> = new.split(':').collect();
    let gone = old
        .split(':')
        .filter(|folder| !USUAL.contains(folder) && !has.contains(folder) && !folder.is_empty());
    let gone: Vec<String> = gone.map(str::to_owned).collect();
    if !gone.is_empty() {
        found.different(Kind::Environment, format!("PATH is without {}", some(&gone)), Vec::new());
    }
}

fn named(kind: &str, old: &BTreeSet<String>, new: &BTreeSet<String>, found: &mut Findings) {
    for name in old.difference(new) {
        found.different(Kind::Setting, format!("the {kind} {name} is gone"), Vec::new());
    }
}

fn labels(old: &Config, new: &Config, declared: &Declared, found: &mut Findings) {
    for (name, value) in old.labels.iter().filter(|(name, _)| declared.labels.contains(*name)) {
        match new.labels.get(name) {
            Some(is) if is == value => {}
            Some(_) => {
                found.different(Kind::Setting, format!("the label {name} has another value"), Vec::new());
            }
            None => found.different(Kind::Setting, format!("the label {name} is gone"), Vec::new()),
        }
    }
}

/// Whether the user can write to volumes that it could write to.
fn volumes(before: &Image, after: &Image, found: &mut Findings) {
    let writable = |image: &Image, folder: &str| {
        is_root(image)
            || image.files.writable(folder, image.config.uid.unwrap_or(0), image.config.gid.unwrap_or(0))
    };
    for folder in before.config.volumes.intersection(&after.config.volumes) {
        let folder = folder.trim_end_matches('/');
        if !folder.is_empty() && writable(before, folder) && !writable(after, folder) {
            let what = format!("the volume {folder} can't be written by user {}", after.config.user);
            let help = "give the folder to the user where it is made: COPY --chown, or `install -d -o`";
            found.helped(Kind::UnwritableFolder, what, Vec::new(), Some(help));
        }
    }
}

/// Whether the user is one that Kubernetes takes for not root, where it was before.
fn user(before: &Image, after: &Image, found: &mut Findings) {
    let shown = |image: &Image| match image.config.user.as_str() {
        "" => "root".to_owned(),
        user => user.to_owned(),
    };
    if !is_root(before) && is_root(after) {
        let what = format!("the container runs as {} in place of {}", shown(after), shown(before));
        found.different(Kind::User, what, Vec::new());
    } else if runs_as_nonroot(&before.config.user) && !runs_as_nonroot(&after.config.user) {
        let what = format!("Kubernetes' runAsNonRoot refuses the user {}: it is not a number", shown(after));
        found.helped(Kind::User, what, Vec::new(), Some("write the user's number in USER"));
    } else if after.config.uid.is_none() && !after.config.user.is_empty() && before.config.uid.is_some() {
        let what = format!("the image has no user named {}", after.config.user);
        found.helped(Kind::User, what, Vec::new(), Some("write the user's number in USER"));
    } else if !is_root(after) && !runs_as_nonroot(&after.config.user) {
        found.note(format!(
            "Kubernetes' runAsNonRoot refuses the user {}, as it did {}: it is not a number",
            shown(after),
            shown(before)
        ));
    }
}

/// Whether Kubernetes starts an image with this user under `runAsNonRoot`: it takes only a number that is not 0, for it does
/// not read the image's accounts.
pub(super) fn runs_as_nonroot(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name.parse::<u32>().is_ok_and(|uid| uid != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_for_images_built_on_it_stay() {
        let image = |on_build: &[&str]| {
            let on_build = on_build.iter().map(|&one| one.to_owned()).collect();
            Image { config: Config { on_build, ..Config::default() }, ..Image::default() }
        };
        let mut found = Findings::default();
        compare(&image(&["RUN make"]), &image(&["RUN make"]), &Declared::default(), &mut found);
        assert_eq!(found.differences, []);
        compare(&image(&["RUN make"]), &image(&[]), &Declared::default(), &mut found);
        assert_eq!(found.differences.len(), 1);
        assert_eq!(found.differences[0].detail, ["before: RUN make"]);
    }

    #[test]
    fn ports_that_nobody_asks_are_told() {
        let notes = |ports: &[&str]| {
            let mut image = Image::default();
            image.config.ports = ports.iter().map(|&port| port.to_owned()).collect();
            let mut found = Findings::default();
            compare(&image, &image, &Declared::default(), &mut found);
            found.notes
        };
        assert_eq!(notes(&["53/udp", "80/tcp"]), ["only TCP ports are asked, so not these: 53/udp"]);
        assert!(notes(&["80/tcp"]).is_empty());
    }

    #[test]
    fn a_user_by_name_in_place_of_root_is_noted() {
        let image = |user: &str, uid: u32| {
            let config = Config { user: user.into(), uid: Some(uid), ..Config::default() };
            Image { config, ..Image::default() }
        };
        let notes = |after: &Image| {
            let mut found = Findings::default();
            compare(&image("", 0), after, &Declared::default(), &mut found);
            (found.differences.len(), found.notes)
        };
        let expected =
            "Kubernetes' runAsNonRoot refuses the user nonroot, as it did root: it is not a number";
        assert_eq!(notes(&image("nonroot", 65532)), (0, vec![expected.to_owned()]));
        assert_eq!(notes(&image("65532", 65532)), (0, Vec::new()));
    }
}

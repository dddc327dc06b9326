#![allow(clippy::unwrap_used)]

use super::*;
use crate::catalog::{Policy, Provider, Version};
use std::fs;
use tempfile::TempDir;

fn config(text: &str) -> Result<Config, Error> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("harden.toml"), text).unwrap();
    Config::of(folder.path())
}

#[track_caller]
fn refused(text: &str, part: &str) {
    let cause = config(text).unwrap_err().cause.unwrap();
    assert!(cause.contains(part), "no {part:?} in {cause:?}");
}

#[test]
fn reads_how_images_are_tried() {
    let text = "[prove]\narguments = ['-v']\nwait = 3\nenvironment = { TZ = 'UTC' }\n\n[[prove.probe]]\nhttp = '/health'\n\
                port = 8080\nstatus = 204\n\n[[prove.probe]]\nrun = ['--fail']\nexit = 3\nmounts = [{ target = '/data' }]\n";
    let prove = config(text).unwrap().prove;
    assert_eq!(prove.arguments, ["-v"]);
    assert_eq!(prove.wait, Some(3.0));
    assert_eq!(prove.probes[0].status, Some(204));
    assert_eq!(prove.probes[1].exit, Some(3));
    assert_eq!(prove.probes[1].mounts[0], Mount { source: None, target: "/data".into() });
}

#[test]
fn tells_the_line_of_what_it_does_not_know() {
    refused("[prove]\nwait = 1\nproobe = 1\n", "line 3: unknown field `proobe`");
    refused("[prove\n", "line 1");
}

#[test]
fn refuses_probes_that_ask_nothing_or_two_things() {
    refused("[[prove.probe]]\nname = 'x'\n", "either `http` or `run`");
    refused("[[prove.probe]]\nhttp = '/'\nrun = []\n", "either `http` or `run`");
    refused("[[prove.probe]]\nhttp = '/'\nexit = 1\n", "go with `run`");
    refused("[[prove.probe]]\nrun = []\nstatus = 200\n", "go with `http`");
    refused("[[prove.probe]]\nhttp = 'health'\n", "a path");
    refused("[prove]\nwait = -1\n", "between");
}

#[test]
fn mounts_nothing_from_outside_of_the_project() {
    for source in ["/etc", "../x", "a/../../x", ""] {
        refused(
            &format!("[prove]\nmounts = [{{ source = '{source}', target = '/x' }}]\n"),
            "folder of this file",
        );
    }
    refused("[prove]\nmounts = [{ target = '/x,readonly=false' }]\n", "absolute path");
    refused("[prove]\nmounts = [{ target = 'x' }]\n", "absolute path");
}

#[cfg(unix)]
#[test]
fn follows_no_link_out_of_the_project() {
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink("/etc", folder.path().join("link")).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let mount = |source: &str| Mount { source: Some(source.into()), target: "/x".into() };
    let error = mount("link").place(folder.path()).unwrap_err();
    assert!(error.cause.unwrap().contains("out of"));
    assert!(mount("data").place(folder.path()).unwrap().unwrap().ends_with("data"));
    assert!(mount("none").place(folder.path()).is_err());
}

#[test]
fn the_nearest_file_up_to_the_root_of_the_repository_holds() {
    let root = TempDir::new().unwrap();
    let inner = root.path().join("repository/a/b");
    fs::create_dir_all(&inner).unwrap();
    fs::write(root.path().join("harden.toml"), "[prove]\nwait = 1\n").unwrap();
    assert_eq!(Config::of(&inner).unwrap().prove.wait, Some(1.0));
    let user = owner(root.path()).unwrap();
    let file = root.path().join("harden.toml");
    assert!(belongs_to(&file, Some(user)) && !belongs_to(&file, Some(user + 1)));
    fs::create_dir(root.path().join("repository/.git")).unwrap();
    assert_eq!(Config::of(&inner).unwrap(), Config::default());
    fs::create_dir(root.path().join("repository/.github")).unwrap();
    fs::write(root.path().join("repository/.github/harden.toml"), "[prove]\nwait = 2\n").unwrap();
    let config = Config::of(&inner).unwrap();
    assert_eq!(config.prove.wait, Some(2.0));
    assert!(config.folder.ends_with("repository"));
}

#[test]
fn reads_which_images_are_taken() {
    let text = "[images]\nprovider = 'chainguard'\nmirrors = [{ prefix = 'registry.corp/hub', of = 'docker.io' }]\n\n\
                [images.policy]\nnode = { to = 'lts', max = '24' }\npython = 'minor'\n";
    let images = config(text).unwrap().images;
    assert_eq!(images.provider, Some(Provider::Chainguard));
    assert_eq!(images.origin("registry.corp/hub/library/node:18"), "docker.io/library/node:18");
    let limit = images.limit("docker.io/library/node").unwrap();
    assert_eq!((limit.to, limit.max), (Some(Policy::Lts), Version::parse("24")));
}

#[test]
fn tells_what_is_wrong_about_images() {
    refused("[images]\nmirror = []", "line 2: unknown field `mirror`");
    refused("[images.policy]\nnode = 'newer'", "line 2: unknown variant `newer`, expected one of `patch`");
    refused("[images.policy]\nnode = { until = '1' }", "line 2: unknown field `until`");
    refused("[images]\nmirrors = [{ prefix = 'hub', of = 'docker.io' }]", "needs the name of a registry");
    refused("[images.policy]\nnode = { max = 'lts' }", "`lts` is no version");
}

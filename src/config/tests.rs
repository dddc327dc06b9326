#![allow(clippy::unwrap_used)]

use super::find::{belongs_to, owner};
use super::*;
use crate::catalog::{Policy, Provider, Version};
use crate::edit::Applicability;
use crate::files::Error;
use std::fs;
use tempfile::TempDir;

fn of(folder: &Path) -> Result<Config, Error> {
    Config::of(folder, &Library::builtin().unwrap())
}

fn config(text: &str) -> Result<Config, Error> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("harden.toml"), text).unwrap();
    Config::of(folder.path(), &Library::builtin().unwrap())
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
    refused("[prove]\nwait = 1\nproobe = 1\n", "harden.toml:3:1: unknown field `proobe`");
    refused("[prove\n", "harden.toml:1:");
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
    assert_eq!(of(&inner).unwrap().prove.wait, Some(1.0));
    let user = owner(root.path()).unwrap();
    let file = root.path().join("harden.toml");
    assert!(belongs_to(&file, Some(user)) && !belongs_to(&file, Some(user + 1)));
    fs::create_dir(root.path().join("repository/.git")).unwrap();
    assert_eq!(of(&inner).unwrap().prove, Prove::default());
    fs::create_dir(root.path().join("repository/.github")).unwrap();
    fs::write(root.path().join("repository/.github/harden.toml"), "[prove]\nwait = 2\n").unwrap();
    let config = of(&inner).unwrap();
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
    refused("[images]\nmirror = []", "harden.toml:2:1: unknown field `mirror`");
    refused("[images.policy]\nnode = 'newer'", "unknown variant `newer`, expected one of `patch`");
    refused("[images.policy]\nnode = { until = '1' }", "unknown field `until`");
    refused("[images]\nmirrors = [{ prefix = 'hub', of = 'docker.io' }]", "needs the name of a registry");
    refused("[images.policy]\nnode = { max = 'lts' }", "`lts` is no version");
}

fn wishes(text: &str, path: &str) -> Wishes {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("harden.toml"), text).unwrap();
    let config = of(folder.path()).unwrap();
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    config.wishes(Some(&path))
}

#[test]
fn says_which_recipes_run_and_how() {
    let text = "pack = 'go'\nselect = ['user']\nignore = ['exec-form-command']\n\n[recipes.nonroot-user]\n\
                enabled = true\napplies = 'manual'\nuser = '7:7'\n";
    let wishes = wishes(text, "Dockerfile");
    assert_eq!(wishes.pack.as_deref(), Some("go"));
    assert_eq!(
        (&wishes.select[..], &wishes.ignore[..]),
        (&["user".to_owned()][..], &["exec-form-command".to_owned()][..])
    );
    let wish = &wishes.recipes["nonroot-user"];
    assert_eq!((wish.enabled, wish.applies), (Some(true), Some(Applicability::Manual)));
    assert_eq!(wish.params["user"].as_str(), Some("7:7"));
}

#[test]
fn later_overrides_win_for_the_paths_that_they_name() {
    let text = "ignore = ['exec-form-command']\n[recipes.nonroot-user]\nuser = '1'\n\n\
                [[override]]\npaths = ['services/**', '*.dev.Dockerfile']\npack = 'go'\nignore = ['nonroot-user']\n\n\
                [[override]]\npaths = ['./services/b', '!services/b/x']\npack = 'default'\n\
                [override.recipes.exec-form-command]\nenabled = true\n[override.recipes.nonroot-user]\nuser = '2'\n";
    let both = ["exec-form-command", "nonroot-user"];
    for (path, pack, ignore, user) in [
        ("Dockerfile", None, &both[..1], "1"),
        ("a/x.dev.Dockerfile", Some("go"), &both[..], "1"),
        ("services/a/Dockerfile", Some("go"), &both[..], "1"),
        ("services/b/Dockerfile", Some("default"), &both[1..], "2"),
        ("services/b/x/Dockerfile", Some("go"), &both[..], "1"),
        ("other/services/b/Dockerfile", None, &both[..1], "1"),
    ] {
        let wishes = wishes(text, path);
        assert_eq!(
            (wishes.pack.as_deref(), &wishes.ignore[..]),
            (pack, &ignore.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()[..]),
            "{path}"
        );
        assert_eq!(wishes.recipes["nonroot-user"].params["user"].as_str(), Some(user), "{path}");
    }
    let config = config(text).unwrap();
    assert_eq!(config.wishes(Some(Path::new("/elsewhere/Dockerfile"))).pack, None);
    assert_eq!(config.wishes(None).pack, None);
}

#[test]
fn what_no_recipe_knows_is_told_with_its_place_and_what_was_meant() {
    for (text, cause, help) in [
        ("pakc = 'go'", "1:1: unknown field `pakc`", "did you mean `pack`?"),
        ("pack = 'defautl'", "1:8: unknown pack `defautl`", "did you mean `default`?"),
        (
            "ignore = ['user', 'nonrot-user']",
            "1:19: unknown recipe or tag `nonrot-user`",
            "did you mean `nonroot-user`?",
        ),
        ("select = ['x']", "1:11: unknown recipe or tag `x`", "`harden recipes` lists them"),
        (
            "[recipes.nonrot-user]\nuser = '1'",
            "1:10: unknown recipe `nonrot-user`",
            "did you mean `nonroot-user`?",
        ),
        ("[recipes.nonroot-user]\nusr = '1'", "2:1: nonroot_user: unknown field `usr`", ""),
        ("[recipes.nonroot-user]\nuser = 1", "2:8: nonroot_user: invalid type", ""),
        ("[recipes.nonroot-user]\nuser = '0:0'", "2:8: nonroot_user: `0:0` is root", ""),
        ("[recipes.multi-stage-go]\nuser = '$(id)'", "2:8: multi_stage_go: `$(id)` is no user", ""),
        ("[recipes.nonroot-user]\nenabled = 'no'", "2:11: `enabled` is true or false", ""),
        ("[recipes.nonroot-user]\napplies = 'save'", "2:11: `applies` is", "did you mean `safe`?"),
        ("[recipes.nonroot-user]\nuser = \"1\\nRUN x\"", "2:8: it has a control character", ""),
        ("[[override]]\npack = 'go'", "1:1: missing field `paths`", ""),
        ("[[override]]\npaths = []", "2:9: an override names 1 to", ""),
        ("[[override]]\npaths = ['a', '{a']", "2:15: `{a` is no pattern", ""),
        ("[[override]]\npaths = ['../a']", "2:10: `../a` leads out of the folder", ""),
        ("[[override]]\npaths = ['a']\nignore = ['x']", "3:11: unknown recipe or tag `x`", ""),
        ("unsafe = true", "1:1: unknown field `unsafe`", ""),
        ("\u{feff}recipes = []", "1:11: invalid type", ""),
    ] {
        let error = config(text).unwrap_err();
        assert!(error.message.ends_with("harden.toml"), "{error}");
        let told = error.cause.clone().unwrap();
        assert!(told.contains(&format!("harden.toml:{cause}")), "{told}\n{cause}");
        assert!(error.help.clone().unwrap_or_default().contains(help), "{error:?}");
    }
    let long = format!("[recipes.nonroot-user]\nuser = '{}'", "x".repeat(2000));
    refused(&long, "2:8: it has more than 1000 bytes");
    refused(&format!("# {}", "x".repeat(1 << 20)), "larger than 1024 kiB");
}

#[test]
fn the_file_to_start_from_says_what_holds_anyway_and_its_comments_can_be_taken_in() {
    let library = Library::builtin().unwrap();
    let config = config(STARTER).unwrap();
    let wishes = config.wishes(Some(&config.folder.join("Dockerfile")));
    assert_eq!(wishes, Wishes { pack: Some("default".into()), ..Wishes::default() });
    assert_eq!((config.prove, config.images), (Prove::default(), Rules::default()));
    let choice = |pack: &str| library.select(pack, &[], &[]).unwrap().len();
    assert_eq!(choice(&wishes.pack.unwrap()), choice("default"));
    let is_code = |line: &str| {
        line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
    };
    let line = |line: &'static str| line.strip_prefix("# ").filter(|rest| is_code(rest)).unwrap_or(line);
    let all: Vec<&str> = STARTER.lines().map(line).collect();
    let all = Config::parse(&all.join("\n"), PathBuf::new(), &library).unwrap();
    assert_eq!((all.overrides.len(), all.prove.probes.len()), (1, 1));
    assert!(all.images.provider.is_some() && all.wishes(None).recipes.contains_key("nonroot-user"));
}

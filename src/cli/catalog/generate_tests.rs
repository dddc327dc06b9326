use super::*;

const TAGS: &str = r#"{
  "_meta": {"commit": "0123456789abcdef", "commit_date": "2026-08-21"},
  "images": {"tool": [
    {"tags": ["2.0-trixie", "trixie"], "shared": ["2.0", "latest"], "arch": ["amd64", "arm32v7", "arm64v8", "i386"]},
    {"tags": ["1.9"], "shared": [], "arch": ["s390x"]}
  ]}
}"#;

const SUPPORT: &str = r#"{
  "_meta": {"commit": "fedcba9876543210", "commit_date": "2026-08-22T08:52:34Z"},
  "products": {
    "tool": {"title": "Tool", "source": "products/tools.md", "docker_images": ["tool"], "releases": [
      {"cycle": "2", "release_date": "2026-01-02", "lts": "2026-10-28", "eoas": false, "eol": "2027-01-01",
       "eoes": "2028-01-01", "latest": "2.0.1", "status": "supported", "codename": "Noble Numbat"},
      {"cycle": "1", "release_date": "2020-01-02", "lts": true, "eoas": true, "eol": true, "eoes": null, "latest": null}
    ]},
    "net": {"title": "Net", "source": "products/net.md", "docker_images": ["mcr.microsoft.com/net/*", "oven/net"],
      "releases": []},
    "unused": {"title": "None", "source": "products/unused.md", "docker_images": [], "releases": []}
  }
}"#;

const CHAINGUARD: &str = r#"{
  "_meta": {"commit": "aaaabbbbcccc", "commit_date": "2026-08-22"},
  "images": {"dir": {"tool-public": {
    "extra": {"repo": "public/tool", "tags": ["latest", "10"]},
    "configs": {"run_as": "65532", "entrypoint": "/usr/bin/tool", "cmd": "-g \"a b\"", "workdir": "", "stop": "SIGQUIT",
      "env": {"TOOL_VERSION": "1.2", "HOME": "/x"}, "shell": ["bash"], "apk": false, "archs": ["amd64"],
      "pk": ["glibc-2.43=2.43-r15", "bash=5"]},
    "devConfigs": {"run_as": "65532", "entrypoint": "/usr/bin/tool", "cmd": "-g \"a b\"", "workdir": "", "stop": "SIGQUIT",
      "env": {"HOME": "/x"}, "shell": ["bash", "busybox"], "apk": true, "archs": ["amd64"],
      "pk": ["glibc-2.43=2.43-r15", "git=2", "gcc=16"]}
  }}}
}"#;

fn made(tags: &str, support: &str, chainguard: &str) -> Result<BTreeMap<String, String>, String> {
    let made = generate(Sources { tags, support, chainguard })?;
    Ok(made.into_iter().map(|file| (file.path, file.text)).collect())
}

#[test]
fn a_listing_has_the_tags_and_the_support_of_an_image() {
    let files = made(TAGS, SUPPORT, CHAINGUARD).unwrap();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected =
        ["chainguard.toml", "tags/mcr.microsoft.com-net.toml", "tags/oven-net.toml", "tags/tool.toml"];
    assert_eq!(paths, expected);
    let text = &files["tags/tool.toml"];
    assert!(text.starts_with("# Made by `harden catalog build`"), "{text}");
    let expected: toml::Table = toml::from_str(
        r#"
        name = "docker.io/library/tool"
        [tags]
        source = "https://github.com/docker-library/official-images at 01234567, library/tool"
        date = "2026-08-21"
        rows = [["2.0-trixie trixie 2.0 latest", "amd64 arm/v7 arm64 386"], ["1.9", "s390x"]]
        [support]
        product = "tools"
        source = "https://github.com/endoflife-date/endoflife.date at fedcba98, products/tools.md"
        date = "2026-08-22"
        [[support.release]]
        cycle = "2"
        released = "2026-01-02"
        lts = "2026-10-28"
        ends = "2027-01-01"
        extended-ends = "2028-01-01"
        codename = "noble"
        latest = "2.0.1"
        [[support.release]]
        cycle = "1"
        released = "2020-01-02"
        lts = true
        active-ends = true
        ends = true
        "#,
    )
    .unwrap();
    assert_eq!(toml::from_str::<toml::Table>(text).unwrap(), expected);
    let other: toml::Table = toml::from_str(&files["tags/mcr.microsoft.com-net.toml"]).unwrap();
    assert_eq!(other["name"].as_str(), Some("mcr.microsoft.com/net"));
    assert!(!other.contains_key("tags"));
}

#[test]
fn long_rows_are_wrapped_and_mean_the_same() {
    let names: Vec<String> = (0..60).map(|n| format!("1.{n}-trixie")).collect();
    let tags = TAGS.replace("\"2.0-trixie\"", &format!("\"{}\"", names.join("\", \"")));
    let text = &made(&tags, SUPPORT, CHAINGUARD).unwrap()["tags/tool.toml"];
    let rows = text.split("[support]").next().unwrap();
    assert!(rows.lines().all(|line| line.len() <= 120), "{rows}");
    let table: toml::Table = toml::from_str(text).unwrap();
    let row = table["tags"]["rows"][0][0].as_str().unwrap();
    assert_eq!(row, format!("{} trixie 2.0 latest", names.join(" ")));
}

#[test]
fn a_family_of_chainguard_says_what_differs_by_tag() {
    let text = &made(TAGS, SUPPORT, CHAINGUARD).unwrap()["chainguard.toml"];
    let expected: toml::Table = toml::from_str(
        r#"
        [[family]]
        name = "cgr.dev/chainguard/tool"
        aliases = ["docker.io/chainguard/tool"]
        source = "https://github.com/chainguard-images/images at aaaabbbb, images/dir/locked_config.json"
        date = "2026-08-22"
        architectures = ["amd64"]
        [family.facts]
        unknown = true
        user = "65532"
        entrypoint = ["/usr/bin/tool"]
        cmd = ["-g", "a b"]
        libc = "glibc"
        bash = true
        stop-signal = "SIGQUIT"
        env.HOME = "/x"
        env.PATH = "/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin"
        env.SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt"
        [[family.variant]]
        tags = ["=latest"]
        facts.unknown = false
        [[family.variant]]
        tags = ["=latest-dev"]
        facts = { unknown = false, shell = true, package-manager = "apk", gcc = true, git = true }
        "#,
    )
    .unwrap();
    assert_eq!(toml::from_str::<toml::Table>(text).unwrap(), expected);
}

#[test]
fn what_is_not_understood_is_said() {
    let cases = [
        (made("{", SUPPORT, CHAINGUARD), "the tags: EOF"),
        (
            made(&TAGS.replace("s390x", "vax"), SUPPORT, CHAINGUARD),
            "docker.io/library/tool: the architecture vax",
        ),
        (made(&TAGS.replace("1.9", "1 9"), SUPPORT, CHAINGUARD), "\"1 9\" is no tag"),
        (made(TAGS, &SUPPORT.replace("oven/net", "tool"), CHAINGUARD), "two products have the image"),
        (made(TAGS, SUPPORT, &CHAINGUARD.replace("\"latest\", ", "")), "tool: it has no tag latest"),
        (made(TAGS, SUPPORT, &CHAINGUARD.replace("gcc=16", "musl=1")), "tool: it has musl"),
    ];
    for (result, expected) in cases {
        let error = result.unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "says that it did not run")]
fn the_committed_files_are_what_the_command_makes() {
    let Some(folder) = std::env::var_os("HARDEN_KNOWLEDGE").map(std::path::PathBuf::from) else {
        return println!(
            "SKIPPED the_committed_files_are_what_the_command_makes: HARDEN_KNOWLEDGE is not set"
        );
    };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (tags, support, chainguard) =
        (read("official-tags.json"), read("eol.json"), read("chainguard-free.json"));
    let catalog = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes/catalog");
    let made = made(&tags, &support, &chainguard).unwrap();
    for (path, text) in &made {
        assert!(std::fs::read_to_string(catalog.join(path)).unwrap() == *text, "{path} is not up to date");
    }
    let listings = std::fs::read_dir(catalog.join("tags")).unwrap().count();
    assert_eq!(listings, made.len() - 1, "there are files that nothing makes");
}

//! What `BuildKit` sends for an ignore file; each row was tried on its own modules.

use super::*;

/// Of these files.
const FILES: [&str; 16] = [
    ".dockerignore",
    ".git/HEAD",
    "Dockerfile",
    "a.go",
    "a/b/c.go",
    "a/b/d/e.txt",
    "a/f.go",
    "a{2}x",
    "aax",
    "b|c",
    "docs/README.md",
    "docs/a.md",
    "foobar/x",
    "node_modules/m/index.js",
    "sub/node_modules/n.js",
    "é b",
];

fn project(ignore: &str, files: &[&str]) -> Project {
    let files = files.iter().map(|path| (*path, "")).filter(|(path, _)| *path != ".dockerignore");
    Project::new(Box::new(Memory::new(files.chain([(".dockerignore", ignore)]))))
}

fn gone(ignore: &str) -> Vec<&'static str> {
    let project = project(ignore, &FILES);
    assert_eq!(project.error(), None, "{ignore:?}");
    FILES.into_iter().filter(|path| project.entry(path).is_none()).collect()
}

#[test]
fn what_is_ignored() {
    let all: &[&str] = &FILES;
    let a: &[&str] = &["a/b/c.go", "a/b/d/e.txt", "a/f.go"];
    let rows: &[(&str, &[&str])] = &[
        // Lines.
        ("", &[]),
        ("\u{feff}a.go", &["a.go"]),
        ("# a.go\n#a.go", &[]),
        (" #a.go", &[]),
        ("  a.go \t\r\n", &["a.go"]),
        ("\u{a0}a.go\u{2003}", &["a.go"]),
        ("/a.go", &["a.go"]),
        ("//a.go", &["a.go"]),
        ("./a.go", &["a.go"]),
        ("x/../a.go", &["a.go"]),
        ("/../a.go", &["a.go"]),
        ("../a.go", &[]),
        ("a/", a),
        (".", &[]),
        ("/", &[]),
        ("Dockerfile\n.dockerignore", &[".dockerignore", "Dockerfile"]),
        // Wildcards.
        ("*", all),
        ("**", all),
        ("*.go", &["a.go"]),
        ("**/*.go", &["a.go", "a/b/c.go", "a/f.go"]),
        ("**.go", &["a.go", "a/b/c.go", "a/f.go"]),
        ("a*", &["a.go", "a/b/c.go", "a/b/d/e.txt", "a/f.go", "a{2}x", "aax"]),
        ("a/*", a),
        ("a/**", a),
        ("a/**/*.go", &["a/b/c.go", "a/f.go"]),
        ("a/**/e.txt", &["a/b/d/e.txt"]),
        ("a/b/**/c.go", &["a/b/c.go"]),
        (
            "*/*",
            &[
                ".git/HEAD",
                "a/b/c.go",
                "a/b/d/e.txt",
                "a/f.go",
                "docs/README.md",
                "docs/a.md",
                "foobar/x",
                "node_modules/m/index.js",
                "sub/node_modules/n.js",
            ],
        ),
        ("*/*/c.go", &["a/b/c.go"]),
        ("foo**", &["foobar/x"]),
        ("foo", &[]),
        ("?.go", &["a.go"]),
        ("a?go", &["a.go"]),
        ("a?b", &[]),
        ("[a-c].go", &["a.go"]),
        ("[^b].go", &["a.go"]),
        ("[!b].go", &[]),
        ("\\a.go", &[]),
        ("a\\.go", &["a.go"]),
        ("node_modules", &["node_modules/m/index.js"]),
        ("**/node_modules", &["node_modules/m/index.js", "sub/node_modules/n.js"]),
        ("**/node_modules/", &["node_modules/m/index.js", "sub/node_modules/n.js"]),
        ("é*", &["é b"]),
        ("? b", &["é b"]),
        // The last one that matches decides.
        ("a.go\n!a.go", &[]),
        ("!a.go\na.go", &["a.go"]),
        ("*.go\n! a.go", &[]),
        ("*.go\n./!a.go", &[]),
        ("docs\n!docs/README.md", &["docs/a.md"]),
        ("docs/*.md\n!docs/README.md", &["docs/a.md"]),
        ("a\n!a/b\na/b/d", &["a/b/d/e.txt", "a/f.go"]),
        ("a\n!**/*.go", &["a/b/d/e.txt"]),
        (
            "*\n!a",
            &[
                ".dockerignore",
                ".git/HEAD",
                "Dockerfile",
                "a.go",
                "a{2}x",
                "aax",
                "b|c",
                "docs/README.md",
                "docs/a.md",
                "foobar/x",
                "node_modules/m/index.js",
                "sub/node_modules/n.js",
                "é b",
            ],
        ),
        // An exception is not asked about a folder that nothing ignores, so it does not hold in it.
        ("a/f.go\n!a", &["a/f.go"]),
        // Nor is a folder walked that only the stars at an exception's end could reach.
        ("a\n!a/*/**", a),
        ("a\n!a/*/*.go", &["a/b/d/e.txt", "a/f.go"]),
        // What a regular expression makes of it.
        ("a{2}x", &["a{2}x"]),
        ("a{2}*", &["aax"]),
        ("b|c", &["b|c"]),
        ("b|?c", &["b|c"]),
        ("a{x}*", &[]),
        ("[[:alpha:]].go", &["a.go"]),
        ("\\w.go", &["a.go"]),
        ("a\\b.go", &["a.go"]),
        ("*^a", a),
    ];
    for (ignore, expected) in rows {
        assert_eq!(gone(ignore), *expected, "{ignore:?}");
    }
}

#[test]
fn what_no_build_takes() {
    for (ignore, files, what) in [
        ("!", "a", "`!` stands alone"),
        ("!/", "a", "`!` stands alone"),
        ("[", "a", "`[` is malformed"),
        ("a\\", "a", "`a\\` is malformed"),
        ("[a-]", "a", "`[a-]` is malformed"),
        ("[b-a]", "a", "`[b-a]` is malformed"),
        ("src\\obj*", "a", "`src\\obj*` is malformed"),
        ("*{2}", "a", "`*{2}` is malformed"),
        ("b*[", "a", "`b*[` is malformed"),
    ] {
        let project = project(ignore, &[files]);
        let error = project.error().unwrap_or_default();
        assert!(error.starts_with(".dockerignore: ") && error.contains(what), "{ignore:?}: {error:?}");
        assert_eq!(project.entries(), []);
    }
    // An exception is only asked about what is ignored, so a broken one does no harm here.
    assert_eq!(project("!\\o*", &["a"]).error(), None);
    assert!(project(&"a".repeat(65_536), &["a"]).error().is_some());
    assert_eq!(project(&"a".repeat(65_535), &["a"]).error(), None);
}

#[test]
fn a_folder_comes_back_with_what_is_in_it() {
    let project = project("*\n!a/b/c.go", &FILES);
    let paths: Vec<&str> = project.entries().iter().map(|e| e.path.as_str()).collect();
    assert_eq!(paths, ["a", "a/b", "a/b/c.go"]);
}

#[test]
fn the_dockerfile_s_own_ignore_file_comes_first() {
    let tree = || Box::new(Memory::new([(".dockerignore", "a"), ("a", ""), ("b", "")]));
    let beside = Memory::new([("x/Dockerfile.dockerignore", "b"), ("x/Dockerfile", "")]);
    let project = Project::new(tree()).of(Box::new(beside.clone()), "x/Dockerfile");
    assert!(project.entry("a").is_some() && project.entry("b").is_none());
    let project = Project::new(tree()).of(Box::new(beside), "Dockerfile");
    assert!(project.entry("a").is_none() && project.entry("b").is_some());
}

#[test]
fn hostile_patterns_end() {
    let path = "a".repeat(200);
    for ignore in [
        format!("{}b", "*a".repeat(1000)),
        format!("{}b", "**/".repeat(1000)),
        format!("{}*", "a{1000}".repeat(1000)),
        format!("{}*", "{".repeat(60_000)),
        format!("{}b*", "a|".repeat(5_000)),
        "a\n!**/b\n".repeat(1_000),
    ] {
        let project = project(&ignore, &[&path, "c"]);
        assert!(project.entry("c").is_some() || project.error().is_some());
    }
    let many = "*x\n".repeat(20_000);
    assert!(project(&many, &["a"]).error().is_some_and(|e| e.contains("more than")));
}

#[test]
fn matching_has_a_limit() {
    let ignore = Ignore::new("x", b"*a*").expect("patterns");
    let entry = Entry { path: "b".repeat(500), kind: Kind::File, mode: 0o644 };
    let mut sieve = Sieve::new(&ignore);
    assert_eq!(sieve.take(entry.clone()), Ok(Next::Enter));
    sieve.limit(100);
    assert_eq!(sieve.take(entry), Err("x: it takes too long to apply".to_owned()));
}

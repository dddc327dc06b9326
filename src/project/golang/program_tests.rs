use super::*;
use crate::project::{Memory, Project};

fn project(files: &[(&str, &str)]) -> Project {
    Project::new(Box::new(Memory::new(files.iter().map(|(path, text)| (*path, text.as_bytes())))))
}

fn program(files: &[(&str, &str)], query: &Query<'_>) -> Program {
    project(files).go().program(query)
}

fn root(files: &[(&str, &str)]) -> Program {
    program(files, &Query::default())
}

fn folders(program: &Program) -> Vec<&str> {
    program.packages.iter().map(|package| package.folder.as_str()).collect()
}

const MAIN: &str = "package main\nimport (\"fmt\"; \"example.com/a/lib\")\n";

#[test]
fn packages_of_a_module_are_followed() {
    let files = [
        ("go.mod", "module example.com/a\n"),
        ("main.go", MAIN),
        ("main_test.go", "package main\nimport \"x.y/z\"\n"),
        ("main_windows.go", "package main\nimport \"x.y/z\"\n"),
        ("lib/lib.go", "package lib\nimport \"example.com/a/lib/deep\"\n"),
        ("lib/deep/deep.go", "package deep\n"),
        ("other/other.go", "package other\nimport \"x.y/z\"\n"),
    ];
    let program = root(&files);
    assert_eq!(folders(&program), ["", "lib", "lib/deep"]);
    assert_eq!((program.closure, program.unknown), (Closure::Std, None));
}

#[test]
fn replaced_modules_and_workspaces_are_followed() {
    let files = [
        ("svc/go.mod", "module example.com/svc\nreplace example.com/a => ../a\n"),
        ("svc/main.go", MAIN),
        ("a/go.mod", "module example.com/a\n"),
        ("a/lib/lib.go", "package lib\nimport \"example.com/b\"\n"),
        ("go.work", "use (\n./svc\n./b\n)\n"),
        ("b/go.mod", "module example.com/b\n"),
        ("b/b.go", "package b\n"),
    ];
    let program = program(&files, &Query { folder: "svc", ..Query::default() });
    assert_eq!(folders(&program), ["a/lib", "b", "svc"]);
    assert_eq!((program.closure, program.unknown), (Closure::Std, None));
}

#[test]
fn a_nested_module_is_another_module() {
    let files = [
        ("go.mod", "module example.com/a\ngo 1.17\nrequire example.com/a/lib v1.0.0\n"),
        ("main.go", MAIN),
        ("lib/go.mod", "module example.com/a/lib\n"),
        ("lib/lib.go", "package lib\n"),
    ];
    let program = root(&files);
    assert_eq!(folders(&program), [""]);
    assert_eq!(program.closure, Closure::Sums(vec!["example.com/a/lib".to_owned()]));
    assert_eq!(program.unknown, None);
}

#[test]
fn gopath_imports_are_followed_when_the_root_is_known() {
    let files = [("main.go", MAIN), ("lib/lib.go", "package lib\n")];
    let known = program(&files, &Query { import_root: Some("example.com/a"), ..Query::default() });
    assert_eq!(folders(&known), ["", "lib"]);
    assert!(matches!(root(&files).closure, Closure::Unseen(found) if found.what == "example.com/a/lib"));
    let comment =
        [("main.go", "package main // import \"example.com/a\"\nimport \"example.com/a/lib\"\n"), files[1]];
    assert_eq!(folders(&root(&comment)), ["", "lib"]);
    let locked = [files[0], files[1], ("Godeps/Godeps.json", "{\"ImportPath\":\"example.com/a\"}")];
    assert_eq!(folders(&root(&locked)), ["", "lib"]);
}

#[test]
fn the_root_is_guessed_from_imports_of_own_packages() {
    let files = [
        ("cmd/x/main.go", "package main\nimport (\"github.com/o/svc\"; \"github.com/o/svc/lib\")\n"),
        ("svc.go", "package svc\n"),
        ("lib/lib.go", "package lib\n"),
    ];
    let found = program(&files, &Query { folder: "cmd/x", ..Query::default() });
    assert_eq!(folders(&found), ["", "cmd/x", "lib"]);
    assert_eq!(found.guessed_root.as_deref(), Some("github.com/o/svc"));
    assert_eq!(found.closure, Closure::Std);
}

#[test]
fn vendored_packages_are_followed() {
    let vendored = "package z\nimport \"x.y/w\"\nfunc f() { os.Create(\"no\") }\nconst a = \"no\"\n";
    let files = [
        ("main.go", "package main\nimport \"x.y/z\"\n"),
        ("vendor/x.y/z/z.go", vendored),
        ("Godeps/_workspace/src/x.y/w/w.go", "package w\n"),
    ];
    let program = root(&files);
    assert_eq!(program.closure, Closure::Vendored);
    assert_eq!(program.imports.iter().collect::<Vec<_>>(), ["x.y/w", "x.y/z"]);
    assert_eq!(program.packages.iter().filter(|package| package.vendored).count(), 2);
    assert!(program.literals.is_empty() && program.writes.is_empty());
}

#[test]
fn sources_by_import_path_are_followed() {
    let files = [
        ("src/app/main.go", "package main\nimport (\"app/lib\"; \"x.y/z\")\n"),
        ("src/app/lib/lib.go", "package lib\n"),
        ("vendor/src/x.y/z/z.go", "package z\n"),
    ];
    let program = program(&files, &Query { folder: "src/app", ..Query::default() });
    assert_eq!(folders(&program), ["src/app", "src/app/lib", "vendor/src/x.y/z"]);
}

#[test]
fn what_is_not_in_the_context_is_known_by_name_or_not() {
    let main = ("main.go", "package main\nimport \"x.y/z/p\"\n");
    let listed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let sum = "x.y/z v1.0.0 h1:A=\nx.y/w v1.0.0/go.mod h1:A=\nx.y/v v1.0.0 h1:A=\n";
    let unseen = Closure::Unseen(Finding { what: "x.y/z/p".into(), file: "main.go".into(), line: 2 });
    let cases: [(&[(&str, &str)], Closure); 7] = [
        (
            &[
                ("go.mod", "module m\ngo 1.17\nrequire x.y/z v1\nrequire x.y/q v1 // indirect\n"),
                ("go.sum", sum),
            ],
            Closure::Sums(listed(&["x.y/q", "x.y/z"])),
        ),
        (
            &[("go.mod", "module m\ngo 1.16\nrequire x.y/z v1\n"), ("go.sum", sum)],
            Closure::Sums(listed(&["x.y/v", "x.y/z"])),
        ),
        (&[("go.mod", "module m\ngo 1.16\nrequire x.y/z v1\n")], unseen.clone()),
        (&[("go.mod", "module m\ngo 1.17\nrequire x.y/q v1\n")], unseen.clone()),
        (&[("vendor.conf", "x.y/z 1\nx.y/q 1\n")], Closure::Locked(listed(&["x.y/q", "x.y/z"]))),
        (&[("vendor.conf", "x.y/q 1\n")], unseen.clone()),
        (&[], unseen),
    ];
    for (files, expected) in cases {
        let files: Vec<(&str, &str)> = files.iter().copied().chain([main]).collect();
        let program = root(&files);
        assert_eq!(program.closure, expected, "{files:?}");
        assert!(program.imports.contains("x.y/z/p"));
        assert_eq!(program.unknown, None);
    }
}

#[test]
fn own_packages_that_are_missing_make_it_unknown() {
    let program = root(&[("go.mod", "module example.com/a\n"), ("main.go", MAIN)]);
    assert!(
        program.unknown.is_some_and(|why| why.contains("main.go:2") && why.contains("example.com/a/lib"))
    );
    assert!(root(&[]).unknown.is_some());
    assert!(root(&[("a.go", "package a\n")]).unknown.is_some_and(|why| why.contains("no main package")));
}

#[test]
fn use_of_c_is_told_with_what_happens_without_it() {
    let c = "package c\n// #cgo LDFLAGS: -lpcap\nimport \"C\"\n";
    let plain = ("main.go", "package main\nimport \"m/c\"\n");
    let guarded = ("x.go", "//go:build cgo\n\npackage main\nimport \"m/c\"\n");
    let cases: [(&[(&str, &str)], Fallback); 3] = [
        (&[plain, ("c/c.go", c), ("c/d.go", "package c\n")], Fallback::None),
        (&[plain, ("c/c.go", c), ("c/d.go", "//go:build !cgo\n\npackage c\n")], Fallback::Files),
        (&[("main.go", "package main\n"), guarded, ("c/c.go", c), ("c/c.cpp", "")], Fallback::Dropped),
    ];
    for (files, expected) in cases {
        let files: Vec<(&str, &str)> = files.iter().copied().chain([("go.mod", "module m\n")]).collect();
        let found = root(&files).c_imports;
        assert_eq!(found.len(), 1, "{files:?}");
        assert_eq!((found[0].fallback, found[0].line), (expected, 3), "{files:?}");
        assert_eq!(
            (found[0].package.as_str(), found[0].libraries.as_slice()),
            ("m/c", &["pcap".to_owned()][..])
        );
        assert_eq!(found[0].cpp, expected == Fallback::Dropped);
    }
    let unused = [("go.mod", "module m\n"), ("main.go", "package main\n"), ("c/c.go", c)];
    assert_eq!(root(&unused).c_imports, []);
}

#[test]
fn tags_and_named_files_choose_files() {
    let files = [
        ("main.go", "package main\n"),
        ("tool.go", "// +build ignore\n\npackage main\nimport \"x.y/tool\"\n"),
        ("extra.go", "//go:build extra\n\npackage main\nimport \"x.y/extra\"\n"),
    ];
    let external = |query: &Query<'_>| {
        program(&files, query).external.into_iter().map(|found| found.what).collect::<Vec<_>>()
    };
    assert!(external(&Query::default()).is_empty());
    let tags = ["extra".to_owned()];
    assert_eq!(external(&Query { tags: &tags, ..Query::default() }), ["x.y/extra"]);
    let named = ["tool.go".to_owned()];
    assert_eq!(external(&Query { files: Some(&named), ..Query::default() }), ["x.y/tool"]);
}

#[test]
fn what_a_program_does_is_told() {
    let main = "package main\nimport (\"os\"; \"os/exec\"; \"os/user\"; \"plugin\"; \"time\")\nfunc main() {\n\
        exec.Command(tool)\nos.Create(\"/data/x\")\nos.Getenv(\"PORT\")\nos.Getenv(name)\n\
        time.LoadLocation(zone)\nlisten(\":80\")\n}\n";
    let files = [("main.go", main), ("const.go", "package main\nconst tool = \"git\"\n")];
    let program = root(&files);
    let what = |calls: &[Call]| calls.iter().map(|call| (call.what.clone(), call.line)).collect::<Vec<_>>();
    assert_eq!(what(&program.runs), [(Some("git".to_owned()), 4)]);
    assert_eq!(what(&program.writes), [(Some("/data/x".to_owned()), 5)]);
    assert_eq!(what(&program.zones), [(None, 8)]);
    let names = |found: &[Finding]| found.iter().map(|f| f.what.clone()).collect::<Vec<_>>();
    assert_eq!(names(&program.environment), ["PORT"]);
    assert_eq!(names(&program.listens), [":80"]);
    assert_eq!((program.users.len(), program.plugins.len()), (1, 1));
    assert!(names(&program.literals).contains(&"/data/x".to_owned()));
}

#[test]
fn addresses() {
    let cases =
        [(":80", true), ("localhost:8080", true), ("[::]:443", true), ("a/b:80", false), (":0", false)];
    let others =
        [(":+80", false), (":99999", false), ("a b:80", false), ("80", false), ("http://x:80", false)];
    for (text, expected) in cases.into_iter().chain(others) {
        assert_eq!(is_address(text), expected, "{text}");
    }
}

#[test]
fn packages_that_import_each_other_end() {
    let files = [
        ("go.mod", "module m\n"),
        ("main.go", "package main\nimport \"m/a\"\n"),
        ("a/a.go", "package a\nimport \"m/b\"\n"),
        ("b/b.go", "package b\nimport (\"m/a\"; \"m/b\"; \"m\")\n"),
    ];
    assert_eq!(folders(&root(&files)), ["", "a", "b"]);
}

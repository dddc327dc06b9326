use super::*;

fn read(text: &str) -> Source {
    Source::read(text.to_owned(), true)
}

fn fits(text: &str, cgo: bool) -> bool {
    read(text).fits(Build { cgo, tags: &[] })
}

#[test]
fn the_head_of_a_file() {
    let source = read(
        "// Copyright\n\npackage main // import \"example.com/a\"\n\nimport \"fmt\"\nimport (\n\tc \"x/y\" // why\n\t\
         _ `z`; . \"w\"\n)\nimport()\nvar import_ = \"no\"\n",
    );
    assert_eq!(source.package, "main");
    assert_eq!(source.import_comment.as_deref(), Some("example.com/a"));
    let imports: Vec<(&str, Option<&str>, usize)> =
        source.imports.iter().map(|i| (i.path.as_str(), i.name.as_deref(), i.line)).collect();
    assert_eq!(imports, [("fmt", None, 5), ("x/y", Some("c"), 7), ("z", Some("_"), 8), ("w", Some("."), 8)]);
}

#[test]
fn constraints_count_where_go_reads_them() {
    let cases = [
        ("//go:build ignore\n\npackage main", false),
        ("//go:build ignore\npackage main", false),
        ("// +build ignore\n\npackage main", false),
        ("// +build ignore\npackage main", true),
        ("// +build ignore\n\n// Doc.\npackage main", false),
        ("// Copyright\n// +build ignore\n\npackage main", false),
        ("//+build ignore\n\npackage main", false),
        ("//go:build linux\n// +build ignore\n\npackage main", true),
        ("/* +build ignore */\n\npackage main", true),
        ("package main\n//go:build ignore\n", true),
        ("// go:build ignore\n\npackage main", true),
        ("\u{feff}// +build linux\n// +build !amd64\n\npackage a", false),
    ];
    for (text, expected) in cases {
        assert_eq!(fits(text, true), expected, "{text}");
    }
}

#[test]
fn import_c_belongs_to_builds_with_cgo() {
    let text = "package a\n\n/*\n#cgo linux LDFLAGS: -L. -lpcap -lm\n#include <x.h>\n*/\nimport \"C\"\n";
    assert!(fits(text, true));
    assert!(!fits(text, false));
    assert_eq!(read(text).c_line, Some(7));
    assert_eq!(read(text).c_libraries, ["pcap"]);
    let text = "package a\n// #cgo pkg-config: --static vips\n// #cgo CFLAGS: -lno\nimport \"C\"\n";
    assert_eq!(read(text).c_libraries, ["vips"]);
}

#[test]
fn what_is_no_go_has_no_package() {
    for text in ["", "\0", "package", "package \"x\"", "import (", "package a\nimport (\n\"x"] {
        let source = read(text);
        assert!(source.package.len() < 2, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_file_can_be_read(
        head in "(// \\+build [a-z,! ]{0,9}\n\n|//go:build [a-z!&|() ]{0,12}\n|/\\*|\u{feff})?package [a-z]{0,4}\n",
        words in proptest::collection::vec("[a-z]{1,3}|import|const|\"os\"|\"C\"|os|Create|Join|\"|`|//go:embed |[(){}=.,+\n'\\\\é]", 0..60),
    ) {
        let source = Source::read(format!("{head}{}", words.concat()), true);
        let _ = (source.fits(Build { cgo: true, tags: &[] }), source.body().literals.len());
    }
}

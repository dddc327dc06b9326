use super::recipe;

fn commands(text: &str, target: Option<&str>) -> Option<Vec<String>> {
    recipe(text, target, &|path| matches!(path, "main.go" | "build" | "vendor"))
}

#[test]
fn plain_makefiles_tell_their_commands() {
    let cases: [(&str, Option<&str>, &[&str]); 18] = [
        ("all:\n\tgo build\n", None, &["go build"]),
        ("a: b c\n\t@echo a\nb:\n\t-echo b\nc: b\n\techo c", None, &["echo b || true", "echo c", "echo a"]),
        ("N := svc\nall:\n\tgo build -o $(N) ./${N}\n", None, &["go build -o svc ./svc"]),
        ("A = $(B)\nB = x\nall:\n\techo $(A)", None, &["echo x"]),
        ("A ?= x\nA ?= y\nA += z\nall:\n\techo $(A)", None, &["echo x z"]),
        (
            "V := $(shell git describe --tags)\nall:\n\tgo build -ldflags \"-X main.v=$(V)\"",
            None,
            &["go build -ldflags \"-X main.v=$(git describe --tags)\""],
        ),
        ("all:\n\tcd $$HOME && echo $(GOPATH)/bin", None, &["cd $HOME && echo ${GOPATH}/bin"]),
        ("all:\n\tgo build \\\n\t  -o x \\\n\t  .\n", None, &["go build  -o x  ."]),
        (".PHONY: build\nbuild:\n\tgo build\n", Some("build"), &["go build"]),
        ("x: main.go\n\tgo build -o $@ main.go", Some("x"), &["go build -o x main.go"]),
        ("x: $(wildcard *.go)\n\tgo build", None, &["go build"]),
        ("S = $(shell find . -name '*.go')\nx: $(S)\n\tgo build", None, &["go build"]),
        ("all:\n\t$(MAKE) b\nb:\n\techo b", None, &["echo b"]),
        ("export A := 1 2\nall:\n\tgo build", None, &["export A=\"1 2\"", "go build"]),
        (".DEFAULT_GOAL := b\na:\n\techo a\nb:\n\techo b", None, &["echo b"]),
        ("# c\nall: b # c\n\n\t# c\n\techo a\nb: ; echo b\n", None, &["echo b", "echo a"]),
        ("A = a\\#b # c\nall:\n\techo $(A)", None, &["echo a#b"]),
        ("ifdef X\nc:\n\techo c\nendif\nall:\n\techo a", Some("all"), &["echo a"]),
    ];
    for (text, target, expected) in cases {
        assert_eq!(commands(text, target).as_deref(), Some(expected.map_to_strings().as_slice()), "{text}");
    }
}

trait MapToStrings {
    fn map_to_strings(&self) -> Vec<String>;
}

impl MapToStrings for &[&str] {
    fn map_to_strings(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

#[test]
fn other_makefiles_tell_nothing() {
    let cases = [
        ("", None),
        ("include x.mk\nall:\n\tgo build", None),
        ("-include .env\nall:\n\tgo build", None),
        ("define X\nendef\nall:\n\tgo build", None),
        ("all:\n\techo $(subst a,b,c)", None),
        ("all:\n\techo $(foreach x,y,z)", None),
        ("ifeq ($(A),b)\nall:\n\techo a\nendif", None),
        ("ifdef A\nX = 1\nendif\nall:\n\techo $(X)", None),
        ("all: missing\n\techo a", None),
        ("build:\n\tgo build", Some("build")),
        ("all:\n\techo a", Some("other")),
        ("all:: b\n\techo a\nb:\n\techo b", None),
        ("all: CGO_ENABLED=0\nall:\n\tgo build", None),
        ("%.o: %.c\n\tcc\nall: main.go\n\techo a", None),
        ("A = $(A)\nall:\n\techo $(A)", None),
        ("all:\n\t$(MAKE) -C sub", None),
        ("all: a\na: b\n\techo $<\nb:\n\techo b", None),
        ("X != ls\nall:\n\techo $(X)", None),
        ("all:\n\techo $", None),
        ("all:\n\techo $(unclosed", None),
        ("a:\n\techo 1\na:\n\techo 2\n", None),
    ];
    for (text, target) in cases {
        assert_eq!(commands(text, target), None, "{text}");
    }
}

#[test]
fn hostile_makefiles_end() {
    let lines =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join("\n");
    let bomb = lines(40, &|n| format!("A{n} = $(A{0})$(A{0})", n + 1));
    assert_eq!(commands(&format!("{bomb}\nA40 = xxxxxxxxxx\nall:\n\techo $(A0)"), None), None);
    let wide = lines(14, &|n| format!("B{n} = $(B{0})$(B{0})$(B{0})$(B{0})", n + 1));
    assert_eq!(commands(&format!("{wide}\nB14 =\nall:\n\techo $(B0)"), None), None);
    assert_eq!(commands("all:\n\t$(MAKE) all\n", None), None);
    let doubling = lines(15, &|n| format!("t{n}:\n\t$(MAKE) t{0}\n\t$(MAKE) t{0}", n + 1));
    assert_eq!(commands(&format!("{doubling}\nt15:\n\techo\n"), None), None);
    let quiet = lines(15, &|n| format!("t{n}:\n\t$(MAKE) t{0} t{0} t{0} t{0}", n + 1));
    assert_eq!(commands(&format!("{quiet}\nt15:\n"), None), None);
    assert_eq!(commands(&"$(".repeat(10_000), None), None);
    assert_eq!(commands("\0:\n\t\0\n", None).map(|c| c.len()), Some(1));
}

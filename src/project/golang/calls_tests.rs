use super::super::source::Source;
use super::{Argument, Group, usual_name};

fn calls(imports: &str, body: &str) -> Vec<(Group, String, Argument)> {
    let text = format!("package a\nimport ({imports})\nfunc f() {{\n{body}\n}}\n");
    let source = Source::read(text, true);
    let made = source.body().calls.iter();
    made.map(|call| (call.group, call.function.clone(), call.argument.clone())).collect()
}

fn text(value: &str) -> Argument {
    Argument::Literal(value.to_owned())
}

fn name(value: &str) -> Argument {
    Argument::Name(value.to_owned())
}

#[test]
fn calls_are_found_by_import() {
    use Group::{Environment, Run, Write, Zone};
    let cases = [
        ("\"os/exec\"", "exec.Command(\"git\", \"log\")", Run, "exec.Command", text("git")),
        ("\"os/exec\"", "exec.Command(name, args...)", Run, "exec.Command", name("name")),
        (
            "\"os/exec\"",
            "exec.CommandContext(f(a, b), \"sh\", \"-c\")",
            Run,
            "exec.CommandContext",
            text("sh"),
        ),
        ("x \"os/exec\"", "x.LookPath(`gm`)", Run, "exec.LookPath", text("gm")),
        (". \"os/exec\"", "Command(\"git\")", Run, "exec.Command", text("git")),
        ("\"os/exec\"", "run := exec.Command", Run, "exec.Command", Argument::Unknown),
        ("\"os/exec\"", "c := &exec.Cmd{Path: p}", Run, "exec.Cmd", Argument::Unknown),
        ("\"syscall\"", "syscall.Exec(p, a, e)", Run, "syscall.Exec", name("p")),
        ("\"os\"", "os.Create(\"a\" + \".db\")", Write, "os.Create", text("a.db")),
        ("\"os\"", "os.Create(a + \".db\")", Write, "os.Create", Argument::Unknown),
        ("\"os\"; \"path\"", "os.Mkdir(path.Join(\"a\", \"b\"), 0755)", Write, "os.Mkdir", text("a/b")),
        ("\"os\"; \"path\"", "os.Mkdir(path.Join(\"a\", b), 0755)", Write, "os.Mkdir", Argument::Unknown),
        ("\"os\"", "os.OpenFile(\"l\", os.O_CREATE|os.O_RDWR, 0)", Write, "os.OpenFile", text("l")),
        ("\"os\"", "os.OpenFile(\"l\", flags, 0)", Write, "os.OpenFile", text("l")),
        ("\"io/ioutil\"", "ioutil.WriteFile(s.path, b, 0)", Write, "ioutil.WriteFile", Argument::Unknown),
        ("\"go.etcd.io/bbolt\"", "bbolt.Open(\"my.db\", 0, nil)", Write, "bbolt.Open", text("my.db")),
        ("bolt \"go.etcd.io/bbolt\"", "bolt.Open(\"my.db\", 0, nil)", Write, "bbolt.Open", text("my.db")),
        ("\"database/sql\"", "sql.Open(\"sqlite3\", \"a.db\")", Write, "sql.Open", text("a.db")),
        (
            "\"github.com/dgraph-io/badger/v3\"",
            "badger.Open(badger.DefaultOptions(\"d\"))",
            Write,
            "badger.DefaultOptions",
            text("d"),
        ),
        ("\"os\"", "os.Getenv(\"HOME\")", Environment, "os.Getenv", text("HOME")),
        (
            "\"time\"",
            "time.LoadLocation(\"Europe/Berlin\")",
            Zone,
            "time.LoadLocation",
            text("Europe/Berlin"),
        ),
    ];
    for (imports, body, group, function, argument) in cases {
        assert_eq!(calls(imports, body), [(group, function.to_owned(), argument)], "{body}");
    }
}

#[test]
fn other_calls_are_not_taken() {
    let cases = [
        ("\"fmt\"", "exec.Command(\"git\")"),
        ("\"os/exec\"", "a.exec.Command(\"git\")"),
        ("\"os/exec\"", "// exec.Command(\"git\")\n_ = \"exec.Command()\""),
        ("\"os/exec\"", "var c *exec.Cmd"),
        ("\"example.com/exec\"", "exec.Command(\"git\")"),
        ("\"os\"", "os.Open(\"a\")"),
        ("\"os\"", "os.OpenFile(\"a\", os.O_RDONLY, 0)"),
        ("\"database/sql\"", "sql.Open(\"postgres\", dsn)"),
        ("\"database/sql\"", "sql.Open(\"sqlite3\", \":memory:\")"),
        ("_ \"os\"", "os.Create(\"a\")"),
    ];
    for (imports, body) in cases {
        assert_eq!(calls(imports, body), [], "{body}");
    }
}

#[test]
fn hostile_calls_end() {
    assert_eq!(calls("\"os\"", &"os.Create(".repeat(20_000)).len(), 20_000);
    assert_eq!(calls("\"os\"", "os.Create(").len(), 1);
    assert_eq!(calls("\"os\"", "os.").len(), 0);
    assert_eq!(calls("\"os\"", "os.Create(,,)").len(), 1);
}

#[test]
fn packages_have_usual_names() {
    assert_eq!(usual_name("github.com/a/b/v3"), "b");
    assert_eq!(usual_name("os/exec"), "exec");
    assert_eq!(usual_name("v3"), "v3");
}

//! Calls that matter to an image: of other programs, of files that are written, of the environment.

use super::lex::{Kind, Token, value};
use super::source::Import;
use std::collections::HashMap;

/// An argument list longer than this is not looked at further.
const FAR: usize = 2_000;

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Another program is run.
    Run,
    /// A file is written.
    Write,
    /// A variable of the environment is read.
    Environment,
    /// A time zone is loaded.
    Zone,
}

/// An argument, as far as the file alone tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Literal(String),
    /// Perhaps a constant.
    Name(String),
    Unknown,
}

impl Argument {
    /// Its value, by the constants of the package.
    pub(super) fn resolve(&self, constants: &HashMap<&str, &str>) -> Option<String> {
        match self {
            Self::Literal(text) => Some(text.clone()),
            Self::Name(name) => constants.get(name.as_str()).map(|text| (*text).to_owned()),
            Self::Unknown => None,
        }
    }
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    /// What it is a sign of.
    pub(super) group: Group,
    /// `os.Create`, with the package's usual name.
    pub(super) function: String,
    /// The argument that tells what it is about.
    pub(super) argument: Argument,
    /// Where it is.
    pub(super) line: usize,
}

/// When a function of the table is meant.
#[derive(Clone, Copy)]
enum When {
    Always,
    /// The flags in the second argument allow writing.
    Writing,
    /// The driver in the first argument keeps its data in a file.
    FileDriver,
}

type Row = (&'static str, &'static [&'static str], Group, usize, When);

/// Package, functions, what they are about, and the argument that says what.
const TABLE: &[Row] = &[
    ("os/exec", &["Command", "LookPath"], Group::Run, 0, When::Always),
    ("os/exec", &["CommandContext"], Group::Run, 1, When::Always),
    ("golang.org/x/sys/execabs", &["Command", "LookPath"], Group::Run, 0, When::Always),
    ("golang.org/x/sys/execabs", &["CommandContext"], Group::Run, 1, When::Always),
    ("os", &["StartProcess"], Group::Run, 0, When::Always),
    ("syscall", &["Exec", "ForkExec", "StartProcess"], Group::Run, 0, When::Always),
    ("golang.org/x/sys/unix", &["Exec"], Group::Run, 0, When::Always),
    ("os", &["Create", "Mkdir", "MkdirAll", "WriteFile"], Group::Write, 0, When::Always),
    ("os", &["OpenFile"], Group::Write, 0, When::Writing),
    ("io/ioutil", &["WriteFile"], Group::Write, 0, When::Always),
    ("github.com/boltdb/bolt", &["Open"], Group::Write, 0, When::Always),
    ("github.com/coreos/bbolt", &["Open"], Group::Write, 0, When::Always),
    ("go.etcd.io/bbolt", &["Open"], Group::Write, 0, When::Always),
    ("github.com/asdine/storm", &["Open"], Group::Write, 0, When::Always),
    ("github.com/asdine/storm/v3", &["Open"], Group::Write, 0, When::Always),
    ("github.com/syndtr/goleveldb/leveldb", &["OpenFile"], Group::Write, 0, When::Always),
    ("github.com/dgraph-io/badger", BADGER, Group::Write, 0, When::Always),
    ("github.com/dgraph-io/badger/v2", BADGER, Group::Write, 0, When::Always),
    ("github.com/dgraph-io/badger/v3", BADGER, Group::Write, 0, When::Always),
    ("github.com/dgraph-io/badger/v4", BADGER, Group::Write, 0, When::Always),
    ("github.com/tidwall/buntdb", &["Open"], Group::Write, 0, When::Always),
    ("database/sql", &["Open"], Group::Write, 1, When::FileDriver),
    (
        "github.com/jmoiron/sqlx",
        &["Open", "Connect", "MustOpen", "MustConnect"],
        Group::Write,
        1,
        When::FileDriver,
    ),
    ("github.com/jinzhu/gorm", &["Open"], Group::Write, 1, When::FileDriver),
    ("github.com/go-xorm/xorm", &["NewEngine"], Group::Write, 1, When::FileDriver),
    ("xorm.io/xorm", &["NewEngine"], Group::Write, 1, When::FileDriver),
    ("gorm.io/driver/sqlite", &["Open"], Group::Write, 0, When::Always),
    ("github.com/glebarez/sqlite", &["Open"], Group::Write, 0, When::Always),
    ("os", &["Getenv", "LookupEnv"], Group::Environment, 0, When::Always),
    ("syscall", &["Getenv"], Group::Environment, 0, When::Always),
    ("time", &["LoadLocation"], Group::Zone, 0, When::Always),
];

const BADGER: &[&str] = &["Open", "OpenManaged", "NewKV", "DefaultOptions"];

/// The functions of the table that a file imports, by the names under which it does.
pub(super) struct Known<'i> {
    /// Rows by the name of the package in the file; the empty name for what `.` imports.
    rows: HashMap<&'i str, Vec<&'static Row>>,
}

impl<'i> Known<'i> {
    /// The functions of the table that a file with these imports can call.
    pub(super) fn new(imports: &'i [Import]) -> Self {
        let mut rows: HashMap<&str, Vec<&Row>> = HashMap::new();
        for import in imports {
            let name = match import.name.as_deref() {
                Some(".") => "",
                Some(name) => name,
                None => usual_name(&import.path),
            };
            for row in TABLE.iter().filter(|row| row.0 == import.path) {
                rows.entry(name).or_default().push(row);
            }
        }
        Self { rows }
    }

    /// The call whose package, or whose function after `import .`, is the word at `index`.
    pub(super) fn call(&self, tokens: &[Token<'_>], index: usize, word: &str) -> Option<Call> {
        let mark = |at: usize| tokens.get(at).map(|token| token.kind);
        if index > 0 && mark(index - 1) == Some(Kind::Mark(b'.')) {
            return None;
        }
        if let Some(rows) = self.rows.get(word).filter(|_| mark(index + 1) == Some(Kind::Mark(b'.'))) {
            let Some(Kind::Word(function)) = mark(index + 2) else { return None };
            return made(rows, tokens, index, function, index + 3);
        }
        let rows = self.rows.get("").filter(|_| mark(index + 1) == Some(Kind::Mark(b'(')))?;
        made(rows, tokens, index, word, index + 1)
    }
}

/// `badger` of `github.com/dgraph-io/badger/v3`.
pub(super) fn usual_name(path: &str) -> &str {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let is_version = last.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
    if is_version && !before.is_empty() { usual_name(before) } else { last }
}

fn made(
    rows: &[&'static Row],
    tokens: &[Token<'_>],
    index: usize,
    function: &str,
    open: usize,
) -> Option<Call> {
    let line = tokens[index].line;
    if function == "Cmd" && rows.iter().any(|row| row.2 == Group::Run) {
        let value = index > 0 && matches!(tokens[index - 1].kind, Kind::Mark(b'&' | b'=' | b'(' | b','));
        let braces = tokens.get(open).is_some_and(|token| token.kind == Kind::Mark(b'{'));
        let function = "exec.Cmd".to_owned();
        return (value && braces).then_some(Call {
            group: Group::Run,
            function,
            argument: Argument::Unknown,
            line,
        });
    }
    let row = rows.iter().find(|row| row.1.contains(&function))?;
    let called = tokens.get(open).is_some_and(|token| token.kind == Kind::Mark(b'('));
    let arguments = if called { arguments(tokens, open) } else { Vec::new() };
    let nth = |n: usize| arguments.get(n).copied().unwrap_or_default();
    let meant = !called
        || match row.4 {
            When::Always => true,
            When::Writing => may_write(nth(1)),
            When::FileDriver => matches!(
                evaluate(nth(0)),
                Argument::Literal(driver) if driver.contains("sqlite") || driver == "ql"
            ),
        };
    let argument = evaluate(nth(row.3));
    let in_memory = matches!(&argument, Argument::Literal(path) if path.contains(":memory:"));
    let nested = function == "Open" && row.0.contains("badger") && starts_options(nth(0));
    let function = format!("{}.{function}", usual_name(row.0));
    (meant && !in_memory && !nested).then_some(Call { group: row.2, function, argument, line })
}

/// `badger.Open(badger.DefaultOptions("x"))`: the inner call says it.
fn starts_options(argument: &[Token<'_>]) -> bool {
    argument.iter().any(|token| token.kind == Kind::Word("DefaultOptions")) && argument.len() > 3
}

fn may_write(flags: &[Token<'_>]) -> bool {
    flags.iter().any(|token| match token.kind {
        Kind::Word(word) => !matches!(word, "os" | "syscall" | "O_RDONLY" | "O_EXCL" | "O_SYNC"),
        _ => false,
    })
}

/// The arguments between the parenthesis at `open` and its partner.
fn arguments<'t, 's>(tokens: &'t [Token<'s>], open: usize) -> Vec<&'t [Token<'s>]> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut start = open + 1;
    for (at, token) in tokens.iter().enumerate().skip(open).take(FAR) {
        match token.kind {
            Kind::Mark(b'(' | b'[' | b'{') => depth += 1,
            Kind::Mark(b')' | b']' | b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    found.push(&tokens[start..at]);
                    return found;
                }
            }
            Kind::Mark(b',') if depth == 1 => {
                found.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn evaluate(argument: &[Token<'_>]) -> Argument {
    match argument {
        [Token { kind: Kind::Text(text), .. }] => Argument::Literal(value(text)),
        [Token { kind: Kind::Word(name), .. }] => Argument::Name((*name).to_owned()),
        [
            Token { kind: Kind::Word("path" | "filepath"), .. },
            Token { kind: Kind::Mark(b'.'), .. },
            Token { kind: Kind::Word("Join"), .. },
            ..,
        ] => match joined(argument, 3) {
            Some(path) if all_texts(argument.get(3..).unwrap_or_default()) => Argument::Literal(path),
            _ => Argument::Unknown,
        },
        [first, rest @ ..] if !rest.is_empty() => sum(first, rest),
        _ => Argument::Unknown,
    }
}

fn all_texts(call: &[Token<'_>]) -> bool {
    call.iter().all(|token| matches!(token.kind, Kind::Text(_) | Kind::Mark(b'(' | b')' | b',')))
}

/// `"a" + "b"`.
fn sum(first: &Token<'_>, rest: &[Token<'_>]) -> Argument {
    let Kind::Text(text) = first.kind else { return Argument::Unknown };
    let mut whole = value(text);
    for pair in rest.chunks(2) {
        match pair {
            [Token { kind: Kind::Mark(b'+'), .. }, Token { kind: Kind::Text(text), .. }] => {
                whole.push_str(&value(text));
            }
            _ => return Argument::Unknown,
        }
    }
    Argument::Literal(whole)
}

/// The leading strings of a call of `Join` as one path, if there are two or more; its parenthesis is at `open`.
pub(super) fn joined(tokens: &[Token<'_>], open: usize) -> Option<String> {
    if tokens.get(open).map(|token| token.kind) != Some(Kind::Mark(b'(')) {
        return None;
    }
    let mut parts = Vec::new();
    for pair in tokens.get(open + 1..)?.chunks(2).take(32) {
        let [Token { kind: Kind::Text(text), .. }, separator] = pair else { break };
        parts.push(value(text));
        if separator.kind != Kind::Mark(b',') {
            break;
        }
    }
    let (first, rest) = parts.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let first = first.trim_end_matches('/').to_owned();
    Some(rest.iter().fold(first, |path, part| format!("{path}/{}", part.trim_matches('/'))))
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;

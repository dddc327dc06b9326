//! `dockerfile-parser` as a second reader of every instruction that it can type.
//!
//! It is given one joined instruction at a time. Where it disagrees, either we are wrong, or one of the known
//! mistakes below explains it. Reads the cases and, if `HARDEN_CORPUS` is set, the corpus.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::print_stdout)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dockerfile_parser::{Dockerfile, Instruction as Theirs, ShellOrExecExpr};
use harden::document::{Document, Instruction, Keyword, decode};

/// A name and its value, if it has one.
type Named = (String, Option<String>);

/// What a reader makes of an instruction, as far as both can say it.
#[derive(Debug, PartialEq)]
enum Reading {
    From { image: String, alias: Option<String> },
    Exec(Vec<String>),
    Shell(String),
    Copy(Vec<String>),
    Pairs(Vec<Named>),
    Untyped,
    Refused,
}

/// A mistake of the second reader: which disagreements it explains, and why.
struct Known {
    reason: &'static str,
    explains: fn(&Instruction<'_>, ours: &Reading, theirs: &Reading) -> bool,
}

/// Its known mistakes, the most specific first.
const KNOWN: [Known; 18] = [
    Known {
        reason: "a carriage return inside of a line ends the line for it",
        explains: |instruction, _, _| instruction.text.text().contains('\r'),
    },
    Known {
        reason: "flags: it knows only --name=value of FROM and COPY; others stay in the command or the sources",
        explains: |instruction, _, _| {
            let first = instruction.text.text().split_ascii_whitespace().nth(1);
            !instruction.flags.is_empty() || first.is_some_and(|word| word.starts_with("--"))
        },
    },
    Known {
        reason: "JSON form of COPY: it splits the array at blanks",
        explains: |instruction, _, theirs| {
            instruction.keyword == Keyword::Copy && instruction.json.is_some() && *theirs != Reading::Untyped
                || instruction.keyword == Keyword::Copy && instruction.args().starts_with('[')
        },
    },
    Known {
        reason: "COPY: a word that is only partly in quotes is refused",
        explains: |instruction, _, theirs| {
            instruction.keyword == Keyword::Copy
                && instruction.args().contains(['"', '\''])
                && *theirs == Reading::Refused
        },
    },
    Known {
        reason: "an array that is no JSON, such as ['a'] or [\"a\",], is an array to it and shell text to BuildKit",
        explains: |instruction, ours, theirs| {
            matches!(ours, Reading::Shell(_))
                && instruction.args().starts_with('[')
                && matches!(theirs, Reading::Exec(_) | Reading::Refused)
        },
    },
    Known {
        reason: "escapes in JSON strings: it undoes them by Go's rules",
        explains: |instruction, ours, theirs| {
            matches!(ours, Reading::Exec(_))
                && instruction.args().contains('\\')
                && matches!(theirs, Reading::Exec(_) | Reading::Shell(_) | Reading::Refused)
        },
    },
    Known {
        reason: "a command that starts with # is a comment to it",
        explains: |instruction, ours, _| {
            matches!(ours, Reading::Shell(_)) && instruction.args().starts_with('#')
        },
    },
    Known {
        reason: "an instruction without arguments is refused or untyped",
        explains: |instruction, _, theirs| {
            instruction.args().is_empty() && matches!(theirs, Reading::Untyped | Reading::Refused)
        },
    },
    Known {
        reason: "FROM: an image in quotes, or with characters of a pattern such as ${A:+x}, ${A%x}, {{x}}",
        explains: |instruction, _, theirs| {
            let known = |c: char| c.is_ascii_alphanumeric() || "_-.:/${}@".contains(c);
            let odd = instruction.words().next().is_some_and(|image| !image.text.chars().all(known));
            instruction.keyword == Keyword::From
                && odd
                && matches!(theirs, Reading::Untyped | Reading::Refused)
        },
    },
    Known {
        reason: "FROM: a stage name with a dot, or text after it",
        explains: |instruction, _, theirs| {
            let known = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            let words: Vec<_> = instruction.words().collect();
            let odd = words.len() > 3 || words.get(2).is_some_and(|alias| !alias.text.chars().all(known));
            instruction.keyword == Keyword::From
                && odd
                && matches!(theirs, Reading::Untyped | Reading::Refused)
        },
    },
    Known {
        reason: "FROM: a digest that is not 64 hexadecimal digits, such as one from a variable",
        explains: |instruction, _, theirs| {
            instruction.keyword == Keyword::From
                && instruction.args().contains('@')
                && *theirs == Reading::Refused
        },
    },
    Known {
        reason: "ENV, LABEL, ARG: an empty value is refused",
        explains: |instruction, _, theirs| {
            let pairs = instruction.pairs();
            let empty =
                |pair: &harden::document::Pair<'_>| pair.value.is_some_and(|value| value.text.is_empty());
            pairs.iter().any(empty) && matches!(theirs, Reading::Untyped | Reading::Refused)
        },
    },
    Known {
        reason: "ARG: several names, or a name that starts with no letter",
        explains: |instruction, ours, _| {
            let plain = |name: &str| {
                name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            };
            let Reading::Pairs(pairs) = ours else { return false };
            instruction.keyword == Keyword::Arg
                && (pairs.len() > 1 || !pairs.iter().all(|(name, _)| plain(name)))
        },
    },
    Known {
        reason: "ENV: a name with other characters than letters, digits and _",
        explains: |instruction, ours, theirs| {
            let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let Reading::Pairs(pairs) = ours else { return false };
            instruction.keyword == Keyword::Env
                && !pairs.iter().all(|(name, _)| plain(name))
                && matches!(theirs, Reading::Untyped | Reading::Refused)
        },
    },
    Known {
        reason: "ENV without = : a value that starts with # is a comment to it",
        explains: |instruction, _, _| {
            instruction.keyword == Keyword::Env
                && instruction.is_legacy_pair()
                && instruction.args().contains('#')
        },
    },
    Known {
        reason: "LABEL without = : refused when the value has a blank",
        explains: |instruction, _, _| instruction.keyword == Keyword::Label && instruction.is_legacy_pair(),
    },
    Known {
        reason: "ENV, LABEL, ARG: escapes, or quotes around a part of a value, are refused",
        explains: |instruction, _, theirs| {
            matches!(instruction.keyword, Keyword::Env | Keyword::Label | Keyword::Arg)
                && instruction.args().contains(['\\', '"', '\''])
                && matches!(theirs, Reading::Untyped | Reading::Refused)
        },
    },
    Known {
        reason: "ENV, LABEL, ARG: it undoes escapes; the values are else the same",
        explains: |_, ours, theirs| {
            let (Reading::Pairs(ours), Reading::Pairs(theirs)) = (ours, theirs) else { return false };
            let plain = |value: &Option<String>| value.as_ref().map(|value| value.replace('\\', ""));
            let same = |(a, b): (&Named, &Named)| a.0 == b.0 && plain(&a.1) == plain(&b.1);
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(same)
        },
    },
];

fn ours(instruction: &Instruction<'_>) -> Reading {
    match instruction.keyword {
        Keyword::From => {
            let words: Vec<_> = instruction.words().map(|word| word.text.to_owned()).collect();
            Reading::From { image: words.first().cloned().unwrap_or_default(), alias: words.get(2).cloned() }
        }
        Keyword::Copy if instruction.json.is_none() => {
            Reading::Copy(instruction.words().map(|word| unquoted(word.text)).collect())
        }
        Keyword::Env | Keyword::Label | Keyword::Arg => {
            let value = |pair: &harden::document::Pair<'_>| pair.value.map(|value| unquoted(value.text));
            let pairs = instruction.pairs();
            Reading::Pairs(pairs.iter().map(|pair| (unquoted(pair.name), value(pair))).collect())
        }
        _ => match &instruction.json {
            Some(strings) => Reading::Exec(strings.iter().map(|string| string.value.clone()).collect()),
            None => Reading::Shell(instruction.args().to_owned()),
        },
    }
}

/// A value without the quotes around the whole of it.
fn unquoted(value: &str) -> String {
    let inner = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value).trim().to_owned()
}

fn theirs(joined: &str) -> Reading {
    let Ok(file) = Dockerfile::parse(joined) else { return Reading::Refused };
    let [instruction] = file.instructions.as_slice() else { return Reading::Refused };
    match instruction {
        Theirs::From(from) => Reading::From {
            image: from.image.content.clone(),
            alias: from.alias.as_ref().map(|alias| alias.content.clone()),
        },
        Theirs::Run(run) => command(&run.expr),
        Theirs::Cmd(cmd) => command(&cmd.expr),
        Theirs::Entrypoint(entrypoint) => command(&entrypoint.expr),
        Theirs::Copy(copy) => {
            let paths = copy.sources.iter().chain([&copy.destination]);
            Reading::Copy(paths.map(|path| path.content.clone()).collect())
        }
        Theirs::Arg(arg) => {
            let value = arg.value.as_ref().map(|value| value.content.trim().to_owned());
            Reading::Pairs(vec![(arg.name.content.clone(), value)])
        }
        Theirs::Env(env) => {
            let pair = |var: &dockerfile_parser::EnvVar| {
                (var.key.content.clone(), Some(var.value.to_string().trim().to_owned()))
            };
            Reading::Pairs(env.vars.iter().map(pair).collect())
        }
        Theirs::Label(label) => {
            let pair = |label: &dockerfile_parser::Label| {
                (label.name.content.clone(), Some(label.value.content.trim().to_owned()))
            };
            Reading::Pairs(label.labels.iter().map(pair).collect())
        }
        Theirs::Misc(_) => Reading::Untyped,
    }
}

fn command(expr: &ShellOrExecExpr) -> Reading {
    match expr {
        ShellOrExecExpr::Shell(text) => Reading::Shell(text.to_string().trim().to_owned()),
        ShellOrExecExpr::Exec(array) => {
            Reading::Exec(array.elements.iter().map(|element| element.content.clone()).collect())
        }
    }
}

fn can_type(keyword: Keyword) -> bool {
    use Keyword::{Arg, Cmd, Copy, Entrypoint, Env, From, Label, Run};
    matches!(keyword, From | Arg | Label | Run | Entrypoint | Cmd | Copy | Env)
}

/// How often each known mistake was met, how many instructions agree, and what is unexplained.
#[derive(Default)]
struct Tally {
    agree: usize,
    known: BTreeMap<&'static str, usize>,
    unknown: Vec<String>,
}

fn compare(file: &Path) -> Tally {
    let bytes = std::fs::read(file).unwrap();
    let decoded = decode(&bytes);
    let document = Document::parse(&decoded.text);
    let mut tally = Tally::default();
    if document.error.is_some() {
        return tally;
    }
    for instruction in document.instructions.iter().filter(|instruction| can_type(instruction.keyword)) {
        let (ours, theirs) = (ours(instruction), theirs(instruction.text.text()));
        let explains = |known: &&Known| (known.explains)(instruction, &ours, &theirs);
        if ours == theirs {
            tally.agree += 1;
        } else if let Some(known) = KNOWN.iter().find(explains) {
            *tally.known.entry(known.reason).or_default() += 1;
        } else {
            let place = format!("{}:{}", file.display(), instruction.start_line);
            let text = instruction.text.text();
            tally.unknown.push(format!("{place}: {text:?}\n    ours   {ours:?}\n    theirs {theirs:?}"));
        }
    }
    tally
}

fn run(title: &str, files: &[PathBuf]) -> Tally {
    let mut total = Tally::default();
    for tally in support::in_parallel(support::cores(), files, |file| compare(file)) {
        total.agree += tally.agree;
        total.unknown.extend(tally.unknown);
        for (reason, count) in tally.known {
            *total.known.entry(reason).or_default() += count;
        }
    }
    println!("\n{title}: {} files, {} instructions agree", files.len(), total.agree);
    for (reason, count) in &total.known {
        println!("{count:>8}  {reason}");
    }
    let shown: Vec<_> = total.unknown.iter().take(30).map(String::as_str).collect();
    assert!(shown.is_empty(), "{} unexplained, among them:\n{}", total.unknown.len(), shown.join("\n"));
    total
}

#[test]
fn the_second_reader_agrees_on_the_cases() {
    let total = run("Cases", &support::dockerfiles(&support::folder("cases")));
    assert!(total.agree > 100, "only {} instructions agree: is anything compared?", total.agree);
}

#[test]
fn the_second_reader_agrees_on_the_corpus() {
    match support::path_from_env("HARDEN_CORPUS") {
        Ok(folder) => {
            let total = run("Corpus", &support::dockerfiles(&folder));
            let known: usize = total.known.values().sum();
            assert!(total.agree > 20 * known, "{} agree, {known} do not", total.agree);
        }
        Err(reason) => println!("SKIPPED the_second_reader_agrees_on_the_corpus: {reason}"),
    }
}

//! Who reads the lists of packages that `apt-get update` brings, and where they are removed.

use super::super::Context;
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use super::quiet::is_quiet;
use crate::document::{Instruction, Keyword};
use crate::model::{Base, Stage};
use crate::shell::Command;

/// What a command does with the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// It brings all of them.
    Update(usize),
    /// It reads them.
    Read(usize),
    /// It removes them; whether it fails where there are none.
    Removal(bool),
    /// It may read them, for all that can be told: why.
    Doubt(usize, String),
}

/// What the lists that a `RUN` leaves behind are for.
#[derive(Debug, Default)]
pub(super) struct Readers {
    /// The `RUN`s that surely read them, by index.
    pub runs: Vec<usize>,
    /// Why something may read them that can't be told, if there is something.
    pub doubt: Option<String>,
}

/// What `apt-get` does without the lists.
const WITHOUT_LISTS: [&str; 9] =
    ["remove", "purge", "autoremove", "autopurge", "clean", "autoclean", "check", "moo", "help"];

/// What the commands of a `RUN` do with the lists, in order.
pub(super) fn events(cx: &Context<'_>, index: usize) -> Vec<Event> {
    let Some(chain) = Chain::of(cx, index) else { return unread(&cx.document.instructions[index], cx) };
    let event = |(index, command)| of_command(&chain, index, command);
    chain.commands().iter().enumerate().filter_map(event).collect()
}

/// What an instruction does whose commands can't be read.
fn unread(instruction: &Instruction<'_>, cx: &Context<'_>) -> Vec<Event> {
    let text = &cx.document.text[instruction.span.range()];
    let is_from = instruction.flag("from").is_some();
    match instruction.keyword {
        // What a container or a build on the image does reads them too.
        Keyword::Run | Keyword::Onbuild | Keyword::Cmd | Keyword::Entrypoint if mentions(text) => {
            vec![Event::Read(0)]
        }
        Keyword::Run => match &instruction.json {
            Some(words) if words.first().is_some_and(|w| is_quiet(calls::base(&w.value))) => Vec::new(),
            _ => vec![Event::Doubt(0, format!("line {} can't be read", cx.line(instruction.span.start)))],
        },
        Keyword::Copy if is_from && text.contains("/var/lib/apt") => vec![Event::Read(0)],
        _ => Vec::new(),
    }
}

/// Whether a text names a program that reads lists, as a word.
pub(super) fn mentions(text: &str) -> bool {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_/.".contains(c)));
    words.map(calls::base).any(|word| matches!(word, "apt" | "apt-get" | "aptitude" | "apt-cache"))
}

fn of_command(chain: &Chain<'_>, index: usize, command: &Command) -> Option<Event> {
    let text = &chain.text()[command.span.range()];
    if let Some(call) = calls::call(command, index) {
        return of_call(&call, text);
    }
    if ["/var/lib/apt", "/var/lib/{", "/var/lib/*"].iter().any(|path| text.contains(path)) {
        return Some(Event::Removal(fails_on_none(command, text)));
    }
    let (at, _) = calls::program(command);
    let raw = command.words.get(at)?.raw(chain.text());
    let name = calls::base(raw.trim_matches('"')).to_ascii_lowercase();
    let rest = text.get(text.find(raw).map_or(0, |from| from + raw.len())..).unwrap_or_default();
    match name.as_str() {
        "apt-cache" | "apt-file" | "apt-rdepends" | "gdebi" | "tasksel" | "mk-build-deps" | "rosdep" => {
            Some(Event::Read(index))
        }
        _ if command.substitutes && mentions(text) => Some(Event::Read(index)),
        "xargs" | "su" | "gosu" | "find" if mentions(rest) => Some(Event::Read(index)),
        "su" | "gosu" | "find" | "xargs" => None,
        "sh" | "bash" | "dash" | "ash" if rest.contains("-c") && !mentions(rest) && is_word(rest) => None,
        "make" if is_plain_make(rest) => None,
        _ if is_quiet(&name) || raw.starts_with("./conf") || raw.starts_with("/etc/init.d/") => None,
        _ if mentions(rest) => Some(Event::Read(index)),
        _ if name.contains("clean") => Some(Event::Removal(false)),
        _ => Some(Event::Doubt(index, format!("`{raw}` may read them"))),
    }
}

/// Whether `rm` has a pattern to find, and was not told that there may be nothing: `rm /folder/*` without `-f`.
pub(super) fn fails_on_none(command: &Command, text: &str) -> bool {
    let (at, _) = calls::program(command);
    let is_option = |word: &&str| word.starts_with('-');
    let mut options = command.words[at..].iter().filter_map(|word| word.literal.as_deref()).filter(is_option);
    let name = command.words.get(at).and_then(|word| word.literal.as_deref()).map(calls::base);
    name == Some("rm")
        && text.contains('*')
        && !options.any(|o| o == "--force" || (!o.starts_with("--") && o.contains('f')))
}

/// Whether a script in quotes begins with a command that does not read lists, and is that alone.
fn is_word(rest: &str) -> bool {
    let inner = rest.rsplit("-c").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    let name = inner.split_whitespace().next().unwrap_or_default();
    is_quiet(calls::base(name)) && !inner.contains([';', '&', '|', '$', '`'])
}

fn is_plain_make(rest: &str) -> bool {
    rest.split_whitespace().all(|word| {
        word.starts_with('-')
            || word.contains(['=', '>', '$', '('])
            || word.starts_with(|c: char| c.is_ascii_digit() || c == '/')
            || matches!(word, "install" | "all" | "clean" | "distclean" | "check" | "test" | "altinstall")
    })
}

fn of_call(call: &Call, text: &str) -> Option<Event> {
    let is_apt = matches!(call.tool, Tool::Apt | Tool::AptGet | Tool::Aptitude);
    if !is_apt {
        return None;
    }
    let alone = call.verb.is_none() && call.operands.is_empty() && !text.contains('$');
    let narrow =
        call.has(&["--config-file"], "c") || text.contains("Dir::") || text.contains("APT::Get::List");
    match call.verb() {
        "update" if !narrow && !text.contains("--print-uris") => Some(Event::Update(call.command)),
        verb if WITHOUT_LISTS.contains(&verb) || alone => None,
        _ => Some(Event::Read(call.command)),
    }
}

/// What reads the lists that a `RUN` leaves behind.
pub(super) fn readers(cx: &Context<'_>, stage: &Stage, index: usize) -> Readers {
    let mut readers = Readers::default();
    if !follow(cx, index + 1..stage.end, &mut readers) {
        above(cx, stage, &mut readers);
    }
    readers
}

/// Follows the lists into the stages that are built on one.
fn above(cx: &Context<'_>, stage: &Stage, readers: &mut Readers) {
    for next in cx.model.stages.iter().filter(|next| next.base == Base::Stage(stage.index)) {
        if !follow(cx, next.from + 1..next.end, readers) {
            above(cx, next, readers);
        }
    }
}

/// Follows the lists along instructions; whether they end there, by new ones or by removal.
fn follow(cx: &Context<'_>, range: std::ops::Range<usize>, readers: &mut Readers) -> bool {
    for index in range {
        for event in events(cx, index) {
            match event {
                Event::Removal(true) => {
                    readers.runs.push(index);
                    return true;
                }
                Event::Update(_) | Event::Removal(_) => return true,
                Event::Read(_) => {
                    if readers.runs.last() != Some(&index) {
                        readers.runs.push(index);
                    }
                }
                Event::Doubt(_, why) => {
                    readers.doubt.get_or_insert(why);
                }
            }
        }
    }
    false
}

/// Whether lists are kept outside of the image: by a mount over their folder.
pub(super) fn is_mounted(instruction: &Instruction<'_>) -> bool {
    instruction.flags.iter().filter(|flag| flag.name() == "mount").any(|flag| {
        let options = flag.text.split([',', '=']).map(str::trim);
        options.into_iter().any(|part| {
            let path = part.trim_end_matches('/');
            path.contains("/var/lib/apt") || path == "/var/lib" || path == "/var" || path.contains('$')
        })
    })
}

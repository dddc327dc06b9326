//! Instructions and their parts.

use super::heredoc::Heredoc;
use super::joined::Joined;
use super::json::JsonString;
use super::words::{self, Word};
use crate::span::Span;

/// The kind of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are Docker's")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// A word that is no instruction: the parser lets it through, a build refuses it.
    Unknown,
}

impl Keyword {
    /// The keyword of a name, in any case.
    pub fn of(name: &str) -> Self {
        const NAMES: [(&str, Keyword); 18] = [
            ("run", Keyword::Run),
            ("copy", Keyword::Copy),
            ("env", Keyword::Env),
            ("from", Keyword::From),
            ("add", Keyword::Add),
            ("arg", Keyword::Arg),
            ("cmd", Keyword::Cmd),
            ("entrypoint", Keyword::Entrypoint),
            ("expose", Keyword::Expose),
            ("healthcheck", Keyword::Healthcheck),
            ("label", Keyword::Label),
            ("maintainer", Keyword::Maintainer),
            ("onbuild", Keyword::Onbuild),
            ("shell", Keyword::Shell),
            ("stopsignal", Keyword::Stopsignal),
            ("user", Keyword::User),
            ("volume", Keyword::Volume),
            ("workdir", Keyword::Workdir),
        ];
        NAMES
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map_or(Self::Unknown, |&(_, keyword)| keyword)
    }
}

/// A flag: `--name` or `--name=value`, quotes and escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its text, with the dashes.
    pub text: String,
    /// Where it is in the joined text.
    pub span: Span,
}

impl Flag {
    /// Its name, without the dashes.
    pub fn name(&self) -> &str {
        let text = self.text.strip_prefix("--").unwrap_or(&self.text);
        text.split_once('=').map_or(text, |(name, _)| name)
    }

    /// What follows its `=`.
    pub fn value(&self) -> Option<&str> {
        self.text.split_once('=').map(|(_, value)| value)
    }
}

/// A name and its value in `ENV`, `LABEL` or `ARG`, quotes as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'t> {
    /// The name.
    pub name: &'t str,
    /// The value; none in `ARG NAME`.
    pub value: Option<Word<'t>>,
    /// Where name and value are in the joined text.
    pub span: Span,
}

/// An instruction.
#[derive(Clone, Debug)]
pub struct Instruction<'a> {
    /// From the first byte of its name to the last of its content, heredocs included, without the line end.
    pub span: Span,
    /// First line, from 1. An escape character alone on a line before the name counts.
    pub start_line: usize,
    /// Last line, inclusive, from 1.
    pub end_line: usize,
    /// What it is.
    pub keyword: Keyword,
    /// Where its name is in the joined text.
    pub name: Span,
    /// The logical line: continuation lines joined, comments between them left out.
    pub text: Joined<'a>,
    /// Its flags, in order.
    pub flags: Vec<Flag>,
    /// Where its arguments are in the joined text, trimmed.
    pub args: Span,
    /// The array, when the arguments are in JSON form.
    pub json: Option<Vec<JsonString>>,
    /// Its heredocs, in order.
    pub heredocs: Vec<Heredoc>,
    /// For `ONBUILD`, what it triggers; spans are in this instruction's joined text.
    pub trigger: Option<Box<Self>>,
    /// The escape character of the document.
    pub(super) escape: char,
}

impl Instruction<'_> {
    /// Its name as written.
    pub fn name(&self) -> &str {
        &self.text.text()[self.name.range()]
    }

    /// Its arguments, trimmed.
    pub fn args(&self) -> &str {
        &self.text.text()[self.args.range()]
    }

    /// Its arguments between blanks: for `FROM`, `EXPOSE`, and `COPY`, `ADD`, `VOLUME` when not in JSON form.
    pub fn words(&self) -> impl Iterator<Item = Word<'_>> {
        words::split(self.args(), self.args.start)
    }

    /// Names and values of `ENV`, `LABEL` or `ARG`.
    ///
    /// `ENV name rest of the line` is one pair.
    pub fn pairs(&self) -> Vec<Pair<'_>> {
        let words = words::quoted(self.args(), self.args.start, self.escape);
        if self.keyword != Keyword::Arg && words.first().is_some_and(|w| !w.text.contains('=')) {
            return self.legacy_pair().into_iter().collect();
        }
        words.into_iter().map(pair).collect()
    }

    /// Whether this is `ENV name value` or `LABEL name value`, without an equals sign.
    pub fn is_legacy_pair(&self) -> bool {
        let first = words::quoted(self.args(), self.args.start, self.escape).first().copied();
        first.is_some_and(|word| !word.text.contains('='))
    }

    fn legacy_pair(&self) -> Option<Pair<'_>> {
        let args = self.args();
        let at = args.find(words::blank)?;
        let value = args[at..].trim_start_matches(words::blank);
        let start = self.args.end - value.len();
        let value = Word { text: value, span: Span::new(start, self.args.end) };
        Some(Pair { name: &args[..at], value: Some(value), span: self.args })
    }

    /// The value of the last flag of a name.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|f| f.name() == name).and_then(Flag::value)
    }

    /// A range of the joined text as a range of the source.
    pub fn source(&self, span: Span) -> Span {
        self.text.span(span)
    }
}

fn pair(word: Word<'_>) -> Pair<'_> {
    let Some(at) = word.text.find('=') else {
        return Pair { name: word.text, value: None, span: word.span };
    };
    let value = Word { text: &word.text[at + 1..], span: Span::new(word.span.start + at + 1, word.span.end) };
    Pair { name: &word.text[..at], value: Some(value), span: word.span }
}

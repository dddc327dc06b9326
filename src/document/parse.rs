//! Lines to instructions.

use super::directive::Block;
use super::instruction::{Flag, Instruction, Keyword};
use super::joined::Joined;
use super::json::{self, Form, JsonString};
use super::words;
use super::{Document, Error, Piece, PieceKind, heredoc};
use crate::span::Span;

/// The longest line that `BuildKit`'s scanner takes, in bytes with its line end.
const LONGEST_LINE: usize = 65_535;

/// Reads a text; it never fails, what can't be read is an error in the document.
pub(super) fn parse(text: &str) -> Document<'_> {
    let document = Document {
        text,
        escape: '\\',
        directives: Vec::new(),
        instructions: Vec::new(),
        pieces: Vec::new(),
        error: None,
    };
    let mut parser = Parser { document, block: Block::default(), at: 0, line: 0 };
    if let Err(error) = parser.run() {
        parser.document.error = Some(error);
        parser.piece_to_end();
    }
    parser.document
}

struct Parser<'a> {
    document: Document<'a>,
    block: Block,
    /// Offset of the next line.
    at: usize,
    /// Number of lines read.
    line: usize,
}

/// A line without its line end, and where it starts.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Line<'a> {
    const fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// Without leading white space.
    fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        Line { text, start: self.start + self.text.len() - text.len() }
    }

    fn is_comment(self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    /// The part before the escape character that continues the line, if one does.
    fn continued(self, escape: char) -> Option<&'a str> {
        let head = self.text.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
        (!head.ends_with(escape)).then_some(head)
    }
}

impl<'a> Parser<'a> {
    fn run(&mut self) -> Result<(), Error> {
        if self.document.text.starts_with('\u{FEFF}') {
            self.at = '\u{FEFF}'.len_utf8();
            self.piece(PieceKind::Mark, 0);
        }
        while let Some(line) = self.next_line()? {
            self.head(line)?;
        }
        if self.document.instructions.is_empty() {
            return Err(Error::new(Span::at(self.at), "the file has no instructions")
                .help("a Dockerfile starts with `FROM image`"));
        }
        Ok(())
    }

    /// Reads the next line; an error when it is too long for `BuildKit`.
    fn next_line(&mut self) -> Result<Option<Line<'a>>, Error> {
        let rest = &self.document.text[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        let length = rest.find('\n').map_or(rest.len(), |i| i + 1);
        if length > LONGEST_LINE {
            let span = Span::new(self.at, self.at + length);
            return Err(Error::new(span, format!("the line has {length} bytes, more than {LONGEST_LINE}"))
                .help("break it with continuation lines"));
        }
        let line = Line { text: rest[..length].trim_end_matches(['\r', '\n']), start: self.at };
        self.at += length;
        self.line += 1;
        Ok(Some(line))
    }

    /// Reads a line outside of an instruction: a directive, a comment, a blank, or the start of an instruction.
    fn head(&mut self, line: Line<'a>) -> Result<(), Error> {
        let trimmed = line.trimmed();
        if let Some(directive) = self.block.line(trimmed.text, line.span(), &self.document.directives)? {
            if directive.name.eq_ignore_ascii_case("escape") {
                self.document.escape = directive.value.chars().next().unwrap_or('\\');
            }
            self.document.directives.push(directive);
            self.piece(PieceKind::Directive, line.start);
        } else if trimmed.text.is_empty() {
            self.piece(PieceKind::Blank, line.start);
        } else if trimmed.text.starts_with('#') {
            self.piece(PieceKind::Comment, line.start);
        } else {
            self.instruction(trimmed)?;
            self.piece(PieceKind::Instruction, line.start);
        }
        Ok(())
    }

    fn piece(&mut self, kind: PieceKind, start: usize) {
        self.document.pieces.push(Piece { kind, span: Span::new(start, self.at) });
    }

    /// Covers what an error left unread, so that the pieces still tile the text.
    fn piece_to_end(&mut self) {
        let start = self.document.pieces.last().map_or(0, |p| p.span.end);
        self.at = self.document.text.len();
        if start < self.at {
            self.piece(PieceKind::Instruction, start);
        }
    }

    fn instruction(&mut self, first: Line<'a>) -> Result<(), Error> {
        let start_line = self.line;
        let escape = self.document.escape;
        let mut end = first.span().end;
        let head = first.continued(escape);
        let mut joined = Joined::new(head.unwrap_or(first.text), first.start);
        let mut open = head.is_some();
        while open && let Some(line) = self.next_line()? {
            if line.is_comment() || line.text.trim_start().is_empty() {
                continue;
            }
            let head = line.continued(escape);
            joined.push(head.unwrap_or(line.text), line.start);
            open = head.is_some();
            end = line.span().end;
        }
        let at = Span::new(first.start, end);
        let mut instruction = logical(joined, escape, at)?;
        let text = instruction.text.text();
        if text.contains("<<") && instruction.can_hold_heredoc() {
            let opened = heredoc::opened(text).map_err(|message| Error::new(at, message))?;
            instruction.heredocs = opened;
            for index in 0..instruction.heredocs.len() {
                end = self.heredoc(&mut instruction.heredocs[index], at)?;
            }
        }
        instruction.start_line = start_line;
        instruction.end_line = self.line;
        let name = instruction.text.source(instruction.name.start);
        instruction.span = Span::new(name.min(end), end);
        self.document.instructions.push(instruction);
        Ok(())
    }

    /// Reads the body of a heredoc; returns where its last line ends.
    fn heredoc(&mut self, heredoc: &mut heredoc::Heredoc, at: Span) -> Result<usize, Error> {
        heredoc.body = Span::at(self.at);
        while let Some(line) = self.next_line()? {
            let text = if heredoc.chomp { line.text.trim_start_matches('\t') } else { line.text };
            if text == heredoc.name {
                heredoc.terminator = line.span();
                return Ok(line.span().end);
            }
            heredoc.body.end = self.at;
        }
        let name = &heredoc.name;
        Err(Error::new(at, format!("the heredoc {name} does not end"))
            .help(format!("add a line that holds {name} and nothing else")))
    }
}

impl Instruction<'_> {
    fn can_hold_heredoc(&self) -> bool {
        let inner = self.trigger.as_deref().filter(|_| self.keyword == Keyword::Onbuild).unwrap_or(self);
        matches!(inner.keyword, Keyword::Run | Keyword::Copy | Keyword::Add) && inner.json.is_none()
    }
}

/// Reads a logical line: name, flags, arguments.
fn logical(text: Joined<'_>, escape: char, at: Span) -> Result<Instruction<'_>, Error> {
    let whole = Span::new(0, text.text().len());
    logical_part(text, whole, escape, at, 0)
}

/// How deep `ONBUILD ONBUILD ...` is followed.
const TRIGGERS: usize = 100;

fn logical_part(
    text: Joined<'_>,
    part: Span,
    escape: char,
    at: Span,
    depth: usize,
) -> Result<Instruction<'_>, Error> {
    let line = trim(text.text(), part);
    let slice = &text.text()[line.range()];
    let name_len = slice.find(words::blank).unwrap_or(slice.len());
    let name = Span::new(line.start, line.start + name_len);
    let rest = slice[name_len..].trim_start_matches(words::blank);
    let rest_at = line.end - rest.len();
    let (flags, args_at) = flags(rest, rest_at, escape);
    let args = trim(text.text(), Span::new(args_at, line.end));
    let keyword = Keyword::of(&text.text()[name.range()]);
    let mut instruction = Instruction {
        span: at,
        start_line: 0,
        end_line: 0,
        keyword,
        name,
        text,
        flags,
        args,
        json: None,
        heredocs: Vec::new(),
        trigger: None,
        escape,
    };
    instruction.json = json_form(&instruction, at)?;
    check_pairs(&instruction, at)?;
    if keyword == Keyword::Onbuild && !args.is_empty() && depth < TRIGGERS {
        let inner = logical_part(instruction.text.clone(), args, escape, at, depth + 1)?;
        instruction.trigger = Some(Box::new(inner));
    }
    Ok(instruction)
}

/// A range without the white space at its ends.
fn trim(text: &str, span: Span) -> Span {
    let slice = text[span.range()].trim_end();
    let end = span.start + slice.len();
    Span::new(end - slice.trim_start().len(), end)
}

/// The array of the instructions that have a JSON form.
fn json_form(instruction: &Instruction<'_>, at: Span) -> Result<Option<Vec<JsonString>>, Error> {
    let args = instruction.args();
    let (text, base) = match instruction.keyword {
        Keyword::Add
        | Keyword::Cmd
        | Keyword::Copy
        | Keyword::Entrypoint
        | Keyword::Run
        | Keyword::Shell
        | Keyword::Volume => (args, instruction.args.start),
        // The word CMD or NONE comes before.
        Keyword::Healthcheck => {
            let rest = args.find(char::is_whitespace).map_or("", |i| args[i..].trim_start());
            (rest, instruction.args.end - rest.len())
        }
        _ => return Ok(None),
    };
    match json::read(text, base) {
        Form::Strings(strings) => Ok(Some(strings)),
        Form::Other => Ok(None),
        Form::Mixed => Err(Error::new(at, "an array in JSON form may hold strings only")
            .help("put each element into double quotes")),
    }
}

/// What the parser refuses of `ENV` and `LABEL`.
fn check_pairs(instruction: &Instruction<'_>, at: Span) -> Result<(), Error> {
    if !matches!(instruction.keyword, Keyword::Env | Keyword::Label) || instruction.args.is_empty() {
        return Ok(());
    }
    let name = instruction.name().to_ascii_uppercase();
    let words = words::quoted(instruction.args(), instruction.args.start, instruction.escape);
    let Some(first) = words.first() else { return Ok(()) };
    if !first.text.contains('=') {
        if instruction.args().contains(words::blank) {
            return Ok(());
        }
        return Err(Error::new(at, format!("{name} must have two arguments"))
            .help(format!("write `{name} {}=value`", first.text)));
    }
    match words.iter().find(|word| !word.text.contains('=')) {
        None => Ok(()),
        Some(word) => Err(Error::new(at, format!("can't find = in {}", word.text))
            .help("every word must be of the form name=value; put values with blanks into quotes")),
    }
}

/// Leading flags of `rest`, which stands at `base`, and where the arguments start.
fn flags(rest: &str, base: usize, escape: char) -> (Vec<Flag>, usize) {
    let mut flags = Vec::new();
    let mut at = 0;
    loop {
        at += rest[at..].len() - rest[at..].trim_start_matches(ascii_space).len();
        if !rest[at..].starts_with("--") {
            return (flags, base + at);
        }
        let (text, length, quoted) = flag(&rest[at..], escape);
        let span = Span::new(base + at, base + at + length);
        at += length;
        if text == "--" {
            return (flags, base + at);
        }
        if quoted || !text.is_empty() {
            flags.push(Flag { text, span });
        }
    }
}

const fn ascii_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{B}' | '\u{C}' | '\r' | ' ')
}

/// The flag at the start of `rest`: its value, its length, and whether it had quotes.
fn flag(rest: &str, escape: char) -> (String, usize, bool) {
    let mut text = String::new();
    let mut quote = None;
    let mut quoted = false;
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        if quote.is_none() && ascii_space(c) {
            return (text, at, quoted);
        }
        if Some(c) == quote {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
            quoted = true;
        } else if c == escape {
            text.extend(chars.next().map(|(_, c)| c));
        } else {
            text.push(c);
        }
    }
    (text, rest.len(), quoted)
}

//! What a failed build says: which line of the Dockerfile, why, and what its command printed.

use super::BuildFailure;
use super::call::reason;
use crate::document::{Document, Instruction, Keyword, decode};
use crate::prove::mask::Masks;
use crate::report::clean;
use regex::Regex;

/// How many bytes of a build's output are looked at: the last ones.
const KEPT: usize = 512 << 10;
/// How many lines of a failed command's output are told: the last ones.
const LINES: usize = 30;
/// How long a line may get.
const WIDTH: usize = 1000;

/// The end of an output.
#[derive(Debug, Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    /// Adds a piece; what is too long ago is forgotten.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.0.extend_from_slice(piece);
        if self.0.len() > 2 * KEPT {
            self.0.drain(..self.0.len() - KEPT);
        }
    }

    /// Its lines, without colours.
    pub(super) fn lines(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.0);
        text.lines().map(|line| shown(line).chars().take(WIDTH).collect()).collect()
    }
}

/// A line without colours.
fn shown(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| matches!(c, '@'..='~')).map_or(part.len(), |at| at + 1);
        out.push_str(&part[end..]);
    }
    out.trim_end().to_owned()
}

/// What stays on a terminal of a line that is drawn over, as progress bars are.
fn last_drawn(line: &str) -> &str {
    line.rsplit('\r').next().unwrap_or_default()
}

/// What the last lines of a failed build say. `text` is the Dockerfile's, `name` its file's.
pub(super) fn read(lines: &[String], text: &[u8], name: &str) -> BuildFailure {
    let is_buildkit = lines.iter().any(|line| step(line).is_some());
    let read = if is_buildkit { buildkit(lines, name) } else { plain(lines, &decode(text).text) };
    // BuildKit may begin with a blank line where the command printed none.
    let said: Vec<_> = read.output.iter().skip_while(|line| line.trim().is_empty()).collect();
    let from = said.len().saturating_sub(LINES);
    let output = said[from..].iter().map(|line| clean(last_drawn(line)).into_owned()).collect();
    BuildFailure {
        line: read.line.or_else(|| told_line(lines)),
        message: clean(&read.message).into_owned(),
        output,
    }
}

/// The same with the names of build arguments in place of their values, for those may be secret. Short ones stay: they
/// are everywhere.
pub(super) fn without_arguments(failure: BuildFailure, arguments: &[String]) -> BuildFailure {
    let masks = Masks::of_variables(arguments);
    let hide = |line: String| masks.hide(&line);
    BuildFailure {
        line: failure.line,
        message: hide(failure.message),
        output: failure.output.into_iter().map(hide).collect(),
    }
}

/// `BuildKit` numbers its steps, and writes each one's number before its lines, which a command's output can't fake: `#5 0.089 text`,
/// `#5 ERROR: reason`.
fn buildkit(lines: &[String], name: &str) -> BuildFailure {
    let failed = lines.iter().filter_map(|line| step(line)).rfind(|(_, rest)| rest.starts_with("ERROR: "));
    let said =
        lines.iter().rev().find(|line| line.starts_with("ERROR: ") || line.starts_with("failed to solve"));
    let message = said.map(String::as_str).or(failed.map(|(_, rest)| rest)).unwrap_or_default();
    let printed = |number| {
        lines
            .iter()
            .filter_map(|line| step(line))
            .filter_map(move |(its, rest)| (its == number).then(|| timed(rest))?)
    };
    let output = failed.map(|(number, _)| printed(number).map(str::to_owned).collect()).unwrap_or_default();
    BuildFailure { line: excerpt(lines, name), message: in_short(message), output }
}

/// The number and the rest of a line of a step.
fn step(line: &str) -> Option<(u32, &str)> {
    let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
    Some((number.parse().ok()?, rest))
}

/// What a command wrote, without the seconds before it.
fn timed(rest: &str) -> Option<&str> {
    let (seconds, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_time = seconds.contains('.') && seconds.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_time.then_some(text)
}

/// The number in `Dockerfile:12`, which stands above an excerpt between dashes at the end.
fn excerpt(lines: &[String], name: &str) -> Option<usize> {
    let place = |pair: &[String]| {
        let number = pair[0].strip_prefix(name)?.strip_prefix(':')?.parse().ok()?;
        (pair[1].len() > 10 && pair[1].bytes().all(|b| b == b'-')).then_some(number)
    };
    lines.windows(2).rev().find_map(place)
}

/// A parser's own words: `dockerfile parse error on line 2: ...`.
fn told_line(lines: &[String]) -> Option<usize> {
    let words = Regex::new(r"(?i)dockerfile parse error (?:on )?line (\d+): ").ok()?;
    lines.iter().rev().find_map(|line| words.captures(line)?[1].parse().ok())
}

/// Docker's first builder, podman and buildah write each step's instruction, then what its command writes, then why it failed.
fn plain(lines: &[String], text: &str) -> BuildFailure {
    let document = Document::parse(text);
    let is_reason = |line: &&String| {
        ["Error: ", "error building", "Error response", "The command '"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let said = lines
        .iter()
        .rev()
        .find(is_reason)
        .or_else(|| lines.iter().rev().find(|line| !line.trim().is_empty()));
    let steps = lines.iter().enumerate().filter_map(|(at, line)| Some((at, instruction(line)?)));
    let (mut from, mut last, mut begin) = (0, None, lines.len());
    for (at, written) in steps {
        // Forward from the last one: the same words may stand in a file more than once.
        let same = |it: &&Instruction<'_>| bare(it.text.text()) == bare(written);
        last = document.instructions.iter().filter(|it| it.start_line > from).find(same);
        from = last.map_or(from, |it| it.start_line);
        begin = at + 1;
    }
    let message = said.map(|line| in_short(line)).unwrap_or_default();
    let message = match last.filter(|it| it.keyword == Keyword::From) {
        Some(from) if !message.contains("cannot get the image") => {
            format!(
                "cannot get the image {}: {message}",
                from.args().split_whitespace().next().unwrap_or_default()
            )
        }
        _ => message,
    };
    let is_noise = |line: &&String| {
        [" ---> ", "--> ", "Removing intermediate container "].iter().any(|it| line.starts_with(it))
    };
    let output =
        lines[begin..].iter().filter(|line| !is_noise(line) && Some(*line) != said).cloned().collect();
    BuildFailure { line: last.map(|it| it.start_line), message, output }
}

/// The instruction in `STEP 2/3: RUN make`, `[1/2] STEP 2/3: RUN make` or `Step 2/3 : RUN make`.
fn instruction(line: &str) -> Option<&str> {
    let rest =
        line.split_once("] ").filter(|(stage, _)| stage.starts_with('[')).map_or(line, |(_, rest)| rest);
    let rest = rest.strip_prefix("STEP ").or_else(|| rest.strip_prefix("Step "))?;
    let (numbers, instruction) = rest.split_once(": ")?;
    numbers.trim_end().bytes().all(|b| b.is_ascii_digit() || b == b'/').then_some(instruction)
}

/// Without blanks and continuations, which each engine writes differently.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// A reason in one line, in the words of the Dockerfile's author rather than the engine's layers.
fn in_short(message: &str) -> String {
    let message = reason(message);
    let message = without_layers(&message);
    if let Some(code) = exit_code(message) {
        return format!("the command ended with exit code {code}");
    }
    if let Some((image, why)) = between(message, "failed to resolve source metadata for ", ": ") {
        let why = why.strip_prefix(image).and_then(|why| why.strip_prefix(": ")).unwrap_or(why);
        return format!("cannot get the image {image}: {why}");
    }
    message.to_owned()
}

/// Without what the parts of a builder write before a reason.
fn without_layers(message: &str) -> &str {
    const LAYERS: [&str; 9] = [
        "failed to build: ",
        "failed to solve: ",
        "failed to solve with frontend dockerfile.v0: ",
        "rpc error: code = Unknown desc = ",
        "failed to compute cache key: ",
        "creating build container: ",
        "while running runtime: ",
        "Build error: ",
        "copier: stat: ",
    ];
    let mut rest = message;
    loop {
        let shorter = LAYERS.iter().find_map(|layer| rest.strip_prefix(layer));
        let shorter =
            shorter.or_else(|| Some(between(rest, "failed to calculate checksum of ref ", ": ")?.1));
        let shorter = shorter.or_else(|| Some(between(rest, "checking on sources under ", ": ")?.1));
        match shorter.or_else(|| after_step(rest)) {
            Some(shorter) => rest = shorter,
            // Podman prints how it read an instruction that it does not know.
            None => return rest.split(" &imagebuilder.Step{").next().unwrap_or(rest),
        }
    }
}

/// What is between two pieces of text, the first one at the start, and what comes then.
fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<(&'t str, &'t str)> {
    let at = text.find(before)? + before.len();
    text[at..].split_once(behind)
}

/// What comes after `building at STEP "RUN echo \"hi\"": `.
fn after_step(text: &str) -> Option<&str> {
    let quoted =
        text.strip_prefix("building at STEP ").or_else(|| text.strip_prefix("error building at STEP "))?;
    let rest = quoted.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = rest.find(|c: char| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    rest[end..].strip_prefix("\": ")
}

fn exit_code(message: &str) -> Option<&str> {
    const WORDS: [&str; 4] = [
        "did not complete successfully: exit code: ",
        "returned a non-zero code: ",
        "exit status ",
        "]: exit code: ",
    ];
    let code = WORDS.iter().find_map(|words| Some(message.rsplit_once(words)?.1))?;
    let end = code.find(|c: char| !c.is_ascii_digit()).unwrap_or(code.len());
    (end > 0).then(|| &code[..end])
}

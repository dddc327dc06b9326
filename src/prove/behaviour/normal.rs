//! What differs between two runs of one program, or between two builds of one source, without meaning anything.
//!
//! Only forms that can hardly be anything else are listed: digits as such, and numbers that a program was told, stay.
//! What else differs by itself is learned from two runs of the original, in `lines.rs`.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A form of text and what it is read as.
struct Rule {
    /// Why what it hides is no difference: for readers, and for tests that fail.
    #[cfg_attr(not(test), expect(dead_code))]
    why: &'static str,
    /// The form.
    form: &'static str,
    /// What it becomes; `$1` and so on are what the form holds.
    becomes: &'static str,
    /// What else the text in question has to be.
    only: fn(&str) -> bool,
}

const fn rule(why: &'static str, form: &'static str, becomes: &'static str) -> Rule {
    Rule { why, form, becomes, only: |_| true }
}

/// In the order in which they apply: longer forms before their parts. Zones of time stay: a lost one is a difference.
const RULES: &[Rule] = &[
    rule(
        "the time: ISO 8601, Go's log, most loggers",
        r"\b\d{4}[-/]\d{2}[-/]\d{2}[T_ ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?",
        "<time>",
    ),
    rule(
        "the time: HTTP and mail",
        r"\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?, \d{1,2}[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ -]\d{2,4} \d{2}:\d{2}:\d{2}",
        "<time>",
    ),
    rule(
        "the time: date(1), ctime",
        r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d{1,2}:\d{2}:\d{2}( [AP]M)?( [A-Z]{3,5}| [+-]\d{2,4})?(?: \d{4})?",
        "<time>$2",
    ),
    rule(
        "the time: access logs",
        r"\b\d{1,2}/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d{2}:\d{2}:\d{2}",
        "<time>",
    ),
    rule(
        "the time: syslog",
        r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d{2}:\d{2}:\d{2}(?:\.\d+)?",
        "<time>",
    ),
    rule(
        "the time: day, month, year",
        r"\b\d{1,2}[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -]\d{2,4}(?: \d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\b",
        "<time>",
    ),
    rule("the time of day", r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b(?: [AP]M\b)?", "<time>"),
    rule("the time of day: twelve hours", r"\b\d{1,2}:\d{2} ?[AP]M\b", "<time>"),
    rule("the date", r"\b\d{4}[-/]\d{2}[-/]\d{2}\b", "<time>"),
    rule(
        "the time: seconds, milli-, micro- or nanoseconds since 1970, from 2020 on",
        r"\b(?:1[6-9]|20)\d{8}(?:\.\d+|\d{3}|\d{6}|\d{9})?\b",
        "<time>",
    ),
    rule("the time: seconds since 1970, as zap writes them", r"\b1\.[6-9]\d*[eE]\+?0?9\b", "<time>"),
    rule("Go's monotonic clock", r"\bm=[+-]\d+\.\d+", "m=<time>"),
    rule(
        "how long something took: below a second",
        r"\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)? ?(?:ns|[µμu]s|ms|msecs?|milliseconds?|microseconds?|nanoseconds?)\b",
        "<duration>",
    ),
    // `30s` is more often a limit that was set: it stays.
    rule(
        "how long something took: with a fraction",
        r"\b(?:\d+h)?(?:\d+m)?\d+\.\d+ ?(?:s|secs?|seconds?)\b",
        "<duration>",
    ),
    rule(
        "a random number for a name",
        r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
        "<uuid>",
    ),
    rule("an address in memory", r"\b0x[0-9a-fA-F]{6,16}\b", "<pointer>"),
    Rule {
        only: |id| id.bytes().any(|b| b.is_ascii_alphabetic()) && id.bytes().any(|b| b.is_ascii_digit()),
        ..rule("the container's id, which is its host name", r"\b[0-9a-f]{12}\b", "<container>")
    },
    // An address to listen on is not a client's: 50051 is gRPC's port.
    Rule {
        only: |address| !address.starts_with("0.0.0.0:") && !address.starts_with("[::]:"),
        ..rule(
            "a client's port",
            r"(?:\b\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):(?:3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})\b",
            "<client>",
        )
    },
    rule(
        "an address that the engine gives to containers",
        r"\b(?:172\.(?:1[6-9]|2\d|3[01])|10\.88)\.\d{1,3}\.\d{1,3}\b",
        "<address>",
    ),
    rule("a process: syslog", r"\b([A-Za-z_][\w.-]*)\[\d+\]:", "$1[<pid>]:"),
    rule("a process: at the beginning", r"^\[\d+\]", "[<pid>]"),
    rule("a process: named so", r#"(?i)\b(pid["']?[ =:]+)\d+\b"#, "${1}<pid>"),
    rule(
        "the user, who changes on purpose",
        r#"(?i)\b((?:[esf]?[ug]id|groups)["']?(?:=|: ?| ))\d+(?:\([\w.-]+\))?(?:,\d+(?:\([\w.-]+\))?)*"#,
        "${1}<id>",
    ),
    rule("the version of Go, which changes on purpose", r"\bgo1\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?\b", "<go>"),
    rule("a goroutine's number", r"\bgoroutine \d+\b", "goroutine <n>"),
    // The rewrite may compile in another folder, or with -trimpath.
    rule("the folder that Go compiled in", r"(?:[\w.@~+-]*/)+([\w.-]+\.go:\d+)", "$1"),
    rule(
        "the name of the user, who changes on purpose: where it is called so",
        r#"(?i)\b((?:user(?:[ _-]?name)?|(?:runs?|running|start(?:ed|ing)) as)["']?(?:=|: ?| )["']?)(?:root|nonroot)\b(?: (?:0|65532)\b)?"#,
        "${1}<user>",
    ),
    rule(
        "the home of the user, which is / for one without an account",
        r#"(?i)\b(home(?:[ _-]?dir(?:ectory)?)?["']?(?:=|: ?| )["']?)/(?:root|home/nonroot)?(["'\s,;)]|$)"#,
        "${1}<home>$2",
    ),
    rule("the home of the user", r"(^|[^\w.-])/(?:root|home/nonroot)\b", "${1}<home>"),
];

static COMPILED: LazyLock<Vec<(Regex, &Rule)>> =
    LazyLock::new(|| RULES.iter().filter_map(|rule| Some((Regex::new(rule.form).ok()?, rule))).collect());

/// A line without what differs by itself.
pub(super) fn line(text: &str) -> String {
    COMPILED.iter().fold(text.trim_end().to_owned(), |text, (form, rule)| {
        if !form.is_match(&text) {
            return text;
        }
        let replace = |found: &Captures<'_>| {
            let mut out = String::new();
            if (rule.only)(&found[0]) {
                found.expand(rule.becomes, &mut out);
            } else {
                out.push_str(&found[0]);
            }
            out
        };
        form.replace_all(&text, replace).into_owned()
    })
}

/// A variable of a base image, as a program tells that prints all of its environment. Those that the text sets, and what
/// PATH has to hold, are compared as settings of the images.
static BASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:GOPATH|GOTOOLCHAIN|GOLANG_VERSION|GODEBUG|GOAMD64|SSL_CERT_FILE|PATH)=\S*$").ok()
});

/// Lines without what differs by itself, without the variables of base images, and without where Go's traces lead: another
/// version of Go calls other functions.
pub(super) fn lines(texts: &[String]) -> Vec<String> {
    let mut in_trace = false;
    let mut out = Vec::new();
    for text in texts {
        in_trace = in_trace && is_frame(text);
        if !in_trace && !BASE.as_ref().is_some_and(|base| base.is_match(text)) {
            out.push(line(text));
        }
        in_trace = in_trace || (text.starts_with("goroutine ") && text.ends_with("]:"));
    }
    out
}

/// Whether a line in Go's trace names a function or where it is.
fn is_frame(text: &str) -> bool {
    let place = text.starts_with('\t') && text.contains(".go:");
    place || text.starts_with("created by ") || (text.ends_with(')') && !text.starts_with(' '))
}

#[cfg(test)]
#[path = "normal_tests.rs"]
mod tests;

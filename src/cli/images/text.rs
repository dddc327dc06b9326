//! Pages for people.

use super::page::class_words;
use super::record::{FamilyPage, Gone, ImagePage, Page, PeerRow, ReleaseRow, Source};
use crate::cli::terminal::Terminal;
use crate::report::clean;
use std::fmt::Write as _;

/// Columns of what stands before the text of a line.
const LABEL: usize = 16;

/// Tags that are shown unless all are asked for.
const TAGS: usize = 40;

/// The pages, one after the other.
pub(super) fn pages(pages: &[Page], verbose: bool, terminal: Terminal) -> String {
    let shown = pages.iter().filter_map(|page| {
        let mut text = Text::new(terminal);
        match page {
            Page::Family(page) => text.family(page, verbose),
            Page::Image(page) => text.image(page),
            Page::Unknown { .. } => return None,
        }
        Some(text.out)
    });
    shown.collect::<Vec<_>>().join("\n")
}

struct Text {
    out: String,
    colour: bool,
    width: usize,
}

impl Text {
    fn new(terminal: Terminal) -> Self {
        Self { out: String::new(), colour: terminal.colour_out, width: Terminal::width() }
    }

    fn title(&mut self, name: &str, what: &str) {
        let (bold, off) = if self.colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        writeln!(self.out, "{bold}{}{off}: {}", clean(name), clean(what)).ok();
    }

    /// A label and its text, broken between words, and further lines under the first.
    fn line(&mut self, label: &str, text: &str) {
        let room = self.width.saturating_sub(LABEL + 2).max(30);
        for (at, part) in broken(&clean(text), room).iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            writeln!(self.out, "  {label:LABEL$}{part}").ok();
        }
    }

    fn family(&mut self, page: &FamilyPage, verbose: bool) {
        self.title(&page.name, &page.canonical);
        if let Some(gone) = &page.retired {
            self.line("retired", &gone_words(gone));
        }
        self.line("policy", &format!("{}{}", page.policy, policy_words(page.policy)));
        if page.login {
            self.line("login", "needed to pull");
        }
        if !page.aliases.is_empty() {
            self.line("also", &page.aliases.join(", "));
        }
        self.releases(&page.releases);
        self.tags(page, verbose);
        if let Some(inside) = &page.inside {
            let told: Vec<_> = inside.words.iter().map(|(what, how)| format!("{what} {how}")).collect();
            self.line("without a tag", &told.join(", "));
        }
        for role in &page.same_role {
            self.line(role.provider, &format!("{}{}", role.image, marks(role.login, role.default)));
        }
        self.sources(&page.sources);
    }

    fn releases(&mut self, releases: &[ReleaseRow]) {
        for (at, release) in releases.iter().enumerate() {
            let codename = release.codename.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            let name = format!("{}{codename}{}", release.cycle, if release.lts { " LTS" } else { "" });
            let text = format!("{name:14} {}  {}", release.released, release.support.words());
            self.line(if at == 0 { "releases" } else { "" }, &text);
        }
    }

    fn tags(&mut self, page: &FamilyPage, verbose: bool) {
        if page.tags.is_empty() {
            return;
        }
        let shown = if verbose { &page.tags } else { &page.lines };
        let count = if verbose { shown.len() } else { shown.len().min(TAGS) };
        let mut text = shown[..count].join(" ");
        if count < page.tags.len() {
            write!(text, " and {} more (-v)", page.tags.len() - count).ok();
        }
        self.line("tags", text.trim_start());
    }

    fn image(&mut self, page: &ImagePage) {
        let class = match &page.reason {
            Some(reason) => format!("unknown: {reason}"),
            None => class_words(page.class).to_owned(),
        };
        self.title(&page.name, &class);
        self.line("image", &page.canonical);
        if let Some(gone) = &page.retired {
            self.line("retired", &gone_words(gone));
        }
        self.standing(page);
        let should_be = page.should_be.as_deref().or_else(|| fine(page));
        self.line("should be", should_be.unwrap_or("not known"));
        if page.login {
            self.line("login", "needed to pull");
        }
        match &page.inside {
            None => self.line("inside", "not known"),
            Some(inside) => inside.words.iter().for_each(|(what, how)| self.line(what, how)),
        }
        page.same_role.iter().for_each(|peer| self.line(peer.provider, &peer_words(peer)));
        self.sources(&page.sources);
    }

    fn standing(&mut self, page: &ImagePage) {
        let release = page.release.as_ref();
        match (release, page.support) {
            (Some(release), Some(state)) => {
                let text = format!("{}, of {}: {}", release.cycle, release.released, state.words());
                self.line("release", &text);
            }
            (None, Some(state)) => self.line("release", &state.words()),
            _ => {}
        }
        if let Some(suite) = &page.suite {
            let support = suite.support.map_or_else(|| "not known".to_owned(), |state| state.words());
            self.line("distribution", &format!("{}: {support}", suite.name));
        }
        if let Some(built) = page.built {
            let text = if built { "yes" } else { "no, not any more" };
            self.line("built", text);
        }
        if !page.architectures.is_empty() {
            self.line("platforms", &page.architectures.join(" "));
        }
    }

    fn sources(&mut self, sources: &[Source]) {
        for source in sources {
            let date = if source.date.is_empty() { String::new() } else { format!(" ({})", source.date) };
            self.line("source", &format!("{}: {}{date}", source.what, source.place));
        }
    }
}

/// That nothing has to be done.
fn fine(page: &ImagePage) -> Option<&'static str> {
    ["supported", "security-only", "rolling", "empty"].contains(&page.class).then_some("as it is")
}

fn gone_words(gone: &Gone) -> String {
    let since = gone.date.as_ref().map(|date| format!("since {date}: ")).unwrap_or_default();
    let next = gone.successor.as_ref().map(|name| format!("; use {name}")).unwrap_or_default();
    format!("{since}{}{next}", gone.why)
}

fn policy_words(policy: &str) -> &'static str {
    match policy {
        "patch" => ": bumps stay in their line of releases",
        "minor" => ": bumps keep the first number",
        "lts" => ": bumps go to the newest release with long-term support",
        _ => ": bumps go to the newest release",
    }
}

fn marks(login: bool, default: bool) -> String {
    let marks: Vec<_> = [(login, "login"), (default, "default")].into_iter().filter(|m| m.0).collect();
    let names: Vec<_> = marks.iter().map(|mark| mark.1).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

fn peer_words(peer: &PeerRow) -> String {
    let name = format!("{}{}", peer.image, marks(peer.login, peer.default));
    let told: Vec<_> = match (&peer.differences, &peer.inside) {
        (Some(differences), _) if differences.is_empty() => vec!["no difference that is known".to_owned()],
        (Some(differences), _) => {
            differences.iter().map(|d| format!("{} {} → {}", d.what, d.before, d.after)).collect()
        }
        (None, Some(inside)) => inside.words.iter().map(|(what, how)| format!("{what} {how}")).collect(),
        (None, None) => vec!["what is in it is not known".to_owned()],
    };
    format!("{name}: {}", told.join(", "))
}

/// Text in lines of that many columns, broken at spaces where there are any.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    // Columns are made with spaces, so words are split at single ones.
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() || line.chars().count() + 1 + word.chars().count() <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

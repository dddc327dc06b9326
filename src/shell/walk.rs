//! From the parser's tree to our commands, checked against the text at every step.

use rable::{CasePattern, ListOperator, Node, NodeKind};

use super::{Assignment, Command, Joiner, Link, Script, Word, redirect, word};
use crate::span::Span;

type Item<'a> = (&'a Node, Option<Joiner>);

/// Builds the script of `nodes`, the top-level lists of `text`.
pub(super) fn script(text: &str, nodes: &[Node]) -> Option<Script> {
    let mut walk = Walk { text, map: Map::of(text), commands: Vec::new(), flat: true };
    let mut items = Vec::new();
    let mut joiner = None;
    for node in nodes {
        joiner = flatten(node, joiner, &mut items).or(Some(Joiner::Semi));
    }
    let background = joiner == Some(Joiner::Background);
    let mut links = Vec::new();
    for (node, before) in items {
        let simple = matches!(node.kind, NodeKind::Command { .. });
        walk.flat &= simple;
        links.push(Link { command: walk.commands.len(), before });
        walk.node(node, !simple)?;
    }
    let flat = walk.flat && !background;
    let commands = walk.commands;
    if flat {
        gaps(text, &commands, &links)?;
    }
    let alone = flat && matches!(commands.as_slice(), [one] if outside(text, one.span).trim().is_empty());
    Some(Script { commands, chain: flat.then_some(links), alone })
}

/// Spreads a list, which nests to the left, into its commands; gives the operator that ends it, if any.
fn flatten<'a>(node: &'a Node, before: Option<Joiner>, out: &mut Vec<Item<'a>>) -> Option<Joiner> {
    let mut node = node;
    let mut rights = Vec::new();
    let mut trailing = None;
    while let NodeKind::List { items } = &node.kind {
        let Some(first) = items.first() else { break };
        let operator = first.operator.map(joiner);
        match items.get(1) {
            Some(second) => rights.push((&second.command, operator)),
            None if rights.is_empty() => trailing = operator,
            None => {}
        }
        node = &first.command;
    }
    out.push((node, before));
    let last = rights.into_iter().rev().fold(None, |_, (right, before)| flatten(right, before, out));
    trailing.or(last)
}

fn joiner(operator: ListOperator) -> Joiner {
    match operator {
        ListOperator::And => Joiner::And,
        ListOperator::Or => Joiner::Or,
        ListOperator::Semi => Joiner::Semi,
        ListOperator::Background => Joiner::Background,
    }
}

struct Walk<'a> {
    text: &'a str,
    map: Map,
    commands: Vec<Command>,
    /// Nothing was met yet that keeps the script from being a chain.
    flat: bool,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, nested: bool) -> Option<()> {
        match &node.kind {
            NodeKind::Command { .. } => self.command(node, nested),
            NodeKind::Pipeline { commands, .. } => self.all(commands.iter().filter(|node| !synthetic(node))),
            NodeKind::List { .. } => {
                let mut items = Vec::new();
                flatten(node, None, &mut items);
                self.all(items.into_iter().map(|(node, _)| node))
            }
            NodeKind::Negation { pipeline: inner }
            | NodeKind::Time { pipeline: inner, .. }
            | NodeKind::Function { body: inner, .. } => self.node(inner, true),
            _ => self.compound(&node.kind),
        }
    }

    fn all<'n>(&mut self, mut nodes: impl Iterator<Item = &'n Node>) -> Option<()> {
        nodes.try_for_each(|node| self.node(node, true))
    }

    fn compound(&mut self, kind: &NodeKind) -> Option<()> {
        let redirects = match kind {
            NodeKind::If { condition, then_body, else_body, redirects } => {
                self.all([condition, then_body].into_iter().chain(else_body).map(AsRef::as_ref))?;
                redirects
            }
            NodeKind::While { condition, body, redirects }
            | NodeKind::Until { condition, body, redirects } => {
                self.all([condition, body].into_iter().map(AsRef::as_ref))?;
                redirects
            }
            NodeKind::For { var, words, body, redirects } => {
                (word::is_name(var) && words.iter().flatten().all(is_word)).then_some(())?;
                self.node(body, true)?;
                redirects
            }
            NodeKind::Case { word, patterns, redirects } => {
                is_word(word).then_some(())?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                redirects
            }
            NodeKind::ForArith { body, redirects, .. }
            | NodeKind::Subshell { body, redirects }
            | NodeKind::BraceGroup { body, redirects } => {
                self.node(body, true)?;
                redirects
            }
            NodeKind::ConditionalExpr { redirects, .. }
            | NodeKind::ArithmeticCommand { expression: Some(_), redirects, .. } => redirects,
            _ => return None,
        };
        redirects.iter().try_for_each(|node| redirect::sound(self.text, node, self.map.span(node)))
    }

    fn pattern(&mut self, pattern: &CasePattern) -> Option<()> {
        pattern.patterns.iter().all(is_word).then_some(())?;
        pattern.body.iter().try_for_each(|body| self.node(body, true))
    }

    fn command(&mut self, node: &Node, nested: bool) -> Option<()> {
        let NodeKind::Command { assignments, words, redirects } = &node.kind else { return None };
        let assignments: Vec<_> =
            assignments.iter().map(|node| self.assignment(node)).collect::<Option<_>>()?;
        let words: Vec<_> = words.iter().map(|node| self.word(node)).collect::<Option<_>>()?;
        let redirects: Vec<_> = redirects
            .iter()
            .filter(|node| !synthetic(node))
            .map(|node| redirect::read(self.text, node, self.map.span(node)?))
            .collect::<Option<_>>()?;
        let mut parts: Vec<Span> = assignments.iter().map(|a| a.span).collect();
        parts.extend(words.iter().map(|w| w.span));
        parts.extend(redirects.iter().map(|r| r.span));
        parts.sort_unstable();
        let span = Span::new(parts.first()?.start, parts.last()?.end);
        let sound = parts.windows(2).all(|pair| self.blank(pair[0].end, pair[1].start));
        (sound && Some(span) == self.map.span(node) && !looks_assigned(self.text, &words)).then_some(())?;
        self.flat &= !redirects.iter().any(|r| r.operator.starts_with("<<") || r.operator.starts_with('&'));
        let substitutes = parts.iter().any(|part| word::substitutes(&self.text[part.range()]));
        self.commands.push(Command { span, assignments, words, redirects, nested, substitutes });
        Some(())
    }

    /// Whether only blanks and continuations stand between two parts of a command.
    fn blank(&self, start: usize, end: usize) -> bool {
        let gap = self.text.get(start..end).map(|gap| gap.replace("\\\n", ""));
        gap.is_some_and(|gap| gap.bytes().all(|b| b == b' ' || b == b'\t'))
    }

    fn word(&self, node: &Node) -> Option<Word> {
        let NodeKind::Word { value, .. } = &node.kind else { return None };
        let span = self.map.span(node)?;
        let raw = self.text.get(span.range()).filter(|raw| raw == value)?;
        let heredoc = raw.contains("<<") && word::substitutes(raw);
        if heredoc { None } else { word::read(raw, span.start) }
    }

    fn assignment(&self, node: &Node) -> Option<Assignment> {
        let NodeKind::Word { value, .. } = &node.kind else { return None };
        let (name, value) = value.split_once('=').filter(|(name, _)| word::is_name(name))?;
        // An array is one word to the parser, in a normal form of its own.
        (!value.starts_with('(')).then_some(())?;
        self.word(node)?;
        let span = self.map.span(node)?;
        let value = word::read(value, span.start + name.len() + 1)?;
        Some(Assignment { span, name: name.to_owned(), value })
    }
}

/// A word of a loop or a pattern, and not an operator that the parser let through.
fn is_word(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Word { value, .. }
        if !value.is_empty() && !value.starts_with([';', '&', '|', '<', '>', '(', ')', '\n']))
}

/// What the parser adds for `|&` stands nowhere in the text.
fn synthetic(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Redirect { .. }) && node.span.is_empty()
}

/// Whether the first word, which is no assignment to the parser, is one to some shell.
fn looks_assigned(text: &str, words: &[Word]) -> bool {
    let first = words.first().map(|word| word.raw(text));
    first.and_then(|raw| raw.split_once('=')).is_some_and(|(name, _)| {
        let name = name.split('[').next().unwrap_or(name);
        word::is_name(name.trim_end_matches('+'))
    })
}

/// Checks that what stands between the commands of a chain is what joins them, and nothing else.
fn gaps(text: &str, commands: &[Command], links: &[Link]) -> Option<()> {
    let mut at = 0;
    for (command, link) in commands.iter().zip(links) {
        let found = operators(text.get(at..command.span.start)?);
        let expected = match link.before {
            None => found.trim_matches('\n').is_empty(),
            Some(Joiner::And) => found.trim_end_matches('\n') == "&&",
            Some(Joiner::Or) => found.trim_end_matches('\n') == "||",
            Some(Joiner::Background) => found.trim_end_matches('\n') == "&",
            Some(Joiner::Semi) => !found.is_empty() && matches!(found.trim_matches('\n'), "" | ";"),
        };
        expected.then_some(())?;
        at = command.span.end;
    }
    matches!(operators(text.get(at..)?).trim_matches('\n'), "" | ";").then_some(())
}

/// What is left of the text between two commands without blanks, continuations and comments.
fn operators(gap: &str) -> String {
    let gap = gap.replace("\\\n", " ");
    let lines: Vec<&str> = gap.split('\n').map(|line| line.split('#').next().unwrap_or(line)).collect();
    lines.join("\n").replace([' ', '\t'], "")
}

fn outside(text: &str, span: Span) -> String {
    format!("{} {}", &text[..span.start], &text[span.end..])
}

/// The parser counts characters; this turns them into bytes.
struct Map {
    /// Offset of each character and of the end; `None` for ASCII, where both are the same.
    offsets: Option<Vec<usize>>,
}

impl Map {
    fn of(text: &str) -> Self {
        let offsets = || text.char_indices().map(|(offset, _)| offset).chain([text.len()]).collect();
        Self { offsets: (!text.is_ascii()).then(offsets) }
    }

    /// The bytes of `node`; `None` for one that stands nowhere in the text.
    fn span(&self, node: &Node) -> Option<Span> {
        let at = |index: usize| match &self.offsets {
            Some(offsets) => offsets.get(index).copied(),
            None => Some(index),
        };
        let span = Span::new(at(node.span.start)?, at(node.span.end)?);
        (!node.span.is_empty()).then_some(span)
    }
}

//! Files in XML.

use super::stated::line_at;
use roxmltree::{Document, Node, ParsingOptions};

/// The most nodes that a file may have.
const NODES: u32 = 100_000;

/// The most attributes of an element, and the most namespaces of a file. Each is compared with all others, so that many of
/// them take long.
const ATTRIBUTES: usize = 500;
const NAMESPACES: usize = 100;

/// Reads a text. None for what is no XML, is out of all bounds, or defines entities of its own, which nobody does here but
/// to harm.
pub(super) fn read(text: &str) -> Option<Document<'_>> {
    // No attribute comes without `=`, and none holds a `<`.
    let crowded = text.split('<').any(|tag| tag.matches('=').nth(ATTRIBUTES).is_some());
    if crowded || text.matches("xmlns").nth(NAMESPACES).is_some() {
        return None;
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

/// The elements in an element that have a name, whatever their namespace.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first of them at the end of a path.
pub(super) fn at<'a, 'i>(node: Node<'a, 'i>, path: &[&str]) -> Option<Node<'a, 'i>> {
    path.iter().try_fold(node, |node, name| children(node, name).next())
}

/// The text in an element, trimmed; none if there is none.
pub(super) fn content<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.text().map(str::trim).filter(|text| !text.is_empty())
}

/// The line of an element.
pub(super) fn line(node: Node<'_, '_>) -> usize {
    line_at(node.document().input_text(), node.range().start)
}

//! What a file states, with the line that does, and the formats that files are in.

use super::want::Want;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The most places of a file that state something.
pub(super) const MOST: usize = 100;

/// A place in a file that asks for versions.
#[derive(Debug)]
pub(super) struct Stated {
    /// The line, from 1.
    pub(super) line: usize,
    /// What it says, as written.
    pub(super) text: String,
    /// What that asks for.
    pub(super) want: Want,
}

impl Stated {
    /// Words in a line.
    pub(super) fn new(line: usize, text: impl Into<String>, want: Want) -> Self {
        Self { line, text: text.into(), want }
    }

    /// A file that can't be read, or that is not in its own format: what it states is not known.
    pub(super) fn unreadable() -> Vec<Self> {
        vec![Self::new(1, "", Want::Unclear)]
    }
}

/// The line of a byte, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|b| *b == b'\n').count()
}

/// The lines of a file, numbered from 1, without what follows a `#`, and trimmed; empty ones are left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split('#').next().unwrap_or("").trim()));
    lines.filter(|(_, line)| !line.is_empty())
}

/// A value in JSON, with its place in the text.
#[derive(Clone, Copy)]
pub(super) struct Json<'t> {
    text: &'t str,
    value: &'t str,
}

impl<'t> Json<'t> {
    /// The object that a text is; none if it is none.
    pub(super) fn object(text: &'t str) -> Option<Self> {
        serde_json::from_str::<BTreeMap<String, &RawValue>>(text).ok()?;
        Some(Self { text, value: text })
    }

    /// A member of an object.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let members: BTreeMap<String, &'t RawValue> = serde_json::from_str(self.value).ok()?;
        Some(Self { text: self.text, value: members.get(key)?.get() })
    }

    /// The elements of an array; a value that is none is its own only element.
    pub(super) fn each(self) -> Vec<Self> {
        match serde_json::from_str::<Vec<&'t RawValue>>(self.value) {
            Ok(values) => {
                values.into_iter().map(|value| Self { text: self.text, value: value.get() }).collect()
            }
            Err(_) => vec![self],
        }
    }

    /// A string.
    pub(super) fn string(self) -> Option<String> {
        serde_json::from_str(self.value).ok()
    }

    /// What a member states, if there is one; what is no string is unclear.
    pub(super) fn stated(self, path: &[&str], want: impl Fn(&str) -> Want) -> Option<Stated> {
        let value = path.iter().try_fold(self, |value, key| value.get(key))?;
        let text = value.string();
        let want = text.as_deref().map_or(Want::Unclear, want);
        Some(Stated::new(value.line(), text.unwrap_or_default(), want))
    }

    fn line(self) -> usize {
        line_at(self.text, (self.value.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }
}

/// A file in TOML.
pub(super) struct Toml<'t> {
    text: &'t str,
    table: DeTable<'t>,
}

impl<'t> Toml<'t> {
    /// Reads a text; none if it is no TOML.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        Some(Self { text, table: DeTable::parse(text).ok()?.into_inner() })
    }

    /// The value at a path of keys.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Spanned<DeValue<'t>>> {
        let (last, tables) = path.split_last()?;
        let table = tables.iter().try_fold(&self.table, |table, key| table.get(*key)?.get_ref().as_table());
        table?.get(*last)
    }

    /// What the value at a path states, if there is one; what is no string is unclear.
    pub(super) fn stated(&self, path: &[&str], want: impl Fn(&str) -> Want) -> Option<Stated> {
        let value = self.get(path)?;
        let text = value.get_ref().as_str();
        Some(Stated::new(
            self.line(&value.span()),
            text.unwrap_or_default(),
            text.map_or(Want::Unclear, want),
        ))
    }

    /// The line of a value.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        line_at(self.text, span.start)
    }
}

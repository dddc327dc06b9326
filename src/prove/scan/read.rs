//! Reading what scanners print, which hostile images have a say in.

use crate::prove::error::{Error, ErrorKind};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The most entries that a list may have: two hundred times as many as the largest images have in theirs.
const MOST: usize = 1 << 20;

/// The first JSON value that a scanner printed. What comes after it is advice for people.
pub(super) fn json<'de, T: Deserialize<'de>>(scanner: &str, printed: &'de [u8]) -> Result<T, Error> {
    match serde_json::Deserializer::from_slice(printed).into_iter().next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(strange(scanner, error.to_string())),
        None => Err(strange(scanner, "it printed nothing")),
    }
}

/// The error of an output that is not what this scanner is known to print.
pub(super) fn strange(scanner: &str, cause: impl Into<String>) -> Error {
    Error::new(ErrorKind::Other, format!("what {scanner} printed is not understood"))
        .because(cause)
        .with_help(format!("try another version of {scanner}, or go without it: --scanner none"))
}

/// A text, where there is one: an empty one says as much as none.
pub(super) fn text(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

/// A list that may be `null`, and may not be endless.
#[derive(Debug)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Entries(PhantomData))
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            if list.len() == MOST {
                return Err(A::Error::custom(format_args!("a list has more than {MOST} entries")));
            }
            list.push(entry);
        }
        Ok(List(list))
    }
}

//! The JSON form: an array of strings.

use crate::span::Span;

/// An element of an array in JSON form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonString {
    /// Its value.
    pub value: String,
    /// Where it is in the joined text, with its quotes.
    pub span: Span,
}

/// How an argument reads as JSON.
pub(super) enum Form {
    /// An array of strings.
    Strings(Vec<JsonString>),
    /// An array that holds something else, which is an error.
    Mixed,
    /// No array in JSON: shell text or words.
    Other,
}

/// Reads `text`, which stands at `base` of the joined text.
pub(super) fn read(text: &str, base: usize) -> Form {
    let trimmed = text.trim_start();
    if !trimmed.starts_with('[') {
        return Form::Other;
    }
    let Ok(values) = serde_json::from_str::<Vec<serde_json::Value>>(trimmed) else { return Form::Other };
    let spans = spans(trimmed, base + text.len() - trimmed.len());
    let strings = values.into_iter().map(|value| match value {
        serde_json::Value::String(value) => Some(value),
        _ => None,
    });
    let Some(strings) = strings.collect::<Option<Vec<String>>>() else { return Form::Mixed };
    Form::Strings(strings.into_iter().zip(spans).map(|(value, span)| JsonString { value, span }).collect())
}

/// Where the strings of a valid array are.
fn spans(array: &str, base: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = None;
    let mut escaped = false;
    for (at, byte) in array.bytes().enumerate() {
        match (byte, start) {
            _ if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', None) => start = Some(at),
            (b'"', Some(from)) => {
                found.push(Span::new(base + from, base + at + 1));
                start = None;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_spans_with_their_quotes() {
        let text = r#" ["a\"]", "b" ]"#;
        let Form::Strings(strings) = read(text, 10) else { panic!("an array") };
        let found: Vec<_> = strings.iter().map(|s| &text[s.span.start - 10..s.span.end - 10]).collect();
        assert_eq!(found, [r#""a\"]""#, r#""b""#]);
        assert_eq!(strings[0].value, "a\"]");
    }

    #[test]
    fn what_is_not_an_array_of_strings() {
        assert!(matches!(read("['a']", 0), Form::Other));
        assert!(matches!(read(r#"["a"] # b"#, 0), Form::Other));
        assert!(matches!(read(r#"["a", 1]"#, 0), Form::Mixed));
        assert!(matches!(read("[]", 0), Form::Strings(s) if s.is_empty()));
    }
}

//! `env_key_value`: `ENV name=value` and `LABEL name=value` in the place of the form without an equals sign.
//!
//! The old form takes the rest of the line for the value, blanks and all; both read quotes, escapes and variables alike.

use crate::document::{Instruction, Keyword, Pair, Word};
use crate::edit::Edit;
use crate::model::{Value, expand};
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvKeyValue {}

impl Transform for EnvKeyValue {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if cx.document.escape != '\\' {
            return;
        }
        for instruction in &cx.document.instructions {
            let pairs = matches!(instruction.keyword, Keyword::Env | Keyword::Label);
            if !pairs || !instruction.is_legacy_pair() {
                continue;
            }
            let Some(edits) = edits(cx, instruction) else { continue };
            let name = instruction.name().to_ascii_uppercase();
            let message = format!("{name} without an equals sign is deprecated");
            let title = format!("write {name} as name=value");
            out.fix(message, title, instruction.span).edits(edits).done();
        }
    }
}

/// The edits; none when a comment would go, or when the value can't be told for sure.
fn edits(cx: &Context<'_>, instruction: &Instruction<'_>) -> Option<Vec<Edit>> {
    let pairs = instruction.pairs();
    let [Pair { name, value: Some(value), .. }] = pairs.as_slice() else { return None };
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/".contains(c)) {
        return None;
    }
    let whole = instruction.source(value.span);
    let gap_at = instruction.args.start + name.len();
    let gap = Span::new(instruction.source(Span::new(gap_at - 1, gap_at)).end, whole.start);
    if cx.document.text[gap.range()].contains('#') {
        return None;
    }
    let start = |text: &str| Edit { span: gap, text: text.to_owned() };
    Some(match written(value)? {
        Written::AsIs => vec![start("=")],
        Written::Quoted => vec![start("=\""), Edit { span: Span::at(whole.end), text: "\"".into() }],
        Written::Anew(text) => {
            // Anew means on one line.
            if cx.document.text[whole.range()].contains('\n') {
                return None;
            }
            vec![Edit { span: Span::new(gap.start, whole.end), text: format!("={text}") }]
        }
    })
}

/// How a value is written behind an equals sign.
enum Written {
    AsIs,
    /// Within double quotes.
    Quoted,
    /// With other quotes than before.
    Anew(String),
}

fn written(value: &Word<'_>) -> Option<Written> {
    let text = value.text;
    if is_one_word(text) && !text.starts_with('=') {
        return same(text, text).then_some(Written::AsIs);
    }
    let quoted = format!("\"{text}\"");
    if !text.contains(['"', '\'', '\\']) {
        return same(text, &quoted).then_some(Written::Quoted);
    }
    let anew = format!("\"{}\"", requoted(text)?);
    (is_one_word(&anew) && same(text, &anew)).then_some(Written::Anew(anew))
}

/// Whether a text is one word: no blank outside of its quotes. Variables are not seen by what splits words.
fn is_one_word(text: &str) -> bool {
    let (mut quote, mut chars) = (None, text.chars());
    while let Some(c) = chars.next() {
        if Some(c) == quote {
            quote = None;
        } else if c == '\\' && quote != Some('\'') {
            // An escape at the end is dropped by one form and not by the other.
            if chars.next().is_none() {
                return false;
            }
        } else if quote.is_none() && matches!(c, '"' | '\'') {
            quote = Some(c);
        } else if quote.is_none() && c.is_whitespace() {
            return false;
        }
    }
    quote.is_none()
}

/// Whether two texts have one value, whatever the variables in them are.
fn same(old: &str, new: &str) -> bool {
    let named = |name: &str| Value::Set(format!("<{name}>"));
    let values = [named, |_: &str| Value::Unset];
    values.iter().all(|lookup| {
        let value = |text| expand(text, '\\', lookup);
        value(old).is_some() && value(old) == value(new)
    })
}

/// A text with quotes and escapes as it stands within one pair of double quotes; none where that is not plain to see.
fn requoted(text: &str) -> Option<String> {
    if text.contains("${") {
        return None;
    }
    let mut new = String::with_capacity(text.len());
    let (mut quote, mut chars) = (None, text.chars());
    let literal = |new: &mut String, c| {
        if matches!(c, '"' | '$' | '\\') {
            new.push('\\');
        }
        new.push(c);
    };
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some('\''), c) => literal(&mut new, c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '\\') => literal(&mut new, chars.next()?),
            (Some(_), '\\') => match chars.next()? {
                c @ ('"' | '$' | '\\') => literal(&mut new, c),
                c => new.extend(['\\', '\\', c]),
            },
            (_, c) => new.push(c),
        }
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Option<String> {
        let value = Word { text, span: Span::new(0, text.len()) };
        Some(match written(&value)? {
            Written::AsIs => text.to_owned(),
            Written::Quoted => format!("\"{text}\""),
            Written::Anew(text) => text,
        })
    }

    #[test]
    fn a_value_is_the_same_in_both_forms() {
        for (old, new) in [
            ("a", "a"),
            ("\"a b\"", "\"a b\""),
            ("a b", "\"a b\""),
            ("$A:/b $C", "\"$A:/b $C\""),
            ("${A:-b c}", "\"${A:-b c}\""),
            ("= b", "\"= b\""),
            ("=b", "\"=b\""),
            (r"a\ b", r"a\ b"),
            (r"C:\\x", r"C:\\x"),
            (r"C:\x y", "\"C:x y\""),
            (r#"-Da="b c" $D"#, r#""-Da=b c $D""#),
            (r#"a 'b "c" $d'"#, r#""a b \"c\" \$d""#),
            (r#"a "b\n""#, r#""a b\\n""#),
        ] {
            assert_eq!(after(old).as_deref(), Some(new), "{old}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left() {
        for text in ["it's", "it's a", "$A\"b\" c", "${A:-'b'} c", "a \\", "${a b"] {
            assert_eq!(after(text), None, "{text}");
        }
    }
}

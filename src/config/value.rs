//! Values of what is said of a recipe.

use crate::edit::Applicability;
use crate::recipe::{Error, did_you_mean};
use std::ops::Range;
use toml::Value;

/// The longest text of a parameter.
const LONGEST: usize = 1000;

/// The most values of a parameter.
const MOST: usize = 1000;

/// Where a parameter is.
pub(super) struct Param {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Whether a recipe runs.
pub(super) fn enabled(value: &Value) -> Result<bool, Error> {
    value.as_bool().ok_or_else(|| Error::new("`enabled` is true or false"))
}

/// The most that a fix can claim.
pub(super) fn applies(value: &Value) -> Result<Applicability, Error> {
    match value.as_str() {
        Some("safe") => Ok(Applicability::Safe),
        Some("unsafe") => Ok(Applicability::Unsafe),
        Some("manual") => Ok(Applicability::Manual),
        other => {
            let near = other.and_then(|word| did_you_mean(word, ["safe", "unsafe", "manual"].into_iter()));
            Err(Error::new("`applies` is \"safe\", \"unsafe\" or \"manual\"").hint(near))
        }
    }
}

/// Refuses a parameter that could bring more than a value into a Dockerfile.
pub(super) fn param(value: &Value) -> Result<(), Error> {
    match value {
        Value::String(text) if text.len() > LONGEST => {
            Err(Error::new(format!("it has more than {LONGEST} bytes")))
        }
        Value::String(text) if text.chars().any(char::is_control) => {
            Err(Error::new("it has a control character"))
        }
        Value::Array(values) if values.len() <= MOST => values.iter().try_for_each(param),
        Value::Table(table) if table.len() <= MOST => table.values().try_for_each(param),
        Value::Array(_) | Value::Table(_) => Err(Error::new(format!("it has more than {MOST} values"))),
        _ => Ok(()),
    }
}

//! The parameter `user` of verbs: what `USER` is followed by.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Reads a user that is not root, perhaps with a group: a verb that writes another would do so again and again.
pub(super) fn not_root<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let user = String::deserialize(from)?;
    let (name, group) =
        user.split_once(':').map_or((user.as_str(), None), |(name, group)| (name, Some(group)));
    if !is_name(name) || !group.is_none_or(is_name) {
        return Err(D::Error::custom(format!(
            "`{user}` is no user: a name or a number, then `:` and a group"
        )));
    }
    if name == "root" || name.parse() == Ok(0u32) {
        return Err(D::Error::custom(format!("`{user}` is root")));
    }
    Ok(user)
}

/// Whether a text is a name as `useradd` takes it, or a number.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_user_is_a_name_or_a_number_and_not_root() {
        let read = |user: &str| {
            let deserializer = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(user);
            not_root(deserializer).map_err(|error| error.to_string())
        };
        for good in ["65532:65532", "1", "app", "nonroot:nonroot", "app:0", "_apt"] {
            assert_eq!(read(good).unwrap(), good);
        }
        for root in ["0", "0:0", "root", "root:app", "00:1"] {
            assert!(read(root).unwrap_err().ends_with("is root"), "{root}");
        }
        for bad in ["", ":", "a:", ":1", "a b", "$(id)", "$APP", "1:2:3", "-1", "\"1\"", "1 # x"] {
            assert!(read(bad).unwrap_err().contains("is no user"), "{bad}");
        }
    }
}

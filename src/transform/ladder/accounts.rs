//! Users: who the container ran as, and who it runs as on an image without accounts of its own.

use super::steps::Account;

/// The user of an image without the accounts of the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// What `USER` and `--chown` say.
    pub written: String,
    /// Whether the number may differ from the one that the container had.
    pub changes: bool,
}

/// The number for a user as written after `USER` or `--chown=`; none for root.
///
/// Numbers stay as they are, accounts with a number of their own keep it, others become the default user.
pub(super) fn identity(written: &str, accounts: &[Account], default: &str) -> Option<Identity> {
    let (user, group) = written.split_once(':').map_or((written, None), |(u, g)| (u, Some(g)));
    if matches!(user, "root" | "0" | "") {
        return None;
    }
    let fixed = |written: String| Some(Identity { written, changes: false });
    if is_number(user) {
        return match group {
            None => fixed(user.to_owned()),
            Some(g) if is_number(g) => fixed(format!("{user}:{g}")),
            Some(g) => match id(g, true, accounts) {
                Some(id) => fixed(format!("{user}:{id}")),
                None => fixed(user.to_owned()),
            },
        };
    }
    if user == "nobody" {
        return fixed("65534:65534".into());
    }
    match id(user, false, accounts) {
        Some(number) => {
            let group = group.unwrap_or(user);
            let group = if is_number(group) { Some(group.to_owned()) } else { id(group, true, accounts) };
            fixed(format!("{number}:{}", group.unwrap_or_else(|| number.clone())))
        }
        None => Some(Identity { written: default.to_owned(), changes: true }),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// The number that an account was given.
fn id(name: &str, is_group: bool, accounts: &[Account]) -> Option<String> {
    let found = accounts.iter().find(|a| a.name == name && a.is_group == is_group)?;
    found.id.clone().filter(|id| is_number(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_names_become_numbers() {
        let app = Account { name: "app".into(), id: Some("1000".into()), is_group: false };
        let users = [app, Account { name: "web".into(), id: None, is_group: false }];
        let of = |written: &str| identity(written, &users, "65532:65532").map(|i| (i.written, i.changes));
        assert_eq!(of("root"), None);
        assert_eq!(of("1001"), Some(("1001".into(), false)));
        assert_eq!(of("1001:staff"), Some(("1001".into(), false)));
        assert_eq!(of("nobody"), Some(("65534:65534".into(), false)));
        assert_eq!(of("app"), Some(("1000:1000".into(), false)));
        assert_eq!(of("web:web"), Some(("65532:65532".into(), true)));
    }
}

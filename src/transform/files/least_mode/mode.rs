//! Modes of files.

/// What gives a group and others no more than to read and to run, for a mode that lets them write too; none for any other
/// mode, and for one with the bit that keeps what is in a folder for its owners.
pub(super) fn least(mode: &str) -> Option<String> {
    let digits = mode.trim_start_matches('0');
    let zeros = &mode[..mode.len() - digits.len()];
    let octal = match digits {
        "777" => Some("755"),
        "2777" => Some("2755"),
        "4777" => Some("4755"),
        "6777" => Some("6755"),
        _ => None,
    };
    octal.map(|octal| format!("{zeros}{octal}")).or_else(|| symbolic(mode))
}

/// The same for `a+rwx` and what is like it.
fn symbolic(mode: &str) -> Option<String> {
    let at = mode.find(['+', '='])?;
    let (who, right) = (mode.get(..at)?, mode.get(at + 1..)?);
    let has =
        |all: &str, letters: &str| letters.len() == all.len() && all.chars().all(|c| letters.contains(c));
    let everybody = who == "a" || has("ugo", who);
    let run = if has("rwx", right) {
        'x'
    } else if has("rwX", right) {
        'X'
    } else {
        return None;
    };
    everybody.then(|| match mode.as_bytes().get(at) {
        Some(b'=') => format!("u=rw{run},go=r{run}"),
        _ => format!("a+r{run},u+w"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lets_everybody_write_is_lowered() {
        for (mode, expected) in [
            ("777", "755"),
            ("0777", "0755"),
            ("2777", "2755"),
            ("a+rwx", "a+rx,u+w"),
            ("ugo+xrw", "a+rx,u+w"),
            ("a=rwx", "u=rwx,go=rx"),
            ("a+rwX", "a+rX,u+w"),
        ] {
            assert_eq!(least(mode).as_deref(), Some(expected), "{mode}");
            assert_eq!(least(expected), None);
        }
        for mode in ["755", "1777", "+rwx", "a+x", "u+rwx", "a-rwx", "", "0", "a+rwxx", "uuu+rwx", "g+rwx"] {
            assert_eq!(least(mode), None, "{mode}");
        }
    }
}

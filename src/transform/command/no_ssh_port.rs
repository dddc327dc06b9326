//! `no_ssh_port`: no image that is entered over SSH.
//!
//! Only told: the server, its keys and accounts go together, and somebody may need them.

use crate::document::Keyword;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoSshPort {}

impl Transform for NoSshPort {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for instruction in cx.document.instructions.iter().filter(|i| i.keyword == Keyword::Expose) {
            if let Some(word) = instruction.words().find(|word| is_ssh(word.text)) {
                let message = "port 22 is exposed: an SSH server has accounts and keys of its own";
                let title = "remove the server and its port; `docker exec` and `kubectl exec` open a shell";
                out.fix(message, title, instruction.source(word.span)).done();
            }
        }
    }
}

/// Whether a word of `EXPOSE` is port 22 of TCP, alone or in a range.
fn is_ssh(word: &str) -> bool {
    let (ports, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let number = |text: &str| text.parse::<u32>().ok();
    let holds = number(first).zip(number(last)).is_some_and(|(first, last)| (first..=last).contains(&22));
    holds && protocol.eq_ignore_ascii_case("tcp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_22_of_tcp_alone_or_in_a_range() {
        for word in ["22", "22/tcp", "20-25", "22/TCP"] {
            assert!(is_ssh(word), "{word}");
        }
        for word in ["2222", "22/udp", "$PORT", "23-25", "22-"] {
            assert!(!is_ssh(word), "{word}");
        }
    }
}

//! `no_plain_http`: what comes without encryption may have been changed on its way.

use super::downloads::is_checked;
use super::steps::{self, Call, Script};
use crate::document::{Instruction, Keyword};
use crate::edit::Applicability;
use crate::shell::Word;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoPlainHttp {}

impl Transform for NoPlainHttp {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let mut tell = |who: &str, scheme: &str, at| {
            out.fix(
                format!("{who} downloads over {scheme}://: anybody on the way can change what comes"),
                "download it over https, or compare its checksum",
                at,
            )
            .at_most(Applicability::Manual, "whether the server speaks https can't be told from here")
            .done();
        };
        for script in steps::scripts(cx).filter(|script| !is_checked(script)) {
            for call in script.commands().iter().filter_map(steps::call) {
                if let Some((scheme, word)) = plain(&script, &call) {
                    tell(call.name, scheme, script.source(word.span));
                }
            }
        }
        for add in cx.document.instructions.iter().filter(|i| i.keyword == Keyword::Add) {
            if let Some((scheme, span)) = added(add) {
                tell("ADD", scheme, add.source(span));
            }
        }
    }
}

/// The first source of an `ADD` without encryption or checksum.
fn added(add: &Instruction<'_>) -> Option<(&'static str, crate::span::Span)> {
    if add.json.is_some() || add.flag("checksum").is_some() {
        return None;
    }
    add.words().find_map(|word| Some((scheme(word.text)?, word.span)))
}

/// Programs that download what becomes a part of the image, and do not check its signature. Package managers of
/// distributions do so for what is in their lists, not for a package that is named by its address.
const PROGRAMS: [&str; 18] = [
    "aria2c",
    "curl",
    "dnf",
    "easy_install",
    "gem",
    "git",
    "go",
    "npm",
    "pip",
    "pip2",
    "pip3",
    "pnpm",
    "rpm",
    "svn",
    "wget",
    "yarn",
    "yum",
    "zypper",
];

/// The first address of a program that is without encryption.
fn plain<'m>(script: &Script<'m>, call: &Call<'m>) -> Option<(&'static str, &'m Word)> {
    if !PROGRAMS.contains(&call.name) {
        return None;
    }
    let mut before = "";
    call.arguments.iter().find_map(|word| {
        let text = script.value(word);
        let (option, value) =
            text.split_once('=').filter(|(o, _)| o.starts_with("--")).unwrap_or((before, text));
        before = text;
        let other = option.contains("proxy") || ["-x", "-e", "--referer", "-H", "--header"].contains(&option);
        // Git's own names for what takes the place of an address: `url.https://....insteadOf http://...`.
        let is_name = call.name == "git" && option.to_lowercase().ends_with("insteadof");
        scheme(value).filter(|_| !other && !is_name).map(|scheme| (scheme, word))
    })
}

/// The scheme of an address without encryption that leads to another machine.
fn scheme(address: &str) -> Option<&'static str> {
    let (scheme, rest) = ["http", "git", "ftp"].into_iter().find_map(|scheme| {
        let rest = address.strip_prefix(scheme)?.strip_prefix("://")?;
        Some((scheme, rest))
    })?;
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    let is_here =
        host == "localhost" || host.starts_with("127.") || host == "0.0.0.0" || rest.starts_with("[::1]");
    // A variable may stand for this machine too.
    (!is_here && !host.is_empty() && !host.contains('$')).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::NoPlainHttp;
    use crate::transform::files::tests::told;

    #[test]
    fn what_comes_in_the_clear_is_told() {
        for instruction in [
            "RUN curl -O http://a.b/c",
            "RUN wget \"http://a.b/$V.tgz\" -O- | tar xz",
            "RUN git clone git://a.b/c.git",
            "RUN pip install --index-url http://a.b/simple c",
            "RUN npm install --registry=http://a.b/ c",
            "RUN rpm --import http://a.b/key",
            "ADD http://a.b/c /c",
        ] {
            assert_eq!(told(&NoPlainHttp {}, instruction).len(), 1, "{instruction}");
        }
        for instruction in [
            "RUN curl -O https://a.b/c",
            "RUN curl -x http://proxy.b https://a.b/c",
            "RUN curl http://localhost:8080/c && curl http://127.0.0.1/ && curl http://$HOST/",
            "RUN curl -O http://a.b/c && echo \"$SUM c\" | sha256sum -c",
            "RUN echo deb http://deb.debian.org/debian stable main > /etc/apt/sources.list",
            "RUN git config --global url.https://github.com/.insteadOf git://github.com/",
            "ADD --checksum=sha256:aa http://a.b/c /c",
        ] {
            assert!(told(&NoPlainHttp {}, instruction).is_empty(), "{instruction}");
        }
    }
}

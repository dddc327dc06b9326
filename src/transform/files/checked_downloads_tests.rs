use super::CheckedDownloads;
use crate::transform::files::tests::told;

#[test]
fn what_is_used_unseen_is_told() {
    for (instruction, what) in [
        ("RUN curl -fsSL https://a.b/c.tgz | tar xz -C /opt", "unpacked"),
        ("RUN curl -fsSLO https://a.b/c-$V.tgz && tar xzf c-$V.tgz", "unpacked"),
        ("RUN wget https://a.b/c.zip && unzip c.zip && rm c.zip", "unpacked"),
        ("RUN wget -q https://a.b/c.tgz?x=1; tar xf *.tgz", "unpacked"),
        ("RUN curl -sSLo /tmp/c.deb https://a.b/c.deb && dpkg -i /tmp/c.deb", "installed"),
        ("RUN wget -O install.sh https://a.b/c && sh install.sh", "run"),
        ("RUN curl https://a.b/c > /opt/c && chmod +x /opt/c", "run"),
        ("RUN wget --output-document=c https://a.b/ && chmod 755 ./c", "run"),
        ("RUN curl -Lo /usr/local/bin/c https://a.b/c", "put among the programs"),
    ] {
        let found = told(&CheckedDownloads {}, instruction);
        assert_eq!(found.len(), 1, "{instruction}");
        assert!(found[0].contains(&format!("what is {what};")), "{instruction}: {found:?}");
    }
}

#[test]
fn what_is_checked_or_only_kept_is_not_told() {
    for instruction in [
        "RUN curl -fsSLO https://a.b/c.tgz && echo \"$SUM  c.tgz\" | sha256sum -c && tar xzf c.tgz",
        "RUN wget https://a.b/c.tgz https://a.b/c.tgz.asc && gpg --verify c.tgz.asc && tar xzf c.tgz",
        "RUN curl -o data.json https://a.b/c && cat data.json",
        "RUN curl -o data.json https://a.b/c && tar czf other.tgz /x",
        "RUN curl -x https://proxy.b/ $URL | tar xz",
        "RUN curl https://a.b/key | apt-key add -",
        "RUN wget -O- https://a.b/c | sh",
    ] {
        assert!(told(&CheckedDownloads {}, instruction).is_empty(), "{instruction}");
    }
}

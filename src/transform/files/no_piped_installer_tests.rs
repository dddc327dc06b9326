use super::NoPipedInstaller;
use crate::transform::files::tests::told;

#[test]
fn what_runs_a_download_is_told() {
    for (instruction, what) in [
        ("RUN curl -fsSL https://a.b/c | sh", "curl | sh"),
        ("RUN curl https://a.b/c | bash -s -- --yes \"$V\" && echo ok", "curl | bash"),
        ("RUN a; wget -qO- https://a.b/c | sudo -E bash -", "wget | bash"),
        ("RUN curl https://a.b/c | sed s/a/b/ | tee x | /bin/sh -ex", "curl | sh"),
        ("RUN (curl https://a.b/c || wget -O- https://a.b/c) | sh", "wget | sh"),
        ("RUN curl https://a.b/c | bash /dev/stdin -y", "curl | bash"),
        ("RUN curl https://a.b/c | python3", "curl | python3"),
        ("RUN curl -sS https://a.b/c | php -- --install-dir=/usr/bin", "curl | php"),
        ("RUN curl https://a.b/c | VERSION=1 sh", "curl | sh"),
        ("RUN sh -c \"$(curl -fsSL https://a.b/c)\"", "sh with what curl gets"),
        ("RUN bash -c \"`wget -O- https://a.b/c`\"", "bash with what wget gets"),
        ("RUN bash <(curl -s https://a.b/c)", "bash with what curl gets"),
        ("RUN eval \"$(curl -s https://a.b/c)\"", "eval with what curl gets"),
        ("RUN ruby -e \"$(curl -fsSL https://a.b/c)\" < /dev/null", "ruby with what curl gets"),
    ] {
        let message = format!("{what} runs whatever the server sends, unseen and unchecked");
        assert_eq!(told(&NoPipedInstaller {}, instruction), [message], "{instruction}");
    }
}

#[test]
fn data_is_not_told() {
    for instruction in [
        "RUN curl https://a.b/c | tar xz",
        "RUN curl https://a.b/c | python -c 'import json'",
        "RUN curl https://a.b/c | python3 -m json.tool",
        "RUN curl https://a.b/c | bash filter.sh",
        "RUN curl https://a.b/c | sh -c 'cat > x'",
        "RUN curl https://a.b/c | perl -pe s/a/b/",
        "RUN curl https://a.b/c | gpg --import && sh x.sh",
        "RUN curl -O https://a.b/c || sh x.sh",
        "RUN sh x.sh --version \"$(curl https://a.b/c)\"",
        "RUN V=$(curl https://a.b/c) && sh x.sh $V",
        "RUN echo 'curl https://a.b/c | sh'",
        "RUN [\"sh\", \"-c\", \"curl https://a.b/c | sh\"]",
    ] {
        assert!(told(&NoPipedInstaller {}, instruction).is_empty(), "{instruction}");
    }
}

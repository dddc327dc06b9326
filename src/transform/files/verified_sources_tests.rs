use super::{Check, VerifiedSources};
use crate::transform::files::tests::told;

/// What is told of an instruction about certificates and about signatures.
fn both(instruction: &str) -> (Vec<String>, Vec<String>) {
    let of = |of| told(&VerifiedSources { of }, instruction);
    (of(Check::Certificates), of(Check::Signatures))
}

#[test]
fn certificates_that_are_not_checked_are_told() {
    for instruction in [
        "RUN curl -k https://a.b/c",
        "RUN curl -fsSLk https://a.b/c",
        "RUN curl -o a --insecure https://a.b/c",
        "RUN sudo /usr/bin/wget --no-check-certificate https://a.b/c",
        "RUN git -c http.sslVerify=false clone https://a.b/c",
        "RUN git config --global http.sslVerify false",
        "RUN GIT_SSL_NO_VERIFY=1 git clone https://a.b/c",
        "RUN export GIT_SSL_NO_VERIFY=true && git clone https://a.b/c",
        "RUN npm config set strict-ssl false",
        "RUN npm --strict-ssl=false install",
        "RUN if true; then yarn config set \"strict-ssl\" false; fi",
        "RUN pip install --trusted-host a.b c",
        "RUN python3 -m pip install --trusted-host=a.b c",
        "RUN apt-get -o Acquire::https::Verify-Peer=false update",
        "RUN yum --setopt=sslverify=false install -y a",
        "RUN echo sslverify=false >> /etc/yum.conf",
        "ENV A=b NODE_TLS_REJECT_UNAUTHORIZED=0",
        "ENV PYTHONHTTPSVERIFY 0",
        "ARG NPM_CONFIG_STRICT_SSL=\"false\"",
    ] {
        let (tls, signatures) = both(instruction);
        assert_eq!((tls.len(), signatures.len()), (1, 0), "{instruction}");
    }
}

#[test]
fn signatures_that_are_not_checked_are_told() {
    for instruction in [
        "RUN apt-get install -y --allow-unauthenticated a",
        "RUN apt-get update && apt-get install -y --force-yes a",
        "RUN echo 'deb [trusted=yes] https://a.b/ ./' > /etc/apt/sources.list.d/a.list",
        "RUN echo \"deb [arch=amd64 trusted=yes] https://a.b/ $V ./\" > /etc/apt/sources.list.d/a.list",
        "RUN apk add --allow-untrusted a.apk",
        "RUN yum install -y --nogpgcheck a",
        "RUN dnf --setopt=a.gpgcheck=0 install -y a",
        "RUN rpm -i --nosignature a.rpm",
        "RUN sed -i s/gpgcheck=1/gpgcheck=0/ /etc/yum.repos.d/a.repo",
    ] {
        let (tls, signatures) = both(instruction);
        assert_eq!((tls.len(), signatures.len()), (0, 1), "{instruction}");
    }
}

#[test]
fn what_is_checked_is_not_told() {
    for instruction in [
        "RUN curl -fsSL -o k -H -k https://a.b/-k",
        "RUN curl -Kk https://a.b/c",
        "RUN wget -q https://a.b/no-check-certificate",
        "RUN git config --global http.sslVerify true",
        "RUN npm config set strict-ssl true",
        "RUN echo repo_gpgcheck=0 >> /etc/yum.repos.d/a.repo",
        "RUN echo curl -k",
        "RUN apt-get install -y curl git",
        "RUN apt-get -y --force-yes clean && apk del --allow-untrusted a",
        "ENV NODE_TLS_REJECT_UNAUTHORIZED=1",
        "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
        "ARG GIT_SSL_NO_VERIFY",
        "RUN curl -k https://a.b/c 'unfinished",
    ] {
        assert_eq!(both(instruction), (vec![], vec![]), "{instruction}");
    }
}

#[test]
fn a_command_is_told_once() {
    let (tls, _) = both("RUN curl -k --insecure https://a.b/c && wget --no-check-certificate https://a.b/c");
    assert_eq!(
        tls,
        [
            "curl --insecure takes what any server sends: its certificate is not checked",
            "wget --no-check-certificate takes what any server sends: its certificate is not checked"
        ]
    );
}

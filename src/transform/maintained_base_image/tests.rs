use super::MaintainedBaseImage;
use crate::catalog::{Answer, Reference, View};
use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform as _};

/// The view on a day after the end of the images of Debian 12.
fn view() -> View {
    View::on(jiff::civil::date(2026, 11, 23))
}

fn fixes(text: &str, view: &View) -> Vec<Fix> {
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None).seeing(view);
    let mut found = Vec::new();
    let mut out = Proposals::new("maintained-base-image", Applicability::Safe, &mut found);
    MaintainedBaseImage {}.propose(&cx, &mut out);
    found
}

fn only(text: &str, view: &View) -> Fix {
    let mut found = fixes(text, view);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0)
}

#[test]
fn distroless_images_differ_by_what_is_in_them() {
    for (image, applicability, why) in [
        ("static-debian12", Applicability::Safe, ""),
        ("static-debian12:debug", Applicability::Safe, ""),
        ("static-debian12:nonroot-arm64", Applicability::Manual, "which of its tags"),
        ("base-debian12", Applicability::Unsafe, "OpenSSL"),
        ("cc-debian11:nonroot", Applicability::Unsafe, "1.1"),
        ("java17-debian12", Applicability::Unsafe, "Temurin"),
        ("python3-debian12", Applicability::Unsafe, "Python"),
        ("nodejs18-debian12", Applicability::Manual, "nothing is known"),
    ] {
        let fix = only(&format!("FROM gcr.io/distroless/{image}\nCMD [\"/app\"]\n"), &view());
        assert_eq!(
            (fix.applicability, fix.reason.contains(why)),
            (applicability, true),
            "{image}: {}",
            fix.reason
        );
    }
    assert!(
        fixes("FROM gcr.io/distroless/static-debian13\nFROM gcr.io/distroless/static\n", &view()).is_empty()
    );
}

#[test]
fn a_tree_over_links_is_not_safe() {
    for (lines, applicability) in [
        ("COPY --from=b /out/app /\nENTRYPOINT [\"/app\"]", Applicability::Safe),
        ("WORKDIR /\nCOPY --from=b /w/manager .\nENTRYPOINT [\"/manager\"]", Applicability::Safe),
        ("COPY --from=b /lib64/ld.so /lib64/ld.so\nCMD [\"/app\"]", Applicability::Safe),
        ("COPY --from=b /out /\nENTRYPOINT [\"/app\"]", Applicability::Unsafe),
        ("COPY . .\nENTRYPOINT [\"/app\"]", Applicability::Unsafe),
        ("COPY --from=b /lib /lib\nCMD [\"/app\"]", Applicability::Unsafe),
        ("ADD rootfs.tar.gz /\nCMD [\"/app\"]", Applicability::Unsafe),
    ] {
        let fix = only(&format!("FROM gcr.io/distroless/static-debian12\n{lines}\n"), &view());
        assert_eq!(fix.applicability, applicability, "{lines}: {}", fix.reason);
    }
}

#[test]
fn before_its_end_an_image_is_left_alone() {
    let early = View::on(jiff::civil::date(2026, 8, 31));
    assert!(fixes("FROM gcr.io/distroless/static-debian12\n", &early).is_empty());
    assert!(fixes("FROM openjdk:28-ea-jdk\n", &view()).is_empty(), "it is still made");
}

#[test]
fn what_a_step_needs_is_there_or_it_is_left_to_a_person() {
    for (line, moves) in [
        ("RUN java -version", true),
        ("RUN apt-get update && apt-get install -y git && git clone x", true),
        ("RUN git clone x", false),
        ("RUN useradd -u 1000 me", false),
        ("RUN useradd -u 2000 me", true),
        ("ARG uid=1000\nRUN useradd -u ${uid} me", false),
        ("RUN curl -sSL https://x.io/a.tar.bz2 | tar -xj", false),
        ("RUN apt-get install -y gnupg && gpg --import k", true),
        ("RUN gpg --import k", false),
        ("RUN echo deb http://deb.debian.org/debian stretch main > /etc/apt/sources.list.d/x", false),
        ("RUN apk add git", false),
    ] {
        let fix = only(&format!("FROM openjdk:8-jdk\n{line}\n"), &view());
        let expected = if moves { Applicability::Unsafe } else { Applicability::Manual };
        assert_eq!(fix.applicability, expected, "{line}: {}", fix.reason);
    }
    let fix = only("FROM openjdk:8-jdk-alpine\nRUN adduser -D -u 1000 me && unzip a.zip\n", &view());
    assert_eq!(fix.applicability, Applicability::Unsafe, "Alpine has these: {}", fix.reason);
}

#[test]
fn a_platform_that_the_new_image_lacks_is_told() {
    let fix = only("FROM --platform=linux/arm64 openjdk:8-jdk-alpine\n", &view());
    assert!(
        fix.applicability == Applicability::Manual && fix.reason.contains("linux/arm64"),
        "{}",
        fix.reason
    );
}

#[test]
fn a_digest_follows_where_it_is_known() {
    let old = format!("sha256:{}", "1".repeat(64));
    let fix = only(&format!("FROM k8s.gcr.io/pause:3.9@{old}\n"), &view());
    assert_eq!(fix.edits[0].text, format!("registry.k8s.io/pause:3.9@{old}"), "it is the same image");
    let text = format!("FROM openjdk:8@{old}\n");
    assert_eq!(only(&text, &view()).applicability, Applicability::Manual);
    let (mut online, new) = (view(), format!("sha256:{}", "2".repeat(64)));
    online.lookups.insert(&Reference::parse("eclipse-temurin:8-jdk").unwrap(), Answer::Digest(new.clone()));
    assert_eq!(only(&text, &online).edits[0].text, format!("eclipse-temurin:8-jdk@{new}"));
}

#[test]
fn the_registry_tells_of_tags_that_no_list_has() {
    let jenkins = Reference::parse("jenkins/jenkins:2.60.3").unwrap();
    let fix = only("FROM jenkins:2.60.3\n", &view());
    assert_eq!(fix.applicability, Applicability::Manual);
    let mut online = view();
    online.lookups.insert(&jenkins, Answer::Digest("sha256:1".into()));
    let fix = only("FROM jenkins:2.60.3\n", &online);
    assert_eq!(
        (fix.applicability, fix.title.as_str()),
        (Applicability::Unsafe, "use jenkins/jenkins:2.60.3")
    );
    online.lookups.insert(&jenkins, Answer::Missing);
    assert_eq!(only("FROM jenkins:2.60.3\n", &online).applicability, Applicability::Manual);
}

#[test]
fn the_project_s_mirror_has_the_new_image_too() {
    let found = |rules: &str, text: &str| {
        let mut own = view();
        own.rules = toml::from_str(rules).unwrap();
        let document = Document::parse(text);
        let model = Model::sharing(&document, &crate::model::Scripts::default(), &own.rules);
        let cx = Context::new(&document, &model, None).seeing(&own);
        let mut found = Vec::new();
        let mut out = Proposals::new("maintained-base-image", Applicability::Safe, &mut found);
        MaintainedBaseImage {}.propose(&cx, &mut out);
        found.remove(0)
    };
    let hub = "mirrors = [{ prefix = 'reg.corp/hub', of = 'docker.io' }]";
    let fix = found(hub, "FROM reg.corp/hub/library/openjdk:17-slim\n");
    assert_eq!(fix.title, "use reg.corp/hub/library/eclipse-temurin:17-jdk");
    let only_old = "mirrors = [{ prefix = 'reg.corp/k8s', of = 'k8s.gcr.io' }]";
    let fix = found(only_old, "FROM reg.corp/k8s/pause:3.2\n");
    assert_eq!((fix.applicability, fix.edits.len()), (Applicability::Manual, 0));
    assert!(fix.reason.contains("none is named for registry.k8s.io/pause:3.2"), "{}", fix.reason);
}

#[test]
fn a_copy_of_folders_that_became_links_is_not_safe() {
    let text = |source: &str| {
        format!("FROM alpine:3.24\nCOPY --from=gcr.io/distroless/static-debian12 {source} /x\n")
    };
    for source in ["/", "/lib", "/bin/", "$X", "/etc/ssl /sbin", "/*"] {
        assert_eq!(only(&text(source), &view()).applicability, Applicability::Unsafe, "{source}");
    }
    assert_eq!(only(&text("/etc/ssl/certs/ca-certificates.crt"), &view()).applicability, Applicability::Safe);
}

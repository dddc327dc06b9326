use super::LeastMode;
use crate::edit::Applicability;
use crate::transform::files::tests::fixes;

/// How sure the only fix of a text is, and why it is no surer.
fn judged(text: &str) -> (Applicability, String) {
    let found = fixes(&LeastMode {}, text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    assert_eq!(found[0].edits.is_empty(), found[0].applicability == Applicability::Manual);
    (found[0].applicability, found[0].reason.clone())
}

#[test]
fn a_mode_is_left_where_another_user_may_have_to_write() {
    for (text, why) in [
        ("RUN chmod -R 777 /data\nUSER 1000", "the container runs as 1000"),
        ("RUN useradd app && chmod 777 /data", "`useradd`"),
        ("RUN chmod -R a+rwx /var/www\nRUN apt-get install -y apache2", "`apache`"),
        ("USER app\nRUN chmod 777 /data\nUSER root", "`user`"),
        ("COPY --chmod=777 files /data\nUSER 1000", "the container runs as 1000"),
        ("RUN mkdir /d \\\n # for any user\n && chmod 777 /d", "a comment"),
        ("RUN chmod 777 /d\nVOLUME /d", "`volume`"),
        ("RUN chmod -R 777 /tmp/", "everybody is meant"),
        ("RUN chown -R 1000 /data && chmod 777 -R /data", "`chown`"),
        ("FROM example.org/own\nRUN chmod 777 /data", "can't be told"),
    ] {
        let (applicability, reason) = judged(text);
        assert_eq!(applicability, Applicability::Manual, "{text}");
        assert!(reason.contains(why), "{text}: {reason}");
    }
}

#[test]
fn a_mode_is_lowered_where_nobody_else_shows() {
    for text in [
        "RUN chmod 777 /run.sh\nUSER 1000",
        "RUN chmod 777 /usr/local/bin/*",
        "RUN chmod -R 777 /data",
        "RUN chmod 777 -R /data",
        "COPY --chmod=777 run.sh /",
        "RUN sudo chmod -v 0777 /a.sh",
    ] {
        assert_eq!(judged(text).0, Applicability::Unsafe, "{text}");
    }
    assert_eq!(
        fixes(&LeastMode {}, "RUN chmod 777 /a.sh\nFROM scratch").len(),
        0,
        "another stage is thrown away"
    );
}

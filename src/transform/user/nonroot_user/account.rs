//! Who a program runs as: the user that an image has for it, or one that is made the way that the image makes users.

use super::NonrootUser;
use crate::catalog::Users;
use crate::model::Stage;

/// A user to run as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    /// User and group as `USER` has them, both numbers.
    pub written: String,
    /// What a person calls it.
    pub title: String,
    /// The commands that make it; none for one that is there, or that is a number alone.
    pub made_by: Vec<String>,
    /// Whether it has an entry among the image's users, and so a home.
    pub has_entry: bool,
}

/// The user of a stage.
pub(super) fn who(verb: &NonrootUser, stage: &Stage, users: &Users) -> Who {
    if let Some((name, account)) = users.own_account() {
        let written = format!("{}:{}", account.uid, account.gid);
        let title = format!("run as the image's user {name}, {written}");
        return Who { written, title, made_by: Vec::new(), has_entry: true };
    }
    let made_by = made_by(&verb.user, stage).unwrap_or_default();
    let has_entry = !made_by.is_empty();
    let title = if has_entry {
        format!("make a user and run as {}", verb.user)
    } else {
        format!("run as user {}", verb.user)
    };
    Who { written: verb.user.clone(), title, made_by, has_entry }
}

/// The commands that make a user of these numbers: it gets a home, for there programs keep their caches. None where the
/// tools are not known to be there.
///
/// Its name is the one that distroless images give the same number.
fn made_by(user: &str, stage: &Stage) -> Option<Vec<String>> {
    let (uid, gid) = user.split_once(':')?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
    let (uid, gid) = (number(uid)?, number(gid)?);
    if is_taken(stage, uid) || is_taken(stage, gid) {
        return None;
    }
    match stage.facts()?.package_manager.as_deref()? {
        // Without --no-log-init a large number makes large files: https://github.com/moby/moby/issues/5419
        "apt" => Some(vec![
            format!("groupadd --system --gid {gid} nonroot"),
            format!("useradd --system --no-log-init --uid {uid} --gid {gid} --create-home nonroot"),
        ]),
        "dnf" | "yum" if has_useradd(stage) => Some(vec![
            format!("groupadd --system --gid {gid} nonroot"),
            format!("useradd --system --no-log-init --uid {uid} --gid {gid} --create-home nonroot"),
        ]),
        "apk" if takes_number(stage, uid.max(gid)) => Some(vec![
            format!("addgroup -S -g {gid} nonroot"),
            format!("adduser -S -D -u {uid} -G nonroot nonroot"),
        ]),
        _ => None,
    }
}

/// Whether another user or group may have a number, so that making one fails: those of the system and its packages,
/// nobody's, and the first of people, which Ubuntu's images have since 23.04:
/// <https://bugs.launchpad.net/cloud-images/+bug/2005129>.
fn is_taken(stage: &Stage, number: u32) -> bool {
    number < 1000 || number == 65534 || number == 1000 && !has_no_people(stage)
}

/// Whether an image is of Debian's or Alpine's kind and has no user of its own.
fn has_no_people(stage: &Stage) -> bool {
    const FAMILIES: [&str; 7] = ["alpine", "debian", "golang", "php", "python", "ruby", "rust"];
    FAMILIES.iter().any(|family| stage.is(&format!("docker.io/library/{family}")))
}

/// Whether an image of Red Hat's kind has `useradd`: Amazon's, Oracle's and the minimal ones have not all of them.
fn has_useradd(stage: &Stage) -> bool {
    const FAMILIES: [&str; 6] = [
        "docker.io/library/almalinux",
        "docker.io/library/centos",
        "docker.io/library/fedora",
        "docker.io/library/rockylinux",
        "docker.io/rockylinux/rockylinux",
        "quay.io/centos/centos",
    ];
    FAMILIES.iter().any(|family| stage.is(family))
}

/// Whether `adduser` takes a number. Alpine's took none above 60000 once, and takes up to 256000 in 3.7: `CONFIG_LAST_ID`
/// of <https://gitlab.alpinelinux.org/alpine/aports>, main/busybox/busyboxconfig of 2017-10-27.
fn takes_number(stage: &Stage, number: u32) -> bool {
    let old = |release: &str| {
        let minor = release
            .strip_prefix("3.")
            .and_then(|rest| rest.split(['.', '-', '_']).next()?.parse::<u32>().ok());
        release.starts_with("2.") || minor.is_some_and(|minor| minor < 7)
    };
    let of_suite = stage.facts().and_then(|f| f.suite.clone());
    let suite = of_suite.as_deref().and_then(|suite| suite.strip_prefix("alpine")).is_some_and(old);
    let is_alpine = stage.is("docker.io/library/alpine") || stage.is("docker.io/gliderlabs/alpine");
    let tag = is_alpine && stage.origin().and_then(|r| r.tag.map(old)).unwrap_or(false);
    number <= 60000 || !suite && !tag
}

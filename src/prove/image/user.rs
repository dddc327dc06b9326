//! Who a container runs as: USER, looked up in the image as engines do.
//!
//! Facts: moby's `GetExecUser` and what the OCI image specification says of `User`: a number is never taken for a name; the
//! first line that fits holds; without a group it is the user's own, or 0 where the user is not listed, and the groups
//! that list the user come on top.

/// The most that the number of a user or group may be: engines refuse larger ones.
const MOST_ID: u32 = i32::MAX.cast_unsigned();

/// A user, as far as the image knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    /// Other groups that the user is in.
    pub(super) groups: Vec<u32>,
}

/// The user that `USER` means, by the texts of `/etc/passwd` and `/etc/group`, empty where there is none.
pub(super) fn look_up(user: &str, passwd: &str, group: &str) -> User {
    let (name, group_name) = user.split_once(':').unwrap_or((user, ""));
    let wanted = if name.is_empty() { "0" } else { name };
    let number = number(wanted);
    let mut lines = passwd.lines().map(fields);
    let found =
        lines.find(|line| number.map_or(line.first() == Some(&wanted), |uid| id(line, 2) == Some(uid)));
    let uid = number.or_else(|| found.as_ref().and_then(|line| id(line, 2)));
    if uid.is_none() {
        return User::default();
    }
    if !group_name.is_empty() {
        return User { uid, gid: group_id(group_name, group), groups: Vec::new() };
    }
    let gid = found.as_ref().map_or(Some(0), |line| id(line, 3));
    let own = found.and_then(|line| line.first().copied()).unwrap_or_default();
    let lists = |line: &Vec<&str>| {
        !own.is_empty() && line.get(3).is_some_and(|all| all.split(',').any(|one| one == own))
    };
    let groups = group.lines().map(fields).filter(lists).filter_map(|line| id(&line, 2)).collect();
    User { uid, gid, groups }
}

fn group_id(name: &str, group: &str) -> Option<u32> {
    number(name).or_else(|| {
        let mut lines = group.lines().map(fields);
        lines.find(|line| line.first() == Some(&name)).and_then(|line| id(&line, 2))
    })
}

fn fields(line: &str) -> Vec<&str> {
    line.trim().split(':').collect()
}

fn id(line: &[&str], field: usize) -> Option<u32> {
    line.get(field).copied().and_then(number)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number <= MOST_ID)
}

//! What a container's program wrote to its own file system.

use super::Container;
use crate::prove::error::Error;
use crate::prove::process::run;
use std::collections::BTreeSet;

/// Where files come and go, or are the engine's own.
const PASSING: [&str; 11] = [
    "/tmp",
    "/var/tmp",
    "/run",
    "/var/run",
    "/dev",
    "/proc",
    "/sys",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
];
/// The most files that are looked at.
const MOST: usize = 1000;

impl Container<'_> {
    /// Files that its program made or changed, outside of volumes and of folders for passing files; none where the engine
    /// does not tell. Of folders only those that are new and empty.
    pub fn written(&self) -> Result<Option<BTreeSet<String>>, Error> {
        if self.unstarted.is_some() {
            return Ok(Some(BTreeSet::new()));
        }
        let mounts = self.facts()?.mounts.unwrap_or_default();
        let mut aside: Vec<String> = mounts.into_iter().map(|mount| mount.destination).collect();
        aside.extend(PASSING.map(str::to_owned));
        let output =
            run(&mut self.workshop.command(&["diff", &self.name]), self.workshop.limits, &mut |_, _| {})?;
        Ok(output.status.success().then(|| written(&output.text(), &aside)))
    }
}

/// The files in what `docker diff` prints, but for those in some folders: `A` for new, `C` for changed, `D` for gone; folders
/// above a file are changed with it.
fn written(text: &str, aside: &[String]) -> BTreeSet<String> {
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let all: BTreeSet<&str> = lines.clone().map(|(_, path)| path).collect();
    let is_aside = |path: &str| {
        aside.iter().any(|folder| {
            path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let holds = |path: &str| {
        let inside = format!("{path}/");
        all.range(inside.as_str()..).next().is_some_and(|next| next.starts_with(&inside))
    };
    let files = lines.filter(|(kind, path)| matches!(*kind, "A" | "C") && !is_aside(path) && !holds(path));
    files.map(|(_, path)| path.to_owned()).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn files_are_what_the_program_wrote_and_not_what_is_above_them_or_mounted() {
        let text = "C /app\nC /app/logs\nA /app/logs/a b.log\nC /app/x.db\nA /data\nC /tmp\nA /tmp/x\nA /tmpfile\nC /var\nD /var/gone\n";
        let found = written(text, &["/data".into(), "/tmp".into()]);
        assert_eq!(Vec::from_iter(found), ["/app/logs/a b.log", "/app/x.db", "/tmpfile"]);
    }
}

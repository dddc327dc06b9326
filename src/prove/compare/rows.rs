//! The table.

use super::is_root;
use super::settings::runs_as_nonroot;
use crate::prove::behaviour::{End, Observation};
use crate::prove::image::{Format, Image};
use crate::prove::proof::{Judgement, Row, Side, Value};
use crate::prove::scan::{Scan, Severity};

/// Makes a row of a value of each image.
struct Table<'a> {
    before: Option<&'a Image>,
    after: Option<&'a Image>,
    rows: Vec<Row>,
}

/// Which way a value gets better.
#[derive(Clone, Copy)]
enum Good {
    /// Less is better; no is better than yes.
    Less,
    /// More is better; yes is better than no.
    More,
    /// Neither.
    Neither,
}

/// All rows, in the order to show them.
pub(super) fn rows(before: &Side, after: &Side) -> Vec<Row> {
    let mut table = Table { before: before.image.as_ref(), after: after.image.as_ref(), rows: Vec::new() };
    table.size();
    table.access();
    table.program();
    table.settings();
    let mut rows = table.rows;
    rows.extend(severities(&before.scans, &after.scans));
    rows.extend(behaviour(before.behaviour.as_ref(), after.behaviour.as_ref()));
    rows
}

impl Table<'_> {
    fn add(&mut self, id: &str, name: &str, headline: bool, good: Good, value: impl Fn(&Image) -> Value) {
        let of = |image: Option<&Image>| image.map_or(Value::Unknown, &value);
        self.rows.push(row(id, name, headline, good, of(self.before), of(self.after)));
    }

    fn size(&mut self) {
        let count = |list: &[String]| Value::Count(list.len() as u64);
        self.add("size", "size", true, Good::Less, |image| Value::Bytes(image.unpacked));
        self.add("download", "download", true, Good::Less, |image| Value::Bytes(image.compressed));
        self.add("layers", "layers", false, Good::Neither, |image| Value::Count(image.layers as u64));
        self.add("packages", "packages", true, Good::Less, |image| Value::Count(image.packages.len() as u64));
        self.add("setuid", "setuid files", false, Good::Less, |image| count(&image.setuid));
        self.add("world-writable", "world-writable", false, Good::Less, |image| count(&image.world_writable));
        self.add("unreadable", "unreadable files", false, Good::Less, |image| count(&image.unreadable));
    }

    fn access(&mut self) {
        self.add("user", "user", true, Good::Neither, |image| Value::Text(user(image)));
        if let (Some(before), Some(after), Some(row)) = (self.before, self.after, self.rows.last_mut()) {
            row.judgement = match (is_root(before), is_root(after)) {
                (true, false) => Judgement::Better,
                (false, true) => Judgement::Worse,
                _ => row.judgement,
            };
        }
        self.add("run-as-nonroot", "runAsNonRoot", true, Good::More, |image| {
            Value::Has(runs_as_nonroot(&image.config.user))
        });
        self.add("shell", "shell", true, Good::Less, |image| Value::Has(!image.shells.is_empty()));
        self.add("package-manager", "package manager", true, Good::Less, |image| {
            Value::Has(!image.package_managers.is_empty())
        });
        self.add("certificates", "certificates", false, Good::More, |image| Value::Has(image.certificates));
        self.add("time-zones", "time zones", false, Good::More, |image| Value::Has(image.time_zones));
    }

    fn program(&mut self) {
        self.add("program", "program", false, Good::Neither, |image| match &image.program {
            Some(program) => Value::Text(format!("{}, {}", program.path, format(program.format))),
            None => Value::Unknown,
        });
        self.add("go", "built with", false, Good::Neither, |image| {
            let go = image.program.as_ref().and_then(|program| program.go.as_ref());
            go.map_or(Value::Unknown, |go| Value::Text(go.version.clone()))
        });
    }

    fn settings(&mut self) {
        let list =
            |items: Vec<&str>| Value::Text(if items.is_empty() { "none".into() } else { items.join(" ") });
        let set =
            |items: &std::collections::BTreeSet<String>| list(items.iter().map(String::as_str).collect());
        self.add("platform", "platform", false, Good::Neither, |image| Value::Text(image.platform.clone()));
        self.add("entrypoint", "entrypoint", false, Good::Neither, |image| {
            list(image.config.entrypoint.iter().map(String::as_str).collect())
        });
        self.add("command", "command", false, Good::Neither, |image| {
            list(image.config.command.iter().map(String::as_str).collect())
        });
        self.add("working-directory", "working directory", false, Good::Neither, |image| {
            Value::Text(image.config.working_directory.clone())
        });
        self.add("ports", "ports", false, Good::Neither, |image| set(&image.config.ports));
        self.add("volumes", "volumes", false, Good::Neither, |image| set(&image.config.volumes));
        self.rows.retain(|row| row.before != Value::Unknown || row.after != Value::Unknown);
    }
}

fn user(image: &Image) -> String {
    match (image.config.user.as_str(), image.config.uid) {
        ("" | "0" | "root" | "0:0" | "root:root", _) => "root".into(),
        (name, Some(uid)) if name == format!("{uid}:{uid}") => uid.to_string(),
        (name, Some(uid)) if name.split(':').next() != Some(&uid.to_string()) => format!("{name} ({uid})"),
        (name, _) => name.to_owned(),
    }
}

const fn format(format: Format) -> &'static str {
    match format {
        Format::Static => "static",
        Format::Dynamic => "with libraries",
        Format::Script => "a script",
        Format::Other => "of another kind",
    }
}

/// Vulnerabilities by severity, of the first scanner that looked at both.
fn severities(before: &[Scan], after: &[Scan]) -> Vec<Row> {
    let both = before
        .iter()
        .find_map(|old| after.iter().find(|new| new.scanner == old.scanner).map(|new| (old, new)));
    let Some((old, new)) = both else { return Vec::new() };
    let named = [
        (Severity::Critical, "critical", true),
        (Severity::High, "high", true),
        (Severity::Medium, "medium", false),
        (Severity::Low, "low", false),
        (Severity::Unknown, "unrated", false),
    ];
    let count = |scan: &Scan, severity| Value::Count(scan.count(severity) as u64);
    let rows = named.into_iter().map(|(severity, name, headline)| {
        row(name, name, headline, Good::Less, count(old, severity), count(new, severity))
    });
    rows.collect()
}

fn behaviour(before: Option<&Observation>, after: Option<&Observation>) -> Vec<Row> {
    let (Some(old), Some(new)) = (before, after) else { return Vec::new() };
    let mut rows =
        vec![row("run", "when started", true, Good::Neither, Value::Text(end(old)), Value::Text(end(new)))];
    let answers =
        |seen: &Observation| seen.answers.iter().filter(|answer| answer.port.is_some()).count() as u64;
    if answers(old) > 0 {
        rows.push(row(
            "answers",
            "answers",
            false,
            Good::Neither,
            Value::Count(answers(old)),
            Value::Count(answers(new)),
        ));
    }
    if let Some(stop) = old.stop {
        let after = new.stop.map_or(Value::Unknown, stopped);
        rows.push(row("stop", "when stopped", false, Good::Neither, stopped(stop), after));
    }
    let rights = |seen: &Observation| match (seen.confinement.no_capabilities, seen.confinement.read_only) {
        (true, true) => "none, read-only",
        (true, false) => "none",
        (false, _) => "as given",
    };
    let (was, is) = (rights(old), rights(new));
    let mut needs =
        row(RIGHTS, "rights needed", true, Good::Neither, Value::Text(was.into()), Value::Text(is.into()));
    needs.judgement = match new.confinement.cmp(&old.confinement) {
        std::cmp::Ordering::Greater => Judgement::Better,
        std::cmp::Ordering::Equal => Judgement::Same,
        std::cmp::Ordering::Less => Judgement::Worse,
    };
    rows.push(needs);
    rows
}

/// Takes back what the rewrite is said to need: one that does something else with every right has not shown that.
pub(super) fn forget_rights(rows: &mut [Row]) {
    if let Some(row) = rows.iter_mut().find(|row| row.id == RIGHTS) {
        (row.after, row.judgement) = (Value::Unknown, Judgement::Changed);
    }
}

/// The row of what an image has to be allowed.
const RIGHTS: &str = "rights";

fn end(seen: &Observation) -> String {
    match &seen.end {
        End::Running => {
            let ports: Vec<String> = seen.listening.iter().flatten().map(ToString::to_string).collect();
            if ports.is_empty() { "runs".into() } else { format!("listens on {}", ports.join(", ")) }
        }
        End::Exited { code } => format!("ends with {code}"),
        End::NotStarted { .. } => "does not start".into(),
    }
}

fn stopped(stop: crate::prove::behaviour::Stop) -> Value {
    let how = if stop.killed { "killed".to_owned() } else { format!("code {}", stop.code) };
    Value::Text(format!("{how}, {:.1} s", stop.seconds))
}

fn row(id: &str, name: &str, headline: bool, good: Good, before: Value, after: Value) -> Row {
    let judgement = judge(good, &before, &after);
    Row { id: id.into(), name: name.into(), before, after, judgement, headline }
}

fn judge(good: Good, before: &Value, after: &Value) -> Judgement {
    let order = match (before, after) {
        (Value::Bytes(old), Value::Bytes(new)) | (Value::Count(old), Value::Count(new)) => new.cmp(old),
        (Value::Has(old), Value::Has(new)) => new.cmp(old),
        _ if before == after => return Judgement::Same,
        _ => return Judgement::Changed,
    };
    match (order, good) {
        (std::cmp::Ordering::Equal, _) => Judgement::Same,
        (_, Good::Neither) => Judgement::Changed,
        (std::cmp::Ordering::Less, Good::Less) | (std::cmp::Ordering::Greater, Good::More) => {
            Judgement::Better
        }
        _ => Judgement::Worse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::behaviour::{Aspect, Mismatch};
    use crate::prove::compare::{Declared, Pair, compare};

    #[test]
    fn a_rewrite_that_does_something_else_is_not_said_to_need_more_rights() {
        let mut before = Side { behaviour: Some(Observation::default()), ..Side::default() };
        let after = before.clone();
        if let Some(seen) = &mut before.behaviour {
            seen.confinement.read_only = true;
        }
        let rights = |aspects: &[Aspect]| {
            let mismatch =
                |aspect: &Aspect| Mismatch { aspect: *aspect, what: String::new(), detail: Vec::new() };
            let mismatches: Vec<Mismatch> = aspects.iter().map(mismatch).collect();
            let declared = Declared::default();
            let pair = Pair { before: &before, after: &after, declared: &declared, mismatches: &mismatches };
            compare(pair).rows.into_iter().find(|row| row.id == RIGHTS).map(|row| (row.after, row.judgement))
        };
        assert_eq!(rights(&[Aspect::Output]), Some((Value::Unknown, Judgement::Changed)));
        for needs_more in [&[] as &[Aspect], &[Aspect::Confinement]] {
            assert_eq!(rights(needs_more).map(|(_, judgement)| judgement), Some(Judgement::Worse));
        }
    }
}

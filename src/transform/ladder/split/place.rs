//! Where the program is in the new stage, and what ties its build to the image that it has.

use super::super::super::user::in_root;
use super::super::super::{Context, newest_base_image};
use super::super::blocker::{Blocker, Id};
use super::super::command::{Main, PATH};
use super::Look;
use super::body::Body;
use crate::catalog::Tag;
use crate::document::Keyword;
use crate::model::{GOLANG, Stage, go_minor};
use crate::shell::Command;

impl<'c> Look<'_, 'c> {
    /// Where the program is in the new stage, and the working directory that it needs there.
    pub(super) fn place(
        &mut self,
        main: &Main<'_>,
        body: &Body<'_, 'c>,
        last_run: usize,
        binary: &str,
    ) -> Option<Place> {
        let cx = self.cx;
        let at = main.instruction()?;
        let value =
            |a: &String| a.split_once('=').map_or(a.trim_start_matches('-'), |(_, v)| v).contains(['/', '.']);
        let argv = main.argv();
        let looks_around = body.workdir.is_used
            || body.workdir.is_filled
            || !body.carried.is_empty()
            || main.folder.is_some()
            || argv.iter().skip(1).any(value)
            || body.folders.iter().any(|data| works_in(main, cx, self.stage, data));
        let folder = main.folder.clone().or_else(|| cx.model.state(last_run).workdir.clone());
        let folder = folder.filter(|w| w.starts_with('/') && !w.contains(char::is_whitespace));
        if looks_around {
            if folder.as_deref().is_some_and(in_root) || in_root(binary) {
                let message = "the program works in root's folder, which is closed to other users";
                self.block(Blocker::new(Id::RootFolder, message).at(cx, at));
                return None;
            }
            let workdir =
                folder.filter(|f| *f != "/").filter(|_| !body.workdir.is_set || body.workdir.is_used);
            return Some(Place { target: found_by_name(&main.name(), binary), renamed: false, workdir });
        }
        self.evidence.push(cx.evidence("nothing but Go sources is in the working directory", at));
        if main.name().starts_with('.') || in_root(binary) {
            let target = format!("/{}", binary.rsplit('/').next()?);
            let taken =
                TAKEN.contains(&target.as_str()) || body.folders.iter().any(|f| f.starts_with(&target));
            if !taken {
                return Some(Place { target, renamed: true, workdir: None });
            }
            let workdir = folder.filter(|folder| *folder != "/" && !in_root(folder))?;
            return Some(Place { target: binary.to_owned(), renamed: false, workdir: Some(workdir) });
        }
        Some(Place { target: found_by_name(&main.name(), binary), renamed: false, workdir: None })
    }
}

/// Folders that every image has at its root.
const TAKEN: [&str; 19] = [
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root",
    "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var",
];

/// Whether a folder for data is the working directory of the program, or in it.
fn works_in(main: &Main<'_>, cx: &Context<'_>, stage: &Stage, data: &str) -> bool {
    let cwd = main.folder.clone().or_else(|| cx.model.end_state(stage).workdir);
    cwd.is_some_and(|cwd| cwd != "/" && (data == cwd || data.starts_with(&format!("{cwd}/"))))
}

/// Where the program is in the new stage.
pub(super) struct Place {
    /// The path of the program.
    pub(super) target: String,
    /// Whether the command has to call it by that path.
    pub(super) renamed: bool,
    /// The working directory, where files are found by it.
    pub(super) workdir: Option<String>,
}

/// A program that is called by its name alone goes where the new image's `PATH` finds it; others stay where they are.
fn found_by_name(name: &str, binary: &str) -> String {
    let found = binary.rsplit_once('/').is_some_and(|(folder, _)| PATH.split(':').any(|f| f == folder));
    if name.contains('/') || found { binary.to_owned() } else { format!("/usr/local/bin/{name}") }
}

/// Whether an image of Go is of a release for Linux.
pub(in super::super::super) fn is_linux(stage: &Stage) -> bool {
    let Some(tag) = stage.reference().and_then(|r| r.tag.map(str::to_owned)) else { return true };
    !stage.is(GOLANG) || Tag::parse(&tag).is_some_and(|tag| tag.words.is_empty())
}

/// Commands that every image of Go has.
const COMMON: [&str; 22] = [
    "go", "cd", "mkdir", "echo", "set", "rm", "cp", "mv", "ln", "chmod", "chown", "cat", "ls", "true",
    "test", "[", "export", "git", "make", "touch", "env", "printf",
];

/// What ties the build to the image that it has.
pub(super) fn tied(cx: &Context<'_>, stage: &Stage, last_run: usize) -> Option<String> {
    let minor = go_minor(stage);
    if cx.model.from(stage).args().contains('$') {
        return Some("the version of Go is an argument of the build".into());
    }
    // A floating tag is the newest release already.
    if let Some(why) = newest_base_image::doubt(cx, stage, minor.or(Some(u32::MAX))) {
        return Some(why);
    }
    let mut has_folder = false;
    for (index, i) in cx.model.body(stage) {
        match i.keyword {
            Keyword::Workdir => has_folder |= i.args().starts_with('/'),
            Keyword::Run | Keyword::Copy if !has_folder => {
                return Some("the build uses the image's own folder".into());
            }
            Keyword::User if index < last_run => return Some("the build runs as a user of the image".into()),
            _ => {}
        }
        let text = i.args();
        if ["/go/", "/usr/local/go", "GOPATH", "GOROOT", "bash", "go install", "go get"]
            .iter()
            .any(|t| text.contains(t))
        {
            return Some("the build uses paths of the official image".into());
        }
        let packages = |c: &Command| matches!(c.name(), Some("apk" | "apt-get" | "apt"));
        let tools = |c: &Command| !c.words.is_empty() && !c.name().is_some_and(|name| COMMON.contains(&name));
        if let Some(run) = cx.model.run(index) {
            if run.script.commands.iter().any(packages) {
                return Some("the build installs packages".into());
            }
            if run.script.commands.iter().any(tools) {
                return Some("the build calls programs that another image may not have".into());
            }
        }
    }
    None
}

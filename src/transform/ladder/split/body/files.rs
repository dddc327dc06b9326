//! Files that the stage gets, and which of them the new one needs.

use super::super::super::super::user;
use super::super::super::blocker::{Blocker, Id};
use super::super::super::copies::{self, Copy};
use super::super::super::files::{Files, files, is_source};
use super::Body;
use crate::document::{Instruction, Keyword};

impl Body<'_, '_> {
    /// Takes a `COPY` or an `ADD`.
    pub(super) fn copy(&mut self, index: usize, i: &Instruction<'_>, tail: bool) {
        let copy = copies::copy(self.cx, index, i);
        if let Some(copy) = &copy {
            let certificates = ["/usr/local/share/ca-certificates", "/etc/pki", "/usr/share/ca-certificates"];
            self.certificates |= certificates.iter().any(|folder| copy.target.starts_with(folder));
        }
        if tail {
            if user::is_locked(i) {
                let message = "a file is for root's eyes only";
                self.block(Blocker::new(Id::RootFolder, message).at(self.cx, i));
            }
            let last = i.words().last().is_some_and(|w| !w.text.starts_with('/'));
            self.workdir.is_used |= !self.workdir.is_set && (last || i.json.is_some());
            return;
        }
        let Some(copy) = copy else {
            let message = "files come that the text does not tell";
            return self.block(Blocker::new(Id::AssetsUnseen, message).at(self.cx, i));
        };
        if copy.from.is_some() || i.flags.iter().any(|f| f.name() != "chown" && f.name() != "link") {
            return self.foreign(&copy, i);
        }
        let remote =
            copy.sources.iter().any(|s| s.contains("://") || is_archive(s) && i.keyword == Keyword::Add);
        match files(i) {
            Some(Files::Sources) => {}
            Some(Files::Assets) if !remote => self.carry(&copy, i),
            _ => self.unseen(&copy, i, remote),
        }
    }

    /// Files that are named one by one go to the same place.
    pub(super) fn carry(&mut self, copy: &Copy, i: &Instruction<'_>) {
        let last = i.words().last().map_or("", |w| w.text);
        let slash = if copy.into || last == "." { "/" } else { "" };
        let folder = copy.target.trim_end_matches('/');
        let sources: Vec<&str> =
            copy.sources.iter().map(String::as_str).filter(|source| !is_source(source)).collect();
        let line = format!("{} {folder}{slash}", sources.join(" "));
        if line.contains(['"', '\'', '$', '\\']) {
            let message = "the names of files need quotes";
            return self.block(Blocker::new(Id::AssetsUnseen, message).at(self.cx, i));
        }
        self.carried.push(line);
    }

    /// Files of other stages and images go to the same place.
    pub(super) fn foreign(&mut self, copy: &Copy, i: &Instruction<'_>) {
        let plain =
            copy.from.as_ref().is_some_and(|from| !from.is_empty()) && i.flags.len() == 1 && i.json.is_none();
        if !plain {
            let message = "files come from elsewhere in a way that is not known here";
            return self.block(Blocker::new(Id::AssetsUnseen, message).at(self.cx, i));
        }
        let slash = if copy.into { "/" } else { "" };
        let from = copy.from.clone().unwrap_or_default();
        self.carried.push(format!(
            "--from={from} {} {}{slash}",
            copy.sources.join(" "),
            copy.target.trim_end_matches('/')
        ));
    }

    /// A folder may hold files that the program finds from its working directory.
    pub(super) fn unseen(&mut self, copy: &Copy, i: &Instruction<'_>, remote: bool) {
        let at = &copy.target;
        let inside = |folder: &String| {
            let above = at == "/" || folder == at || folder.starts_with(&format!("{at}/"));
            above || at.starts_with(&format!("{folder}/")) && !at.starts_with("/go/src/")
        };
        let near = self.folder.as_ref().is_none_or(inside);
        let named = self.argv.iter().any(|a| a.contains(&format!("{at}/")));
        if near {
            self.workdir.is_filled = true;
        }
        if near || named || remote {
            let source = copy.sources.join(" ");
            let message = format!("`{source}` may hold files that the program reads");
            let blocker = Blocker::new(Id::AssetsUnseen, message).at(self.cx, i);
            if remote {
                self.blockers.push(blocker);
            } else {
                self.unseen.push(blocker);
            }
        } else {
            let what = format!(
                "the program runs in {}, where no files of the context are",
                self.folder.as_deref().unwrap_or("/")
            );
            self.evidence.push(self.cx.evidence(what, i));
        }
    }
}

fn is_archive(source: &str) -> bool {
    [".tar", ".tgz", ".gz", ".xz", ".bz2"].iter().any(|end| source.ends_with(end))
}

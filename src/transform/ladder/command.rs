//! What the container runs: the program, its arguments, and what would need a shell.

use super::super::{Context, exec_form_command};
use super::blocker::{Blocker, Id};
use super::known;
use crate::document::{Instruction, Keyword};
use crate::model::{Form, Stage, State, join};
use crate::shell::{self, Command, Joiner};

/// The command of an image, as arguments.
#[derive(Debug)]
pub(in super::super) struct Main<'c> {
    /// The `ENTRYPOINT`, if there is one, with its words once no shell is around them.
    pub entrypoint: Option<Part<'c>>,
    /// The `CMD`, likewise.
    pub cmd: Option<Part<'c>>,
    /// The folder that a `cd` in front of the program goes to.
    pub folder: Option<String>,
    /// What changes for who runs the image.
    pub notes: Vec<String>,
}

/// An instruction of the command.
#[derive(Debug)]
pub(in super::super) struct Part<'c> {
    /// Its index.
    pub index: usize,
    /// The instruction.
    pub instruction: &'c Instruction<'c>,
    /// Its words, without a wrapper.
    pub words: Vec<String>,
    /// Whether it says the same as words in exec form already.
    pub as_written: bool,
}

impl Main<'_> {
    /// The program and all its arguments.
    pub(in super::super) fn argv(&self) -> Vec<String> {
        let words = |part: &Option<Part<'_>>| part.as_ref().map(|p| p.words.clone()).unwrap_or_default();
        [words(&self.entrypoint), words(&self.cmd)].concat()
    }

    /// The name that it calls the program by.
    pub(in super::super) fn name(&self) -> String {
        self.argv().into_iter().next().unwrap_or_default()
    }

    /// Where the program may be: one path, or the folders of `PATH` in turn for one that is called by its name alone.
    pub(super) fn paths(&self, cx: &Context<'_>, stage: &Stage) -> Vec<String> {
        let name = self.name();
        let state = cx.model.end_state(stage);
        if name.contains('/') {
            let folder = self.folder.clone().or(state.workdir).unwrap_or_default();
            return vec![join(&folder, &name)];
        }
        let path = state.set("PATH").unwrap_or_else(|| PATH.into());
        path.split(':').map(|folder| join(folder, &name)).collect()
    }

    /// The text that a shell runs.
    pub(in super::super) fn text(&self) -> String {
        let Some(part) = self.entrypoint.as_ref().filter(|p| !p.words.is_empty()).or(self.cmd.as_ref())
        else {
            return String::new();
        };
        match (&part.instruction.json, part.words.as_slice()) {
            (Some(_), [_, flag, text, ..]) if flag.starts_with('-') => text.clone(),
            (Some(_), words) => words.join(" "),
            (None, _) => part.instruction.args().to_owned(),
        }
    }

    /// The script that it starts, as it is called: the first word that is neither a shell nor an option of one.
    pub(in super::super) fn script(&self) -> String {
        let argv = self.argv();
        let mut words = argv.iter().filter(|w| !w.starts_with('-') && !is_shell(w) && *w != "exec");
        words.next().cloned().unwrap_or_default()
    }

    /// The instruction that names the program.
    pub(in super::super) fn instruction(&self) -> Option<&Instruction<'_>> {
        let part = self.entrypoint.as_ref().filter(|p| !p.words.is_empty()).or(self.cmd.as_ref());
        part.map(|p| p.instruction)
    }
}

/// The `PATH` of images that set none of their own.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Reads the command of a stage; what can't run without a shell, or is no program, is a blocker.
pub(super) fn main<'c>(cx: &Context<'c>, stage: &Stage, inherited: &[String]) -> Result<Main<'c>, Blocker> {
    let command = cx.model.command(stage);
    let at = |index: usize| &cx.document.instructions[index];
    let count = |k| cx.model.body(stage).filter(|(_, i)| i.keyword == k).count();
    for keyword in [Keyword::Cmd, Keyword::Entrypoint] {
        if count(keyword) > 1 {
            let last = cx.model.body(stage).rfind(|(_, i)| i.keyword == keyword).map(|(_, i)| i);
            let blocker = Blocker::new(Id::MalformedCommand, "the command is given more than once");
            return Err(last.map_or(blocker.clone(), |i| blocker.at(cx, i)));
        }
    }
    let reader = Reader { cx, state: cx.model.end_state(stage) };
    let mut main = Main { entrypoint: None, cmd: None, folder: None, notes: Vec::new() };
    if let Some((index, form)) = &command.entrypoint {
        if matches!(form, Form::Shell(_)) && command.cmd.is_some() {
            let message = "ENTRYPOINT in shell form ignores CMD";
            return Err(Blocker::new(Id::MalformedCommand, message).at(cx, at(*index)));
        }
        main.entrypoint = Some(reader.part(*index, at(*index), form, &mut main)?);
        if matches!(form, Form::Shell(_)) {
            main.notes.push("arguments of `docker run`, ignored until now, reach the program".into());
        }
    }
    if let Some((index, form)) = &command.cmd {
        if matches!(form, Form::Shell(_)) && command.entrypoint.is_some() {
            let message = "CMD in shell form hands `/bin/sh -c` to the program as arguments";
            return Err(Blocker::new(Id::MalformedCommand, message).at(cx, at(*index)));
        }
        main.cmd = Some(reader.part(*index, at(*index), form, &mut main)?);
    }
    if main.entrypoint.is_none() && main.cmd.is_none() && !inherited.is_empty() {
        let from = cx.model.from(stage);
        let part =
            Part { index: stage.from, instruction: from, words: inherited.to_vec(), as_written: false };
        main.cmd = Some(part);
    }
    unwrap(&mut main);
    wrapped(cx, stage, &mut main);
    known::check(cx, stage, &main)?;
    Ok(main)
}

/// The command as it is, for an image with a shell; none where there is none.
pub(super) fn as_written<'c>(cx: &Context<'c>, stage: &Stage) -> Option<Main<'c>> {
    let command = cx.model.command(stage);
    let part = |found: &Option<(usize, Form)>| {
        let (index, form) = found.as_ref()?;
        let words = match form {
            Form::Exec(words) => words.clone(),
            Form::Shell(text) => text.split_whitespace().map(str::to_owned).collect(),
        };
        Some(Part { index: *index, instruction: &cx.document.instructions[*index], words, as_written: true })
    };
    let (entrypoint, cmd) = (part(&command.entrypoint), part(&command.cmd));
    let some = entrypoint.is_some() || cmd.is_some();
    some.then_some(Main { entrypoint, cmd, folder: None, notes: Vec::new() })
}

/// Takes an init program away whose only work is that of process 1, which a Go program does for itself.
fn unwrap(main: &mut Main<'_>) {
    let is_init = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or(word);
        matches!(name, "tini" | "dumb-init" | "tini-static")
    };
    let Some(part) = main.entrypoint.as_mut().or(main.cmd.as_mut()) else { return };
    if !part.words.first().is_some_and(is_init) {
        return;
    }
    let options = part.words[1..].iter().take_while(|w| w.starts_with('-')).count();
    if part.words[1..=options].iter().any(|w| !matches!(w.as_str(), "--" | "-g" | "-v" | "-s")) {
        return;
    }
    part.words.drain(..=options);
    part.as_written = false;
    main.notes.push("the init program goes: the Go program is process 1 itself".into());
}

/// `go-wrapper run ARGS` of older images of Go starts the program that has the name of the working directory.
fn wrapped(cx: &Context<'_>, stage: &Stage, main: &mut Main<'_>) {
    let folder = cx.model.end_state(stage).workdir;
    let Some(part) = main.entrypoint.as_mut().or(main.cmd.as_mut()) else { return };
    let name = folder.as_deref().and_then(|f| f.rsplit('/').next()).filter(|name| !name.is_empty());
    if let ([wrapper, run, ..], Some(name)) = (part.words.as_slice(), name)
        && wrapper == "go-wrapper"
        && run == "run"
    {
        part.words.splice(..2, [name.to_owned()]);
        part.as_written = false;
        main.notes.push("go-wrapper starts the program that has the name of the working directory".into());
    }
}

struct Reader<'a, 'c> {
    cx: &'a Context<'c>,
    state: State,
}

impl<'c> Reader<'_, 'c> {
    fn part(
        &self,
        index: usize,
        instruction: &'c Instruction<'c>,
        form: &Form,
        main: &mut Main<'c>,
    ) -> Result<Part<'c>, Blocker> {
        match form {
            Form::Exec(words) => {
                if let [shell, flag, text] = words.as_slice()
                    && is_shell(shell)
                    && flag.starts_with('-')
                    && flag.ends_with('c')
                {
                    let words = self.shell(instruction, text, main)?;
                    return Ok(Part { index, instruction, words, as_written: false });
                }
                if words.iter().any(|w| w.contains('$')) {
                    main.notes.push(
                        "variables in exec form are never replaced: they reach the program as text".into(),
                    );
                }
                Ok(Part { index, instruction, words: words.clone(), as_written: true })
            }
            Form::Shell(text) => {
                let text = text.trim();
                if text.starts_with('[') {
                    let message = "this is no array in JSON form, so a shell runs it as text";
                    return Err(Blocker::new(Id::MalformedCommand, message).at(self.cx, instruction));
                }
                if self.state.shell.is_some() {
                    let message = "SHELL decides what runs the command";
                    return Err(Blocker::new(Id::ShellOperators, message).at(self.cx, instruction));
                }
                let words = self.shell(instruction, text, main)?;
                Ok(Part { index, instruction, words, as_written: false })
            }
        }
    }

    /// The words of a text that needs no shell.
    fn shell(
        &self,
        instruction: &Instruction<'_>,
        text: &str,
        main: &mut Main<'_>,
    ) -> Result<Vec<String>, Blocker> {
        let operators = |what: &str| {
            Blocker::new(Id::ShellOperators, format!("the command needs a shell: {what}"))
                .at(self.cx, instruction)
        };
        if text.is_empty() {
            return Err(Blocker::new(Id::NoCommand, "the command is empty").at(self.cx, instruction));
        }
        let script = shell::parse(text).ok_or_else(|| operators("it is more than a plain command"))?;
        let command = match script.single() {
            Some(command) => command,
            None => {
                let (folder, command) =
                    self.after_cd(&script, text).ok_or_else(|| operators("it is a list of commands"))?;
                main.folder = Some(folder);
                command
            }
        };
        if command.substitutes || !command.redirects.is_empty() || !command.assignments.is_empty() {
            return Err(operators("a redirection, an assignment or a substitution"));
        }
        let mut words = Vec::new();
        for word in &command.words {
            let known = word.literal.clone().or_else(|| self.constant(word.raw(text)));
            let message = "the command has a variable or a pattern that only a shell replaces";
            words.push(
                known.ok_or_else(|| Blocker::new(Id::ShellVariables, message).at(self.cx, instruction))?,
            );
        }
        if words.first().is_some_and(|w| w == "exec") {
            words.remove(0);
        }
        let is_text = |w: &String| w.contains(['\n', '\r', '\0', '\\']);
        match words.first() {
            Some(name) if exec_form_command::is_builtin(name) => {
                Err(operators("a command that only a shell has"))
            }
            Some(_) if words.iter().any(is_text) => Err(operators("text that is more than plain words")),
            Some(_) => Ok(words),
            None => Err(operators("there is no program")),
        }
    }

    /// `cd FOLDER && PROGRAM`.
    fn after_cd<'s>(&self, script: &'s shell::Script, text: &str) -> Option<(String, &'s Command)> {
        let [cd, program] = script.chain.as_deref()? else { return None };
        let command = script.commands.get(cd.command)?;
        let [name, folder] = command.words.as_slice() else { return None };
        if name.literal.as_deref() != Some("cd") || program.before != Some(Joiner::And) {
            return None;
        }
        let folder = folder.literal.clone().or_else(|| self.constant(folder.raw(text)))?;
        Some((self.state.absolute(&folder)?, script.commands.get(program.command)?))
    }

    /// A word whose only variables are those of the Go image, which nobody sets when the container starts.
    fn constant(&self, raw: &str) -> Option<String> {
        let names = raw.split('$').skip(1).map(|part| {
            let part = part.trim_start_matches('{');
            part.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
        });
        let fixed = ["GOPATH", "GOBIN", "GOROOT"];
        names
            .into_iter()
            .all(|n| fixed.contains(&n))
            .then(|| self.cx.model.shell_word(&self.state, &Vec::new(), raw))
            .flatten()
    }
}

fn is_shell(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"))
}

//! The program that a container starts, and what it asks of the image.

use super::contents::{Contents, MOST_PROGRAM};
use super::elf::Elf;
use super::files::{Files, Kind};
use super::surface::SHELLS;
use super::{Config, Format, Image, Program, loader};
use std::io;

/// Where commands are looked for without a PATH in the image: what Docker sets then.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// The most bytes of a script's first line that Linux looks at (`execve(2)`).
const MOST_LINE: usize = 256;

/// The program that a container without arguments of its own starts; none where it is not in the image.
///
/// For the shell form that is the program that the shell starts, where its text is one plain command.
pub(super) fn program(contents: &Contents<'_>, config: &Config) -> io::Result<Option<Program>> {
    let argv: Vec<&str> = config.argv().collect();
    let Some(first) = argv.first().and_then(|name| find(contents.files, config, name)) else {
        return Ok(None);
    };
    let started = commanded(&argv).and_then(|name| find(contents.files, config, name));
    let path = started.unwrap_or(first);
    let bytes = contents.one(&path, MOST_PROGRAM)?.unwrap_or_default();
    if let Some(elf) = Elf::read(&bytes) {
        drop(bytes);
        return of_elf(contents, config, path, elf).map(Some);
    }
    let mut program = Program { path, ..Program::default() };
    if let Some(line) = bytes.strip_prefix(b"#!") {
        of_script(&mut program, contents.files, config, line);
    }
    Ok(Some(program))
}

impl Image {
    /// The file that a command's name means in its containers: looked for as `execvp(3)` does; none where there is none.
    pub fn command(&self, name: &str) -> Option<String> {
        find(&self.files, &self.config, name)
    }
}

/// The file that a command's name means.
fn find(files: &Files, config: &Config, name: &str) -> Option<String> {
    let from = config.working_directory.as_str();
    if name.contains('/') {
        return files.resolve(name, from).filter(|(_, entry)| entry.kind == Kind::File).map(|(path, _)| path);
    }
    if name.is_empty() {
        return None;
    }
    let path = config.environment.get("PATH").map_or(PATH, String::as_str);
    path.split(':').find_map(|folder| {
        let folder = if folder.is_empty() { "." } else { folder };
        let found = files.resolve(&format!("{folder}/{name}"), from);
        found.filter(|(_, entry)| entry.is_program()).map(|(path, _)| path)
    })
}

/// The program that a shell starts, for a text that is a plain command: no other commands, no redirections, nothing that the
/// shell would have to fill in before the program's name is known.
fn commanded<'a>(argv: &[&'a str]) -> Option<&'a str> {
    let (shell, rest) = argv.split_first()?;
    if !SHELLS.contains(&shell.rsplit('/').next()?) {
        return None;
    }
    let at = rest.iter().position(|word| *word == "-c" || *word == "-ec")?;
    let text = rest.get(at + 1)?;
    if text.contains([';', '&', '|', '<', '>', '(', ')', '`', '\n']) {
        return None;
    }
    let mut words = text.split_whitespace();
    let name = words.next().filter(|word| *word != "exec").or_else(|| words.next())?;
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+".contains(letter);
    name.chars().all(is_plain).then_some(name)
}

fn of_elf(contents: &Contents<'_>, config: &Config, path: String, elf: Elf) -> io::Result<Program> {
    let missing = loader::missing(contents, &path, &elf, &config.environment, &config.working_directory)?;
    let found = |path: &str| contents.files.resolve(path, &config.working_directory);
    Ok(Program {
        path,
        format: elf.format(),
        interpreter_found: elf
            .interpreter
            .as_deref()
            .is_some_and(|path| found(path).is_some_and(|(_, e)| e.is_program())),
        missing_libraries: missing,
        architecture: elf.architecture,
        interpreter: elf.interpreter,
        libraries: elf.needed,
        go: elf.go,
    })
}

/// `#!` names a program and may have one argument; for `env` the program is what that names.
fn of_script(program: &mut Program, files: &Files, config: &Config, line: &[u8]) {
    program.format = Format::Script;
    let line = &line[..line.len().min(MOST_LINE)];
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let Some(name) = words.next() else { return };
    let is_there = |name: &str| {
        let found = find(files, config, name).and_then(|path| files.get(&path));
        found.is_some_and(super::Entry::is_program)
    };
    let behind = words.find(|word| !word.starts_with('-') && !word.contains('='));
    let behind = behind.filter(|_| name.ends_with("/env") && is_there(name));
    let name = behind.unwrap_or(name);
    program.interpreter = Some(name.to_owned());
    program.interpreter_found = is_there(name);
}

//! `harden init`: a configuration to start from.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::config::{Config, NAME, STARTER};
use crate::files;
use crate::report::clean;
use std::path::{Path, PathBuf};

/// Writes a configuration that changes nothing, unless there is one.
pub(super) fn init(folder: Option<&Path>) -> Result<Exit, Stop> {
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Failure::new(format!("{} is no folder", folder.display())).into());
    }
    let path = if folder == Path::new(".") { PathBuf::from(NAME) } else { folder.join(NAME) };
    let same = folder.canonicalize().ok();
    if let Some((known, about)) = Config::find(folder)
        && (same.is_none() || same.as_deref() == Some(&*about))
    {
        let failure = Failure::new(format!("there is already {}", known.display()));
        return Err(failure.help("change that file, or remove it first").into());
    }
    files::create(&path, STARTER.as_bytes())?;
    Terminal::tell(&format!("written: {}; it changes nothing yet\n", clean(&path.display().to_string())));
    Ok(Exit::Done)
}

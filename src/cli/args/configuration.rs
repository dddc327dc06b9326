//! Arguments about what projects say of themselves.

use clap::Args;
use std::env;
use std::path::PathBuf;

/// Which configurations hold, and whether comments do.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Configuration {
    /// Take this file as the configuration, in place of the nearest harden.toml [default: `$HARDEN_CONFIG`]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    config: Option<PathBuf>,
    /// Read no harden.toml
    #[arg(long, help_heading = "Configuration")]
    pub(in crate::cli) no_config: bool,
    /// Also make the changes that `# harden: ignore[...]` comments in the files keep away
    #[arg(long, help_heading = "Configuration")]
    pub(in crate::cli) no_ignores: bool,
}

impl Configuration {
    /// The file that the command line names, or else the environment.
    pub(in crate::cli) fn file(&self) -> Option<PathBuf> {
        let named = self.config.clone().or_else(|| variable("HARDEN_CONFIG").map(PathBuf::from));
        named.filter(|_| !self.no_config)
    }

    /// The options that differ from none given: names, and values where they take one.
    pub(in crate::cli) fn words(&self) -> Vec<(&'static str, Option<String>)> {
        let flags = [("--no-config", self.no_config), ("--no-ignores", self.no_ignores)];
        let mut words: Vec<_> =
            flags.iter().filter(|(_, given)| *given).map(|(flag, _)| (*flag, None)).collect();
        words.extend(self.config.iter().map(|path| ("--config", Some(path.display().to_string()))));
        words
    }
}

/// A variable of the environment; an empty one is none.
pub(in crate::cli) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

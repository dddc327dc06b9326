//! Arguments of what goes over the network.

use super::{Format, Selection};
use clap::Args;
use std::path::PathBuf;

/// Whether registries may be asked, and for how long.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Network {
    /// Ask registries: which digests tags lead to, and whether new tags are there
    #[arg(long, overrides_with = "offline", help_heading = "Registries")]
    pub(in crate::cli) online: bool,
    /// Ask nobody, which is the default
    #[arg(long, overrides_with = "online", help_heading = "Registries")]
    offline: bool,
    /// Seconds that one registry may take for one answer [default: 60]
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600),
        help_heading = "Registries"
    )]
    pub(in crate::cli) registry_timeout: Option<u16>,
}

/// That a run is one of `pin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Pinning {
    /// Whether digests whose tag leads elsewhere by now are replaced.
    pub(in crate::cli) update: bool,
}

/// Arguments of `pin`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(
    after_help = "Exit codes: 0 done, 1 --check would change something, 2 could not do it: a registry gave no answer"
)]
pub(in crate::cli) struct Pin {
    /// Dockerfiles, folders to search for them, or `-` for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Write the changes
    #[arg(short, long, conflicts_with = "check")]
    pub(in crate::cli) apply: bool,
    /// Write nothing; exit with 1 if anything would change
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Also replace digests whose tag leads to another one by now
    #[arg(long)]
    pub(in crate::cli) update: bool,
    /// Also make changes that may alter what the container does
    #[arg(long = "unsafe")]
    unsafe_: bool,
    /// Leave a recipe out: `explicit-tag` writes tags, `pinned-digest` digests
    #[arg(long, value_name = "RECIPE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Also pin what `# harden: ignore[...]` comments of the files keep away
    #[arg(long)]
    no_ignores: bool,
    /// Take images as they were known on this day, as in 2026-02-01 [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<jiff::civil::Date>,
    #[command(flatten)]
    network: Network,
    /// Form of the results; `diff` is only the patch
    #[arg(short, long, alias = "output-format", value_enum, default_value_t, help_heading = "Output")]
    pub(in crate::cli) format: Format,
    /// Write the results to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Name of what comes on standard input
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    pub(in crate::cli) stdin_filename: Option<PathBuf>,
}

impl Pin {
    /// The selection that it stands for: the recipes of a pack.
    pub(in crate::cli) fn selection(&self, pack: &str) -> Selection {
        Selection {
            unsafe_: self.unsafe_,
            context: None,
            no_context: false,
            select: Vec::new(),
            ignore: self.ignore.clone(),
            no_ignores: self.no_ignores,
            pack: pack.to_owned(),
            recipes: Vec::new(),
            as_of: self.as_of,
            provider: None,
            rung: None,
            network: self.network.clone(),
        }
    }
}

/// Arguments of `catalog update`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 could not do it for an image: what was known of it stays")]
pub(in crate::cli) struct UpdateCatalog {
    /// Images to read about [default: all that are listed]
    #[arg(value_name = "IMAGE")]
    pub(in crate::cli) images: Vec<String>,
    /// Where the official images are, for those who mirror them
    #[arg(long, value_name = "PREFIX", default_value = "docker.io/library", help_heading = "Registries")]
    pub(in crate::cli) official: String,
    /// Address of endoflife.date or a copy of it
    #[arg(long, value_name = "URL", default_value = "https://endoflife.date", help_heading = "Registries")]
    pub(in crate::cli) end_of_life: String,
    #[command(flatten)]
    pub(in crate::cli) network: Network,
}

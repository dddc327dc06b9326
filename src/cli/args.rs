//! The arguments.

mod network;

pub(super) use network::{Network, Pin, Pinning, UpdateCatalog};

use crate::catalog::Provider;
use crate::transform::ladder::Rung;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Rewrites Dockerfiles to hardened ones that do the same
///
/// Without a flag, shows what it would change and writes nothing.
#[derive(Debug, Parser)]
#[command(name = "harden", version, args_conflicts_with_subcommands = true, after_help = EXITS)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) options: Options,
    #[command(flatten)]
    pub(super) global: Global,
}

const EXITS: &str = "Exit codes: 0 done, 1 --check would change something, 2 could not do it";

/// What to do beside rewriting.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Build and run a Dockerfile before and after, and show that the new image is not worse and does the same
    ///
    /// Runs the commands of the Dockerfile, and containers of its images, with the container engine of this machine.
    Prove(Box<Prove>),
    /// Pin images to what their tags mean today: `golang:1.27` to `golang:1.27@sha256:...`
    ///
    /// Names a tag where none or a moving one is written, and adds the digest that its registry tells. Without --online, lists
    /// what the network is needed for.
    Pin(Pin),
    /// Show what a recipe does and when it is safe, or what a blocker is and how to get past it
    Explain(Explain),
    /// List recipes, or run the examples of your own
    Recipes {
        #[command(subcommand)]
        command: Option<Recipes>,
    },
    /// Show what is known about images: releases, their support, what is inside, who else has the same
    Images(Images),
    /// Refresh what is known of images
    Catalog {
        #[command(subcommand)]
        command: Catalog,
    },
}

/// Arguments of `images`.
#[derive(Debug, Args)]
pub(super) struct Images {
    /// Names, as in `golang`, for all releases, or references, as in `golang:1.19-buster`, for one image [default: a
    /// table of all names]
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// Take images as they were known on this day, as in 2026-02-01 [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<jiff::civil::Date>,
    /// Form of the results
    #[arg(short, long, alias = "output-format", value_enum, default_value_t, help_heading = "Output")]
    pub(super) format: TableFormat,
}

/// Form of what is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// Lines for people
    #[default]
    Text,
    /// A record for programs
    Json,
}

/// What to do with the catalog of images.
#[derive(Debug, Subcommand)]
pub(super) enum Catalog {
    /// Read today's tags of the official images and ends of support, for all later runs of this user
    Update(UpdateCatalog),
    /// Write the files of the catalog that are made from data of others, for those who work on it
    #[command(hide = true)]
    Build(BuildCatalog),
}

/// Arguments of `catalog build`.
#[derive(Debug, Args)]
pub(super) struct BuildCatalog {
    /// Tags of the official images, as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) official_tags: PathBuf,
    /// Ends of life, as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) end_of_life: PathBuf,
    /// What is in the free images of Chainguard, as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) chainguard: PathBuf,
    /// Folder of the catalog
    #[arg(short, long, value_name = "DIR", default_value = "recipes/catalog")]
    pub(super) output: PathBuf,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id of a recipe, a tag, or a blocker: what keeps an image from a rung
    #[arg(value_name = "ID")]
    pub(super) topic: String,
    /// Folder with recipes of your own
    #[arg(long, value_name = "DIR")]
    pub(super) recipes: Vec<PathBuf>,
}

/// What to do with recipes.
#[derive(Debug, Subcommand)]
pub(super) enum Recipes {
    /// List the recipes
    List {
        /// Folder with recipes of your own
        #[arg(long, value_name = "DIR")]
        recipes: Vec<PathBuf>,
    },
    /// Run the examples of every recipe in a folder
    Test {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Arguments of a run.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Dockerfiles, folders to search for them, or `-` for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Write the changes
    #[arg(short, long, aliases = ["fix", "write"], conflicts_with = "check")]
    pub(super) apply: bool,
    /// Write nothing; exit with 1 if anything would change
    #[arg(long)]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Form of the results; `diff` is only the patch
    #[arg(short, long, alias = "output-format", value_enum, default_value_t, help_heading = "Output")]
    pub(super) format: Format,
    /// Write the results to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// Name of what comes on standard input
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Set by `pin`, which is this command with recipes of its own.
    #[arg(skip)]
    pub(super) pinning: Option<Pinning>,
}

/// Arguments of `prove`.
#[derive(Debug, Args)]
#[command(after_help = PROOFS)]
pub(super) struct Prove {
    /// The Dockerfile, or its folder [default: .]
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// The Dockerfile to compare it with, in place of the hardened one
    #[arg(value_name = "NEW", conflicts_with = "apply")]
    pub(super) new: Option<PathBuf>,
    /// Arguments for both containers, in place of the image's CMD
    #[arg(value_name = "ARG", last = true)]
    pub(super) arguments: Vec<String>,
    /// Write the hardened file once the proof has held
    #[arg(short, long)]
    pub(super) apply: bool,
    #[command(flatten)]
    pub(super) selection: Selection,
    #[command(flatten)]
    pub(super) build: BuildArguments,
    /// A variable for both containers
    #[arg(short, long, value_name = "NAME=VALUE", help_heading = "Run")]
    pub(super) env: Vec<String>,
    /// Seconds that a program may take to be ready, to end, or to fall silent [default: 10]
    #[arg(long, value_name = "SECONDS", help_heading = "Run")]
    pub(super) wait: Option<f64>,
    /// Let only root listen on ports below 1024, as clusters with CRI-O or containerd before 2.0 do
    #[arg(long, help_heading = "Run")]
    pub(super) refuse_low_ports: bool,
    /// Seconds that one step may take: a build, a scan
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, help_heading = "Run")]
    pub(super) timeout: u64,
    /// The largest image to look at, unpacked, in GB
    #[arg(long, value_name = "GB", default_value_t = 20.0, help_heading = "Run")]
    pub(super) max_size: f64,
    /// Where a proof does not hold, try all lesser rewrites, not only the likely ones
    #[arg(long, conflicts_with = "new", help_heading = "Run")]
    pub(super) bisect: bool,
    /// Scanner for vulnerabilities; those that are on PATH unless given
    #[arg(long, value_enum, value_name = "NAME", help_heading = "Run")]
    pub(super) scanner: Vec<ScannerName>,
    /// Write what the new image holds to a file, as CycloneDX; by syft or trivy
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) sbom: Option<PathBuf>,
    /// Write the output of the builds to a file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) log: Option<PathBuf>,
    /// Form of the results
    #[arg(short, long, alias = "output-format", value_enum, default_value_t, help_heading = "Output")]
    pub(super) format: ProofFormat,
    /// Write the results to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
}

const PROOFS: &str = "Exit codes: 0 the proof held, or there was nothing to prove; 1 it did not hold; 2 could not \
                      do it; 130 stopped";

/// How images are built.
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// Container engine [default: the first that answers]
    #[arg(long, value_enum, value_name = "NAME", help_heading = "Build")]
    pub(super) engine: Option<EngineName>,
    /// Stage to build [default: the last]
    #[arg(long, value_name = "STAGE", help_heading = "Build")]
    pub(super) target: Option<String>,
    /// Platform to build for
    #[arg(long, value_name = "PLATFORM", help_heading = "Build")]
    pub(super) platform: Option<String>,
    /// Build argument
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Build")]
    pub(super) build_arg: Vec<String>,
    /// Secret of the build, as `docker build` takes it
    #[arg(long, value_name = "SECRET", help_heading = "Build")]
    pub(super) secret: Vec<String>,
    /// SSH agent or keys of the build, as `docker build` takes them
    #[arg(long, value_name = "SSH", help_heading = "Build")]
    pub(super) ssh: Vec<String>,
}

/// Container engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    /// Docker
    Docker,
    /// Podman
    Podman,
    /// Buildah; only builds
    Buildah,
}

/// Scanners for vulnerabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ScannerName {
    /// Trivy
    Trivy,
    /// Grype
    Grype,
    /// Docker Scout
    Scout,
    /// No scanner
    None,
}

/// Form of the results of `prove`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ProofFormat {
    /// A table for people
    #[default]
    Text,
    /// A record for programs
    Json,
    /// A comment for a pull request
    Markdown,
    /// A page of its own
    Html,
}

/// What may be changed, by what, and where the files around it are.
#[derive(Clone, Debug, Args)]
pub(super) struct Selection {
    /// Also make changes that may alter what the container does
    #[arg(long = "unsafe", alias = "unsafe-fixes")]
    pub(super) unsafe_: bool,
    /// Folder that the images are built from [default: the Dockerfile's, or one above it]
    #[arg(long, value_name = "DIR", conflicts_with = "no_context")]
    pub(super) context: Option<PathBuf>,
    /// Look at no file but the Dockerfile
    #[arg(long)]
    pub(super) no_context: bool,
    /// Run exactly these recipes, by id or tag
    #[arg(long, value_name = "RECIPE", value_delimiter = ',', help_heading = "Recipes")]
    pub(super) select: Vec<String>,
    /// Leave these recipes out, by id or tag
    #[arg(long, value_name = "RECIPE", value_delimiter = ',', help_heading = "Recipes")]
    pub(super) ignore: Vec<String>,
    /// Also make the changes that `# harden: ignore[...]` comments of the files keep away
    #[arg(long, help_heading = "Recipes")]
    pub(super) no_ignores: bool,
    /// Run the recipes of this pack
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Recipes")]
    pub(super) pack: String,
    /// Add the recipes in this folder
    #[arg(long, value_name = "DIR", help_heading = "Recipes")]
    pub(super) recipes: Vec<PathBuf>,
    /// Take images as they were known on this day, as in 2026-02-01 [default: today]
    #[arg(long, value_name = "DATE", help_heading = "Recipes")]
    pub(super) as_of: Option<jiff::civil::Date>,
    /// Also run `hardened-base-image`, with images of chainguard, distroless, dhi or official-slim
    #[arg(long, value_name = "WHO", value_parser = provider, help_heading = "Recipes")]
    pub(super) provider: Option<Provider>,
    /// Take the final image of a Go program no higher than this rung
    #[arg(long, value_name = "RUNG", value_parser = rung, help_heading = "Recipes")]
    pub(super) rung: Option<Rung>,
    #[command(flatten)]
    pub(super) network: Network,
}

/// The rung of a name.
fn rung(name: &str) -> Result<Rung, String> {
    let found = Rung::ALL.into_iter().find(|rung| rung.name() == name);
    found.ok_or_else(|| format!("the rungs are {}", Rung::ALL.map(Rung::name).join(", ")))
}

/// The provider of a name.
fn provider(name: &str) -> Result<Provider, String> {
    let found = Provider::ALL.into_iter().find(|provider| provider.name() == name);
    found.ok_or_else(|| format!("the providers are {}", Provider::ALL.map(Provider::name).join(", ")))
}

/// Arguments of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// When to use colour
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN", help_heading = "Output")]
    pub(super) color: Color,
    /// One line for each finding, and no summary
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,
    /// Also show what was checked
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(super) verbose: bool,
}

/// Form of the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Findings and patches for people
    #[default]
    Text,
    /// A patch for `git apply` or `patch -p1`
    Diff,
    /// A record for programs
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

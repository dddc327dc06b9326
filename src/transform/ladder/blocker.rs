//! What keeps a file from a rung.

use super::super::Context;
use super::rung::Rung;
use crate::document::Instruction;
use serde::Serialize;

/// Something in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// Which precondition failed; `harden explain ID` documents it.
    pub id: Id,
    /// The highest rung that it keeps the file from.
    pub rung: Rung,
    /// The lowest one.
    pub through: Rung,
    /// What was found: lower case, no full stop.
    pub message: String,
    /// Where, in the file or in the Dockerfile, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The file of the build context, if it was found there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Whether `--unsafe` passes it.
    pub passable: bool,
}

impl Blocker {
    /// Something in the way of the rungs that the kind of obstacle bars.
    pub(super) fn new(id: Id, message: impl Into<String>) -> Self {
        Self {
            id,
            rung: Rung::Static,
            through: id.through(),
            message: message.into(),
            line: None,
            file: None,
            passable: id.passable(),
        }
    }

    /// The same, at an instruction.
    pub(super) fn at(self, cx: &Context<'_>, instruction: &Instruction<'_>) -> Self {
        Self { line: Some(cx.line(instruction.span.start)), ..self }
    }

    /// The same, in a file of the build context.
    pub(super) fn in_file(self, file: &str, line: usize) -> Self {
        Self { file: Some(file.to_owned()), line: Some(line), ..self }
    }

    /// The same, for rungs down to this one.
    pub(super) fn through(self, through: Rung) -> Self {
        Self { through, ..self }
    }

    /// The same, for one rung alone.
    pub(super) fn only(self, rung: Rung) -> Self {
        Self { rung, through: rung, ..self }
    }

    /// The same, as something that `--unsafe` passes.
    pub(super) fn passable(self) -> Self {
        Self { passable: true, ..self }
    }

    /// Whether it keeps the file from a rung.
    pub fn bars(&self, rung: Rung) -> bool {
        self.rung <= rung && rung <= self.through
    }
}

/// The preconditions of the ladder, by what shows that they do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "`harden explain` documents them")]
pub enum Id {
    NoCommand,
    ToolchainCommand,
    ReloaderCommand,
    IdleCommand,
    ProgramUnknown,
    OnbuildImage,
    OtherSystem,
    FinalImageKept,
    SeveralPrograms,
    ShellVariables,
    ShellOperators,
    MalformedCommand,
    EntryScript,
    CgoNeeded,
    CgoUnknown,
    CgoMusl,
    RuntimePackages,
    HealthcheckCommand,
    RunsPrograms,
    AssetsUnseen,
    AssetsGenerated,
    WritesAsRoot,
    Setcap,
    CustomCertificates,
    FinalRun,
    UnreadableRun,
    SettingsVariables,
    MixedPlatform,
    RootFolder,
}

impl Id {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::NoCommand,
        Self::ToolchainCommand,
        Self::ReloaderCommand,
        Self::IdleCommand,
        Self::ProgramUnknown,
        Self::OnbuildImage,
        Self::OtherSystem,
        Self::FinalImageKept,
        Self::SeveralPrograms,
        Self::ShellVariables,
        Self::ShellOperators,
        Self::MalformedCommand,
        Self::EntryScript,
        Self::CgoNeeded,
        Self::CgoUnknown,
        Self::CgoMusl,
        Self::RuntimePackages,
        Self::HealthcheckCommand,
        Self::RunsPrograms,
        Self::AssetsUnseen,
        Self::AssetsGenerated,
        Self::WritesAsRoot,
        Self::Setcap,
        Self::CustomCertificates,
        Self::FinalRun,
        Self::UnreadableRun,
        Self::SettingsVariables,
        Self::MixedPlatform,
        Self::RootFolder,
    ];

    /// Its name in reports and for `harden explain`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoCommand => "no-command",
            Self::ToolchainCommand => "toolchain-command",
            Self::ReloaderCommand => "reloader-command",
            Self::IdleCommand => "idle-command",
            Self::ProgramUnknown => "program-unknown",
            Self::OnbuildImage => "onbuild-image",
            Self::OtherSystem => "other-system",
            Self::FinalImageKept => "final-image-kept",
            Self::SeveralPrograms => "several-programs",
            Self::ShellVariables => "shell-variables",
            Self::ShellOperators => "shell-operators",
            Self::MalformedCommand => "malformed-command",
            Self::EntryScript => "entry-script",
            Self::CgoNeeded => "cgo-needed",
            Self::CgoUnknown => "cgo-unknown",
            Self::CgoMusl => "cgo-musl",
            Self::RuntimePackages => "runtime-packages",
            Self::HealthcheckCommand => "healthcheck-command",
            Self::RunsPrograms => "runs-programs",
            Self::AssetsUnseen => "assets-unseen",
            Self::AssetsGenerated => "assets-generated",
            Self::WritesAsRoot => "writes-as-root",
            Self::Setcap => "setcap",
            Self::CustomCertificates => "custom-certificates",
            Self::FinalRun => "final-run",
            Self::UnreadableRun => "unreadable-run",
            Self::SettingsVariables => "settings-variables",
            Self::MixedPlatform => "mixed-platform",
            Self::RootFolder => "root-folder",
        }
    }

    /// Whether leave to make unsafe fixes is leave to overlook it.
    const fn passable(self) -> bool {
        matches!(
            self,
            Self::CgoUnknown
                | Self::AssetsUnseen
                | Self::AssetsGenerated
                | Self::WritesAsRoot
                | Self::SeveralPrograms
        )
    }

    /// The lowest rung that it bars.
    const fn through(self) -> Rung {
        match self {
            // What needs a shell or another program finds it in a small distribution.
            Self::ShellVariables
            | Self::ShellOperators
            | Self::EntryScript
            | Self::RuntimePackages
            | Self::HealthcheckCommand
            | Self::RunsPrograms
            | Self::CgoNeeded
            | Self::CgoMusl => Rung::Cc,
            // The C and C++ libraries are all that a compiler without more packages can have linked.
            Self::CgoUnknown => Rung::Base,
            _ => Rung::Slim,
        }
    }
}

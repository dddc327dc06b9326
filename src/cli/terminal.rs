//! Standard output and standard error.

use super::args::Color;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal as _, Write as _};

/// What the two streams are.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a stream")]
pub(super) struct Terminal {
    /// Whether results are coloured.
    pub(super) colour_out: bool,
    /// Whether a patch alone is coloured: another program may read it, so the environment can't ask for that.
    pub(super) colour_patch: bool,
    /// Whether the conversation is coloured.
    pub(super) colour_err: bool,
    /// Whether people read standard output.
    pub(super) to_people: bool,
}

impl Terminal {
    /// Looks at the streams and the environment.
    pub(super) fn new(color: Color) -> Self {
        let to_people = io::stdout().is_terminal();
        let pick = |auto: ColorChoice| match color {
            Color::Auto => auto != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        let colour_out = pick(AutoStream::choice(&io::stdout()));
        Self {
            colour_out,
            colour_patch: colour_out && (to_people || color == Color::Always),
            colour_err: pick(AutoStream::choice(&io::stderr())),
            to_people,
        }
    }

    /// The same for results that go to a file.
    pub(super) fn to_file(self, color: Color) -> Self {
        let always = color == Color::Always;
        Self { colour_out: always, colour_patch: always, to_people: false, ..self }
    }

    /// Columns of the terminal that results go to; 80 elsewhere.
    pub(super) fn width() -> usize {
        rustix::termios::tcgetwinsize(io::stdout()).map_or(80, |size| usize::from(size.ws_col)).clamp(60, 120)
    }

    /// Says something on standard error; there is nobody to tell when that fails.
    pub(super) fn tell(text: &str) {
        io::stderr().write_all(text.as_bytes()).ok();
    }

    /// Prints results on standard output.
    pub(super) fn print(text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

//! Images, looked at without running them.

use super::engine::{Built, Workshop};
use super::error::{Error, ErrorKind};
use super::image::Image;
use super::process::Limits;
use super::proof::Side;
use super::request::Watch;
use super::scan::{self, Scanner};
use std::path::Path;

/// Where images are looked at without running them.
pub(super) struct Desk<'d> {
    pub(super) workshop: &'d Workshop<'d>,
    pub(super) scanners: &'d [Scanner],
    pub(super) limits: &'d Limits,
    /// Whether they were asked for by name.
    pub(super) named: bool,
    /// Where to list what the image holds.
    pub(super) sbom: Option<&'d Path>,
}

impl Desk<'_> {
    /// What an image holds, and what scanners say of it.
    pub(super) fn look(&self, built: &Built, name: &str, watch: &mut dyn Watch) -> Result<Side, Error> {
        watch.step(&format!("reading the image of {name}"));
        let folder = tempfile::Builder::new().prefix("harden-prove-").tempdir();
        let folder = folder.map_err(|error| {
            Error::new(ErrorKind::Disk, "cannot make a temporary folder").because(crate::files::cause(&error))
        })?;
        let archive = folder.path().join("image.tar");
        self.workshop.save(&built.tag, &archive)?;
        let image = Image::read(&archive, self.limits)?;
        let (mut scans, mut unscanned) = (Vec::new(), Vec::new());
        for scanner in self.scanners {
            watch.step(&format!("{} looks at {name}", scanner.name()));
            match scanner.scan(&archive, self.limits) {
                Ok(scan) => scans.push(scan),
                // Whoever has a scanner need not have set it up for this.
                Err(error) if !self.named && error.kind == ErrorKind::Other => {
                    unscanned.push(format!("{} said nothing: {error}", scanner.name()));
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(to) = self.sbom {
            watch.step("listing what the new image holds");
            scan::sbom(&archive, to, self.limits)?;
        }
        let build_seconds = Some(built.took.as_secs_f64());
        Ok(Side { build_seconds, image: Some(image), behaviour: None, scans, unscanned })
    }
}

/// Hears nothing: what is done beside something else is not told.
pub(super) struct Silent;

impl Watch for Silent {
    fn begins(&mut self, _: &str) {}
    fn step(&mut self, _: &str) {}
    fn output(&mut self, _: &[u8]) {}
}

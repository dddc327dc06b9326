//! What can be asked.

use super::host::Url;
use super::options::Options;
use super::parallel;
use super::place::{Place, places};
use super::run::{DAY, Run};
use super::trouble::{Kind, Trouble, quote};
use super::wire::Call;
use crate::catalog::{Answer, Lookups, Mirror, Reference};
use crate::files::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// What asks registries. Keeps connections, tokens and what hosts have asked for; may be used by several threads.
pub struct Client {
    run: Arc<Run>,
    mirrors: Vec<Mirror>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("options", &self.run.options)
            .field("mirrors", &self.mirrors)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that has asked nothing yet and knows no mirrors.
    pub fn new(options: Options) -> Self {
        Self { run: Arc::new(Run::new(options)), mirrors: Vec::new() }
    }

    /// One for a project with these mirrors, which are asked in this order. All else is shared: a host that wants to be left
    /// alone wants it of the whole run.
    #[must_use]
    pub fn with_mirrors(&self, mirrors: &[Mirror]) -> Self {
        Self { run: Arc::clone(&self.run), mirrors: mirrors.to_vec() }
    }

    /// The digest that a build would pin for a reference's name and tag, which is `latest` where none is written: of the
    /// index where the image has several platforms. For a reference with a digest, what became of it.
    pub fn answer(&self, reference: &Reference<'_>) -> Answer {
        self.answer_until(reference, far())
    }

    fn answer_until(&self, reference: &Reference<'_>, last: Instant) -> Answer {
        self.own_answer(reference, last).unwrap_or_else(|trouble| match trouble.kind {
            Kind::Missing => Answer::Missing,
            _ => self.copy(reference, last, trouble),
        })
    }

    /// What the registry says that a reference names.
    fn own_answer(&self, reference: &Reference<'_>, last: Instant) -> Result<Answer, Trouble> {
        if reference.is_scratch() {
            return Err(Trouble::last("the empty image is in no registry"));
        }
        let place = places(reference, &self.mirrors)?.own;
        self.run.within(last, |end| match reference.digest {
            Some(digest) => self.run.pin(&place, (reference.tag, digest), end).map(Answer::Pin),
            None => self.run.tagged(&place, tag(reference), end).map(Answer::Digest),
        })
    }

    /// What a mirror says where the registry itself could not be asked.
    ///
    /// That a mirror has no such image says nothing: whether an image exists is for its own registry to say.
    fn copy(&self, reference: &Reference<'_>, last: Instant, mut trouble: Trouble) -> Answer {
        let mut notes = Vec::new();
        for mirror in self.copies(reference) {
            match self.run.within(last, |end| self.run.tagged(&mirror, tag(reference), end)) {
                Ok(digest) => {
                    return Answer::Copy { digest, registry: mirror.registry, why: trouble.line() };
                }
                Err(why) => notes.push(format!("its mirror {}: {}", mirror.registry, why.why)),
            }
        }
        if !notes.is_empty() {
            trouble.why = format!("{} ({})", trouble.why, notes.join("; "));
        }
        Answer::Failed(trouble.line())
    }

    /// The mirrors that can tell what a reference's tag names; none where it names no tag.
    fn copies(&self, reference: &Reference<'_>) -> Vec<Place> {
        if reference.is_scratch() || (reference.tag.is_none() && reference.digest.is_some()) {
            return Vec::new();
        }
        places(reference, &self.mirrors).map(|places| places.copies).unwrap_or_default()
    }

    /// Asks about many references at once, about each one time. The answers don't depend on the order.
    pub fn look_up(&self, references: &[Reference<'_>]) -> Lookups {
        let last = self.run.last();
        let ask = |reference: &Reference<'_>| self.answer_until(reference, last);
        let mut lookups = Lookups::default();
        for (reference, answer) in parallel::each(references, &self.run.options, ask) {
            lookups.insert(reference, answer);
        }
        if let Some(cache) = &self.run.cache {
            cache.sweep(SystemTime::now());
        }
        lookups
    }

    /// What the clients of one run share.
    pub(super) fn run(&self) -> &Run {
        &self.run
    }

    /// All tags of a reference's name, in the order of the alphabet, as its own registry tells them.
    pub fn tags(&self, reference: &Reference<'_>) -> Result<Vec<String>, Error> {
        let told = places(reference, &self.mirrors)
            .and_then(|places| self.run.within(far(), |end| self.run.tags(&places.own, end)));
        told.map_err(|trouble| trouble.about(format!("cannot list the tags of {}", reference.canonical())))
    }

    /// The text at an address that is no registry's: `https://`, or `http://` on this machine. At most `limit` bytes.
    pub fn document(&self, address: &str, limit: u64) -> Result<Vec<u8>, Error> {
        // Before the last sign there may be a password.
        let shown = address.rsplit('@').next().unwrap_or_default();
        let message = || format!("cannot read {}", quote(shown));
        let fetch = || {
            let url = Url::parse(address).filter(|url| url.tls || url.host.is_loopback());
            let url = url.ok_or_else(|| Trouble::last("it is not an address that begins with https://"))?;
            let call = Call { url: &url, head: false, accept: &[], authorization: None, form: None, limit };
            let reply = self.run.within(far(), |end| self.run.hosts.follow(&call, end.end()))?;
            match reply.status {
                200 => Ok(reply.body),
                status => Err(Trouble::last(format!("{} answers with status {status}", url.host))),
            }
        };
        fetch().map_err(|trouble: Trouble| trouble.about(message()))
    }
}

fn tag<'r>(reference: &Reference<'r>) -> &'r str {
    reference.tag.unwrap_or("latest")
}

/// A time that does not come on this run.
fn far() -> Instant {
    Instant::now() + DAY
}

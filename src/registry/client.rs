//! What can be asked.

use super::auth::Auth;
use super::cache::{Cache, Kept};
use super::host::Url;
use super::hosts::Hosts;
use super::manifest::{self, Manifest};
use super::options::Options;
use super::parallel;
use super::place::{Place, places};
use super::tags;
use super::trouble::{Kind, Trouble, quote};
use super::wire::{Call, Reply};
use crate::catalog::{Answer, Lookups, Reference};
use crate::files::Error;
use std::fmt;
use std::time::{Duration, Instant, SystemTime};

/// More than anything takes.
const DAY: Duration = Duration::from_hours(24);

/// What asks registries. Keeps connections, tokens and what hosts have asked for; may be used by several threads.
pub struct Client {
    options: Options,
    hosts: Hosts,
    auth: Auth,
    cache: Option<Cache>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.options).finish_non_exhaustive()
    }
}

/// How a pinned reference stands, as in `golang:1.27@sha256:...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pin {
    /// The tag leads to the digest.
    Current,
    /// The tag leads to this index now, of which the digest is one platform.
    Platform(String),
    /// The tag leads to this digest now; the image of the pinned one is still there.
    Moved(String),
    /// There is no such tag, or none is written; the image of the digest is there.
    Untagged,
    /// The registry has no image of the digest; the digest that the tag leads to, if there is one.
    Gone(Option<String>),
}

/// A question to one place.
struct Question<'a> {
    place: &'a Place,
    path: String,
    head: bool,
    accept: &'a [&'a str],
    limit: u64,
    /// Whether the answer may be at another address.
    led: bool,
    end: Instant,
}

impl Client {
    /// A client that has asked nothing yet.
    pub fn new(options: Options) -> Self {
        Self {
            hosts: Hosts::new(&options),
            auth: Auth::new(options.logins.clone()),
            cache: options.cache.clone().map(|folder| Cache::new(folder, options.max_age)),
            options,
        }
    }

    /// The digest that a build would pin for a reference's name and tag: of the index where the image has several
    /// platforms. A digest in the reference has no part in it; without a tag, it is that of `latest`.
    pub fn digest(&self, reference: &Reference<'_>) -> Answer {
        self.digest_until(reference, far())
    }

    fn digest_until(&self, reference: &Reference<'_>, last: Instant) -> Answer {
        match self.look(reference, last) {
            Ok(digest) => Answer::Digest(digest),
            Err(Trouble { kind: Kind::Missing, .. }) => Answer::Missing,
            Err(trouble) => Answer::Failed(trouble.line()),
        }
    }

    /// Asks about many references at once, about each name and tag one time. The answers don't depend on the order.
    pub fn look_up(&self, references: &[Reference<'_>]) -> Lookups {
        let last = far().min(Instant::now() + self.options.whole.min(DAY));
        let asked = parallel::each(references, &self.options, |reference| self.digest_until(reference, last));
        let mut lookups = Lookups::default();
        for (reference, answer) in asked {
            lookups.insert(reference, answer);
        }
        if let Some(cache) = &self.cache {
            cache.sweep(SystemTime::now());
        }
        lookups
    }

    /// How a reference with a digest stands. Nothing that was kept from earlier runs is used.
    pub fn pin(&self, reference: &Reference<'_>) -> Result<Pin, Error> {
        let Some(digest) = reference.digest else {
            return Err(Error::new(message(reference), "it has no digest to compare"));
        };
        self.compare(reference, digest).map_err(|trouble| trouble.about(message(reference)))
    }

    /// All tags of a reference's name, in the order of the alphabet.
    pub fn tags(&self, reference: &Reference<'_>) -> Result<Vec<String>, Error> {
        self.first(reference, far(), |place, end| self.all_tags(place, end))
            .map_err(|trouble| trouble.about(format!("cannot list the tags of {}", reference.canonical())))
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
            let end = Instant::now() + self.options.patience.min(DAY);
            let reply = self.hosts.follow(&call, end)?;
            match reply.status {
                200 => Ok(reply.body),
                status => Err(Trouble::last(format!("{} answers with status {status}", url.host))),
            }
        };
        fetch().map_err(|trouble: Trouble| trouble.about(message()))
    }

    /// The answer of the first place that has one.
    ///
    /// A mirror that has no such image or can't be asked is passed over: whether an image exists is for its own registry to
    /// say.
    fn first<T>(
        &self,
        reference: &Reference<'_>,
        last: Instant,
        ask: impl Fn(&Place, Instant) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut notes = Vec::new();
        let mut trouble = Trouble::last("it is not in a registry");
        for place in places(reference, &self.options.mirrors)? {
            // Its own time for each: a mirror that never answers is not to use up that of the registry.
            let end = Instant::now() + self.options.patience.min(DAY);
            if Instant::now() >= last {
                return Err(Trouble::last("it was not asked, as the time for all is over"));
            }
            match ask(&place, end.min(last)) {
                Ok(answer) => return Ok(answer),
                Err(why) => {
                    notes.push(format!("its mirror {}: {}", place.registry, why.why));
                    trouble = why;
                }
            }
        }
        notes.pop();
        if trouble.kind != Kind::Missing && !notes.is_empty() {
            trouble.why = format!("{} ({})", trouble.why, notes.join("; "));
        }
        Err(trouble)
    }

    fn look(&self, reference: &Reference<'_>, last: Instant) -> Result<String, Trouble> {
        if reference.is_scratch() {
            return Err(Trouble::last("the empty image is in no registry"));
        }
        let tag = reference.tag.unwrap_or("latest");
        self.first(reference, last, |place, end| {
            let kept = self.cache.as_ref().and_then(|cache| cache.get(place, tag, SystemTime::now()));
            let digest = match kept {
                Some(Kept::Fresh(digest)) => return Ok(digest),
                Some(Kept::Stale(digest)) if self.still(place, tag, &digest, end) => digest,
                _ => self.manifest(place, tag, end)?.digest,
            };
            if let Some(cache) = &self.cache {
                cache.put(place, tag, &digest, SystemTime::now());
            }
            Ok(digest)
        })
    }

    /// Whether a tag still leads to a digest that was computed from its manifest earlier: for that, headers are enough.
    fn still(&self, place: &Place, tag: &str, digest: &str, end: Instant) -> bool {
        let claimed = self
            .head(place, tag, end)
            .map(|reply| manifest::claimed(&reply, place).ok().flatten() == Some(digest));
        claimed.unwrap_or(false)
    }

    fn compare(&self, reference: &Reference<'_>, digest: &str) -> Result<Pin, Trouble> {
        let now = match reference.tag {
            None => None,
            Some(tag) => match self.first(reference, far(), |place, end| self.manifest(place, tag, end)) {
                Ok(manifest) => Some(manifest),
                Err(trouble) if trouble.kind == Kind::Missing => None,
                Err(trouble) => return Err(trouble),
            },
        };
        if now.as_ref().is_some_and(|now| now.digest == digest) {
            return Ok(Pin::Current);
        }
        if let Some(now) = now.as_ref().filter(|now| now.platforms.iter().any(|platform| platform == digest))
        {
            return Ok(Pin::Platform(now.digest.clone()));
        }
        // The digest is the question here and not the answer, and engines check what they pull by it.
        match (self.first(reference, far(), |place, end| self.head(place, digest, end)), now) {
            (Ok(_), Some(now)) => Ok(Pin::Moved(now.digest)),
            (Ok(_), None) => Ok(Pin::Untagged),
            (Err(trouble), now) if trouble.kind == Kind::Missing => Ok(Pin::Gone(now.map(|now| now.digest))),
            (Err(trouble), _) => Err(trouble),
        }
    }

    fn manifest(&self, place: &Place, tag: &str, end: Instant) -> Result<Manifest, Trouble> {
        let reply = self.ask(&Self::about_manifest(place, tag, false, end))?;
        manifest::read(&reply, place)
    }

    fn head(&self, place: &Place, tag: &str, end: Instant) -> Result<Reply, Trouble> {
        self.ask(&Self::about_manifest(place, tag, true, end))
    }

    fn about_manifest<'a>(place: &'a Place, tag: &str, head: bool, end: Instant) -> Question<'a> {
        let path = format!("/v2/{}/manifests/{tag}", place.name);
        Question { place, path, head, accept: &manifest::ACCEPT, limit: manifest::LIMIT, led: true, end }
    }

    fn all_tags(&self, place: &Place, end: Instant) -> Result<Vec<String>, Trouble> {
        let mut path = format!("/v2/{}/tags/list?n={}", place.name, tags::PAGE);
        let (mut all, mut bytes) = (Vec::new(), 0);
        for _ in 0..tags::PAGES {
            let url = self.hosts.url(&place.host, path.clone(), end)?;
            let reply = self.ask(&Question {
                place,
                path,
                head: false,
                accept: &[],
                limit: tags::LIMIT,
                led: false,
                end,
            })?;
            bytes += reply.body.len();
            all.extend(tags::read(&reply, place)?);
            match tags::next(&reply, &url, place)? {
                Some(next) if bytes <= tags::TOTAL => path = next.path,
                Some(_) => break,
                None => {
                    all.sort_unstable();
                    all.dedup();
                    return Ok(all);
                }
            }
        }
        Err(Trouble::last(format!("the list of the tags of {} has no end", place.full_name())))
    }

    /// Asks one place, with a login or token where it wants one.
    fn ask(&self, question: &Question<'_>) -> Result<Reply, Trouble> {
        let Question { place, head, accept, limit, end, .. } = *question;
        let url = self.hosts.url(&place.host, question.path.clone(), end)?;
        let mut sent = self.auth.first(&self.hosts, place, end)?;
        // Once without or with what was kept, once with what the refusal asks for.
        for last in [false, true] {
            let call = Call { url: &url, head, accept, authorization: sent.as_ref(), form: None, limit };
            let reply = if question.led {
                self.hosts.follow(&call, end)?
            } else {
                self.hosts.exchange(&call, end)?
            };
            if reply.status != 401 || last {
                return self.judge(reply, place);
            }
            sent = Some(self.auth.next(&self.hosts, place, (&reply, sent.as_ref()), end)?);
        }
        Err(self.auth.refused(place))
    }

    fn judge(&self, reply: Reply, place: &Place) -> Result<Reply, Trouble> {
        match reply.status {
            200 => Ok(reply),
            404 => Err(Trouble::new(Kind::Missing, format!("{} has no such image", place.registry))),
            401 | 403 => Err(self.auth.refused(place)),
            status => Err(Trouble::last(format!("{} answers with status {status}", place.registry))),
        }
    }
}

/// A time that does not come on this run.
fn far() -> Instant {
    Instant::now() + DAY
}

fn message(reference: &Reference<'_>) -> String {
    format!("cannot look up {}:{}", reference.canonical(), reference.tag.unwrap_or("latest"))
}

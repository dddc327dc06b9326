//! What the clients of one run share, and questions to one place.

use super::auth::Auth;
use super::cache::{Cache, Kept};
use super::deadline::Deadline;
use super::hosts::Hosts;
use super::manifest::{self, Manifest};
use super::options::Options;
use super::place::Place;
use super::tags;
use super::trouble::{Kind, Trouble};
use super::wire::{Call, Reply};
use crate::catalog::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// More than anything takes.
pub(super) const DAY: Duration = Duration::from_hours(24);

/// Connections, tokens, what hosts have asked for, what is kept, and the time for all.
pub(super) struct Run {
    pub(super) options: Options,
    pub(super) hosts: Hosts,
    pub(super) cache: Option<Cache>,
    auth: Auth,
    last: OnceLock<Instant>,
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
}

impl Run {
    pub(super) fn new(options: Options) -> Self {
        Self {
            hosts: Hosts::new(&options),
            auth: Auth::new(options.logins.clone()),
            cache: options.cache.clone().map(|folder| Cache::new(folder, options.max_age)),
            last: OnceLock::new(),
            options,
        }
    }

    /// When the time for all look-ups together is over, which begins with the first of them.
    pub(super) fn last(&self) -> Instant {
        *self.last.get_or_init(|| Instant::now() + self.options.whole.min(DAY))
    }

    /// Asks a place, in a time of its own: one that never answers is not to use up that of the next.
    pub(super) fn within<T>(
        &self,
        last: Instant,
        ask: impl FnOnce(&Deadline) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let now = Instant::now();
        if now >= last {
            return Err(Trouble::last("it was not asked, as the time for all is over"));
        }
        ask(&Deadline::new(last.min(now + self.options.patience.min(DAY))))
    }

    /// The digest that a tag leads to.
    pub(super) fn tagged(&self, place: &Place, tag: &str, end: &Deadline) -> Result<String, Trouble> {
        match self.kept(place, tag, end) {
            Some(digest) => Ok(digest),
            None => Ok(self.manifest(place, tag, end)?.digest),
        }
    }

    /// What became of a digest, and of the tag that it was pinned for if there is one.
    pub(super) fn pin(
        &self,
        place: &Place,
        (tag, digest): (Option<&str>, &str),
        end: &Deadline,
    ) -> Result<Pin, Trouble> {
        let now = match tag {
            Some(tag) if self.kept(place, tag, end).as_deref() == Some(digest) => return Ok(Pin::Current),
            Some(tag) => if_there(self.manifest(place, tag, end))?,
            None => None,
        };
        match &now {
            Some(now) if now.digest == digest => return Ok(Pin::Current),
            Some(now) if now.platforms.iter().any(|platform| platform == digest) => {
                return Ok(Pin::Platform(now.digest.clone()));
            }
            _ => {}
        }
        // The digest is the question here and not the answer, and engines check what they pull by it.
        let is_there = if_there(self.ask(&about_manifest(place, digest, true), end))?.is_some();
        Ok(match (is_there, now) {
            (true, Some(now)) => Pin::Moved(now.digest),
            (true, None) => Pin::Untagged,
            (false, now) => Pin::Gone(now.map(|now| now.digest)),
        })
    }

    /// All tags of a name, in the order of the alphabet.
    pub(super) fn tags(&self, place: &Place, end: &Deadline) -> Result<Vec<String>, Trouble> {
        let mut path = format!("/v2/{}/tags/list?n={}", place.name, tags::PAGE);
        let (mut all, mut bytes) = (Vec::new(), 0);
        for _ in 0..tags::PAGES {
            let url = self.hosts.url(&place.host, path.clone(), end.end())?;
            let question = Question { place, path, head: false, accept: &[], limit: tags::LIMIT, led: false };
            let reply = self.ask(&question, end)?;
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

    /// What a tag led to on an earlier run and still does.
    fn kept(&self, place: &Place, tag: &str, end: &Deadline) -> Option<String> {
        match self.cache.as_ref()?.get(place, tag, SystemTime::now())? {
            Kept::Fresh(digest) => Some(digest),
            Kept::Stale(digest) if self.still(place, tag, &digest, end) => {
                self.keep(place, tag, &digest);
                Some(digest)
            }
            Kept::Stale(_) => None,
        }
    }

    fn keep(&self, place: &Place, tag: &str, digest: &str) {
        if let Some(cache) = &self.cache {
            cache.put(place, tag, digest, SystemTime::now());
        }
    }

    /// Whether a tag still leads to a digest that was computed from its manifest earlier: for that, headers are enough.
    fn still(&self, place: &Place, tag: &str, digest: &str, end: &Deadline) -> bool {
        let claimed = self
            .ask(&about_manifest(place, tag, true), end)
            .map(|reply| manifest::claimed(&reply, place).ok().flatten() == Some(digest));
        claimed.unwrap_or(false)
    }

    fn manifest(&self, place: &Place, tag: &str, end: &Deadline) -> Result<Manifest, Trouble> {
        let manifest = manifest::read(&self.ask(&about_manifest(place, tag, false), end)?, place)?;
        self.keep(place, tag, &manifest.digest);
        Ok(manifest)
    }

    /// Asks one place, with a login or token where it wants one.
    fn ask(&self, question: &Question<'_>, end: &Deadline) -> Result<Reply, Trouble> {
        let Question { place, head, accept, limit, .. } = *question;
        let url = self.hosts.url(&place.host, question.path.clone(), end.end())?;
        let mut sent = self.auth.first(&self.hosts, place, end);
        // Once without or with what was kept, once with what the refusal asks for.
        for last in [false, true] {
            let call = Call { url: &url, head, accept, authorization: sent.as_ref(), form: None, limit };
            let reply = if question.led {
                self.hosts.follow(&call, end.end())?
            } else {
                self.hosts.exchange(&call, end.end())?
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

fn about_manifest<'a>(place: &'a Place, tag: &str, head: bool) -> Question<'a> {
    let path = format!("/v2/{}/manifests/{tag}", place.name);
    Question { place, path, head, accept: &manifest::ACCEPT, limit: manifest::LIMIT, led: true }
}

/// What was asked for; none where the registry has no such thing.
fn if_there<T>(asked: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(trouble) if trouble.kind == Kind::Missing => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

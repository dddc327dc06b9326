//! Asking a host until it answers: tries, waits, redirects, and which hosts are left alone.
//!
//! A host that asks to wait is left alone by all threads until then. One that fails three questions in a row is not asked
//! again on this run, as 500 references to a dead registry would each wait for it.

use super::host::{Host, Url};
use super::options::Options;
use super::trouble::{Kind, Trouble};
use super::wire::{Call, Reply, Wire, lock};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How often a request is led on.
const REDIRECTS: usize = 5;
/// After how many failed questions in a row a host is given up.
const FAILURES: u32 = 3;
/// How long this machine's own registry may take to say whether it speaks TLS.
const PROBE: Duration = Duration::from_secs(3);

/// All hosts, and how they have behaved so far.
pub(super) struct Hosts {
    wire: Wire,
    states: Mutex<BTreeMap<Host, Arc<State>>>,
    tries: u32,
    pause: Duration,
    timeout: Duration,
}

/// How one host has behaved.
#[derive(Default)]
struct State {
    /// Whether this machine's own registry speaks TLS.
    tls: Mutex<Option<bool>>,
    conduct: Mutex<Conduct>,
}

#[derive(Default)]
struct Conduct {
    /// Until when the host wants to be left alone.
    until: Option<Instant>,
    /// Questions in a row that failed.
    failures: u32,
    /// Why the last of them failed.
    last: Option<Trouble>,
}

impl Hosts {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            wire: Wire::new(options),
            states: Mutex::default(),
            tries: options.tries.max(1),
            pause: options.pause,
            timeout: options.timeout,
        }
    }

    fn state(&self, host: &Host) -> Arc<State> {
        Arc::clone(lock(&self.states).entry(host.clone()).or_default())
    }

    /// The address of a path on a registry: with TLS, unless it is this machine and does not speak TLS.
    pub(super) fn url(&self, host: &Host, path: String, end: Instant) -> Result<Url, Trouble> {
        let url = Url { tls: true, host: host.clone(), path };
        if !host.is_loopback() {
            return Ok(url);
        }
        let state = self.state(host);
        let mut known = lock(&state.tls);
        let tls = match *known {
            Some(tls) => tls,
            None => in_time(host, end).and_then(|()| self.speaks_tls(host, end))?,
        };
        *known = Some(tls);
        Ok(Url { tls, ..url })
    }

    fn speaks_tls(&self, host: &Host, end: Instant) -> Result<bool, Trouble> {
        let url = Url { tls: true, host: host.clone(), path: "/v2/".into() };
        let call =
            Call { url: &url, head: false, accept: &[], authorization: None, form: None, limit: 1 << 16 };
        match self.wire.send(&call, remaining(end).min(PROBE).min(self.timeout)) {
            Ok(_) => Ok(true),
            Err(trouble) if trouble.kind == Kind::Untrusted => Err(trouble),
            Err(_) => Ok(false),
        }
    }

    /// Makes a request until it is answered, and follows where the answer leads.
    ///
    /// A login goes nowhere but to the server that it is for.
    pub(super) fn follow(&self, call: &Call<'_>, end: Instant) -> Result<Reply, Trouble> {
        let mut url = call.url.clone();
        for _ in 0..=REDIRECTS {
            let authorization = call.authorization.filter(|_| url.same_origin(call.url));
            let reply = self.exchange(&Call { url: &url, authorization, ..*call }, end)?;
            match reply.status {
                301 | 302 | 303 | 307 | 308 => {}
                // What another server wants to know is not for it to learn.
                401 | 403 if !url.same_origin(call.url) => {
                    let why = format!("{} redirects to {}, which wants a login", call.url.host, url.host);
                    return Err(Trouble::last(why));
                }
                _ => return Ok(reply),
            }
            let next = reply.header("location").and_then(|location| url.join(location));
            let next = next.ok_or_else(|| Trouble::last(format!("{} redirects to nowhere", url.host)))?;
            url = redirected(call.url, next)?;
        }
        Err(Trouble::last(format!("{} redirects without end", call.url.host)))
    }

    /// Makes a request until it is answered, `tries` times at most and not beyond `end`.
    pub(super) fn exchange(&self, call: &Call<'_>, end: Instant) -> Result<Reply, Trouble> {
        let state = self.state(&call.url.host);
        for attempt in 1.. {
            state.ready(&call.url.host, end)?;
            in_time(&call.url.host, end)?;
            let trouble = match self.once(call, &state, end) {
                Err(trouble) if trouble.kind == Kind::Passing => trouble,
                outcome => {
                    lock(&state.conduct).failures = 0;
                    return outcome;
                }
            };
            let pause = backoff(self.pause, attempt);
            if attempt >= self.tries || remaining(end) <= pause {
                state.failed(&trouble);
                return Err(trouble);
            }
            thread::sleep(pause);
        }
        Err(Trouble::last("it was not tried"))
    }

    /// Makes a request once; a server that is in trouble or busy is a trouble, too.
    fn once(&self, call: &Call<'_>, state: &State, end: Instant) -> Result<Reply, Trouble> {
        let host = &call.url.host;
        let reply = self.wire.send(call, remaining(end).min(self.timeout))?;
        if !matches!(reply.status, 408 | 429 | 500 | 502 | 503 | 504) {
            return Ok(reply);
        }
        let asked = reply.header("retry-after").and_then(|text| retry_after(text, Timestamp::now()));
        let trouble = match reply.status {
            429 => busy(host, asked),
            status => Trouble::passing(format!("{host} is in trouble (status {status})")),
        };
        let Some(asked) = asked else { return Err(trouble) };
        lock(&state.conduct).until = Instant::now().checked_add(asked);
        if asked < remaining(end) {
            return Err(trouble);
        }
        Err(Trouble { kind: Kind::Final, ..busy(host, Some(asked)) })
    }
}

impl State {
    /// Waits until the host may be asked; fails when that is too late or the host was given up.
    fn ready(&self, host: &Host, end: Instant) -> Result<(), Trouble> {
        let pause = {
            let conduct = lock(&self.conduct);
            if let Some(trouble) = conduct.last.as_ref().filter(|_| conduct.failures >= FAILURES) {
                return Err(trouble.clone());
            }
            conduct.until.map(|until| until.saturating_duration_since(Instant::now())).unwrap_or_default()
        };
        if pause.is_zero() {
            return Ok(());
        }
        if pause >= remaining(end) {
            return Err(Trouble { kind: Kind::Final, ..busy(host, Some(pause)) });
        }
        thread::sleep(pause + spread(Duration::from_millis(200)));
        Ok(())
    }

    fn failed(&self, trouble: &Trouble) {
        let mut conduct = lock(&self.conduct);
        conduct.failures += 1;
        conduct.last = Some(trouble.clone());
    }
}

/// Refuses to be led from TLS to what has none, or from elsewhere to this machine.
fn redirected(from: &Url, to: Url) -> Result<Url, Trouble> {
    if to.host.is_loopback() && !from.host.is_loopback() {
        return Err(Trouble::last(format!("{} redirects to this machine", from.host)));
    }
    if from.tls && !to.tls {
        return Err(Trouble::last(format!(
            "{} redirects to http://{}, which has no TLS",
            from.host, to.host
        )));
    }
    to.secure(&format!("{} redirects; the new address", from.host))
}

/// Refuses to ask a host when the time is over: that it does not answer then is not its failure.
fn in_time(host: &Host, end: Instant) -> Result<(), Trouble> {
    if remaining(end).is_zero() {
        return Err(Trouble::last(format!("the time was over before {host} was asked")));
    }
    Ok(())
}

/// What is left of the time.
pub(super) fn remaining(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

/// A server that wants no more questions for now.
fn busy(host: &Host, asked: Option<Duration>) -> Trouble {
    let why = format!("{host} wants no more questions for now");
    match asked {
        Some(asked) => Trouble::passing(format!("{why}, for {}", people(asked)))
            .with_help("run the command again after that; users with a login may ask more"),
        None => {
            Trouble::passing(why).with_help("run the command again later; users with a login may ask more")
        }
    }
}

/// A time for people, rounded up.
fn people(time: Duration) -> String {
    match time.as_millis().div_ceil(1000) {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds.div_ceil(60)),
        seconds @ 7200..=172_799 => format!("{} h", seconds.div_ceil(3600)),
        seconds => format!("{} days", seconds.div_ceil(86_400)),
    }
}

/// How long a `Retry-After` asks to wait: a number of seconds, or a date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let year = Duration::from_hours(365 * 24);
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds).min(year));
    }
    let date = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim()).ok()?;
    let seconds = date.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()).min(year))
}

/// How long to wait after a failed try: twice as long each time up to 32 times, never the same for two threads.
fn backoff(pause: Duration, attempt: u32) -> Duration {
    let whole = pause.saturating_mul(2_u32.pow(attempt.saturating_sub(1).min(5)));
    whole / 2 + spread(whole)
}

/// Some part of a time, by chance.
fn spread(most: Duration) -> Duration {
    Duration::try_from_secs_f64(most.as_secs_f64() * fastrand::f64()).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_a_number_or_a_date() {
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let asked = |text: &str| retry_after(text, now).map(|time| time.as_secs());
        assert_eq!(asked(" 30 "), Some(30));
        assert_eq!(asked("Mon, 23 Nov 2026 10:01:00 GMT"), Some(60));
        assert_eq!(asked("Mon, 23 Nov 2026 09:00:00 GMT"), Some(0));
        assert_eq!(asked("18446744073709551615"), Some(365 * 86_400));
        for text in ["", "-1", "soon", "1.5", "18446744073709551616", "Mon, 99 Nov 2026 10:01:00 GMT"] {
            assert_eq!(asked(text), None, "{text}");
        }
    }

    #[test]
    fn waits_are_told_in_units_of_people() {
        for (seconds, text) in
            [(0.2, "1 s"), (90.0, "90 s"), (121.0, "3 min"), (7200.0, "2 h"), (1e6, "12 days")]
        {
            assert_eq!(people(Duration::from_secs_f64(seconds)), text);
        }
    }

    #[test]
    fn waits_grow_and_stay_short() {
        for attempt in 1..40 {
            let pause = backoff(Duration::from_millis(250), attempt);
            assert!(pause >= Duration::from_millis(125) && pause <= Duration::from_secs(12), "{pause:?}");
        }
        assert!(backoff(Duration::from_millis(250), 4) > Duration::from_millis(900));
    }

    #[test]
    fn a_host_that_there_was_no_time_to_ask_has_not_failed() {
        let (hosts, url) = (Hosts::new(&Options::default()), Url::parse("https://a.invalid/").unwrap());
        let call = Call { url: &url, head: false, accept: &[], authorization: None, form: None, limit: 1 };
        let Err(trouble) = hosts.exchange(&call, Instant::now()) else { panic!() };
        assert_eq!(trouble.why, "the time was over before a.invalid was asked");
        assert_eq!(lock(&hosts.state(&url.host).conduct).failures, 0);
        assert!(hosts.url(&Host::parse("localhost:1").unwrap(), "/".into(), Instant::now()).is_err());
    }

    #[test]
    fn a_redirect_never_leads_to_less_safety() {
        let led = |from: &str, to: &str| {
            redirected(&Url::parse(from).unwrap(), Url::parse(to).unwrap()).map(|url| url.text())
        };
        assert!(led("https://a.io/", "https://b.io/x").is_ok());
        assert!(led("http://localhost:5000/", "http://127.0.0.1:5001/").is_ok());
        assert!(led("http://localhost:5000/", "https://b.io/").is_ok());
        for (from, to) in [
            ("https://a.io/", "http://a.io/"),
            ("https://a.io/", "https://localhost/"),
            ("https://localhost/", "http://localhost/"),
            ("http://localhost/", "http://a.io/"),
        ] {
            assert!(led(from, to).is_err(), "{from} {to}");
        }
    }
}

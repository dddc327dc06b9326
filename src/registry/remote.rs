//! Files at addresses: their digests.

use super::client::Client;
use super::host::Url;
use super::trouble::Trouble;
use super::wire::{Call, lock};
use crate::catalog::Remote;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Mutex;
use std::thread;

/// The largest file that is looked at: it is held in memory.
const LARGEST: u64 = 64 << 20;

/// How many of them are got at once.
const AT_ONCE: usize = 4;

impl Client {
    /// The digests of the files at addresses, each got one time, in whole, and hashed here.
    pub fn digests(&self, addresses: &BTreeSet<String>) -> BTreeMap<String, Remote> {
        let waiting = Mutex::new(addresses.iter().collect::<Vec<_>>());
        let found = Mutex::new(BTreeMap::new());
        thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(addresses.len()) {
                scope.spawn(|| {
                    loop {
                        let Some(address) = lock(&waiting).pop() else { return };
                        let digest = self.digest(address);
                        let remote = digest.map_or_else(|why| Remote::Failed(why.line()), Remote::File);
                        lock(&found).insert(address.clone(), remote);
                    }
                });
            }
        });
        std::mem::take(&mut *lock(&found))
    }

    /// The digest of the file at an address, as a build gets it.
    fn digest(&self, address: &str) -> Result<String, Trouble> {
        let url = Url::parse(address).filter(|url| url.tls || url.host.is_loopback());
        let url = url.ok_or_else(|| Trouble::last("it is not an address that begins with https://"))?;
        let call = Call {
            url: &url,
            head: false,
            accept: &["*/*"],
            authorization: None,
            form: None,
            limit: LARGEST,
        };
        let run = self.run();
        let reply = run.within(run.last(), |end| run.hosts.follow(&call, end.end()))?;
        match reply.status {
            200 if reply.header("content-encoding").is_none_or(|coding| coding == "identity") => {
                let mut text = "sha256:".to_owned();
                for byte in Sha256::digest(&reply.body) {
                    write!(text, "{byte:02x}").ok();
                }
                Ok(text)
            }
            // A build may unpack it, and what it gets then is another file.
            200 => Err(Trouble::last(format!("{} sends it compressed", url.host))),
            status => Err(Trouble::last(format!("{} answers with status {status}", url.host))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::registry::Options;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// Answers one connection after the other, with what a path asks for.
    fn serve(listener: &TcpListener) {
        for stream in listener.incoming().take(3) {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let answer = match request.split(' ').nth(1).unwrap() {
                "/file" => "200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
                "/moved" => {
                    "302 Found\r\nLocation: http://plain.example/file\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                }
                _ => "404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            };
            write!(stream, "HTTP/1.1 {answer}").unwrap();
        }
    }

    #[test]
    fn a_file_is_hashed_and_what_is_none_says_why() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap();
        thread::spawn(move || serve(&listener));
        let client = Client::new(Options { tries: 1, ..Options::default() });
        let addresses = ["file", "absent", "moved"].map(|path| format!("http://{host}/{path}"));
        let plain = "http://plain.example/file".to_owned();
        let found = client.digests(&addresses.iter().cloned().chain([plain.clone()]).collect());
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(found[&addresses[0]], Remote::File(abc.to_owned()));
        for failed in [&addresses[1], &addresses[2], &plain] {
            assert!(matches!(found[failed], Remote::Failed(_)), "{failed}: {found:?}");
        }
    }
}

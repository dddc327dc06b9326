//! A small HTTP server on this machine that answers as a test tells it to, also wrongly.
#![allow(unreachable_pub)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// With its query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub at: Instant,
}

impl Asked {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Method and path.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Say {
    /// A proper answer.
    Reply { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// A proper answer of which only so many bytes of the body come.
    Cut(usize, Box<Self>),
    /// These bytes.
    Raw(Vec<u8>),
    /// Nothing, for so long.
    Silence(Duration),
    /// A proper head, then a byte now and then without end.
    Drip,
    /// A proper head, then bytes as fast as they are taken, without end.
    Flood,
}

/// An answer with a status and no body.
pub fn status(status: u16) -> Say {
    Say::Reply { status, headers: Vec::new(), body: Vec::new() }
}

/// Status 200 with a body.
pub fn body(text: impl Into<Vec<u8>>) -> Say {
    Say::Reply { status: 200, headers: Vec::new(), body: text.into() }
}

impl Say {
    /// The same with a header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Self::Reply { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.into()));
        }
        self
    }
}

/// The server; it goes on until the test program ends.
pub struct Server {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Starts one; what makes the answers gets the address first.
    pub fn start<F>(answers: impl FnOnce(SocketAddr) -> F) -> Self
    where
        F: Fn(&Asked) -> Say + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answers(address)), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                thread::spawn(move || serve(&stream, &log, &*answer));
            }
        });
        Self { address, asked }
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Their methods and paths.
    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }

    /// `127.0.0.1:4711/name`.
    pub fn image(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }
}

fn serve(stream: &TcpStream, log: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Say) -> Option<()> {
    let mut first = [0];
    stream.peek(&mut first).ok()?;
    if first[0] == HANDSHAKE {
        return stream.shutdown(Shutdown::Both).ok();
    }
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        log.lock().unwrap().push(asked.clone());
        let keep = send(stream, &answer(&asked), asked.method == "HEAD")?;
        if !keep {
            return stream.shutdown(Shutdown::Both).ok();
        }
    }
    Some(())
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut words = lines.first()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<_> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body: String::from_utf8(body).ok()?, at: Instant::now() })
}

/// Sends an answer; whether the connection may be used again.
fn send(mut stream: &TcpStream, say: &Say, head: bool) -> Option<bool> {
    match say {
        Say::Reply { body, .. } => {
            stream.write_all(opening(say, Some(body.len())).as_bytes()).ok()?;
            if !head {
                stream.write_all(body).ok()?;
            }
            Some(true)
        }
        Say::Cut(kept, whole) => {
            let Say::Reply { body, .. } = &**whole else { return None };
            stream.write_all(opening(whole, Some(body.len())).as_bytes()).ok()?;
            stream.write_all(&body[..*kept]).ok()?;
            Some(false)
        }
        Say::Raw(bytes) => {
            stream.write_all(bytes).ok()?;
            Some(false)
        }
        Say::Silence(time) => {
            thread::sleep(*time);
            Some(false)
        }
        Say::Drip | Say::Flood => {
            let (piece, pause) = if matches!(say, Say::Drip) { (1, 100) } else { (1 << 16, 0) };
            stream.write_all(opening(&status(200), None).as_bytes()).ok()?;
            let chunk = format!("{piece:x}\r\n{}\r\n", " ".repeat(piece));
            while stream.write_all(chunk.as_bytes()).is_ok() {
                thread::sleep(Duration::from_millis(pause));
            }
            Some(false)
        }
    }
}

fn opening(say: &Say, length: Option<usize>) -> String {
    let Say::Reply { status, headers, .. } = say else { return String::new() };
    let mut text = format!("HTTP/1.1 {status} Status\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    match length {
        Some(length) => write!(text, "Content-Length: {length}\r\n\r\n").unwrap(),
        None => text.push_str("Transfer-Encoding: chunked\r\n\r\n"),
    }
    text
}

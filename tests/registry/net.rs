//! What stands between a client and a registry: a proxy, a long way.
#![allow(unreachable_pub)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A proxy that leads every address to one on this machine; gives its own and what it was asked.
pub fn proxy(to: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let port = accept(move |client| {
        let mut reader = BufReader::with_capacity(1, client);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
        log.lock().unwrap().push(head);
        (&mut &*client).write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        tunnel(client, to, Duration::ZERO);
    });
    (port, asked)
}

/// A server that does something with each connection, in a thread of its own.
pub fn accept(then: impl Fn(&TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let then = Arc::new(then);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let then = Arc::clone(&then);
            thread::spawn(move || then(&client));
        }
    });
    port
}

/// Leads a connection to a port, and makes what the client sends wait.
pub fn tunnel(client: &TcpStream, to: u16, delay: Duration) {
    let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
    let (from, into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    for stream in [client, &server] {
        stream.set_nodelay(true).unwrap();
    }
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = (&mut &from).read(&mut buffer) {
            thread::sleep(delay);
            if (&mut &into).write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        into.shutdown(Shutdown::Write).ok();
    });
    std::io::copy(&mut &server, &mut &*client).ok();
    client.shutdown(Shutdown::Both).ok();
}

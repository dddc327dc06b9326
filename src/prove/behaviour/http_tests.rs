use super::*;
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// A server that answers every connection with some bytes, after it has read a request or not, and then hangs up or
/// keeps the line. Gives what it was asked.
struct Server {
    address: SocketAddr,
    asked: Receiver<String>,
}

fn serve(answer: impl Into<Vec<u8>>, listens: bool, hangs_up: bool) -> Server {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, asked) = mpsc::channel();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if listens {
                let mut buffer = [0; 4096];
                let read = stream.read(&mut buffer).unwrap_or(0);
                send.send(String::from_utf8_lossy(&buffer[..read]).into_owned()).ok();
            }
            stream.write_all(&answer).ok();
            if !hangs_up {
                kept.push(stream);
            }
        }
    });
    Server { address, asked }
}

fn question(path: &str) -> Question<'_> {
    Question { method: "GET", path, port: 8080, headers: &[] }
}

fn page(reply: Reply) -> Page {
    match reply {
        Reply::Page(page) => page,
        other => panic!("no page: {other:?}"),
    }
}

#[test]
fn a_page_comes_with_its_status_and_type() {
    let server = serve(
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nnope\n",
        true,
        true,
    );
    let page = page(ask(&[server.address], question("/x?y=1")));
    assert_eq!((page.status, page.content_type.as_deref(), page.whole), (404, Some("text/plain"), true));
    assert_eq!(page.body, b"nope\n");
    let asked = server.asked.recv().unwrap();
    assert!(asked.starts_with("GET /x?y=1 HTTP/1.1\r\n"), "{asked}");
    // The same on each run, though the address is not.
    assert!(asked.to_lowercase().contains("\r\nhost: localhost:8080\r\n"), "{asked}");
}

#[test]
fn methods_and_headers_are_sent() {
    let server = serve("HTTP/1.1 204 No Content\r\n\r\n", true, true);
    let headers = [("X-Key".to_owned(), "k".to_owned()), ("Host".to_owned(), "example.org".to_owned())];
    let asked = Question { method: "PURGE", path: "x", port: 80, headers: &headers };
    assert_eq!(page(ask(&[server.address], asked)).status, 204);
    let asked = server.asked.recv().unwrap();
    assert!(asked.starts_with("PURGE /x HTTP/1.1\r\n"), "{asked}");
    let asked = asked.to_lowercase();
    assert!(asked.contains("x-key: k\r\n"), "{asked}");
    assert_eq!(asked.matches("host:").count(), 1, "{asked}");
    assert!(asked.contains("host: example.org"), "{asked}");
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let server = serve("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", true, true);
    let page = page(ask(&[server.address], question("/")));
    assert_eq!((page.status, page.location.as_deref()), (302, Some("/login")));
    assert_eq!(server.asked.iter().take(1).count(), 1);
    assert!(server.asked.try_recv().is_err());
}

#[test]
fn a_port_where_nobody_listens_gives_nothing() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ask(&[address], question("/")), Reply::Nothing);
    assert!(!answers(&[address]));
    assert_eq!(ask(&[], question("/")), Reply::Nothing);
}

#[test]
fn a_proxy_that_hangs_up_at_once_is_nobody() {
    let server = serve("", false, true);
    assert_eq!(ask(&[server.address], question("/")), Reply::Nothing);
    assert!(!answers(&[server.address]));
}

#[test]
fn the_next_address_is_tried() {
    let proxy = serve("", false, true);
    let server = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, true);
    assert_eq!(page(ask(&[proxy.address, server.address], question("/"))).status, 200);
}

#[test]
fn a_program_that_speaks_something_else_connects() {
    let server = serve("220 mail.example.org ready\r\nmore\r\n", false, false);
    assert_eq!(
        ask(&[server.address], question("/")),
        Reply::Connects(Some("220 mail.example.org ready".to_owned()))
    );
    assert!(answers(&[server.address]));
}

#[test]
fn a_body_without_end_is_cut_off() {
    let server = serve("HTTP/1.1 200 OK\r\n\r\ndata: 1\n", true, false);
    let start = Instant::now();
    let page = page(ask(&[server.address], question("/")));
    assert!(!page.whole);
    assert_eq!(page.body, b"data: 1\n");
    assert!(start.elapsed() < PATIENCE * 2);
}

#[test]
fn a_huge_body_is_cut_off() {
    let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    answer.resize(4 << 20, b'x');
    let page = page(ask(&[serve(answer, true, true).address], question("/")));
    assert_eq!((page.body.len(), page.whole), (BODY, false));
}

#[test]
fn headers_without_end_are_no_page() {
    let mut answer = b"HTTP/1.1 200 OK\r\nX: ".to_vec();
    answer.resize(4 << 20, b'x');
    assert!(!matches!(ask(&[serve(answer, true, true).address], question("/")), Reply::Page(_)));
}

#[test]
fn a_question_that_is_no_http_is_told() {
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    assert!(matches!(ask(&[address], question("/a b")), Reply::Unaskable(_)));
    let headers = [("X".to_owned(), "a\nb".to_owned())];
    let asked = Question { headers: &headers, ..question("/") };
    assert!(matches!(ask(&[address], asked), Reply::Unaskable(_)));
}

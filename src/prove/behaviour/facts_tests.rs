use super::*;

fn page(content_type: &str, body: &[u8]) -> Reply {
    Reply::Page(Page {
        status: 200,
        content_type: Some(content_type.to_owned()),
        location: None,
        body: body.to_vec(),
        whole: true,
    })
}

#[test]
fn a_page_is_its_status_its_type_and_its_lines() {
    let facts = of_reply(&page("text/html", b"<h1>Hello</h1>\r\n\n<p>Ada</p>\n"));
    assert_eq!(facts, ["status 200", "content type text/html", "<h1>Hello</h1>", "<p>Ada</p>"]);
}

#[test]
fn a_redirect_tells_where_it_leads() {
    let Reply::Page(page) = page("text/html", b"") else { unreachable!() };
    let facts = of_reply(&Reply::Page(Page { status: 301, location: Some("/a".to_owned()), ..page }));
    assert_eq!(facts, ["status 301", "content type text/html", "location /a"]);
}

#[test]
fn bytes_are_told_by_size_and_digest() {
    let a = of_reply(&page("image/png", b"\x89PNG\0a"));
    assert!(a[2].starts_with("6 bytes, digest "), "{a:?}");
    assert_ne!(a, of_reply(&page("image/png", b"\x89PNG\0b")));
    assert_eq!(a, of_reply(&page("image/png", b"\x89PNG\0a")));
}

#[test]
fn a_body_that_did_not_come_to_its_end_is_not_compared() {
    let Reply::Page(whole) = page("text/plain", b"1\n2\n") else { unreachable!() };
    let facts = of_reply(&Reply::Page(Page { whole: false, ..whole }));
    assert_eq!(facts[2..], ["a body that does not end"]);
}

#[test]
fn of_a_very_long_body_the_beginning_is_compared() {
    let long = |letter: u8| {
        let Reply::Page(page) = page("text/plain", &vec![letter; http::BODY]) else { unreachable!() };
        of_reply(&Reply::Page(Page { whole: false, ..page }))
    };
    assert_eq!(long(b'a'), long(b'a'));
    assert_ne!(long(b'a'), long(b'b'));
}

#[test]
fn long_texts_are_short_and_still_told_apart() {
    let many = |last: &str| format!("{}{last}\n", "line\n".repeat(300));
    let facts = of_stream(many("a").as_bytes());
    assert_eq!(facts.len(), LINES + 1);
    assert!(facts[LINES].starts_with("(101 more lines, digest "));
    assert_ne!(facts, of_stream(many("b").as_bytes()));

    let long = |last: &str| format!("{}{last}\n", "é".repeat(1000));
    let facts = of_stream(long("a").as_bytes());
    assert!(facts[0].len() < 600);
    assert_ne!(facts, of_stream(long("b").as_bytes()));
}

#[test]
fn a_stream_without_end_is_bounded() {
    let bytes = b"abc\n".repeat(1 << 20);
    let facts = of_stream(&bytes);
    assert!(facts.len() <= LINES + 1);
    let one_line = vec![b'x'; 1 << 22];
    assert_eq!(of_stream(&one_line), ["(4194304 bytes in all)"]);
}

#[test]
fn what_is_no_text_is_still_read() {
    assert_eq!(of_stream(b"a\xff\n"), ["a\u{fffd}"]);
    assert_eq!(count(b"a\n\nb\n"), of_stream(b"a\n\nb\n").len());
}

#[test]
fn connections_tell_what_they_say() {
    assert_eq!(of_reply(&Reply::Connects(Some("220 hi".to_owned()))), ["connects", "greeting 220 hi"]);
    assert_eq!(of_reply(&Reply::Nothing), [NO_ANSWER]);
}

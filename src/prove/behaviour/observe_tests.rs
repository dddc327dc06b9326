use super::*;

fn probe() -> HttpProbe {
    HttpProbe { status: Some(200), body: Some("hello".to_owned()), ..HttpProbe::default() }
}

fn page(status: u16, body: &str) -> http::Reply {
    let body = body.as_bytes().to_vec();
    http::Reply::Page(http::Page { status, content_type: None, location: None, body, whole: true })
}

#[test]
fn a_page_has_to_be_what_the_probe_asks_for() {
    assert_eq!(unmet(&probe(), &page(200, "<p>hello</p>")), [""; 0]);
    assert_eq!(unmet(&probe(), &page(500, "hello")), ["status 200"]);
    assert_eq!(unmet(&probe(), &page(200, "bye")), ["a body that contains \"hello\""]);
    assert_eq!(unmet(&probe(), &http::Reply::Nothing).len(), 2);
    assert_eq!(unmet(&HttpProbe::default(), &http::Reply::Nothing), [""; 0]);
}

#[test]
fn a_question_that_cannot_be_asked_never_holds() {
    assert_eq!(unmet(&HttpProbe::default(), &http::Reply::Unaskable("no".to_owned())), ["no"]);
}

#[test]
fn a_container_ran_ended_or_never_began() {
    assert_eq!(end(Status { running: true, ..Status::default() }), End::Running);
    assert_eq!(end(Status { code: 3, ..Status::default() }), End::Exited { code: 3 });
    let failed = Status { code: 127, error: "no such file".to_owned(), ..Status::default() };
    assert_eq!(end(failed), End::NotStarted { message: "no such file".to_owned() });
}

#[test]
fn an_image_that_tells_all_ports_has_some_tried() {
    let trial = Trial { ports: BTreeSet::from([50_051]), ..Trial::default() };
    let ports = tried(&(1..=u16::MAX).collect(), &trial);
    assert_eq!(ports.len(), MOST_PORTS + 1);
    assert!(ports.contains(&1) && ports.contains(&50_051));
    assert_eq!(tried(&BTreeSet::from([80, 443]), &trial), BTreeSet::from([80, 443, 50_051]));
}

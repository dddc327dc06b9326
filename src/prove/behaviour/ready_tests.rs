use super::*;
use std::cell::{Cell, RefCell};

/// A program that does things at given milliseconds, in a time of its own.
#[derive(Default)]
struct Script {
    now: Cell<u64>,
    ends: Option<u64>,
    listens: Vec<(u64, u16)>,
    hidden: bool,
    prints: Vec<u64>,
    asked: RefCell<Vec<u16>>,
}

impl Script {
    fn ports(&self) -> BTreeSet<u16> {
        self.listens.iter().filter(|(at, _)| *at <= self.now.get()).map(|(_, port)| *port).collect()
    }
}

impl Watched for Script {
    fn runs(&self) -> Result<bool, Error> {
        Ok(self.ends.is_none_or(|end| self.now.get() < end))
    }
    fn listening(&self) -> Result<Option<BTreeSet<u16>>, Error> {
        Ok((!self.hidden).then(|| self.ports()))
    }
    fn answers(&self, port: u16) -> Result<bool, Error> {
        let answers = self.ports().contains(&port);
        if answers {
            self.asked.borrow_mut().push(port);
        }
        Ok(answers)
    }
    fn said(&self) -> Result<Said, Error> {
        let output = self.prints.iter().filter(|at| **at <= self.now.get()).count();
        Ok(Said { output, errors: 0 })
    }
    fn age(&self) -> Duration {
        Duration::from_millis(self.now.get())
    }
    fn pause(&self, time: Duration) -> Result<(), Error> {
        self.now.set(self.now.get() + u64::try_from(time.as_millis()).unwrap().max(1));
        Ok(())
    }
}

const WAIT: Duration = Duration::from_secs(10);

fn expecting(ports: &[u16]) -> Expectation {
    Expectation { ports: ports.iter().copied().collect(), ..Expectation::default() }
}

#[test]
fn a_program_that_ends_is_seen_at_once() {
    let program = Script { ends: Some(30), ..Script::default() };
    assert!(!ready(&program, &expecting(&[8080]), WAIT).unwrap());
    assert!(program.now.get() < 100);
}

#[test]
fn a_server_is_ready_when_its_port_is_open() {
    let program = Script { listens: vec![(700, 8080)], ..Script::default() };
    assert!(ready(&program, &expecting(&[8080]), WAIT).unwrap());
    assert!((1000..1300).contains(&program.now.get()), "{}", program.now.get());
}

#[test]
fn all_ports_are_waited_for() {
    let program = Script { listens: vec![(0, 9090), (1500, 8080)], ..Script::default() };
    assert!(ready(&program, &expecting(&[8080, 9090]), WAIT).unwrap());
    assert!(program.now.get() >= 1800);
}

#[test]
fn a_port_that_nobody_told_is_enough_where_none_was_told() {
    let program = Script { listens: vec![(200, 3000)], ..Script::default() };
    assert!(ready(&program, &expecting(&[]), WAIT).unwrap());
    assert!(program.now.get() < 900);
}

#[test]
fn a_port_that_never_opens_does_not_hold_up_a_server_on_another() {
    let program = Script { listens: vec![(100, 3000)], ..Script::default() };
    assert!(ready(&program, &expecting(&[8080]), WAIT).unwrap());
    assert!(program.now.get() < 3000);
}

#[test]
fn a_silent_program_is_not_waited_for_to_the_end() {
    let program = Script { prints: vec![0, 500], ..Script::default() };
    assert!(ready(&program, &expecting(&[]), WAIT).unwrap());
    assert!((2500..3200).contains(&program.now.get()), "{}", program.now.get());
}

#[test]
fn a_program_that_should_listen_gets_all_its_time() {
    let program = Script { listens: vec![(8000, 8080)], ..Script::default() };
    assert!(ready(&program, &expecting(&[8080]), WAIT).unwrap());
    assert!(program.now.get() >= 8000);
}

#[test]
fn a_program_that_talks_without_end_gets_no_more_than_its_time() {
    let program = Script { prints: (0..100_000).collect(), ..Script::default() };
    assert!(ready(&program, &expecting(&[]), WAIT).unwrap());
    assert!(program.now.get() < 1000, "{}", program.now.get());
    let program = Script { prints: (0..100).map(|at| at * 1000).collect(), ..Script::default() };
    assert!(ready(&program, &expecting(&[]), WAIT).unwrap());
    assert!((10_000..10_500).contains(&program.now.get()), "{}", program.now.get());
}

#[test]
fn a_silent_program_that_should_end_gets_all_its_time() {
    let program = Script { ends: Some(6000), ..Script::default() };
    let expected = Expectation { ends: true, ..Expectation::default() };
    assert!(!ready(&program, &expected, WAIT).unwrap());
}

#[test]
fn a_program_that_is_known_to_have_no_port_is_not_waited_for() {
    let program = Script { prints: vec![0], ..Script::default() };
    let expected = Expectation { seen: true, ..Expectation::default() };
    assert!(ready(&program, &expected, WAIT).unwrap());
    assert_eq!(program.now.get(), 0);
    let ends = Expectation { ends: true, ..expected };
    let program = Script { ends: Some(3000), ..Script::default() };
    assert!(!ready(&program, &ends, WAIT).unwrap());
}

#[test]
fn an_open_port_is_asked_once_where_it_cannot_be_seen() {
    let program = Script { hidden: true, listens: vec![(0, 1), (1000, 2)], ..Script::default() };
    assert!(ready(&program, &expecting(&[1, 2]), WAIT).unwrap());
    assert_eq!(*program.asked.borrow(), [1, 2]);
}

#[test]
fn a_crash_a_second_after_the_start_is_seen() {
    let program = Script { ends: Some(1000), listens: vec![(0, 8080)], ..Script::default() };
    assert!(ready(&program, &expecting(&[8080]), WAIT).unwrap());
    assert!(!settled(&program, &expecting(&[8080]), WAIT).unwrap());
}

#[test]
fn lines_that_are_to_come_are_waited_for() {
    let program = Script { prints: vec![0, 4000], ..Script::default() };
    let expected = Expectation { said: Said { output: 2, errors: 0 }, ..Expectation::default() };
    assert!(settled(&program, &expected, WAIT).unwrap());
    assert!((4000..4500).contains(&program.now.get()), "{}", program.now.get());
    let program = Script { prints: vec![0], ..Script::default() };
    assert!(settled(&program, &expected, WAIT).unwrap());
    assert!((10_000..10_500).contains(&program.now.get()), "{}", program.now.get());
}

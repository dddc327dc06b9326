use super::*;

/// Asserts that two texts are read as the same.
#[track_caller]
fn same(a: &str, b: &str) {
    assert_eq!(line(a), line(b));
}

/// Asserts that two texts stay two.
#[track_caller]
fn differ(a: &str, b: &str) {
    assert_ne!(line(a), line(b));
}

#[test]
fn every_rule_can_be_read_and_says_why() {
    for rule in RULES {
        assert!(Regex::new(rule.form).is_ok(), "{}", rule.form);
        assert!(!rule.why.is_empty());
    }
    assert_eq!(COMPILED.len(), RULES.len());
}

#[test]
fn every_rule_hides_what_it_is_for() {
    let texts = [
        ("at 2026-11-23T16:16:47.123Z", "at 2026-11-24T01:02:03.9Z"),
        ("2026/11/23 16:16:47 listening", "2027/01/02 01:00:00 listening"),
        ("[2026-11-23 16:16:47,123] up", "[2026-11-23 16:16:48,001] up"),
        ("Date: Mon, 23 Nov 2026 16:16:47 GMT", "Date: Tue, 24 Nov 2026 00:00:01 GMT"),
        ("Mon Nov 23 16:16:47 UTC 2026", "Tue Dec  1 06:16:47 UTC 2026"),
        ("Mon Nov 23 04:16:47 PM UTC 2026", "Tue Dec  1 06:16:47 AM UTC 2026"),
        ("[23/Nov/2026:16:16:47 +0000] GET", "[24/Nov/2026:16:16:49 +0000] GET"),
        ("Nov 23 16:16:47 app: up", "Dec  1 06:16:47 app: up"),
        ("born 23 Nov 26 16:16 UTC", "born 24 Nov 26 17:17 UTC"),
        ("it is 16:16:47", "it is 01:02:03"),
        ("it is 4:16PM", "it is 5:17PM"),
        ("today is 2026-11-23", "today is 2026-11-24"),
        (r#"{"ts":1795450607.123,"msg":"up"}"#, r#"{"ts":1795450699.5,"msg":"up"}"#),
        (r#"{"ts":1.7954506e+09}"#, r#"{"ts":1.7954507e+09}"#),
        ("time 1795450607123", "time 1795450609999"),
        ("2026-11-23 16:16:47.1 +0000 UTC m=+0.000012", "2026-11-23 16:16:47.2 +0000 UTC m=+0.100042"),
        ("took 12.3ms", "took 901µs"),
        ("done in 1.25s", "done in 1m3.5s"),
        ("done in 0.123 seconds", "done in 2.5 seconds"),
        ("id 1b4e28ba-2fa1-11d2-883f-0016d3cca427", "id 6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("at 0xc00001a0f8", "at 0xc0000a8000"),
        ("host 1a7604d445c8", "host ffb6cc0a2101"),
        ("from 127.0.0.1:54321", "from 127.0.0.1:40002"),
        ("from [::1]:54321", "from [::1]:40002"),
        ("I am 172.17.0.2", "I am 172.17.0.3"),
        ("nginx[12]: start", "nginx[7]: start"),
        ("[12] start", "[7] start"),
        ("pid=12", "pid=7"),
        (r#"{"pid":12}"#, r#"{"pid":1}"#),
        ("uid 0", "uid 65532"),
        ("user root 0 /root", "user nonroot 65532 /home/nonroot"),
        ("username=root", "username=nonroot"),
        ("running as root", "running as nonroot"),
        ("HOME=/root", "HOME=/"),
        (r#"{"home":"/root","n":1}"#, r#"{"home":"/","n":1}"#),
        ("cache in /root/.cache/app", "cache in /home/nonroot/.cache/app"),
        (
            "uid=0(root) gid=0(root) groups=0(root),4(adm)",
            "uid=65532(nonroot) gid=65532(nonroot) groups=65532",
        ),
        (r#"{"uid":0,"gid": 0}"#, r#"{"uid":65532,"gid": 65532}"#),
        ("built with go1.22.10", "built with go1.27"),
        ("goroutine 1 [running]:", "goroutine 34 [running]:"),
        ("/src/cmd/main.go:12: up", "example.org/app/cmd/main.go:12: up"),
    ];
    for (a, b) in texts {
        same(a, b);
    }
}

#[test]
fn real_differences_survive() {
    let texts = [
        ("listening on 8080", "listening on 8081"),
        ("listening on :8080", "listening on :8081"),
        ("listening on 0.0.0.0:50051", "listening on 0.0.0.0:50052"),
        ("listening on [::]:50051", "listening on [::]:50052"),
        ("hello Ada", "hello"),
        ("0 rows", "3 rows"),
        ("rows [0]", "rows [3]"),
        ("version 1.2.3", "version 1.2.4"),
        ("version 1a2b3c4d5e6f", "version dev"),
        ("timeout 30s", "timeout 60s"),
        ("Mon Nov 23 16:16:47 CET 2026", "Mon Nov 23 15:16:47 UTC 2026"),
        ("2026-11-23T16:16:47+01:00", "2026-11-23T16:16:47Z"),
        ("mode 0644", "mode 0600"),
        ("0x1f", "0x2f"),
        ("10.0.0.1", "10.0.0.2"),
        ("main.go:12: up", "main.go:13: up"),
        ("account 123456789012", "account 210987654321"),
        ("2026/11/23 16:16:47 open page.html: no such file", "2026/11/23 16:16:47 listening"),
        ("uid 0", "uid"),
        ("size 1024 MB", "size 2048 MB"),
    ];
    for (a, b) in texts {
        differ(a, b);
    }
}

#[test]
fn what_a_panic_says_stays_and_where_it_was_does_not() {
    let trace = |version: &str| {
        let text = format!(
            "panic: no page\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:12 +0x1d\nruntime.{version}(...)\n\t/usr/local/go/src/runtime/proc.go:250\ncreated by main.start\n\t/src/main.go:9 +0x2\nexit status 2"
        );
        lines(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(trace("goexit"), ["panic: no page", "", "goroutine <n> [running]:", "exit status 2"]);
    assert_eq!(trace("goexit"), trace("main"));
}

#[test]
fn a_long_line_of_anything_is_read() {
    let text = "1:".repeat(10_000);
    assert_eq!(line(&text).len(), text.len());
}

#[test]
fn variables_of_base_images_are_left_out_of_what_a_program_prints() {
    let printed = |texts: &[&str]| lines(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
    let before = ["GOPATH=/go", "HOME=/root", "MODE=prod", "PATH=/go/bin:/bin", "ok"];
    let after = ["HOME=/home/nonroot", "MODE=prod", "PATH=/bin", "SSL_CERT_FILE=/etc/ssl/certs.crt", "ok"];
    assert_eq!(printed(&before), printed(&after));
    assert_ne!(
        printed(&before),
        printed(&after.map(|line| if line == "MODE=prod" { "MODE=" } else { line }))
    );
}

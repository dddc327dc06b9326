//! Proofs as they come out of a run: one that held, one that did not, one that could not be built, one full of malice.

use harden::prove::behaviour::{Answer, End, Observation, Stop};
use harden::prove::engine::Confinement;
use harden::prove::image::{Config, Image, Package};
use harden::prove::proof::{
    Applied, Blame, Difference, EngineFacts, Judgement, Kind, Proof, Row, Side, Trial, Value, Verdict,
};
use harden::prove::scan::{Scan, Severity, Vulnerability};
use harden::transform::ladder::Rung;

use Judgement::{Better, Changed, Same, Worse};

fn row(id: &str, before: Value, after: Value, judgement: Judgement, headline: bool) -> Row {
    Row {
        id: id.into(),
        name: id.replacen('-', " ", usize::from(id.starts_with(char::is_alphabetic))),
        before,
        after,
        judgement,
        headline,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn recipe(recipe: &str, title: &str) -> Applied {
    Applied { recipe: recipe.into(), title: title.into(), applicability: "safe".into() }
}

fn packages(names: &[&str]) -> Vec<Package> {
    let package = |name: &&str| Package { name: (*name).into(), version: "1.2.3-4+deb12u1".into() };
    names.iter().map(package).collect()
}

fn found(severity: Severity, id: &str, package: &str) -> Vulnerability {
    let fixed = (severity < Severity::Medium).then(|| "1.2.4-1".into());
    Vulnerability {
        severity,
        id: id.into(),
        package: package.into(),
        version: "1.2.3-4+deb12u1".into(),
        fixed,
    }
}

/// What the scanner said of the original: 12 critical, 40 high, 61 medium and 9 low ones.
fn old_scan() -> Scan {
    let kinds = [(Severity::Critical, 12), (Severity::High, 40), (Severity::Medium, 61), (Severity::Low, 9)];
    let names = ["libc6", "openssl", "git", "perl-base", "stdlib", "zlib1g"];
    let some = |(severity, count): (Severity, usize)| {
        (0..count)
            .map(move |n| found(severity, &format!("CVE-2024-{}{n:03}", 1 + severity as usize), names[n % 6]))
    };
    let vulnerabilities = kinds.into_iter().flat_map(some).collect();
    Scan { scanner: "trivy".into(), version: Some("0.68.1".into()), packages: Some(455), vulnerabilities }
}

fn new_scan() -> Scan {
    let vulnerabilities = vec![
        found(Severity::Medium, "CVE-2024-3004", "stdlib"),
        found(Severity::Low, "CVE-2026-11017", "tzdata"),
    ];
    Scan { packages: Some(21), vulnerabilities, ..old_scan() }
}

fn seen() -> Observation {
    let page = ["status 200", "content type text/plain; charset=utf-8", "Hello from a small container!"];
    Observation {
        confinement: Confinement { no_capabilities: true, read_only: true },
        end: End::Running,
        errors: vec!["listening on :8080".into()],
        listening: Some([8080].into()),
        answers: vec![Answer {
            question: "GET / on port 8080".into(),
            port: Some(8080),
            facts: page.map(Into::into).into(),
            unmet: Vec::new(),
        }],
        stop: Some(Stop { seconds: 0.21, code: 0, killed: false }),
        ..Observation::default()
    }
}

fn old_image() -> Image {
    let mut names: Vec<String> = (0..413).map(|n| format!("libexample{n}-dev")).collect();
    names.extend(
        ["apt", "base-files", "bash", "git", "netbase", "openssl", "perl-base", "tzdata"].map(Into::into),
    );
    Image {
        id: format!("sha256:{}", "0f".repeat(32)),
        platform: "linux/amd64".into(),
        unpacked: 1_020_000_000,
        compressed: 372_000_000,
        layers: 9,
        packages: packages(&names.iter().map(String::as_str).collect::<Vec<_>>()),
        config: Config { working_directory: "/app".into(), ..Config::default() },
        ..Image::default()
    }
}

fn new_image() -> Image {
    Image {
        id: format!("sha256:{}", "a1".repeat(32)),
        platform: "linux/amd64".into(),
        unpacked: 8_130_000,
        compressed: 3_360_000,
        layers: 14,
        packages: packages(&["base-files", "media-types", "netbase", "tzdata"]),
        config: Config { user: "65532:65532".into(), uid: Some(65532), ..Config::default() },
        ..Image::default()
    }
}

fn table() -> Vec<Row> {
    vec![
        row("size", Value::Bytes(1_020_000_000), Value::Bytes(8_130_000), Better, true),
        row("compressed", Value::Bytes(372_000_000), Value::Bytes(3_360_000), Better, false),
        row("layers", Value::Count(9), Value::Count(14), Changed, false),
        row("packages", Value::Count(421), Value::Count(4), Better, true),
        row("user", text("root (0)"), text("65532"), Better, true),
        row("shell", Value::Has(true), Value::Has(false), Better, true),
        row("package-manager", Value::Has(true), Value::Has(false), Better, false),
        row("setuid-files", Value::Count(11), Value::Count(0), Better, false),
        row("world-writable", Value::Count(2), Value::Count(0), Better, false),
        row("certificates", Value::Has(true), Value::Has(true), Same, false),
        row("program", text("dynamic"), text("static"), Changed, false),
        row("working-directory", text("/app"), text("/app"), Same, false),
        row("critical", Value::Count(12), Value::Count(0), Better, true),
        row("high", Value::Count(40), Value::Count(0), Better, true),
        row("medium", Value::Count(61), Value::Count(1), Better, false),
        row("low", Value::Count(9), Value::Count(1), Better, false),
        row("read-only", Value::Has(true), Value::Has(true), Same, false),
        row("behaviour", Value::Unknown, text("same"), Same, true),
    ]
}

/// The reference case: all is better and does the same.
pub fn held() -> Proof {
    Proof {
        schema: 1,
        tool: "harden 0.1.0".into(),
        file: "Dockerfile".into(),
        engine: EngineFacts { name: "docker".into(), version: "28.1.1".into() },
        verdict: Verdict::Held,
        rung: Some(Rung::Static),
        recipes: vec![
            recipe("current-go", "builds with Go 1.27 in place of 1.22"),
            recipe(
                "multi-stage-go",
                "builds in one stage and ships the program alone on gcr.io/distroless/static-debian13",
            ),
            recipe("nonroot-user", "runs as 65532:65532"),
        ],
        before: Side {
            build_seconds: Some(41.3),
            image: Some(old_image()),
            behaviour: Some(seen()),
            scans: vec![old_scan()],
            unscanned: Vec::new(),
        },
        after: Side {
            build_seconds: Some(38.0),
            image: Some(new_image()),
            behaviour: Some(seen()),
            scans: vec![new_scan()],
            unscanned: Vec::new(),
        },
        rows: table(),
        differences: Vec::new(),
        notes: vec!["GOPATH is no longer set, for the program does not read it".into()],
        blame: None,
        text: Vec::new(),
        files: Vec::new(),
    }
}

/// No scanner was there.
pub fn unscanned() -> Proof {
    let mut proof = held();
    proof.before.scans.clear();
    proof.after.scans.clear();
    proof.rows.retain(|row| !["critical", "high", "medium", "low"].contains(&row.id.as_str()));
    proof
}

fn difference(id: Kind, what: &str, detail: &[&str], help: Option<&str>) -> Difference {
    let detail = detail.iter().map(|line| (*line).to_owned()).collect();
    Difference { id, what: what.into(), detail, help: help.map(Into::into) }
}

/// The rewrite lacks a file and is in the way of the program.
pub fn broken() -> Proof {
    let mut proof = held();
    proof.verdict = Verdict::Broken;
    proof.differences = vec![
        difference(
            Kind::MissingFile,
            "/app/templates/index.html is not in the image, and the program reads it",
            &["main.go:21: template.ParseFiles(\"templates/index.html\")"],
            Some("copy it to the final stage: COPY --from=build /app/templates /app/templates"),
        ),
        difference(
            Kind::Answer,
            "GET / on port 8080: status 500 in place of 200",
            &[
                "expected: status 200",
                "found:    status 500",
                "found:    open templates/index.html: no such file or directory",
            ],
            None,
        ),
        difference(Kind::UnwritableFolder, "/var/lib/app/uploads can't be written by 65532", &[], None),
    ];
    proof.blame = Some(Blame {
        recipes: vec!["multi-stage-go".into()],
        rung: Some(Rung::InPlace),
        command: Some("harden --apply --ignore multi-stage-go Dockerfile".into()),
        trials: vec![
            Trial {
                name: "without nonroot-user".into(),
                held: false,
                why: Some("/app/templates/index.html is not in the image, and the program reads it".into()),
            },
            Trial { name: "without multi-stage-go".into(), held: true, why: None },
        ],
        ..Blame::default()
    });
    let worse = proof.rows.last_mut().unwrap();
    (worse.after, worse.judgement) = (text("3 differences"), Worse);
    proof
}

/// The rewrite does not build, so there is nothing to compare.
pub fn unbuilt() -> Proof {
    let mut proof = held();
    proof.verdict = Verdict::Broken;
    proof.after = Side::default();
    proof.rows.iter_mut().for_each(|row| (row.after, row.judgement) = (Value::Unknown, Changed));
    proof.differences = vec![difference(
        Kind::BuildFails,
        "the new file does not build: line 9: go: go.mod requires go >= 1.28",
        &["RUN go build -o /main .", "go: go.mod requires go >= 1.28 (running go 1.27.3; GOTOOLCHAIN=local)"],
        Some("take the builder from golang:1.28"),
    )];
    proof.notes.clear();
    proof
}

/// No recipe changes the file.
pub fn unchanged() -> Proof {
    let proof = held();
    Proof {
        verdict: Verdict::Unchanged,
        recipes: Vec::new(),
        before: Side::default(),
        after: Side::default(),
        rows: Vec::new(),
        notes: Vec::new(),
        ..proof
    }
}

/// What an image can hold that is meant for whoever reads about it.
pub const MALICE: [&str; 8] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "` `` ``` @team fixes #12 | a \\| b \\\\| c",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\nnew line\u{2028}x",
    "\u{202e}gnp.exe\u{2066}\u{200f}",
    "</details></td></table>\n\n# Approved by @maintainer\n\n```\n",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "![x](//host/a.png) [y](javascript:alert(1)) <!-- --> &lt;b&gt; *c* _d_ ~~e~~",
    "\" onmouseover=\"alert(1)\" x='",
];

/// Every text is malicious, and some have no end.
pub fn hostile() -> Proof {
    let mut proof = broken();
    let long = format!("/{}", "a".repeat(300));
    let all = MALICE.join(" ");
    proof.file.clone_from(&all);
    proof.engine = EngineFacts { name: "docker".into(), version: MALICE[2].into() };
    proof.rows = MALICE.iter().map(|malice| row(malice, text(malice), text(&long), Worse, true)).collect();
    proof.recipes = vec![recipe(MALICE[0], &all), recipe(MALICE[1], MALICE[4])];
    proof.differences =
        MALICE.iter().map(|malice| difference(Kind::Output, malice, &MALICE, Some(malice))).collect();
    proof.differences.push(difference(Kind::MissingFile, &long, &[&long], Some(&long)));
    proof.notes = MALICE.map(Into::into).into();
    proof.blame = Some(Blame {
        recipes: vec![MALICE[1].into()],
        rung: None,
        command: Some(all.clone()),
        trials: vec![Trial { name: all.clone(), held: false, why: Some(all.clone()) }],
        ..Blame::default()
    });
    for side in [&mut proof.before, &mut proof.after] {
        let image = side.image.as_mut().unwrap();
        image.platform = MALICE[0].into();
        image.packages = packages(&MALICE);
        let seen = side.behaviour.as_mut().unwrap();
        seen.end = End::NotStarted { message: all.clone() };
        let question = MALICE[1].to_owned();
        seen.answers = vec![Answer {
            question,
            port: None,
            facts: MALICE.map(Into::into).into(),
            unmet: vec![all.clone()],
        }];
        side.scans[0].version = Some(MALICE[0].into());
        side.scans[0].vulnerabilities = MALICE.map(|malice| found(Severity::High, malice, malice)).into();
    }
    proof.before.image.as_mut().unwrap().packages.push(Package { name: all.clone(), version: all });
    proof
}

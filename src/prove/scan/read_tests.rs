//! Scanners' reports, as recorded in `tests/scans`, and what is no report.
#![allow(clippy::unwrap_used)]

use super::*;

const TRIVY_BEFORE: &[u8] = include_bytes!("../../../tests/scans/trivy-before.json");
pub(super) const TRIVY_AFTER: &[u8] = include_bytes!("../../../tests/scans/trivy-after.json");
pub(super) const GRYPE: &[u8] = include_bytes!("../../../tests/scans/grype.json");
pub(super) const SCOUT: &[u8] = include_bytes!("../../../tests/scans/docker-scout.sarif.json");

/// Vulnerabilities as lines.
fn lines(found: &[Vulnerability]) -> Vec<String> {
    let fixed = |one: &Vulnerability| one.fixed.clone().unwrap_or_else(|| "no fix".into());
    let line = |one: &Vulnerability| {
        format!("{:?} {} {} {}: {}", one.severity, one.id, one.package, one.version, fixed(one))
    };
    found.iter().map(line).collect()
}

fn refusal(read: impl Fn(&[u8]) -> Result<Scan, Error>, printed: &str) -> String {
    let error = read(printed.as_bytes()).expect_err(printed);
    assert!(error.help.as_deref().unwrap().contains("--scanner none"), "{error:?}");
    error.to_string()
}

#[test]
fn trivy_s_report_is_read() {
    let scan = trivy::parse(TRIVY_BEFORE).unwrap();
    assert_eq!(scan.scanner, "trivy");
    assert_eq!(
        lines(&scan.vulnerabilities),
        [
            "Critical CVE-2023-45853 zlib1g 1:1.2.13.dfsg-1: no fix",
            // Once, though two programs were built with it.
            "Critical CVE-2025-22871 stdlib v1.22.10: 1.23.8, 1.24.2",
            "High CVE-2023-2953 libldap-2.5-0 2.5.13+dfsg-5: no fix",
            "High CVE-2025-61729 stdlib v1.22.10: 1.24.11, 1.25.5",
            "Medium CVE-2023-50495 libtinfo6 6.4-4: no fix",
            "Medium CVE-2023-50495 ncurses-base 6.4-4: no fix",
            "Medium CVE-2023-50495 ncurses-bin 6.4-4: no fix",
            "Medium CVE-2024-45341 stdlib v1.22.10: 1.22.11, 1.23.5",
            "Low CVE-2005-2541 tar 1.34+dfsg-1.2+deb12u1: no fix",
            "Low CVE-2011-3374 apt 2.6.1: no fix",
            "Low CVE-2011-3374 libapt-pkg6.0 2.6.1: no fix",
        ]
    );
    assert_eq!(scan.count(Severity::Critical), 2);
    assert_eq!(scan.count(Severity::Unknown), 0);
    // Ten of the system, the program itself, and stdlib, which is in both programs.
    assert_eq!(scan.packages, Some(12));
}

#[test]
fn a_clean_image_has_packages_and_no_vulnerability() {
    let scan = trivy::parse(TRIVY_AFTER).unwrap();
    assert_eq!((scan.packages, scan.vulnerabilities.len()), (Some(6), 0));
    // Trivy leaves the results out when there is nothing at all, as in an image from scratch.
    let scan = trivy::parse(br#"{"SchemaVersion": 2, "ArtifactName": "a.tar"}"#).unwrap();
    assert_eq!((scan.packages, scan.vulnerabilities.len()), (Some(0), 0));
}

#[test]
fn grype_s_report_is_read() {
    let scan = grype::parse(GRYPE).unwrap();
    assert_eq!(
        (scan.scanner.as_str(), scan.version.as_deref(), scan.packages),
        ("grype", Some("0.121.2"), None)
    );
    assert_eq!(
        lines(&scan.vulnerabilities),
        [
            // Once, though two programs were built with it.
            "Critical CVE-2025-22871 stdlib go1.22.10: 1.23.8, 1.24.2",
            // Its word is `Negligible`.
            "Low CVE-2005-2541 tar 1.34+dfsg-1.2+deb12u1: no fix",
        ]
    );
}

#[test]
fn docker_scout_s_report_is_read() {
    let scan = scout::parse(SCOUT).unwrap();
    assert_eq!((scan.scanner.as_str(), scan.version.as_deref()), ("docker-scout", Some("1.20.4")));
    assert_eq!(
        lines(&scan.vulnerabilities),
        [
            "Critical CVE-2025-22871 stdlib 1.22.10: 1.23.8",
            // Two packages of one rule.
            "Medium CVE-2023-50495 ncurses 6.4-4: no fix",
            "Medium CVE-2023-50495 ncurses-bin 6.4-4: no fix",
            "Unknown CVE-2023-45853 zlib 1:1.2.13.dfsg-1: no fix",
        ]
    );
}

#[test]
fn advice_after_docker_scout_s_report_is_no_part_of_it() {
    let printed = [SCOUT, b"\nWhat's next:\n    View base image update recommendations\n"].concat();
    assert_eq!(scout::parse(&printed).unwrap(), scout::parse(SCOUT).unwrap());
}

#[test]
fn packages_keep_the_names_of_their_world() {
    let of = |purl: &str| {
        let properties = format!(r#"{{"purls": ["{purl}"], "cvssV3_severity": "HIGH"}}"#);
        let rule = format!(r#"{{"id": "CVE-1", "properties": {properties}}}"#);
        let report = format!(r#"{{"runs": [{{"tool": {{"driver": {{"rules": [{rule}]}}}}}}]}}"#);
        let one = scout::parse(report.as_bytes()).unwrap().vulnerabilities.remove(0);
        format!("{} {}", one.package, one.version)
    };
    assert_eq!(of("pkg:deb/debian/zlib@1%3A1.2.13.dfsg-1?os_distro=bookworm"), "zlib 1:1.2.13.dfsg-1");
    assert_eq!(of("pkg:golang/golang.org/x/net@0.17.0"), "golang.org/x/net 0.17.0");
    assert_eq!(of("pkg:npm/%40babel/core@7.0.0"), "@babel/core 7.0.0");
    assert_eq!(of("pkg:maven/com.google.guava/guava@29.0-jre"), "com.google.guava:guava 29.0-jre");
    assert_eq!(of("pkg:golang/stdlib"), "stdlib ");
    assert_eq!(of("%zz%4"), "%zz%4 ");
    assert_eq!(of("pkg:deb/a/%C3%A9%ff@%"), "é\u{fffd} %");
}

#[test]
fn words_for_severities() {
    use Severity::{Critical, High, Low, Medium, Unknown};
    let words = ["CRITICAL", "High", "medium", "Low", "Negligible", "UNSPECIFIED", "", "dire"];
    let read: Vec<_> = words.into_iter().map(Severity::of).collect();
    assert_eq!(read, [Critical, High, Medium, Low, Low, Unknown, Unknown, Unknown]);
}

#[test]
fn the_worst_word_on_a_vulnerability_counts_once() {
    let one = |severity: &str| {
        format!(
            r#"{{"VulnerabilityID": "CVE-1", "PkgName": "a", "InstalledVersion": "1", "Severity": "{severity}"}}"#
        )
    };
    let target = |severity: &str| format!(r#"{{"Vulnerabilities": [{}], "Packages": null}}"#, one(severity));
    let report = format!(
        r#"{{"SchemaVersion": 2, "Results": [{}, {}, {}]}}"#,
        target("LOW"),
        target("HIGH"),
        target("?")
    );
    let scan = trivy::parse(report.as_bytes()).unwrap();
    assert_eq!(lines(&scan.vulnerabilities), ["High CVE-1 a 1: no fix"]);
}

#[test]
fn what_is_no_report_is_an_error_that_says_so() {
    for (name, read) in
        [("trivy", trivy::parse as fn(&[u8]) -> _), ("grype", grype::parse), ("docker-scout", scout::parse)]
    {
        for printed in [
            "",
            "  \n",
            "{}",
            "[]",
            "null",
            "No vulnerabilities",
            "{\"matches\": 3, \"runs\": 3}",
            "\u{feff}{}",
        ] {
            let told = refusal(read, printed);
            assert!(told.starts_with(&format!("what {name} printed is not understood: ")), "{told}");
        }
        let deep = "[".repeat(100_000);
        assert!(refusal(read, &deep).contains("what "));
    }
}

#[test]
fn a_report_that_was_cut_is_an_error_wherever_it_was_cut() {
    for (read, whole) in
        [(trivy::parse as fn(&[u8]) -> _, TRIVY_BEFORE), (grype::parse, GRYPE), (scout::parse, SCOUT)]
    {
        let end = whole.trim_ascii_end().len();
        for cut in (0..end).step_by(37).chain([end - 1]) {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn a_vulnerability_without_a_name_is_not_passed_over() {
    let told = refusal(
        trivy::parse,
        r#"{"SchemaVersion": 2, "Results": [{"Vulnerabilities": [{"PkgName": "a"}]}]}"#,
    );
    assert!(told.contains("VulnerabilityID"), "{told}");
    let told = refusal(grype::parse, r#"{"matches": [{"vulnerability": {"id": "CVE-1"}, "artifact": {}}]}"#);
    assert!(told.contains("name"), "{told}");
    let told = refusal(trivy::parse, r#"{"SchemaVersion": 3, "Results": []}"#);
    assert!(told.contains("schema version 3, not 2"), "{told}");
}

#[test]
fn what_is_not_told_is_left_open() {
    let scan = grype::parse(
        br#"{"matches": [{"vulnerability": {"id": "CVE-1", "fix": null}, "artifact": {"name": "a"}}]}"#,
    );
    assert_eq!(lines(&scan.unwrap().vulnerabilities), ["Unknown CVE-1 a : no fix"]);
    let scan = scout::parse(br#"{"runs": [{"tool": {"driver": {"rules": [{"id": "CVE-1"}]}}}]}"#);
    assert_eq!(lines(&scan.unwrap().vulnerabilities), ["Unknown CVE-1 unknown : no fix"]);
    assert_eq!(grype::parse(br#"{"matches": null}"#).unwrap().vulnerabilities, []);
}

#[test]
fn an_endless_list_ends_the_reading() {
    let package = r#"{"Name":""},"#.repeat((1 << 20) + 1);
    let report = format!(r#"{{"SchemaVersion":2,"Results":[{{"Packages":[{package}{{"Name":""}}]}}]}}"#);
    assert!(refusal(trivy::parse, &report).contains("more than 1048576 entries"));
}

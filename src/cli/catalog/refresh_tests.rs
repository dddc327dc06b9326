#![allow(clippy::unwrap_used)]

use super::*;
use crate::catalog::listing::{self, Listing};

fn line(listing: &Listing) -> usize {
    let mut releases = listing.support.iter().flat_map(|support| &support.releases);
    releases.find_map(|release| release.version).map_or(1, |version| version.precision())
}

fn known(name: &str) -> &'static Tags {
    listing::of(&format!("docker.io/library/{name}")).unwrap().tags.as_ref().unwrap()
}

fn texts(tags: &Tags) -> Vec<String> {
    tags.all().map(|(tag, _)| tag.to_owned()).collect()
}

fn has(built: &[Built], tag: &str) -> bool {
    built.iter().any(|row| row.tags.iter().any(|own| own == tag))
}

#[test]
fn what_is_known_comes_out_as_it_went_in() {
    let mut ruled = 0;
    for listing in listing::all() {
        let Some(tags) = &listing.tags else { continue };
        let listed = texts(tags);
        let built = built(tags, line(listing), &listed, &|_| false);
        let kept: usize = built.iter().map(|row| row.tags.len()).sum();
        assert!(kept * 20 >= listed.len() * 19, "{}: {kept} of {}", listing.name, listed.len());
        for row in &built {
            let images: BTreeSet<_> = row.tags.iter().map(|tag| &tags.row(tag).unwrap().tags).collect();
            assert_eq!(images.len(), 1, "{}: {:?} are not one image", listing.name, row.tags);
            assert_eq!(row.platforms, tags.row(&row.tags[0]).unwrap().architectures, "{}", listing.name);
        }
        let all: Vec<&str> = listed.iter().map(String::as_str).collect();
        ruled += usize::from(Rule::of(line(listing), &all).follows(&all));
    }
    assert!(ruled >= 35, "only {ruled} images follow the rule");
}

#[test]
fn where_the_rule_does_not_hold_nothing_is_added() {
    // `21.0.8_9-jdk` is no version that can be compared, so nothing tells which variants are still built.
    let tags = known("eclipse-temurin");
    let mut listed = texts(tags);
    listed.extend(["21-jdk-focal", "99-jdk", "99.0.1_2-jdk"].map(str::to_owned));
    let built = built(tags, 1, &listed, &|_| false);
    assert!(has(&built, "21-jdk"));
    for added in ["21-jdk-focal", "99-jdk", "99.0.1_2-jdk"] {
        assert!(!has(&built, added), "{added}");
    }
}

#[test]
fn tags_that_were_withdrawn_or_are_of_ended_lines_are_gone() {
    let tags = known("golang");
    let mut listed = texts(tags);
    listed.retain(|tag| tag != "1.27-bookworm");
    let ended = Version::parse("1.26").unwrap();
    let built = built(tags, 2, &listed, &|line| *line == ended);
    assert!(has(&built, "1.27-trixie") && has(&built, "tip"));
    assert!(!has(&built, "1.27-bookworm") && !has(&built, "1.26"));
}

#[test]
fn a_variant_on_a_new_distribution_has_the_platforms_of_all_others() {
    let tags = known("golang");
    let mut listed = texts(tags);
    listed.extend(["1.27.0-alpine3.25", "1.27-alpine3.25", "1.27.0-nanoserver"].map(str::to_owned));
    let built = built(tags, 2, &listed, &|_| false);
    let new = built.iter().find(|row| row.tags.contains(&"1.27-alpine3.25".to_owned())).unwrap();
    assert_eq!(new.tags.len(), 2);
    let mut platforms = new.platforms.clone();
    platforms.sort();
    assert_eq!(platforms, ["386", "amd64", "arm/v6", "arm/v7", "arm64", "ppc64le", "riscv64", "s390x"]);
    assert!(!has(&built, "1.27.0-nanoserver"), "nothing is known of it");
}

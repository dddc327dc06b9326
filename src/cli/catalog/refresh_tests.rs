#![allow(clippy::unwrap_used)]

use super::*;
use crate::catalog::listing;

fn line(listing: &listing::Listing) -> usize {
    let releases = listing.support.iter().flat_map(|support| &support.releases);
    releases.filter_map(|release| release.version).next().map_or(1, |version| version.precision())
}

#[test]
fn what_is_known_comes_out_as_it_went_in() {
    let (mut ruled, mut images) = (0, 0);
    for listing in listing::all() {
        let Some(tags) = &listing.tags else { continue };
        let listed: Vec<String> = tags.all().map(|(tag, _)| tag.to_owned()).collect();
        let refs: Vec<&str> = listed.iter().map(String::as_str).collect();
        let follows = Rule::of(line(listing), &refs).follows(&refs);
        let built = built(tags, line(listing), &listed, &|_| false);
        let kept: usize = built.iter().map(|row| row.tags.len()).sum();
        println!(
            "{} {} {follows} {kept} of {} rows {} -> {}",
            listing.name,
            line(listing),
            listed.len(),
            tags.rows.len(),
            built.len()
        );
        images += 1;
        ruled += usize::from(follows);
    }
    println!("{ruled} of {images}");
}

//! How long releases are supported, from the public interface of <https://endoflife.date>.
//!
//! Its first version, `/api/v1/products/<product>/`, as <https://github.com/endoflife-date/endoflife.date> at 00eee731 makes it
//! in `_plugins/generate-api-v1.rb`.

use super::listing::{Day, Release};
use crate::catalog::listing::Support;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most bytes of an answer.
pub(super) const LIMIT: u64 = 4 << 20;
/// The most releases of a product.
const MOST: usize = 2000;

#[derive(Deserialize)]
struct Answer {
    result: Product,
}

#[derive(Deserialize)]
struct Product {
    name: String,
    releases: Vec<Told>,
}

/// A line of releases; columns that a product has not are left out of the answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    name: String,
    codename: Option<String>,
    release_date: Option<String>,
    #[serde(default)]
    is_lts: bool,
    lts_from: Option<String>,
    is_eoas: Option<bool>,
    eoas_from: Option<String>,
    is_eol: Option<bool>,
    eol_from: Option<String>,
    is_eoes: Option<bool>,
    eoes_from: Option<String>,
    latest: Option<Latest>,
}

#[derive(Deserialize)]
struct Latest {
    name: Option<String>,
}

/// The address of what is told of a product.
pub(super) fn address(base: &str, product: &str) -> String {
    format!("{}/api/v1/products/{product}/", base.trim_end_matches('/'))
}

/// The releases of a product, newest first; an error says why the answer is not believed.
pub(super) fn read(bytes: &[u8], known: &Support) -> Result<Vec<Release>, String> {
    let answer: Answer =
        serde_json::from_slice(bytes).map_err(|_| "the answer is no list of releases".to_owned())?;
    let product = answer.result;
    if product.name != known.product {
        return Err(format!("the answer is about {:?}", shortened(&product.name)));
    }
    if product.releases.len() > MOST {
        return Err(format!("{} releases are too many", product.releases.len()));
    }
    let releases = product.releases.into_iter().map(release).collect::<Result<Vec<_>, _>>()?;
    let cycles: BTreeSet<&str> = releases.iter().map(|release| release.cycle.as_str()).collect();
    let kept = known.releases.iter().filter(|release| cycles.contains(release.cycle.as_str())).count();
    if kept * 2 < known.releases.len() {
        return Err(format!("only {kept} of {} known releases are in the answer", known.releases.len()));
    }
    Ok(releases)
}

fn release(told: Told) -> Result<Release, String> {
    let plain =
        |text: &str| text.len() <= 40 && text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'"');
    let cycle = told.name;
    if cycle.is_empty() || !plain(&cycle) {
        return Err(format!("{:?} is no release", shortened(&cycle)));
    }
    let date = told.release_date.as_deref().and_then(day);
    let Some(date) = date else { return Err(format!("release {cycle} has no day")) };
    let end = |from: Option<String>, is: Option<bool>| match from {
        Some(from) => day(&from)
            .map(|date| Some(Day::On(date)))
            .ok_or_else(|| format!("release {cycle} has an end that is no day")),
        None => Ok(is.filter(|is| *is).map(Day::Was)),
    };
    Ok(Release {
        lts: end(told.lts_from, Some(told.is_lts))?,
        eoas: end(told.eoas_from, told.is_eoas)?,
        eol: end(told.eol_from, told.is_eol)?,
        eoes: end(told.eoes_from, told.is_eoes)?,
        codename: told.codename.filter(|name| plain(name)),
        latest: told.latest.and_then(|latest| latest.name).filter(|name| plain(name)),
        date,
        cycle,
    })
}

/// A day as it is written, if it is one.
fn day(text: &str) -> Option<String> {
    text.parse::<Date>().ok().map(|date| date.to_string())
}

/// What a server says, for people.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

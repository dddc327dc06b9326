//! The tags of an image, page by page.

use super::host::Url;
use super::place::Place;
use super::trouble::Trouble;
use super::wire::Reply;
use crate::catalog::Reference;
use serde::Deserialize;

/// The most bytes of one page.
pub(super) const LIMIT: u64 = 8 << 20;
/// How many tags a page is asked for.
pub(super) const PAGE: usize = 1000;
/// The most pages.
pub(super) const PAGES: usize = 200;
/// The most bytes of all pages.
pub(super) const TOTAL: usize = 32 << 20;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// The tags of a page; what is no tag by the rules of references is left out.
pub(super) fn read(reply: &Reply, place: &Place) -> Result<Vec<String>, Trouble> {
    let page: Page = serde_json::from_slice(&reply.body).map_err(|_| {
        Trouble::last(format!("what {} sends for the tags of {} is no list", place.registry, place.name))
    })?;
    let is_tag = |tag: &String| Reference::parse(&format!("a:{tag}")).is_some_and(|r| r.tag == Some(tag));
    Ok(page.tags.unwrap_or_default().into_iter().filter(is_tag).collect())
}

/// The address of the next page, from `Link: </v2/...>; rel="next"`; none where this is the last.
///
/// Only a path of the same host is followed, by the protocol that the registry was asked with: behind a proxy, registries
/// often take themselves for `http://`.
pub(super) fn next(reply: &Reply, url: &Url, place: &Place) -> Result<Option<Url>, Trouble> {
    let Some(link) = reply.header("link").and_then(target) else { return Ok(None) };
    match url.join(link) {
        Some(next) if next.host == url.host => Ok(Some(Url { tls: url.tls, ..next })),
        Some(next) => Err(Trouble::last(format!(
            "{} has the next page of tags on another host, {}, which is not asked",
            place.registry, next.host
        ))),
        None => {
            Err(Trouble::last(format!("{} has the next page of tags at what is no address", place.registry)))
        }
    }
}

/// What the link to the next page points at.
fn target(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        let (target, after) = rest.split_once('<')?.1.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let relation = after[..end].replace([' ', '"'], "").to_ascii_lowercase();
        if relation.split([';', ',']).any(|parameter| parameter == "rel=next") {
            return Some(target);
        }
        rest = &after[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::http::HeaderMap;

    fn reply(body: &str, link: &str) -> Reply {
        let headers = HeaderMap::from_iter([("link".parse().unwrap(), link.parse().unwrap())]);
        Reply { status: 200, headers, body: body.into() }
    }

    fn led(link: &str) -> Result<Option<String>, String> {
        let url = Url::parse("https://a.io/v2/x/tags/list?n=1000").unwrap();
        let next = next(&reply("", link), &url, &Place::of("a.io/x").unwrap());
        next.map(|next| next.map(|url| url.text())).map_err(|trouble| trouble.why)
    }

    #[test]
    fn the_next_page_is_on_the_same_host() {
        let page = Ok(Some("https://a.io/v2/x/tags/list?last=b&n=2".to_owned()));
        assert_eq!(led(r#"</v2/x/tags/list?last=b&n=2>; rel="next""#), page);
        assert_eq!(led("<https://a.io/v2/x/tags/list?last=b&n=2>;rel=next"), page);
        assert_eq!(led(r#"<http://a.io/v2/x/tags/list?last=b&n=2>; rel="next""#), page);
        assert_eq!(led(r#"</first>; rel="first", </v2/x/tags/list?last=b&n=2>; rel="next""#), page);
        for last in [r#"</v2/x/tags/list>; rel="prev""#, "", "<", "<x", r#"</x>; rel="nextone""#] {
            assert_eq!(led(last), Ok(None), "{last}");
        }
        for other in [r#"<https://b.io/v2/>; rel="next""#, r#"<//b.io/v2/>; rel="next""#] {
            let why = led(other).unwrap_err();
            assert_eq!(why, "a.io has the next page of tags on another host, b.io, which is not asked");
        }
        assert!(led(r#"<nowhere>; rel="next""#).is_err());
    }

    #[test]
    fn a_page_is_a_list_of_tags() {
        let place = Place::of("a.io/x").unwrap();
        let tags = |body: &str| read(&reply(body, ""), &place).map_err(|trouble| trouble.why);
        assert_eq!(tags(r#"{"name":"x","tags":["1","-bad","a b","é","2"]}"#).unwrap(), ["1", "2"]);
        assert_eq!(tags(r#"{"name":"x","tags":null}"#).unwrap(), Vec::<String>::new());
        for body in ["", "<html>", r#"{"tags":{}}"#, r#"{"tags":[1]}"#] {
            assert_eq!(tags(body).unwrap_err(), "what a.io sends for the tags of x is no list", "{body}");
        }
    }
}

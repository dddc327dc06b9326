//! Whether a lock file of npm holds all that a `package.json` and the packages in it ask for.
//!
//! `npm ci` refuses a lock file that does not (<https://docs.npmjs.com/cli/v11/commands/npm-ci>), while `npm install` mends it.

use nodejs_semver::{Range, Version};
use serde_json::{Map, Value};

/// What a lock file is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// It holds all, at versions that are asked for.
    Fits,
    /// It surely does not: the package that is missing or of another version.
    Misfits(String),
    /// It can't be told, and why.
    Unsure(&'static str),
}

type Object = Map<String, Value>;

/// Compares the texts of a `package.json` and of its `package-lock.json`.
pub(super) fn compare(package: &str, lock: &str) -> Lock {
    let object = |text: &str| match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    let (Some(package), Some(lock)) = (object(package), object(lock)) else {
        return Lock::Unsure("package.json or its lock file can't be read");
    };
    if ["workspaces", "overrides", "bundleDependencies"].iter().any(|key| package.contains_key(*key)) {
        return Lock::Unsure("package.json has workspaces or overrides");
    }
    if !matches!(lock.get("lockfileVersion").and_then(Value::as_u64), Some(2 | 3)) {
        return Lock::Unsure("npm may write a lock file of this version anew");
    }
    let Some(Value::Object(packages)) = lock.get("packages") else {
        return Lock::Unsure("the lock file has no packages");
    };
    let own = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    for (name, range) in own.iter().flat_map(|key| asked(&package, key)) {
        let is_optional = asked(&package, "optionalDependencies").any(|(other, _)| other == name);
        match fits(packages, "", name, range) {
            Some(true) => {}
            _ if is_optional => return Lock::Unsure("a package is optional"),
            Some(false) => return Lock::Misfits(format!("{name}@{range}")),
            None => return Lock::Unsure("a package comes from elsewhere than a registry"),
        }
    }
    // A range that was changed by hand makes npm write the lock file anew.
    let root = packages.get("").and_then(Value::as_object);
    if own.iter().any(|key| root.is_none_or(|root| !asked(root, key).eq(asked(&package, key)))) {
        return Lock::Unsure("package.json asks for other versions than the lock file was made for");
    }
    rest(packages)
}

/// Whether all packages find what they ask for.
fn rest(packages: &Object) -> Lock {
    for (path, entry) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        let Some(entry) = entry.as_object() else { return Lock::Unsure("the lock file can't be read") };
        if entry.contains_key("link") || !path.starts_with("node_modules/") {
            return Lock::Unsure("a package is a folder of the project");
        }
        let optional = entry.get("peerDependenciesMeta").and_then(Value::as_object);
        let is_optional = |name: &str| {
            let of = |key: &str| entry.get(key).and_then(|map| map.get(name)).is_some();
            let meta = optional.and_then(|meta| meta.get(name)).and_then(|meta| meta.get("optional"));
            of("optionalDependencies") || meta.and_then(Value::as_bool) == Some(true)
        };
        let needs = ["dependencies", "peerDependencies"].into_iter().flat_map(|key| asked(entry, key));
        for (name, range) in needs.filter(|(name, _)| !is_optional(name)) {
            if fits(packages, path, name, range) != Some(true) {
                return Lock::Unsure("the lock file lacks what its packages ask for");
            }
        }
    }
    Lock::Fits
}

/// Names and ranges of one kind, sorted.
fn asked<'o>(object: &'o Object, key: &str) -> impl Iterator<Item = (&'o str, &'o str)> {
    let map = object.get(key).and_then(Value::as_object);
    let mut pairs: Vec<(&str, &str)> = map
        .into_iter()
        .flatten()
        .map(|(name, range)| (name.as_str(), range.as_str().unwrap_or("?")))
        .collect();
    pairs.sort_unstable();
    pairs.into_iter()
}

/// Whether a package that stands at a path finds another at a version of a range; none when that can't be told.
fn fits(packages: &Object, path: &str, name: &str, range: &str) -> Option<bool> {
    let mut folder = Some(path);
    while let Some(at) = folder {
        let place =
            if at.is_empty() { format!("node_modules/{name}") } else { format!("{at}/node_modules/{name}") };
        if let Some(entry) = packages.get(&place) {
            let version = Version::parse(entry.get("version")?.as_str()?).ok()?;
            // `npm:other@1` is another package under this name.
            let range =
                range.strip_prefix("npm:").map_or(range, |alias| alias.rsplit('@').next().unwrap_or(alias));
            let range = if range.is_empty() { "*" } else { range };
            return Some(Range::parse(range).ok()?.satisfies(&version));
        }
        folder = match at.rfind("/node_modules/") {
            Some(end) => Some(&at[..end]),
            None if at.is_empty() => None,
            None => Some(""),
        };
    }
    Some(false)
}

//! What a project says of .NET: `global.json`, project files.

use super::set::Set;
use super::stated::{Json, Stated};
use super::version::{number, numbers};
use super::want::Want;
use super::xml;
use roxmltree::Node;

/// The names of project files end so.
pub(super) const PROJECTS: [&str; 3] = [".csproj", ".fsproj", ".vbproj"];

/// The most project files of a folder that are read.
pub(super) const MOST: usize = 20;

/// `sdk.version` with `sdk.rollForward`: the SDKs that will do. Of one before a release, the release and what follows it.
pub(super) fn global(text: &str) -> Vec<Stated> {
    let text = without_comments(text);
    let Some(file) = Json::object(&text) else { return Stated::unreadable() };
    let Some(sdk) = file.get("sdk") else { return Vec::new() };
    let policy =
        sdk.get("rollForward").map(|policy| policy.string().unwrap_or_default().to_ascii_lowercase());
    sdk.stated(&["version"], |version| selected(version, policy.as_deref())).into_iter().collect()
}

/// The SDKs that a policy takes for a version (dotnet/docs, docs/core/tools/global-json.md, "rollForward"). In `8.0.404`, 4 is
/// the feature band and 04 the patch.
fn selected(version: &str, policy: Option<&str>) -> Want {
    let (release, early) = version.split_once('-').map_or((version, false), |(release, _)| (release, true));
    let Some(&[major, minor, patch]) = numbers(release).as_deref() else { return Want::Unclear };
    let parts = [major, minor, patch];
    let set = match policy.unwrap_or("patch") {
        "patch" | "latestpatch" => {
            let band = Set::below(&[major, minor, (patch / 100 + 1) * 100]);
            Set::at_least(&parts).and(&band)
        }
        "feature" | "latestfeature" => Set::from_within(&parts, 1),
        "minor" | "latestminor" => Set::from_within(&parts, 0),
        "major" | "latestmajor" => Set::at_least(&parts),
        "disable" if !early => Set::line(&parts),
        _ => return Want::Unclear,
    };
    Want::Sdk(set)
}

/// A version of the SDK as version managers write it: what starts with it.
pub(super) fn pin(text: &str) -> Want {
    numbers(text).map_or(Want::Unclear, |parts| Want::Sdk(Set::line(&parts)))
}

/// `TargetFramework` and `TargetFrameworks` of a project file, or of what all of a folder's take in (`Directory.Build.props`): a runtime of that line, or of
/// any that follows where `RollForward` says so (dotnet/docs, docs/core/project-sdk/msbuild-props.md). Those that hold under
/// a condition only are unclear.
pub(super) fn project(text: &str) -> Vec<Stated> {
    let Some(document) = xml::read(text) else { return Stated::unreadable() };
    let groups: Vec<Node<'_, '_>> = xml::children(document.root_element(), "PropertyGroup").collect();
    let all = |name: &'static str| groups.iter().flat_map(move |group| xml::children(*group, name));
    let rolls = all("RollForward")
        .filter_map(xml::content)
        .any(|policy| ["major", "latestmajor"].contains(&policy.to_ascii_lowercase().as_str()));
    let targets = all("TargetFramework").chain(all("TargetFrameworks"));
    let stated = |node: Node<'_, '_>| {
        let text = xml::content(node)?;
        let conditional =
            [Some(node), node.parent()].into_iter().flatten().any(|n| n.has_attribute("Condition"));
        let want = if conditional { Want::Unclear } else { frameworks(text, rolls)? };
        Some(Stated::new(xml::line(node), text, want))
    };
    targets.filter_map(stated).collect()
}

/// What a list of frameworks asks for; none for libraries that run everywhere. Those of Windows alone are left out, so
/// that a program made for both counts by what runs in a container.
fn frameworks(text: &str, rolls: bool) -> Option<Want> {
    let names =
        text.split(';').map(str::trim).filter(|name| !name.is_empty() && !name.starts_with("netstandard"));
    let wants: Vec<Want> =
        names.filter(|name| !is_windows_only(name)).map(|name| framework(name, rolls)).collect();
    let only_libraries = wants.is_empty() && text.contains("netstandard");
    (!only_libraries).then(|| Want::either(wants))
}

/// `net48`, `net472`: .NET Framework.
fn is_windows_only(name: &str) -> bool {
    name.strip_prefix("net").is_some_and(|digits| number(digits).is_some())
}

/// `net8.0`, `net8.0-linux`, `netcoreapp3.1`.
fn framework(name: &str, rolls: bool) -> Want {
    let name = name.split('-').next().unwrap_or_default();
    let version = name.strip_prefix("netcoreapp").or_else(|| name.strip_prefix("net"));
    let parts = version.and_then(numbers).filter(|parts| parts.len() == 2);
    Want::set(parts.map(|parts| if rolls { Set::at_least(&parts) } else { Set::line(&parts) }))
}

/// JSON with blanks in place of comments, which are allowed in `global.json`.
fn without_comments(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let (mut at, mut in_string) = (0, false);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1).copied()) {
            (b'\\', _) if in_string => at += 1,
            (b'"', _) => in_string = !in_string,
            (b'/', Some(second @ (b'/' | b'*'))) if !in_string => {
                let end: &[u8] = if second == b'/' { b"\n" } else { b"*/" };
                let rest = &bytes[at + 2..];
                let length = rest.windows(end.len()).position(|window| window == end);
                let until = length.map_or(bytes.len(), |length| at + 2 + length + end.len());
                bytes[at..until].iter_mut().filter(|b| !matches!(b, b'\n' | b'\r')).for_each(|b| *b = b' ');
                at = until - 1;
            }
            _ => {}
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

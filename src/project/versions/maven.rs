//! What a `pom.xml` says of Java.

use super::stated::Stated;
use super::want::Want;
use super::{java, xml};
use roxmltree::Node;

/// The properties that name the release that code is made for: those of Maven's compiler plugin, and the one that Spring
/// Boot's parent hands on to it.
const PROPERTIES: [&str; 4] =
    ["maven.compiler.release", "maven.compiler.source", "maven.compiler.target", "java.version"];

/// How often one property may lead to another.
const STEPS: usize = 8;

/// Its properties, the settings of the compiler plugin, and what the enforcer takes.
pub(super) fn pom(text: &str) -> Vec<Stated> {
    let Some(document) = xml::read(text) else { return Stated::unreadable() };
    let project = document.root_element();
    let mut found = Vec::new();
    if let Some(properties) = xml::at(project, &["properties"]) {
        for property in properties.children().filter(|node| PROPERTIES.contains(&node.tag_name().name())) {
            found.extend(stated(project, property, java::release));
        }
    }
    for plugins in [&["build", "plugins"][..], &["build", "pluginManagement", "plugins"]] {
        let Some(plugins) = xml::at(project, plugins) else { continue };
        for plugin in xml::children(plugins, "plugin") {
            found.extend(of_plugin(project, plugin));
        }
    }
    found
}

fn of_plugin(project: Node<'_, '_>, plugin: Node<'_, '_>) -> Vec<Stated> {
    match xml::at(plugin, &["artifactId"]).and_then(xml::content) {
        Some("maven-compiler-plugin") => {
            let Some(settings) = xml::at(plugin, &["configuration"]) else { return Vec::new() };
            let settings =
                ["release", "source", "target"].into_iter().filter_map(|name| xml::at(settings, &[name]));
            settings.filter_map(|node| stated(project, node, java::release)).collect()
        }
        Some("maven-enforcer-plugin") => {
            let rules = plugin.descendants().filter(|node| node.tag_name().name() == "requireJavaVersion");
            let versions = rules.filter_map(|rule| xml::at(rule, &["version"]));
            versions.filter_map(|node| stated(project, node, java::range)).collect()
        }
        _ => Vec::new(),
    }
}

/// What the text of an element states.
fn stated(project: Node<'_, '_>, node: Node<'_, '_>, want: fn(&str) -> Want) -> Option<Stated> {
    let text = xml::content(node)?;
    let value = resolved(project, text);
    Some(Stated::new(xml::line(node), text, value.map_or(Want::Unclear, want)))
}

/// A text whose properties stand for themselves; none where one is not set in this file. Only a text that is a property as
/// a whole is resolved.
fn resolved<'a>(project: Node<'a, '_>, text: &'a str) -> Option<&'a str> {
    let mut value = text;
    for _ in 0..STEPS {
        if !value.contains("${") {
            return Some(value);
        }
        let name = value.strip_prefix("${")?.strip_suffix('}')?;
        value = xml::content(xml::at(project, &["properties", name])?)?;
    }
    None
}

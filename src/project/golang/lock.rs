//! Lists of dependencies from before modules.

use serde_json::Value as Json;

/// The files that are read, by their place in the program's folder.
pub(super) const FILES: [&str; 9] = [
    "Gopkg.lock",
    "glide.lock",
    "Godeps/Godeps.json",
    "vendor/vendor.json",
    "vendor/manifest",
    "vendor.conf",
    "vendor/vendor.conf",
    "Godeps",
    "glide.yaml",
];

/// A list of dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The file.
    pub file: String,
    /// The packages or repositories it names.
    pub paths: Vec<String>,
    /// The import path that it says the program has.
    pub root: Option<String>,
}

impl Lock {
    /// Reads one of the files; none when it can't be understood.
    pub(super) fn read(file: &str, text: &str) -> Option<Self> {
        let (paths, root) = match file.rsplit('/').next()? {
            "Gopkg.lock" => (gopkg(text)?, None),
            "glide.lock" => (glide(text), None),
            "glide.yaml" => (Vec::new(), Some(glide_package(text)?)),
            "Godeps.json" => json(text, "ImportPath", "Deps", "ImportPath")?,
            "vendor.json" => json(text, "rootPath", "package", "path")?,
            "manifest" => json(text, "", "dependencies", "importpath")?,
            _ => (plain(text), None),
        };
        Some(Self { file: file.to_owned(), paths, root })
    }

    /// Whether the list names the package or the repository that holds it.
    pub fn covers(&self, import: &str) -> bool {
        self.paths.iter().any(|path| super::within(import, path).is_some())
    }
}

/// `dep` lists the packages of each project that the program reaches.
fn gopkg(text: &str) -> Option<Vec<String>> {
    let file: toml::Table = toml::from_str(text).ok()?;
    let mut paths = Vec::new();
    for project in file.get("projects").and_then(toml::Value::as_array).into_iter().flatten() {
        let Some(name) = project.get("name").and_then(toml::Value::as_str) else { continue };
        let packages = project.get("packages").and_then(toml::Value::as_array).into_iter().flatten();
        for package in packages.filter_map(toml::Value::as_str) {
            paths.push(super::join(name, if package == "." { "" } else { package }));
        }
    }
    Some(paths)
}

/// The names below `imports:`, and their packages.
fn glide(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut name = String::new();
    let mut inside = false;
    for line in text.lines() {
        if !line.starts_with([' ', '-']) {
            inside = line.starts_with("imports:");
        } else if let Some(named) = line.trim_start().strip_prefix("- name:").filter(|_| inside) {
            scalar(named).clone_into(&mut name);
            paths.push(name.clone());
        } else if let Some(package) = line.trim_start().strip_prefix("- ").filter(|_| inside) {
            paths.push(super::join(&name, scalar(package)));
        }
    }
    paths
}

fn glide_package(text: &str) -> Option<String> {
    let name = text.lines().find_map(|line| line.strip_prefix("package:"))?;
    Some(scalar(name).to_owned()).filter(|name| name.contains('/'))
}

fn scalar(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

type Listed = (Vec<String>, Option<String>);

fn json(text: &str, root: &str, list: &str, path: &str) -> Option<Listed> {
    let file: Json = serde_json::from_str(text).ok()?;
    let entries = file.get(list).and_then(Json::as_array).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.get(path)?.as_str()?.to_owned())).collect();
    let root = file.get(root).and_then(Json::as_str).filter(|root| root.contains('/'));
    Some((paths, root.map(str::to_owned)))
}

/// A name and a version on each line.
fn plain(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(file: &str, text: &str) -> Vec<String> {
        Lock::read(file, text).unwrap().paths
    }

    #[test]
    fn each_list_is_read() {
        let cases: [(&str, &str, &[&str]); 7] = [
            (
                "Gopkg.lock",
                "[[projects]]\n  name = \"github.com/a/b\"\n  packages = [\".\",\"c\"]\n  revision = \"1\"\n",
                &["github.com/a/b", "github.com/a/b/c"],
            ),
            (
                "glide.lock",
                "hash: x\nimports:\n- name: github.com/a/b\n  version: 1\n  subpackages:\n  - c\ntestImports:\n- name: t\n",
                &["github.com/a/b", "github.com/a/b/c"],
            ),
            (
                "Godeps/Godeps.json",
                "{\"ImportPath\":\"github.com/o/s\",\"Deps\":[{\"ImportPath\":\"github.com/a/b/c\"},{}]}",
                &["github.com/a/b/c"],
            ),
            (
                "vendor/vendor.json",
                "{\"rootPath\":\"github.com/o/s\",\"package\":[{\"path\":\"github.com/a/b\"}]}",
                &["github.com/a/b"],
            ),
            (
                "vendor/manifest",
                "{\"dependencies\":[{\"importpath\":\"github.com/a/b\"}]}",
                &["github.com/a/b"],
            ),
            ("vendor.conf", "# x\ngithub.com/a/b v1 https://c # d\n\n", &["github.com/a/b"]),
            ("Godeps", "github.com/a/b 123\n", &["github.com/a/b"]),
        ];
        for (file, text, expected) in cases {
            assert_eq!(paths(file, text), expected, "{file}");
        }
    }

    #[test]
    fn some_say_the_import_path_of_the_program() {
        let root = |file, text| Lock::read(file, text).unwrap().root;
        let json = "{\"ImportPath\":\"github.com/o/s\"}";
        assert_eq!(root("Godeps/Godeps.json", json).as_deref(), Some("github.com/o/s"));
        assert_eq!(root("Godeps/Godeps.json", "{\"ImportPath\":\".\"}"), None);
        assert_eq!(
            root("glide.yaml", "package: github.com/o/s\nimport:\n").as_deref(),
            Some("github.com/o/s")
        );
        assert_eq!(Lock::read("glide.yaml", "package: .\n"), None);
    }

    #[test]
    fn a_list_covers_packages_below_its_paths() {
        let lock = Lock { paths: vec!["github.com/a/b".to_owned()], ..Lock::default() };
        assert!(lock.covers("github.com/a/b") && lock.covers("github.com/a/b/c"));
        assert!(!lock.covers("github.com/a/bc"));
    }

    #[test]
    fn broken_lists_are_no_lists() {
        for file in ["Gopkg.lock", "Godeps/Godeps.json", "vendor/vendor.json"] {
            assert_eq!(Lock::read(file, "{[(\0"), None);
        }
        assert!(Lock::read("glide.lock", "imports:\n  - ").is_some());
    }
}

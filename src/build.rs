//! Embeds every file of `recipes/`, so that a file dropped there is a recipe. What is large and seldom needed as a whole, the
//! catalog, is cut into its entries, so that a run reads only those that it asks for.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=recipes");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let read = |folder: &str| read(&root.join(folder));
    let mut code = String::new();
    texts(&mut code, "RECIPES", &read("recipes")?);
    texts(&mut code, "PACKS", &read("recipes/packs")?);
    texts(&mut code, "BLOCKERS", &read("recipes/blockers")?);
    let (with_families, other): (Vec<_>, Vec<_>) =
        read("recipes/catalog")?.into_iter().partition(|file| file.text.contains(FAMILY));
    texts(&mut code, "FILES", &other);
    families(&mut code, &with_families)?;
    listings(&mut code, &read("recipes/catalog/tags")?)?;
    fs::write(out.join("embedded.rs"), code)
}

/// A line that begins a family.
const FAMILY: &str = "\n[[family]]\n";

/// A TOML file.
struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn stem(&self) -> String {
        self.path.file_stem().unwrap_or_default().display().to_string()
    }

    fn wrong(&self, what: impl std::fmt::Display) -> io::Error {
        io::Error::other(format!("{}: {what}", self.path.display()))
    }
}

/// The TOML files of a folder, sorted.
fn read(folder: &Path) -> io::Result<Vec<File>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    paths.into_iter().map(|path| Ok(File { text: fs::read_to_string(&path)?, path })).collect()
}

/// Writes a table of that type, one row a line.
fn table(code: &mut String, name: &str, kind: &str, rows: impl IntoIterator<Item = String>) {
    put(code, format_args!("pub(crate) static {name}: {kind} = [\n"));
    for row in rows {
        put(code, format_args!("    {row},\n"));
    }
    code.push_str("];\n");
}

/// `NAME: [(&str, &str); N]`: stem and text of each file.
fn texts(code: &mut String, name: &str, files: &[File]) {
    let rows = files.iter().map(|file| format!("({:?}, {:?})", file.stem(), file.text));
    table(code, name, &format!("[(&str, &str); {}]", files.len()), rows);
}

/// `FAMILIES: [Unread<Family>; N]`, and `NAMES: [(&str, usize); N]`: the index of each of their names, without the star of
/// families such as `docker.io/bitnami/*`, sorted.
fn families(code: &mut String, files: &[File]) -> io::Result<()> {
    let mut names = BTreeMap::new();
    let mut rows = Vec::new();
    for file in files {
        for text in file.text.split(FAMILY).skip(1) {
            let text = format!("{}{text}", FAMILY.trim_start());
            let parsed: toml::Table = text.parse().map_err(|error| file.wrong(error))?;
            let family =
                parsed.get("family").and_then(|all| all.get(0)).ok_or_else(|| file.wrong("no family"))?;
            let aliases = family.get("aliases").and_then(toml::Value::as_array).into_iter().flatten();
            for name in family.get("name").into_iter().chain(aliases) {
                let name = name.as_str().ok_or_else(|| file.wrong("a name is no text"))?;
                if names.insert(name.trim_end_matches('*').to_owned(), rows.len()).is_some() {
                    return Err(file.wrong(format_args!("two families are called {name}")));
                }
            }
            rows.push(format!("Unread::new({text:?})"));
        }
    }
    table(code, "FAMILIES", &format!("[Unread<Family>; {}]", rows.len()), rows);
    let rows = names.iter().map(|(name, index)| format!("({name:?}, {index})"));
    table(code, "NAMES", &format!("[(&str, usize); {}]", names.len()), rows);
    Ok(())
}

/// `LISTINGS: [(&str, Date, &str); N]`: name, newest day and text of each file, sorted by name.
fn listings(code: &mut String, files: &[File]) -> io::Result<()> {
    let mut rows = BTreeMap::new();
    for file in files {
        let listing: toml::Table = file.text.parse().map_err(|error| file.wrong(error))?;
        let name = listing.get("name").and_then(toml::Value::as_str);
        let name = name.ok_or_else(|| file.wrong("no name"))?.to_owned();
        let parts = ["tags", "support"].iter().filter_map(|part| listing.get(*part)?.get("date")?.as_str());
        let date = parts.max().ok_or_else(|| file.wrong("no date"))?;
        let [year, month, day] = date.split('-').collect::<Vec<_>>()[..] else {
            return Err(file.wrong("a date is none"));
        };
        let number = |text: &str| text.trim_start_matches('0').to_owned();
        let date = format!("date({year}, {}, {})", number(month), number(day));
        rows.insert(name.clone(), format!("({name:?}, {date}, {:?})", file.text));
    }
    table(code, "LISTINGS", &format!("[(&str, Date, &str); {}]", rows.len()), rows.into_values());
    Ok(())
}

/// Writing to a string does not fail.
fn put(code: &mut String, text: std::fmt::Arguments<'_>) {
    code.write_fmt(text).unwrap_or_default();
}

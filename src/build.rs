//! Embeds every file of `recipes/`, so that a file dropped there is a recipe.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=recipes");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let mut code = String::new();
    let folders = [
        ("RECIPES", "recipes"),
        ("PACKS", "recipes/packs"),
        ("CATALOG", "recipes/catalog"),
        ("BLOCKERS", "recipes/blockers"),
        ("LISTINGS", "recipes/catalog/tags"),
    ];
    for (name, folder) in folders {
        table(&mut code, name, &root.join(folder))?;
    }
    fs::write(out.join("embedded.rs"), code)
}

/// Writes `pub(crate) static NAME: &[(&str, &str)]`: the stem and the text of each TOML file of a folder, sorted.
fn table(code: &mut String, name: &str, folder: &Path) -> io::Result<()> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut out = |text: std::fmt::Arguments<'_>| code.write_fmt(text).map_err(io::Error::other);
    out(format_args!("pub(crate) static {name}: &[(&str, &str)] = &[\n"))?;
    for file in files {
        let stem = file.file_stem().unwrap_or_default().display().to_string();
        out(format_args!("    ({stem:?}, include_str!({:?})),\n", file.display().to_string()))?;
    }
    out(format_args!("];\n"))
}

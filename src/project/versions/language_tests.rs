//! A file, what it says there, and what that takes: for each version `+`, `-`, or `?` for what can't be told. A row without
//! versions is of a file that says nothing.

use super::*;

type Row<'r> = (&'r str, &'r str, &'r str, &'r str);

/// Holds rows of file, text, what is said, and verdicts against what comes out.
pub(super) fn check(language: Language, rows: &[Row<'_>]) {
    for (file, text, expected, verdicts) in rows {
        let declared = project(&[(file, text)]).declared(language);
        let said: Vec<String> = declared.iter().map(|d| format!("{} {}", d.line, d.text)).collect();
        assert_eq!(said.join("; "), *expected, "{file}: {text}");
        for verdict in verdicts.split_whitespace() {
            let (sign, version) = verdict.split_at(1);
            let wanted = match sign {
                "+" => Some(true),
                "-" => Some(false),
                _ => None,
            };
            let answers: Vec<Option<bool>> = declared.iter().map(|d| d.allows(version)).collect();
            let all = if answers.contains(&Some(false)) {
                Some(false)
            } else if answers.contains(&None) {
                None
            } else {
                Some(true)
            };
            assert_eq!(all, wanted, "{file}: {text}: {version} {answers:?}");
        }
    }
}

#[test]
fn go() {
    check(
        Language::Go,
        &[
            (
                "go.mod",
                "module a\n\ngo 1.22.3\n",
                "3 1.22.3",
                "+1.22.3 -1.22.2 +1.22 -1.21 +1.27.0 +1.27 ?1.27rc1",
            ),
            ("go.mod", "module a\ngo 1.22\n", "2 1.22", "+1.22.0 +1.22 -1.21.13"),
            ("go.mod", "go 1.22rc1\n", "1 1.22rc1", "+1.22.0 -1.21"),
            ("go.mod", "go 1.21.0\ntoolchain go1.23.4\n", "1 1.21.0; 2 go1.23.4", "+1.23.4 -1.23.3 +1.24"),
            ("go.mod", "go 1.21\ntoolchain default\n", "1 1.21", "+1.21"),
            ("go.mod", "go 1.21\ntoolchain go1.22.1-corp\n", "1 1.21; 2 go1.22.1-corp", "-1.22.0 +1.22.1"),
            ("go.mod", "module a\nrequire (\n\tgo.uber.org/zap v1.0.0\n)\n", "", ""),
            ("go.work", "go 1.23 // why\n\nuse ./a\n", "1 1.23", "+1.23 -1.22.9"),
            ("go.mod", "go ten", "1 ten", "?1.22"),
            (".go-version", "1.22\n", "1 1.22", "+1.22.5 +1.22 -1.23 ?1"),
            (".tool-versions", "golang 1.22.3", "1 1.22.3", "+1.22.3 -1.22.4 ?1.22"),
            ("mise.toml", "[tools]\ngo = 'prefix:1.22'", "2 prefix:1.22", "+1.22.4 -1.23.0"),
        ],
    );
}

#[test]
fn node() {
    let engines = |range: &str| format!("{{\"engines\": {{\"node\": \"{range}\"}}}}");
    for (range, verdicts) in [
        (">=18", "+18.0.0 +24 +24.19.0 -16.20.2 -16"),
        (">=18 <21", "+18.1.0 +20 -21.0.0 -22"),
        ("^18.17 || >=20.5", "-18.16.0 +18.17.0 +18 -19.0.0 +20.5.0 +22"),
        ("18.x", "+18.0.0 +18 -20"),
        ("18", "+18.20.0 -19.0.0"),
        ("18.*", "+18.20.0 -19.0.0"),
        ("~18.12", "+18.12.9 -18.13.0 ?18 +18.12"),
        ("14 - 18", "+18.20.1 -19.0.0 +16"),
        ("14.0.0 - 18.12.0", "+18.12.0 -18.12.1 ?18"),
        (">20", "-20.19.0 -20 +21.0.0"),
        ("<=20", "+20.19.0 +20 -21.0.0"),
        ("<20.5", "+20.4.0 -20.5.0 ?20 +18"),
        ("*", "+8.0.0 +24"),
        ("", "+8.0.0 +24"),
        ("20.11.1", "+20.11.1 -20.11.2 ?20 -22"),
        (">= 18.0.0, <22", "?22"),
        ("lts/*", "?22"),
        (">=18 || lts/*", "?22"),
        (">=18 ??", "?22"),
    ] {
        check(Language::Node, &[("package.json", &engines(range), format!("1 {range}").as_str(), verdicts)]);
    }
    check(
        Language::Node,
        &[
            (".nvmrc", "18\n", "1 18", "+18 +18.2.0 -20 -24.1.0"),
            (".nvmrc", "v18.2.0", "1 v18.2.0", "+18.2.0 -18.2.1 ?18 ?18.2 -20"),
            (".nvmrc", "  # x\n\n 20.1 # y\n", "3 20.1", "+20.1.7 -20.2.0"),
            (".nvmrc", "setting=1\n20\n", "2 20", "+20.9.0"),
            (".nvmrc", "lts/*\n", "1 lts/*", "+18 +22.1.0 -23.0.0 -25 +26 +27"),
            (".nvmrc", "lts/hydrogen", "1 lts/hydrogen", "+18.20.1 -20"),
            (".nvmrc", "lts/Krypton", "1 lts/Krypton", "+24 -22"),
            (".nvmrc", "lts/-1", "1 lts/-1", "?18"),
            (".nvmrc", "node", "1 node", "+25"),
            (".nvmrc", "stable\r\n", "1 stable", "+25"),
            (".nvmrc", "system", "1 system", "?18"),
            (".nvmrc", "\n", "", ""),
            (".node-version", "20.x", "1 20.x", "+20.1.1 -21"),
            (".node-version", "v22.1.0\n", "1 v22.1.0", "+22.1.0 -22.2.0"),
            ("package.json", "{\"name\": \"a\"}", "", ""),
            ("package.json", "{\n\"volta\": {\n\"node\": \"18.20.4\"}}", "3 18.20.4", "+18.20.4 -20"),
            (
                "package.json",
                "{\"devEngines\": {\"runtime\": [{\"name\": \"bun\", \"version\": \"1\"},\n\
                    {\"name\": \"node\", \"version\": \"^22\"}]}}",
                "2 ^22",
                "+22.1.0 -24",
            ),
            (".tool-versions", "# a\nnodejs lts-jod\n", "2 lts-jod", "+22 -20"),
            (".tool-versions", "nodejs 18.1.0 20.1.0 system", "1 18.1.0 20.1.0 system", "+20.1.0 ?24.0.0"),
            ("mise.toml", "[tools]\n\"core:node\" = {version = 'lts'}", "2 lts", "+22 -21"),
            ("mise.toml", "[tools]\nnode = []", "2 ", "?22"),
        ],
    );
}

#[test]
fn python() {
    let requires = |text: &str| format!("[project]\nname = 'a'\nrequires-python = '{text}'\n");
    for (text, verdicts) in [
        (">=3.8", "+3.8 +3.8.0 +3.14 -3.7.9 +4.0.0"),
        (">=3.8,<3.12", "+3.11.9 +3.11 -3.12.0 -3.12 -3.14"),
        ("~=3.9", "+3.12.1 -4.0.0 -3.8"),
        ("~=3.9.2", "+3.9 +3.9.2 -3.10 -3.9.1"),
        ("==3.11.*", "+3.11 +3.11.4 -3.12"),
        ("==3.11", "+3.11.0 -3.11.4 ?3.11"),
        ("!=3.9.*,>=3.8", "-3.9.1 -3.9 +3.10"),
        (">=3.8, !=3.9.7", "-3.9.7 +3.9 +3.9.8"),
        (">3.8", "+3.8.1 -3.8.0 +3.9"),
        ("<=3.11", "-3.11.4 ?3.11 +3.10"),
        ("<3.11.5", "+3.11.4 ?3.11 -3.12 +3.10"),
        (">=3.12.0rc1", "+3.12.0 -3.11.9"),
        ("^3.9", "?3.9"),
        ("3.9", "?3.9"),
    ] {
        check(
            Language::Python,
            &[("pyproject.toml", &requires(text), format!("3 {text}").as_str(), verdicts)],
        );
    }
    check(
        Language::Python,
        &[
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = \"^3.9\"\n",
                "2 ^3.9",
                "+3.9 +3.14.1 -3.8.1 -4.0.0",
            ),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = {version = '~3.9'}",
                "2 ~3.9",
                "+3.9.1 -3.10",
            ),
            ("pyproject.toml", "[tool.poetry.dependencies]\npython = [{version = '~3.9'}]", "2 ", "?3.9"),
            ("pyproject.toml", "[project]\ndynamic = ['requires-python']", "", ""),
            (
                "setup.cfg",
                "[metadata]\npython_requires = 1\n[options]\npython_requires = >=3.7\n",
                "4 >=3.7",
                "+3.9 -3.6",
            ),
            (
                "setup.cfg",
                "[options]\npython_requires =\n    >=3.7,\n    <3.10\nzip = 1\n",
                "2 >=3.7,<3.10",
                "+3.9 -3.10",
            ),
            (
                "setup.py",
                "setup(\n  name='a',\n  python_requires='>=3.6, <4',\n)",
                "3 >=3.6, <4",
                "+3.14 -3.5",
            ),
            ("setup.py", "setup(python_requires=\">=\" + V)", "1 ", "?3.9"),
            ("setup.py", "setup(python_requires=REQUIRES)", "1 ", "?3.9"),
            ("setup.py", "setup(python_requires='>=%s' % v)", "1 ", "?3.9"),
            ("setup.py", "# python_requires='>=3'\nprint('python_requires', \"a\")", "", ""),
            ("Pipfile", "[requires]\npython_version = \"3.9\"\n", "2 3.9", "+3.9.7 +3.9 -3.10"),
            ("Pipfile", "[requires]\npython_full_version = '3.9.7'", "2 3.9.7", "+3.9.7 -3.9.8"),
            ("Pipfile", "[packages]\na = '*'", "", ""),
            (".python-version", "3.11\n", "1 3.11", "+3.11.9 -3.12"),
            (".python-version", "# a\n3.11.4\n3.10.2\n", "2 3.11.4 3.10.2", "+3.10.2 +3.11.4 -3.11.5 -3.12"),
            (".python-version", "pypy3.10-7.3.12\n", "1 pypy3.10-7.3.12", "?3.10"),
            (".python-version", "3.13.0rc1\n", "1 3.13.0rc1", "?3.13"),
            (".python-version", "cpython@3.12", "1 cpython@3.12", "+3.12.1 -3.13"),
            (".python-version", ">=3.12", "1 >=3.12", "+3.13"),
            ("runtime.txt", "python-3.11.4\n", "1 python-3.11.4", "+3.11.4 -3.11.5"),
            ("runtime.txt", "nodejs\n", "", ""),
            (".tool-versions", "python 3.12.1 system", "1 3.12.1 system", "+3.12.1 ?3.13.0"),
        ],
    );
}

#[test]
fn rust() {
    check(
        Language::Rust,
        &[
            ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.75\"\n", "2 1.75", "+1.75.0 +1.75 -1.76 ?1"),
            ("rust-toolchain.toml", "[toolchain]\nchannel = '1.75.0'", "2 1.75.0", "+1.75.0 -1.75.1 ?1.75"),
            ("rust-toolchain.toml", "[toolchain]\nchannel = 'stable'", "2 stable", "+1.90.0"),
            (
                "rust-toolchain.toml",
                "[toolchain]\nchannel = 'nightly-2024-05-01'",
                "2 nightly-2024-05-01",
                "?1.90",
            ),
            ("rust-toolchain.toml", "[toolchain]\npath = '/a'", "", ""),
            ("rust-toolchain", "1.70.0\n", "1 1.70.0", "+1.70.0 -1.71"),
            ("rust-toolchain", "[toolchain]\nchannel = '1.70'", "2 1.70", "+1.70.0 -1.71"),
            (
                "rust-toolchain",
                "stable-x86_64-unknown-linux-musl",
                "1 stable-x86_64-unknown-linux-musl",
                "+1.90",
            ),
            (
                "rust-toolchain",
                "1.70-x86_64-unknown-linux-gnu",
                "1 1.70-x86_64-unknown-linux-gnu",
                "+1.70.1 -1.71",
            ),
            ("Cargo.toml", "[package]\nrust-version = '1.70'\n", "2 1.70", "+1.70 +1.90.0 -1.69.0"),
            ("Cargo.toml", "[workspace.package]\nrust-version = '1.70.1'", "2 1.70.1", "-1.70.0 +1.70"),
            ("Cargo.toml", "[package]\nrust-version.workspace = true", "", ""),
            (".tool-versions", "rust 1.75.0", "1 1.75.0", "+1.75.0 -1.90"),
        ],
    );
}

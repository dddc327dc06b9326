use super::*;
use crate::project::{Folder, Memory};

#[path = "language_tests.rs"]
mod languages;
#[path = "platform_tests.rs"]
mod platforms;

fn project(files: &[(&str, &str)]) -> Project {
    Project::new(Box::new(Memory::new(files.iter().map(|(path, text)| (*path, text.as_bytes())))))
}

/// What is declared, a line each: `package.json:3 >=18`.
fn said(project: &Project, language: Language) -> Vec<String> {
    let declared = project.declared(language);
    let line = |d: &Declared| {
        let beside = if d.beside { "beside " } else { "" };
        format!("{beside}{}:{} {}", d.file, d.line, d.text)
    };
    declared.iter().map(line).collect()
}

const ALL: [Language; 8] = [
    Language::Go,
    Language::Node,
    Language::Python,
    Language::Java,
    Language::Ruby,
    Language::Php,
    Language::Dotnet,
    Language::Rust,
];

#[test]
fn files_of_the_root_are_told_in_order_whatever_is_ignored() {
    let project = project(&[
        (".dockerignore", "*\n"),
        (".nvmrc", "# ours\nv18\n"),
        (".tool-versions", "nodejs 18.19.0 # pinned\nruby 3.2.2\n"),
        ("mise.toml", "[tools]\npython = '3.12'\nnode = ['18', '20']\n"),
        ("node_modules/a/package.json", "{\"engines\": {\"node\": \"4\"}}"),
        ("package.json", "{\n  \"engines\": {\"npm\": \"9\",\n    \"node\": \">=18 <21\"}}"),
    ]);
    let expected =
        ["package.json:3 >=18 <21", ".nvmrc:2 v18", ".tool-versions:1 18.19.0", "mise.toml:3 18 20"];
    assert_eq!(said(&project, Language::Node), expected);
    assert_eq!(said(&project, Language::Node), expected, "the second time");
    assert_eq!(said(&project, Language::Ruby), [".tool-versions:2 3.2.2"]);
    assert_eq!(said(&project, Language::Python), ["mise.toml:2 3.12"]);
    assert!(said(&project, Language::Php).is_empty() && project.unseen().is_none());
}

#[test]
fn files_beside_the_dockerfile_count_and_are_not_told_twice() {
    let files = [("api/.nvmrc", "20"), (".nvmrc", "18"), ("api/App.csproj", NET8), ("b/B.csproj", NET8)];
    let memory = Memory::new(files);
    let beside = Project::new(Box::new(memory.clone())).of(Box::new(memory.clone()), "api/Dockerfile");
    assert_eq!(said(&beside, Language::Node), [".nvmrc:1 18", "beside api/.nvmrc:1 20"]);
    assert_eq!(said(&beside, Language::Dotnet), ["beside api/App.csproj:1 net8.0"]);
    let root = Project::new(Box::new(memory.clone())).of(Box::new(memory), "Dockerfile");
    assert_eq!(said(&root, Language::Node), [".nvmrc:1 18"]);
}

const NET8: &str =
    "<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>";

#[test]
fn a_context_that_is_not_there_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Project::new(Box::new(Folder::new(dir.path().join("none"))));
    assert!(missing.unseen().is_some() && missing.declared(Language::Node).is_empty());
    let there = Project::new(Box::new(Folder::new(dir.path())));
    assert_eq!(there.unseen(), None);
}

#[test]
fn a_file_that_cannot_be_read_allows_nothing_for_sure() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("Cargo.toml"), format!("#{}\n", "x".repeat(LARGEST))).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", dir.path().join(".nvmrc")).unwrap();
    std::fs::create_dir(dir.path().join("go.mod")).unwrap();
    let project = Project::new(Box::new(Folder::new(dir.path())));
    for (language, file) in [(Language::Rust, "Cargo.toml"), (Language::Node, ".nvmrc")] {
        let declared = project.declared(language);
        assert_eq!(declared.len(), 1);
        assert_eq!((declared[0].file.as_str(), declared[0].allows("1.80.0")), (file, None));
    }
    assert!(project.declared(Language::Go).is_empty());
}

#[test]
fn broken_files_are_unclear_and_not_left_out() {
    let broken = [
        (Language::Node, "package.json", "{"),
        (Language::Node, "package.json", "[]"),
        (Language::Node, "package.json", "{\"engines\": {\"node\": 18}}"),
        (Language::Php, "composer.json", "\u{0}"),
        (Language::Python, "pyproject.toml", "[project\n"),
        (Language::Python, "Pipfile", "= 1"),
        (Language::Java, "pom.xml", "<project>"),
        (Language::Dotnet, "global.json", "{\"sdk\": "),
        (Language::Dotnet, "a.csproj", "no"),
        (Language::Rust, "Cargo.toml", "["),
        (Language::Ruby, "mise.toml", "["),
        (Language::Go, "go.mod", "go one"),
    ];
    for (language, file, text) in broken {
        let declared = project(&[(file, text)]).declared(language);
        let answers: Vec<Option<bool>> = declared.iter().map(|d| d.allows("8.0.0")).collect();
        assert_eq!(answers, [None], "{file} {text}");
    }
}

#[test]
fn what_is_shown_is_short_and_plain() {
    let text = format!("{{\"engines\": {{\"node\": \"\\u001b[2J\\n{}\"}}}}", "9".repeat(5000));
    let declared = project(&[("package.json", &text)]).declared(Language::Node);
    assert_eq!(declared[0].text.len(), 256);
    assert!(declared[0].text.starts_with(" [2J 9") && declared[0].allows("9.0.0").is_none());
}

/// Files that are made to be slow, deep or large.
fn hostile() -> Vec<(&'static [&'static str], String)> {
    let xml: &[&str] = &["pom.xml", "a.csproj"];
    let json: &[&str] = &["package.json", "composer.json", "global.json"];
    let toml: &[&str] = &["pyproject.toml", "Pipfile", "Cargo.toml", "rust-toolchain", "mise.toml"];
    let lines: &[&str] =
        &[".tool-versions", ".nvmrc", ".python-version", ".sdkmanrc", "Gemfile.lock", "go.mod"];
    let python: &[&str] = &["setup.py", "setup.cfg"];
    let gradle: &[&str] = &["build.gradle"];
    let most = |text: &str| text.repeat(SIZE / text.len());
    let many = |item: &dyn Fn(usize) -> String| (0..SIZE / 20).map(item).collect::<String>();
    let nested = |open: &str, close: &str| {
        let count = SIZE / (open.len() + close.len());
        open.repeat(count) + &close.repeat(count)
    };
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><project><properties><java.version>&c;</java.version>\
        </properties></project>";
    let loops = "<project><properties><java.version>${java.version}</java.version></properties></project>";
    vec![
        (xml, bomb.to_owned()),
        (xml, loops.to_owned()),
        (xml, nested("<a>", "</a>")),
        (xml, nested("<project>", "</project>")),
        (xml, format!("<a {}/>", many(&|i| format!("b{i}='' ")))),
        (xml, format!("<a {}/>", many(&|i| format!("xmlns:b{i}='{i}' ")))),
        (xml, many(&|i| format!("<a xmlns:b{i}='{i}'>"))),
        (xml, nested("<PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>", "")),
        (json, most("[")),
        (json, nested("[", "]")),
        (json, nested("{\"engines\":", "}")),
        (json, format!("{{\"require\":{{\"php\":\"{}\"}}}}", most("^8|"))),
        (json, format!("{{\"engines\":{{\"node\":\"{}\"}}}}", "1 || ".repeat(51))),
        (json, format!("{{\"engines\":{{\"node\":\"{}\"}}}}", "<>=^~".repeat(50))),
        (json, format!("{{\"sdk\":{{\"version\":\"{}\"}}}}", most("9."))),
        (json, most("/*")),
        (toml, most("[")),
        (toml, most("a.")),
        (toml, many(&|i| format!("a.b{i}=1\n"))),
        (toml, format!("[project]\nrequires-python = '{}'", "!=3.*,".repeat(40) + ">3")),
        (toml, format!("[tools]\nnode = [{}]", most("'18',"))),
        (lines, most("go 99999999999999999999\n")),
        (lines, most("java=17-tem\n")),
        (lines, most("3.11 ")),
        (lines, most("3.11\n")),
        (lines, format!("nodejs {}", most("18 "))),
        (lines, most("\u{0}\u{feff}\r")),
        (lines, most("𝟗.٣\n")),
        (lines, "18446744073709551615.4294967295.999999999".to_owned()),
        (lines, "999999999.999999999.999999999".to_owned()),
        (&["Gemfile"], most("ruby '~> 3', \\\n")),
        (&["Gemfile"], most("ruby \"")),
        (python, most("python_requires=")),
        (python, most("python_requires='")),
        (python, format!("[options]\npython_requires = >=3\n{}", most(" ,!=3.1\n"))),
        (gradle, format!("{}sourceCompatibility=a\n", "sourceCompatibility = a\n".repeat(90) + &most("a "))),
        (gradle, "sourceCompatibility = bc\n".repeat(90) + &most("b ") + &"bc = ".repeat(90)),
        (gradle, most("sourceCompatibility = \"\\")),
        (gradle, most("JavaLanguageVersion.of(")),
    ]
}

const SIZE: usize = LARGEST / 2;

#[test]
fn hostile_files_do_no_harm() {
    for (names, text) in hostile() {
        for name in names {
            let start = std::time::Instant::now();
            let project = project(&[(name, text.as_str())]);
            for declared in ALL.iter().flat_map(|language| project.declared(*language)) {
                for version in
                    ["3.11.4", "18", "999999999.999999999.999999999", "", "\u{0}", &"9.".repeat(999)]
                {
                    let _ = declared.allows(version);
                }
                assert!(declared.text.len() < 2000);
            }
            let shown: String = text.chars().take(40).collect();
            assert!(start.elapsed().as_secs() < 20, "{name}: {shown} took {:?}", start.elapsed());
        }
    }
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_written_in_a_file_panics(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..12),
        version in proptest::collection::vec(proptest::sample::select(PIECES), 0..4),
    ) {
        let (text, version) = (pieces.concat(), version.concat());
        let engines = format!("{{\"engines\": {{\"node\": {text:?}}}, \"require\": {{\"php\": {text:?}}}}}");
        let requires = format!("[project]\nrequires-python = {text:?}\n[tools]\njava = {text:?}");
        for language in ALL {
            let own = files(language).iter().map(|(file, _)| (*file, text.as_str()));
            let others = [("package.json", &engines), ("composer.json", &engines), ("pyproject.toml", &requires)];
            let others = others.map(|(file, text)| (file, text.as_str()));
            for file in own.chain(others).chain([("mise.toml", requires.as_str()), (".tool-versions", &text)]) {
                project(&[file]).declared(language).iter().for_each(|declared| _ = declared.allows(&version));
            }
        }
    }
}

const PIECES: &[&str] = &[
    "1",
    "3.12",
    "8u",
    "0",
    ".",
    "-",
    "+",
    "_",
    "@",
    "*",
    "x",
    "v",
    "u",
    "p",
    "-b",
    " ",
    "\n",
    ",",
    "|",
    "||",
    "<",
    ">=",
    "=",
    "!=",
    "~>",
    "^",
    "~=",
    " - ",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "'",
    "\\",
    "#",
    "//",
    "/*",
    "*/",
    ":",
    "ü",
    "٣",
    "go ",
    "ruby ",
    "java=",
    "python_requires=",
    "sourceCompatibility = ",
    "JavaLanguageVersion.of(",
    "[options]\n",
    "<project>",
    "</project>",
    "<properties>",
    "<java.version>",
    "${java.version}",
    "lts/",
    "999999999",
    "\u{feff}",
];

//! The program that a container starts.

use super::*;
use crate::prove::image::{Format, GoBuild, Program};
#[cfg(all(target_os = "linux", target_env = "gnu"))]
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// A little ELF file for 64 bits.
#[derive(Default)]
struct Elf<'a> {
    machine: u16,
    interpreter: Option<&'a str>,
    needed: &'a [&'a str],
    rpath: Option<&'a str>,
    runpath: Option<&'a str>,
    /// What its first segment of data holds.
    data: &'a [u8],
}

const AMD64: u16 = 62;
const ARM64: u16 = 183;
const LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

impl Elf<'_> {
    fn library() -> Self {
        Self { machine: AMD64, ..Self::default() }
    }

    fn program() -> Self {
        Self { machine: AMD64, interpreter: Some(LOADER), ..Self::default() }
    }

    /// A header, segments (everything, loader's name, loader's table, data), then what these hold.
    fn bytes(&self) -> Vec<u8> {
        const HEADERS: usize = 64 + 4 * 56;
        let mut texts = vec![0_u8];
        let mut text = |text: &str| {
            let at = texts.len() as u64;
            texts.extend(text.bytes().chain([0]));
            at
        };
        let interpreter = self.interpreter.map(|path| (text(path), path.len() as u64 + 1));
        let mut table: Vec<(u64, u64)> = self.needed.iter().map(|name| (1, text(name))).collect();
        table.extend(self.rpath.map(|path| (15, text(path))));
        table.extend(self.runpath.map(|path| (29, text(path))));
        texts.resize(texts.len().next_multiple_of(16), 0);
        let strings = HEADERS as u64;
        table.extend([(5, strings), (0, 0)]);
        let dynamic = strings + texts.len() as u64;
        let data = dynamic + 16 * table.len() as u64;
        let end = data + self.data.len() as u64;
        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(16, 0);
        let short =
            |bytes: &mut Vec<u8>, numbers: &[u16]| numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        let long =
            |bytes: &mut Vec<u8>, numbers: &[u64]| numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        short(&mut bytes, &[2, self.machine, 1, 0]);
        long(&mut bytes, &[0, 64, 0]);
        short(&mut bytes, &[0, 0, 64, 56, 4, 64, 0, 0]);
        let mut segment = |kind: u64, flags: u64, at: u64, size: u64| {
            long(&mut bytes, &[kind | flags << 32, at, at, at, size, size, 8]);
        };
        segment(1, 5, 0, end);
        let (at, size) = interpreter.unwrap_or((0, 0));
        segment(if size > 0 { 3 } else { 0 }, 4, strings + at, size);
        let is_dynamic = table.len() > 2;
        segment(if is_dynamic { 2 } else { 0 }, 4, dynamic, 16 * table.len() as u64);
        segment(1, 6, data, self.data.len() as u64);
        bytes.extend(texts);
        for (tag, value) in &table {
            long(&mut bytes, &[*tag, *value]);
        }
        bytes.extend(self.data);
        bytes
    }
}

fn program(config: &Value, tar: Tar) -> Option<Program> {
    image(config, vec![tar]).program
}

fn started(argv: &[&str], tar: Tar) -> Option<Program> {
    program(&json!({"Entrypoint": argv, "WorkingDir": "/srv", "Env": ["PATH=/opt:/bin"]}), tar)
}

/// What is missing for a program at `/srv/app`.
fn missing(elf: &Elf<'_>, env: &[&str], tar: Tar) -> Vec<String> {
    let tar = tar.program("srv/app", elf.bytes());
    program(&json!({"Cmd": ["/srv/app"], "Env": env}), tar).unwrap().missing_libraries
}

#[test]
fn the_program_is_found_as_the_kernel_would() {
    let tar = || {
        Tar::new()
            .program("srv/app", "x")
            .program("bin/app", "x")
            .file("opt/app", "no program")
            .link("run", "srv/app")
    };
    for (name, expected) in [
        ("/srv/app", Some("/srv/app")),
        ("./app", Some("/srv/app")),
        ("app", Some("/bin/app")),
        ("../run", Some("/srv/app")),
        ("/srv", None),
        ("/none", None),
        ("none", None),
        ("", None),
    ] {
        assert_eq!(started(&[name], tar()).map(|found| found.path).as_deref(), expected, "{name}");
    }
    // Without a PATH in the image there is the engine's.
    let found = program(&json!({"Cmd": ["app"]}), tar()).unwrap();
    assert_eq!((found.path.as_str(), found.format), ("/bin/app", Format::Other));
}

#[test]
fn the_shell_form_starts_what_its_text_names() {
    let tar = || {
        Tar::new()
            .program("bin/dash", "x")
            .link("bin/sh", "dash")
            .program("srv/app", "x")
            .program("bin/tool", "x")
    };
    for (text, expected) in [
        ("./app", "/srv/app"),
        ("exec ./app --port $PORT \"a b\"", "/srv/app"),
        ("tool", "/bin/tool"),
        ("./app && tool", "/bin/dash"),
        ("A=1 ./app", "/bin/dash"),
        ("$APP", "/bin/dash"),
        ("./app > log", "/bin/dash"),
        ("cd /", "/bin/dash"),
        ("", "/bin/dash"),
    ] {
        assert_eq!(started(&["/bin/sh", "-c", text], tar()).unwrap().path, expected, "{text}");
        assert_eq!(
            started(&["/bin/sh", "-o", "pipefail", "-c", text], tar()).unwrap().path,
            expected,
            "{text}"
        );
    }
    let without_shell = Tar::new().program("srv/app", "x");
    assert_eq!(
        started(&["/bin/sh", "-c", "./app"], without_shell),
        None,
        "there is nothing that would start it"
    );
}

#[test]
fn scripts_tell_what_runs_them() {
    let tar = |first: &str| {
        Tar::new()
            .program("run.sh", format!("{first}\necho\n"))
            .program("bin/env", "x")
            .program("bin/sh", "x")
    };
    for (first, interpreter, found) in [
        ("#!/bin/sh -e", "/bin/sh", true),
        ("#! /bin/sh", "/bin/sh", true),
        ("#!/bin/bash", "/bin/bash", false),
        ("#!/bin/env sh", "sh", true),
        ("#!/bin/env -S python3 -u", "python3", false),
        ("#!/usr/bin/env sh", "/usr/bin/env", false),
    ] {
        let script = program(&json!({"Entrypoint": ["/run.sh"], "Cmd": ["/app"]}), tar(first)).unwrap();
        assert_eq!(script.format, Format::Script, "{first}");
        assert_eq!(
            (script.interpreter.as_deref(), script.interpreter_found),
            (Some(interpreter), found),
            "{first}"
        );
    }
}

#[test]
fn a_program_that_loads_nothing_is_static() {
    let tar = Tar::new().program("app", Elf { machine: ARM64, ..Elf::default() }.bytes());
    let found = program(&json!({"Cmd": ["/app"]}), tar).unwrap();
    assert_eq!((found.format, found.architecture.as_deref()), (Format::Static, Some("arm64")));
    assert_eq!((found.interpreter, found.interpreter_found), (None, false));
    assert_eq!(found.missing_libraries, [] as [&str; 0]);
}

#[test]
fn libraries_of_libraries_are_looked_for() {
    let app = Elf { needed: &["liba.so.1", "libc.so.6", "ld-linux-x86-64.so.2"], ..Elf::program() };
    let a = Elf { needed: &["libb.so", "libc.so.6"], ..Elf::library() };
    let tar = || {
        Tar::new()
            .program("lib/x86_64-linux-gnu/liba.so.1", a.bytes())
            .file("usr/lib/libc.so.6", Elf::library().bytes())
    };
    assert_eq!(missing(&app, &[], tar()), ["libb.so"]);
    assert_eq!(missing(&app, &[], tar().file("lib64/libb.so", Elf::library().bytes())), [] as [&str; 0]);
    assert_eq!(missing(&app, &[], Tar::new()), ["liba.so.1", "libc.so.6"]);
    let found = program(&json!({"Cmd": ["/app"]}), Tar::new().program("app", app.bytes())).unwrap();
    assert_eq!(
        (found.format, found.interpreter.as_deref(), found.interpreter_found),
        (Format::Dynamic, Some(LOADER), false)
    );
    assert_eq!(found.libraries, ["liba.so.1", "libc.so.6", "ld-linux-x86-64.so.2"]);
    let with_loader = Tar::new().program("app", app.bytes()).program(&LOADER[1..], Elf::library().bytes());
    assert!(program(&json!({"Cmd": ["/app"]}), with_loader).unwrap().interpreter_found);
}

#[test]
fn a_library_for_another_processor_is_passed_over() {
    let app = Elf { needed: &["liba.so"], ..Elf::program() };
    let other = Elf { machine: ARM64, ..Elf::default() }.bytes();
    let tar = || Tar::new().file("lib64/liba.so", &other);
    assert_eq!(missing(&app, &[], tar()), ["liba.so"]);
    assert_eq!(missing(&app, &[], tar().file("usr/lib/liba.so", Elf::library().bytes())), [] as [&str; 0]);
    assert_eq!(missing(&app, &[], Tar::new().file("lib/liba.so", "no library")), ["liba.so"]);
}

#[test]
fn paths_in_the_program_and_the_image_are_searched() {
    let tar = || Tar::new().file("srv/libs/liba.so", Elf::library().bytes());
    let needs: &[&str] = &["liba.so"];
    let plain = Elf { needed: needs, ..Elf::program() };
    assert_eq!(missing(&plain, &[], tar()), needs);
    assert_eq!(missing(&plain, &["LD_LIBRARY_PATH=/none:/srv/libs"], tar()), [] as [&str; 0]);
    for path in ["/srv/libs", "$ORIGIN/libs", "/none:${ORIGIN}/../srv/libs"] {
        assert_eq!(missing(&Elf { rpath: Some(path), ..plain }, &[], tar()), [] as [&str; 0], "{path}");
        assert_eq!(missing(&Elf { runpath: Some(path), ..plain }, &[], tar()), [] as [&str; 0], "{path}");
    }
    // The newer kind turns the older one off.
    assert_eq!(
        missing(&Elf { rpath: Some("/srv/libs"), runpath: Some("/none"), ..plain }, &[], tar()),
        needs
    );
    // The older kind holds for libraries of libraries, the newer one does not.
    let a = Elf { needed: &["libb.so"], ..Elf::library() };
    let both =
        || Tar::new().file("srv/libs/liba.so", a.bytes()).file("srv/libs/libb.so", Elf::library().bytes());
    assert_eq!(missing(&Elf { rpath: Some("/srv/libs"), ..plain }, &[], both()), [] as [&str; 0]);
    assert_eq!(missing(&Elf { runpath: Some("/srv/libs"), ..plain }, &[], both()), ["libb.so"]);
    let by_path = Elf { needed: &["/srv/libs/liba.so", "/srv/none.so"], ..Elf::program() };
    assert_eq!(missing(&by_path, &[], tar()), ["/srv/none.so"]);
}

/// A cache as `ldconfig` writes it.
fn cache(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut cache = b"glibc-ld.so.cache1.1".to_vec();
    let strings = 48 + 24 * entries.len();
    let mut texts = Vec::new();
    cache.extend(u32::try_from(entries.len()).unwrap().to_le_bytes());
    cache.resize(48, 0);
    for (name, path) in entries {
        for number in [0x303, strings + texts.len(), strings + texts.len() + name.len() + 1, 0, 0, 0] {
            cache.extend(u32::try_from(number).unwrap().to_le_bytes());
        }
        texts.extend(name.bytes().chain([0]).chain(path.bytes()).chain([0]));
    }
    cache.extend(texts);
    cache
}

#[test]
fn the_cache_of_the_loader_counts_and_its_settings_alone_do_not() {
    let app = Elf { needed: &["liba.so"], ..Elf::program() };
    let tar = || Tar::new().file("usr/local/lib/liba.so", Elf::library().bytes());
    let listed = cache(&[("libz.so", "/none"), ("liba.so", "/usr/local/lib/liba.so")]);
    assert_eq!(missing(&app, &[], tar().file("etc/ld.so.cache", &listed)), [] as [&str; 0]);
    assert_eq!(missing(&app, &[], tar().file("etc/ld.so.conf", "/usr/local/lib\n")), ["liba.so"]);
    assert_eq!(missing(&app, &[], Tar::new().file("etc/ld.so.cache", &listed)), ["liba.so"]);
    for cut in 0..listed.len() {
        missing(&app, &[], tar().file("etc/ld.so.cache", &listed[..cut]));
    }
}

#[test]
fn musl_searches_its_own_way() {
    let app = Elf {
        interpreter: Some("/lib/ld-musl-x86_64.so.1"),
        needed: &["libc.so", "libpthread.so.0", "libc.musl-x86_64.so.1", "liba.so"],
        ..Elf::program()
    };
    let loader = || Tar::new().program("lib/ld-musl-x86_64.so.1", Elf::library().bytes());
    let tar = || loader().link("lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1");
    assert_eq!(missing(&app, &[], tar()), ["liba.so"]);
    let found = Elf::library().bytes();
    assert_eq!(missing(&app, &[], tar().file("usr/local/lib/liba.so", &found)), [] as [&str; 0]);
    assert_eq!(missing(&app, &[], tar().file("opt/liba.so", &found)), ["liba.so"]);
    let told = tar().file("opt/liba.so", &found).file("etc/ld-musl-x86_64.path", "/lib\n/opt\n");
    assert_eq!(missing(&app, &[], told), [] as [&str; 0]);
}

fn go_of(data: &[u8]) -> Option<GoBuild> {
    let elf = Elf { data, ..Elf::library() };
    program(&json!({"Cmd": ["/app"]}), Tar::new().program("app", elf.bytes())).unwrap().go
}

const MODULE: &str = "path\texample.com/cmd/app\nmod\texample.com\t(devel)\t\ndep\tx\tv1\th1:\n\
                      build\t-ldflags=\"-s -w -X \\\"main.v=1 2\\\"\"\nbuild\tCGO_ENABLED=0\nbuild\tGOARCH=amd64\n";

/// Build information as Go writes it since 1.18.
fn inlined(version: &str, module: &str) -> Vec<u8> {
    let mut data = b"\xff Go buildinf:\x08\x02".to_vec();
    data.resize(32, 0);
    let module = if module.is_empty() {
        String::new()
    } else {
        format!("{}{module}{}", "m".repeat(16), "n".repeat(16))
    };
    for text in [version, &module] {
        let mut length = text.len();
        while length >= 0x80 {
            data.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        data.push(u8::try_from(length).unwrap());
        data.extend(text.bytes());
    }
    data
}

#[test]
fn build_information_of_go_is_read() {
    let go = go_of(&inlined("go1.27.3", MODULE)).unwrap();
    assert_eq!((go.version.as_str(), go.path.as_deref()), ("go1.27.3", Some("example.com/cmd/app")));
    let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let expected = [
        setting("-ldflags", "-s -w -X \"main.v=1 2\""),
        setting("CGO_ENABLED", "0"),
        setting("GOARCH", "amd64"),
    ];
    assert_eq!(go.settings, expected);
    // Not at the beginning, but at a multiple of 16.
    let shifted = [vec![1; 48], inlined("go1.20", "")].concat();
    assert_eq!(go_of(&shifted).unwrap().version, "go1.20");
    assert_eq!(go_of(b"something else"), None);
    let whole = inlined("go1.27.3", MODULE);
    for end in 0..whole.len() {
        go_of(&whole[..end]);
    }
}

#[test]
fn build_information_before_go_1_18_is_read() {
    // Data is the last segment, after headers of 288 bytes, 16 of texts and 32 of the table; addresses are places in the file.
    let start = 288 + 16 + 32_u64;
    let module = format!("{}{MODULE}{}", "m".repeat(16), "n".repeat(16));
    let mut data = b"\xff Go buildinf:\x08\x00".to_vec();
    for address in [start + 32, start + 48, start + 64, 8, start + 72, module.len() as u64] {
        data.extend(address.to_le_bytes());
    }
    data.extend(b"go1.16.5");
    data.extend(module.bytes());
    let go = go_of(&data).unwrap();
    assert_eq!((go.version.as_str(), go.path.as_deref()), ("go1.16.5", Some("example.com/cmd/app")));
    assert_eq!(go.settings.len(), 3);
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_real_program_is_read() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let config = r#"{"config":{"Cmd":["/test"]}}"#;
    // Not packed, but in gzip's form: nothing is to be counted then, which takes long without optimization.
    let mut layer = GzEncoder::new(Vec::new(), Compression::none());
    layer.write_all(&Tar::new().program("test", &own).bytes()).unwrap();
    let archive = docker(config, &[layer.finish().unwrap()]);
    let limits = Limits { image: 4 << 30, ..limits() };
    let found = read_with(&archive, &limits).unwrap().program.unwrap();
    assert_eq!(found.format, Format::Dynamic);
    assert!(found.interpreter.unwrap().contains("/ld"));
    assert!(found.libraries.contains(&"libc.so.6".to_owned()), "{:?}", found.libraries);
    assert!(found.missing_libraries.contains(&"libc.so.6".to_owned()), "the image has nothing else");
    assert_eq!(found.go, None);
}

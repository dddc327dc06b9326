//! Which sources of `ADD` are unpacked: by their bytes where they are at hand, else by what their names promise.
//!
//! A build looks into each file that a source names, also by a wildcard or through a link, never into files of a folder:
//! `solver/llbsolver/file/unpack.go` of `BuildKit`. It unpacks what Go's `archive/tar` reads, as it is or under one of the
//! compressions that `go-archive` detects; a zip archive is a file like any other.

/// What a name says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// It is no archive.
    Plain,
    /// It may well be one.
    Archive,
    /// Nothing.
    Nothing,
}

/// Endings of files that are, or may be, tar archives or compressed.
const ARCHIVES: &str = "\
    apk box bz2 crate gem gz gzip img iso lz lz4 lzma lzo ova phar pkg rootfs spk tar taz tbz tbz2 tgz tlz \
    txz tzst unitypackage xz z zst zstd";

/// Endings of texts, programs, pictures and of zip and package files, none of which `ADD` unpacks.
const PLAIN: &str = "\
    aar adoc asc asp aspx awk bash bashrc bat c cc cer cfg cjs class cmake cmd cnf coffee conf config cpp crl \
    cron crontab crt cs csproj css csv ctmpl d deb default der desktop dll dockerignore ear egg ejs el env \
    erb erl ex example exe exs fish fsproj gitconfig gitignore go gpg gradle groovy gypi h hbs hcl hpi hpp hs \
    htaccess htm html htpasswd in inc ini init ipynb j2 jar java jks jl jpg jpi js json json5 jsx key \
    keystore kt kts ldif less lisp list lock lua m4 md mjs mk mod msi mustache nix npmrc pem php pl plist pm \
    png policy pom profile properties proto ps1 pub py r rake rb repo rpm rs rst ru sample sass sbt scala \
    scss service sh sln so sql sum supervisor svg template tf tmpl toml tpl ts tsx txt types vbs vcl vim \
    vimrc war whl xml yaml yml zip";

/// Names of files and folders that tools give their meaning.
const NAMES: &str = "\
    authorized_keys bashrc bower_components brewfile changelog cmakelists.txt configure crontab \
    docker-entrypoint dockerfile entrypoint fstab gemfile gradlew gruntfile guardfile gulpfile hosts id_rsa inputrc \
    jenkinsfile justfile known_hosts license makefile motd mvnw node_modules notice passwd pipfile podfile \
    procfile puppetfile rakefile readme ssh_config sshd_config sudoers vagrantfile vimrc";

/// What a name says of the file that has it; wildcards may stand for anything.
pub(super) fn promise(name: &str) -> Promise {
    let name = name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let wild = |text: &str| text.contains(['*', '?', '[', '\\']);
    if is_in(ARCHIVES, ending) || name.contains(".tar") {
        Promise::Archive
    } else if is_in(PLAIN, ending) {
        Promise::Plain
    } else if wild(&name) {
        Promise::Archive
    } else if is_in(NAMES, &name) || (name.starts_with('.') && name.ends_with("rc")) {
        Promise::Plain
    } else {
        Promise::Nothing
    }
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
}

/// Whether bytes are the start of what `ADD` unpacks, or of what may be that once it is decompressed.
pub(super) fn unpacks(bytes: &[u8]) -> bool {
    // bzip2, gzip, xz and the frames of zstd, of which one kind has sixteen magic numbers.
    const MAGIC: [&[u8]; 4] = [b"BZh", b"\x1F\x8B\x08", b"\xFD\x37\x7A\x58\x5A\x00", b"\x28\xB5\x2F\xFD"];
    let skippable = matches!(bytes, [first, b'\x2A', b'\x4D', b'\x18', ..] if first & 0xF0 == 0x50);
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) || skippable || is_tar(bytes)
}

/// Whether bytes begin with a header that Go takes for one of tar: with the right sum, whatever else it says.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..512) else { return false };
    let field = String::from_utf8_lossy(&header[148..156]);
    let told = field.trim_matches(['\0', ' ']);
    let sum = |value: fn(u8) -> i64| -> i64 {
        let blanked = |(at, byte): (usize, &u8)| value(if (148..156).contains(&at) { b' ' } else { *byte });
        header.iter().enumerate().map(blanked).sum()
    };
    i64::from_str_radix(told, 8)
        .is_ok_and(|told| told == sum(i64::from) || told == sum(|byte| i64::from(byte.cast_signed())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_promise() {
        for name in [
            "a.sh",
            "A.JAR",
            "x.conf",
            "Gemfile",
            "Gemfile.lock",
            ".bashrc",
            "*.jar",
            "a*.txt",
            "x.zip",
            "docker-entrypoint",
        ] {
            assert_eq!(promise(name), Promise::Plain, "{name}");
        }
        for name in ["a.tar", "a.tar.gz", "a.tgz", "data.gz", "*", "go.*", "x.gem", "x.apk", "a.tar.part"] {
            assert_eq!(promise(name), Promise::Archive, "{name}");
        }
        for name in ["start", "app", "node-v8.1", "data.bin", "src"] {
            assert_eq!(promise(name), Promise::Nothing, "{name}");
        }
    }

    #[test]
    fn bytes_tell() {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_old();
        header.set_size(1);
        header.set_path("a").unwrap();
        header.set_cksum();
        tar.append(&header, &b"x"[..]).unwrap();
        let tar = tar.into_inner().unwrap();
        assert!(unpacks(&tar), "a header of the old kind, without a magic number");
        let mut other = tar.clone();
        other[0] = b'b';
        for plain in [&other[..], b"", b"#!/bin/sh\n", b"PK\x03\x04", &[0; 1024], &tar[..511]] {
            assert!(!unpacks(plain));
        }
        for packed in [&b"\x1F\x8B\x08x"[..], b"BZh9", b"\x28\xB5\x2F\xFD", b"\x5A\x2A\x4D\x18...."] {
            assert!(unpacks(packed));
        }
    }
}

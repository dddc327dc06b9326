//! Where a user that is not root would keep the container from starting, none is added: not even with `--unsafe`. The reason
//! is told, except for images of Go programs, of which the ladder tells enough.
#![allow(clippy::unwrap_used)]

mod support;

use harden::engine::harden;
use harden::project::{Memory, Project};

/// Whether the user of a file is changed, with leave to make every fix.
fn proposes(text: &str) -> bool {
    changes(text, None)
}

/// The same for a file with others around it.
fn changes(text: &str, project: Option<&Project>) -> bool {
    let outcome = harden(text.as_bytes(), project, &support::settings("go", true));
    assert!(outcome.problem.is_none(), "{text}: {:?}", outcome.problem);
    let after = String::from_utf8(outcome.after).unwrap();
    let mut found = outcome.findings.iter().filter(|f| f.fix.recipe == "nonroot-user");
    let changed = found.any(|f| !f.fix.edits.is_empty());
    assert_eq!(changed, after.contains("USER "), "{after}");
    changed
}

/// A final image that some other build fills.
fn image(lines: &str) -> String {
    format!("FROM debian:13\nCOPY app /usr/bin/app\n{lines}\n")
}

fn keeps_root(cases: &[&str]) {
    for lines in cases {
        let text = if lines.starts_with("FROM ") { format!("{lines}\n") } else { image(lines) };
        assert!(!proposes(&text), "a user is proposed for\n{text}");
    }
}

fn gets_a_user(cases: &[&str]) {
    for lines in cases {
        assert!(proposes(&image(lines)), "no user is proposed for\n{lines}");
    }
}

#[test]
fn root_s_folder_is_closed_to_others() {
    keeps_root(&[
        "WORKDIR /root\nCMD [\"./app\"]",
        "WORKDIR /root/app\nCMD [\"./app\"]",
        "ENV DATA_DIR=/root/.data\nCMD [\"app\"]",
        "VOLUME /root/.data\nCMD [\"app\"]",
        "CMD [\"/root/app\"]",
        "ENTRYPOINT [\"app\", \"--config=/root/app.toml\"]",
        "CMD $HOME/app",
        "COPY config /root/.config/\nCMD [\"app\"]",
        "WORKDIR /root\nCOPY config .\nWORKDIR /srv\nCMD [\"app\"]",
    ]);
    gets_a_user(&["WORKDIR /srv/root\nCMD [\"app\"]", "COPY rootfs /rootfs\nCMD [\"app\"]", "CMD [\"app\"]"]);
}

#[test]
fn toolchains_have_caches_that_are_root_s() {
    keeps_root(&[
        "CMD if [ \"$ENV\" = production ]; then app; else go get ./... && fresh; fi",
        "CMD go run *.go",
        "CMD [\"sh\", \"-c\", \"make && app\"]",
        "CMD [\"/bin/bash\", \"-c\", \"cd /srv && $GOPATH/bin/air\"]",
        "ENTRYPOINT [\"tini\", \"--\", \"go\", \"run\", \".\"]",
        "SHELL [\"/bin/bash\", \"-c\"]\nCMD dep ensure && app",
    ]);
    gets_a_user(&["CMD [\"app\", \"go\"]", "ENTRYPOINT [\"app\"]\nCMD [\"make\"]", "CMD app --mode go"]);
}

#[test]
fn scripts_and_shells_of_a_go_image_call_the_toolchain() {
    keeps_root(&[
        "FROM golang:1.27\nCOPY . .\nCMD [\"./run.sh\"]",
        "FROM golang:1.27\nCOPY . .\nENTRYPOINT [\"bash\", \"scripts/build.sh\"]",
        "FROM golang:1.27\nCOPY . .\nCMD [\"/bin/bash\"]",
        "FROM golang:1.27\nCMD sleep 3600",
        "FROM golang:1.27\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"go\", \"test\"]",
    ]);
}

/// Whether an image with these files gets a user.
fn with_files(lines: &str, files: &[(&'static str, &'static str)]) -> bool {
    changes(&image(lines), Some(&Project::new(Box::new(Memory::new(files.to_vec())))))
}

#[test]
fn an_entry_script_is_read_where_it_can_be() {
    let lines = "COPY start.sh /\nENTRYPOINT [\"/start.sh\"]\nCMD [\"app\"]";
    assert!(!proposes(&image(lines)), "a script that can't be read");
    let reads = |script| with_files(lines, &[("start.sh", script), ("app", "")]);
    assert!(reads("#!/bin/sh\nset -e\nexec \"$@\"\n"));
    assert!(!reads("#!/bin/sh\nchown -R daemon /data\nexec su-exec daemon \"$@\"\n"));
    assert!(!reads("#!/bin/sh\necho nameserver 1.1.1.1 > /etc/resolv.conf\nexec \"$@\"\n"));
    let waits = "COPY . /srv/\nWORKDIR /srv\nCMD [\"./wait-for-it.sh\", \"db:1\", \"--\", \"app\"]";
    assert!(with_files(waits, &[("app", ""), ("wait-for-it.sh", "")]));
}

#[test]
fn what_npm_starts_is_in_package_json() {
    let lines = "COPY . /srv\nWORKDIR /srv\nCMD [\"npm\", \"start\"]";
    let starts = |json| with_files(lines, &[("package.json", json), ("app", "")]);
    assert!(starts("{\"scripts\": {\"start\": \"node server.js\"}}"));
    assert!(!starts("{\"scripts\": {\"start\": \"react-scripts start\"}}"));
    assert!(proposes(&image("CMD [\"npm\", \"start\"]")));
    assert!(!proposes(&image("CMD [\"npm\", \"run\", \"dev\"]")));
}

#[test]
fn what_is_installed_in_root_s_home() {
    keeps_root(&[
        "RUN curl https://sh.rustup.rs | sh -s -- -y\nCMD [\"app\"]",
        "RUN git clone https://example.org/a ~/a\nCMD [\"app\"]",
        "RUN pip install --user flask\nCMD [\"app\"]",
    ]);
    gets_a_user(&["RUN make && rm -rf /root/.cache ~/.npm\nCMD [\"app\"]"]);
}

#[test]
fn what_is_for_a_person_or_builds_is_left() {
    keeps_root(&[
        "CMD [\"bash\"]",
        "CMD [\"tail\", \"-f\", \"/dev/null\"]",
        "CMD [\"python3\"]",
        "CMD [\"bash\", \"-l\", \"-c\", \"bundle install && rails s\"]",
        "CMD mvn spring-boot:run",
        "CMD [\"jupyter\", \"notebook\", \"--allow-root\"]",
        "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
        "RUN useradd app\nCMD [\"app\"]",
        "RUN chown -R www-data /srv\nCMD [\"app\"]",
    ]);
    gets_a_user(&["CMD [\"python3\", \"-m\", \"http.server\"]", "CMD [\"perl\", \"app.pl\"]"]);
}

#[test]
fn some_packages_are_of_use_to_root_only() {
    keeps_root(&[
        "RUN apt-get update && apt-get install -y --no-install-recommends iptables\nCMD [\"app\"]",
        "RUN apt-get update \\\n && apt-get install -y \\\n    curl \\\n    fuse=2.9\nCMD [\"app\"]",
        "FROM alpine:3.24\nRUN apk add --no-cache sudo\nCOPY app /app\nCMD [\"/app\"]",
    ]);
    gets_a_user(&["RUN apt-get update && apt-get install -y curl\nCMD [\"app\"]"]);
}

#[test]
fn a_file_that_only_its_owner_may_run() {
    keeps_root(&[
        "RUN chmod u+x /usr/bin/app\nCMD [\"app\"]",
        "COPY start.sh /\nRUN chmod 700 /*.sh\nCMD [\"/start.sh\"]",
        "COPY . /srv\nRUN chmod -R 0750 /srv\nCMD [\"/srv/app\"]",
        "COPY --chmod=744 start.sh /start.sh\nCMD [\"/start.sh\"]",
    ]);
    gets_a_user(&[
        "RUN chmod +x /usr/bin/app\nCMD [\"app\"]",
        "RUN chmod 600 /etc/app.key\nCMD [\"app\"]",
        "RUN chmod 0755 /usr/bin/app\nCMD [\"app\"]",
    ]);
}

#[test]
fn some_programs_start_as_root_to_be_another_user() {
    keeps_root(&[
        "ENTRYPOINT [\"gosu\", \"daemon\", \"app\"]",
        "CMD [\"/usr/sbin/sshd\", \"-D\"]",
        "CMD cron && app",
        "CMD [\"supervisord\", \"-n\"]",
        "CMD chown -R daemon /data && app",
        "COPY --from=tianon/gosu /gosu /usr/local/bin/\nCMD [\"./start.sh\"]",
        "ADD s6-overlay.tar.gz /\nENTRYPOINT [\"/init\"]",
    ]);
    gets_a_user(&["ENTRYPOINT [\"app\"]\nCMD [\"cron\"]"]);
}

//! A container's start.

use super::call::{kind, reason};
use super::{Container, Mount, Start, Workshop};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Output, run};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Kubernetes until 1.21 and container runtimes of other makes keep ports below 1024 for root; docker's own setting
/// would hide a program that needs one.
const PORTS: &str = "net.ipv4.ip_unprivileged_port_start=1024";
/// The most memory of a container, with which its swap is no more either: a leak ends the program, not the machine.
const MEMORY: &str = "4g";
/// The most processes and threads of a container.
const PROCESSES: &str = "4096";

impl Workshop<'_> {
    /// Starts a container; the program in it may have ended already, or never begun: see [`Container::status`].
    ///
    /// It gets at most 4 GiB of memory and 4096 processes (where the engine lets it), the engine's default network, and
    /// nothing is pulled for it.
    pub fn start(&self, start: &Start<'_>) -> Result<Container<'_>, Error> {
        if !self.runs() {
            return Err(
                Error::new(ErrorKind::Engine, "buildah does not run containers").with_help("install podman")
            );
        }
        loop {
            let name = self.new_name();
            let arguments = self.arguments(start, &name)?;
            // From here on there may be a container to remove.
            let mut container = Container { workshop: self, name, unstarted: None };
            let output = run(&mut self.command(&arguments), self.limits, &mut |_, _| {})?;
            if output.status.success() {
                return Ok(container);
            }
            let complaint = complaint(&output);
            if is_of_image(&output, &complaint) {
                container.unstarted = Some(output);
                return Ok(container);
            }
            if !self.asks_less(&complaint) {
                return Err(self.fault("start a container", &complaint));
            }
        }
    }

    /// Whether there is something that the next start can do without.
    fn asks_less(&self, complaint: &str) -> bool {
        let words = complaint.to_lowercase();
        let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
        let drop = |flag: &AtomicBool| !flag.swap(true, Ordering::SeqCst);
        says(&["cgroup", "memory", "pids", "resource limits"]) && drop(&self.unbounded)
    }

    fn arguments(&self, start: &Start<'_>, name: &str) -> Result<Vec<String>, Error> {
        let mut words: Vec<String> =
            ["run", "--detach", "--pull", "never", "--name", name, "--label", &self.label()]
                .map(Into::into)
                .into();
        let mut add = |option: &str, value: &str| words.extend([option.to_owned(), value.to_owned()]);
        // Where the user's engine sends logs elsewhere, they could not be read, or would arrive there.
        add("--log-driver", if self.found.way.is_docker() { "json-file" } else { "k8s-file" });
        add("--log-opt", "max-size=64m");
        if start.refuse_low_ports {
            add("--sysctl", PORTS);
        }
        if !self.unbounded.load(Ordering::SeqCst) {
            for (option, value) in
                [("--memory", MEMORY), ("--memory-swap", MEMORY), ("--pids-limit", PROCESSES)]
            {
                add(option, value);
            }
        }
        if start.confinement.no_capabilities {
            add("--cap-drop", "ALL");
            add("--security-opt", "no-new-privileges");
        }
        start.ports.iter().for_each(|port| add("--publish", &format!("127.0.0.1::{port}")));
        start.environment.iter().for_each(|variable| add("--env", variable));
        for mount in start.mounts {
            add("--mount", &option(mount)?);
        }
        if start.mounts.iter().any(|mount| matches!(mount, Mount::Host(..))) {
            // Else SELinux keeps files of the host from containers, or they would have to be labelled anew.
            add("--security-opt", "label=disable");
        }
        if start.confinement.read_only {
            words.extend(["--read-only", "--tmpfs", "/tmp"].map(Into::into));
            if !self.found.way.is_docker() {
                words.push("--read-only-tmpfs=false".into()); // it would make more folders writable
            }
        }
        words.extend(
            start.entrypoint.iter().flat_map(|program| ["--entrypoint".to_owned(), (*program).to_owned()]),
        );
        words.push(start.image.to_owned());
        words.extend(start.arguments.iter().cloned());
        Ok(words)
    }
}

/// A mount, as the option takes it: fields of a line of CSV.
fn option(mount: &Mount) -> Result<String, Error> {
    Ok(match mount {
        Mount::Host(source, target) => {
            let source = host_path(source)?;
            let fields = [format!("source={source}"), format!("target={target}")].map(|field| quoted(&field));
            format!("type=bind,{},readonly", fields.join(","))
        }
        Mount::Volume(name, target) => {
            format!("type=volume,source={name},{}", quoted(&format!("target={target}")))
        }
    })
}

fn host_path(path: &Path) -> Result<String, Error> {
    let absolute = path.canonicalize().map_err(|error| {
        Error::new(ErrorKind::Other, format!("cannot mount {}", path.display()))
            .because(crate::files::cause(&error))
    })?;
    absolute.into_os_string().into_string().map_err(|path| {
        Error::new(ErrorKind::Other, format!("cannot mount {}", path.display()))
            .because("its name is not UTF-8")
    })
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// The line of a failed start that has the reason: docker adds where to find help, and an empty line.
pub(super) fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = || {
        said.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("See '") && !line.starts_with("Run '"))
    };
    let tells = |line: &&str| ["docker: ", "Error: "].iter().any(|word| line.starts_with(word));
    lines().find(tells).or_else(|| lines().next_back()).unwrap_or_default().to_owned()
}

/// Whether a start failed because of what is in the image, not because of the engine.
fn is_of_image(output: &Output, complaint: &str) -> bool {
    const WORDS: [&str; 10] = [
        "executable",
        "container process: exec",
        "exec: ",
        "exec format error",
        "unable to find user",
        "unable to find group",
        "no matching entries in",
        "no command specified",
        "no command or entrypoint provided",
        "chdir to",
    ];
    let words = complaint.to_lowercase();
    let says = WORDS.iter().any(|word| words.contains(word));
    kind(complaint) == ErrorKind::Other && (output.status.code() == Some(127) || says)
}

/// Why a start failed.
pub(super) fn why(output: &Output) -> String {
    reason(&complaint(output))
}

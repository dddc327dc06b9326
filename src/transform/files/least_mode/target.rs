//! What a mode is given to.

/// What a mode is given to.
pub(super) struct Target {
    /// For people.
    pub names: String,
    /// Whether all of it is programs and scripts.
    pub is_program: bool,
    /// Whether it is a folder that every system lets everybody write in.
    pub is_shared: bool,
}

impl Target {
    /// The target of these words, if there is one.
    pub(super) fn of(words: &[&str], recursive: bool) -> Option<Self> {
        let first = words.first()?;
        let names = match words.len() {
            1 => (*first).to_owned(),
            more => format!("{first} and {} more", more - 1),
        };
        let shared = |word: &&str| ["/tmp", "/var/tmp", "/dev/shm"].contains(&word.trim_end_matches('/'));
        Some(Self {
            names,
            is_program: !recursive && words.iter().all(|word| is_program(word)),
            is_shared: words.iter().any(shared),
        })
    }
}

/// Endings of scripts.
const SCRIPTS: [&str; 6] = [".sh", ".bash", ".py", ".pl", ".rb", ".run"];

/// Folders of programs.
const FOLDERS: [&str; 8] = [
    "/bin/",
    "/sbin/",
    "/usr/bin/",
    "/usr/sbin/",
    "/usr/local/bin/",
    "/usr/local/sbin/",
    "/etc/init.d/",
    "/etc/my_init.d/",
];

/// Whether a path is that of a script or a program, by its name or its folder.
pub(super) fn is_program(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let in_folder = FOLDERS.iter().any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest == name));
    !name.is_empty()
        && (in_folder || name.contains("entrypoint") || SCRIPTS.iter().any(|ending| name.ends_with(ending)))
}

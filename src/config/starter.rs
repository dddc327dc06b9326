//! The file that `harden init` writes.

/// A configuration that says nothing but what holds anyway, with all that could be said as comments.
pub const STARTER: &str = r#"# How `harden` treats the Dockerfiles of this folder and of those below it.
# Everything here is what holds without it; `harden recipes` lists recipes, tags and packs, `harden explain NAME` tells more.
# The command line goes before this file, HARDEN_PACK before `pack`. What may change what a container does takes `--unsafe`
# on the command line: no file can ask for it.

# The recipes that run.
pack = "default"

# Exactly these recipes, by id or tag, in place of the pack's.
# select = ["nonroot-user", "exec-form-command"]

# Recipes to leave out, by id or tag. A comment `# harden: ignore[nonroot-user] why` in a Dockerfile does so for its next
# instruction, `ignore-stage[...]` for its stage, `ignore-file[...]` for the whole of it.
ignore = []

# What a single recipe does.
# [recipes.nonroot-user]
# enabled = true          # false: it never runs; true: it runs, whatever the pack
# applies = "unsafe"      # at most: "safe", "unsafe" (waits for --unsafe) or "manual" (only told)
# user = "65532:65532"    # its own parameters; `harden explain nonroot-user` tells more

# The same for some Dockerfiles, by patterns as in .gitignore, from this folder. Later ones win.
# [[override]]
# paths = ["services/legacy/**", "*.dev.Dockerfile"]
# ignore = ["nonroot-user"]

# Which images are taken.
# [images]
# provider = "chainguard"                                              # whose hardened images: or distroless, dhi, official-slim
# mirrors = [{ prefix = "registry.corp/hub", of = "docker.io" }]       # where images are mirrored
# policy = { node = "lts", python = { to = "minor", max = "3.13" } }   # how far they are bumped

# How `harden prove` tries images.
# [prove]
# arguments = ["--verbose"]
# environment = { TZ = "UTC" }
# [[prove.probe]]
# http = "/health"
"#;

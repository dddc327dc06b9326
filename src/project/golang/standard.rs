//! The packages that come with Go.

/// First parts of import paths that only Go itself has.
const ROOTS: [&str; 44] = [
    "archive",
    "bufio",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "hash",
    "html",
    "image",
    "index",
    "io",
    "iter",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "weak",
];

/// Packages whose first part might be a project's own name too.
const PACKAGES: [&str; 25] = [
    "go/ast",
    "go/build",
    "go/build/constraint",
    "go/constant",
    "go/doc",
    "go/doc/comment",
    "go/format",
    "go/importer",
    "go/parser",
    "go/printer",
    "go/scanner",
    "go/token",
    "go/types",
    "go/version",
    "log",
    "log/slog",
    "log/syslog",
    "plugin",
    "testing",
    "testing/cryptotest",
    "testing/fstest",
    "testing/iotest",
    "testing/quick",
    "testing/slogtest",
    "testing/synctest",
];

/// Whether an import that is no folder of the project comes with Go.
pub(super) fn is_standard(import: &str) -> bool {
    let root = import.split('/').next().unwrap_or_default();
    ROOTS.binary_search(&root).is_ok() || PACKAGES.binary_search(&import).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(ROOTS.is_sorted() && PACKAGES.is_sorted());
    }

    #[test]
    fn what_comes_with_go() {
        for import in ["fmt", "net/http", "log", "go/ast", "os/user", "unsafe", "weak", "context"] {
            assert!(is_standard(import), "{import}");
        }
        for import in
            ["github.com/a/b", "log/handlers", "app", "go/other", "golang.org/x/net", "appengine", ""]
        {
            assert!(!is_standard(import), "{import}");
        }
    }
}

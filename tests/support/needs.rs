//! What the programs of real projects need, as reading them has shown.

/// What reading a project has shown.
pub struct Need {
    /// The project.
    pub repo: &'static str,
    /// The highest rung on which the program works.
    pub best: &'static str,
    /// The directory that it is started in, when it opens relative paths.
    pub workdir: Option<&'static str>,
    /// Files that it opens or that are there for it; a `+` in front of those that it writes.
    pub files: &'static [&'static str],
}

/// The projects that need more than their binary.
pub const NEEDS: [Need; 18] = [
    need("nossas/bonde-redirect", "static", Some("/go/src/github.com/bonde-redirect"), &["+redirects.csv"]),
    need("mozilla-services/go-bouncer", "static", None, &["/app/version.json"]),
    need(
        "Luzifer/gobuilder",
        "static",
        Some("/go/src/github.com/Luzifer/gobuilder"),
        &[
            "frontend/global.html",
            "frontend/repository.html",
            "frontend/help.md",
            "frontend/css/bootstrap.css",
            "frontend/js/jquery.js",
            "frontend/robots.txt",
            "blockedRepos.yml",
            "repowatch.yml",
        ],
    ),
    need("segmentio/serve", "static", Some("/go"), &["/etc/mime.types"]),
    need("clawio/clawiod", "static", Some("/go/src/github.com/clawio/clawiod"), &["clawiod.conf"]),
    need(
        "omarqazi/hearst",
        "static",
        Some("/go/src/github.com/omarqazi/hearst"),
        &["www/index.html", "www/css/chat.css", "www/script/chat.js"],
    ),
    need(
        "PuerkitoBio/juggler",
        "static",
        Some("/go/src/github.com/PuerkitoBio/juggler"),
        &["docker/server.config.1.yml"],
    ),
    need("rochacon/temaki", "static", Some("/go/src/github.com/rochacon/temaki"), &["temaki.yml"]),
    need("Imgur/mandible", "slim", None, &["/usr/share/tesseract-ocr/tessdata/meme.traineddata"]),
    need("degdb/degdb", "base-nossl", None, &["/go/src/app/static/common/index.html"]),
    need("amitsaha/uwsgi_exporter", "base-nossl", None, &[]),
    need("iotexproject/iotex-election", "base-nossl", None, &["/etc/iotex/server.yaml"]),
    need("henvic/picel", "slim", None, &[]),
    need("rainforestapp/rainforest-cli", "slim", None, &[]),
    need("harbur/kubebot", "slim", None, &["/usr/bin/kubectl"]),
    need("uber/go-torch", "slim", None, &["/opt/flamegraph/flamegraph.pl"]),
    need("indiependente/dcind", "hygiene", None, &[]),
    need("endofcake/go-todo-rest-api-example", "slim", None, &["/usr/bin/pstore"]),
];

const fn need(
    repo: &'static str,
    best: &'static str,
    workdir: Option<&'static str>,
    files: &'static [&'static str],
) -> Need {
    Need { repo, best, workdir, files }
}

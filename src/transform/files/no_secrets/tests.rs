use super::*;
use crate::document::Document;
use crate::edit::Fix;
use crate::model::Model;
use crate::project::{Memory, Project};

fn fixes(text: &str, project: Option<&Project>) -> Vec<Fix> {
    let document = Document::parse(text);
    assert!(document.error.is_none(), "{text}");
    let model = Model::new(&document);
    let mut fixes = Vec::new();
    let cx = Context::new(&document, &model, project);
    NoSecrets {}.propose(&cx, &mut Proposals::new("no-secrets", Applicability::Safe, &mut fixes));
    assert!(fixes.iter().all(|fix| fix.edits.is_empty() && fix.applicability == Applicability::Manual));
    fixes
}

/// What is told about one instruction, as the text that is hidden, or the file's name.
fn hidden(line: &str) -> Vec<String> {
    let text = format!("FROM debian:13\n{line}\n");
    let place = |fix: &Fix| text[fix.hidden.first().unwrap_or(&fix.at).range()].to_owned();
    fixes(&text, None).iter().map(place).collect()
}

#[test]
fn commands_and_addresses_hold_passwords() {
    for (line, secret) in [
        ("RUN echo 'root:t0ps3cret' | chpasswd", "t0ps3cret"),
        ("RUN echo root:t0ps3cret|sudo chpasswd", "t0ps3cret"),
        ("RUN echo -e 't0ps3cret\\nt0ps3cret' | passwd root", "t0ps3cret"),
        ("RUN curl -u ci:t0ps3cret -O https://a.b/c", "t0ps3cret"),
        ("RUN curl -H 'Authorization: Bearer t0ps3cret' https://a.b", "t0ps3cret"),
        ("RUN git clone https://ci:t0ps3cret@a.b/c.git", "t0ps3cret"),
        ("RUN sshpass -p t0ps3cret ssh a@b", "t0ps3cret"),
        ("RUN mysql -u root -pt0ps3cret < a.sql", "t0ps3cret"),
        ("RUN psql -c \"CREATE USER a WITH PASSWORD 't0ps3cret'\"", "t0ps3cret"),
        ("RUN true \\\n  && export PGPASSWORD=t0ps3cret \\\n  && psql", "t0ps3cret"),
        ("RUN <<EOF\nPGPASSWORD=t0ps3cret psql\nEOF", "t0ps3cret"),
        ("CMD [\"server\", \"--password=t0ps3cret\"]", "t0ps3cret"),
        ("CMD [\"server\", \"--password\", \"t0ps3cret\"]", "t0ps3cret"),
        ("ENV DATABASE_URL=postgres://app:t0ps3cret@db/app", "t0ps3cret"),
        ("ONBUILD ENV DB_PASSWORD=t0ps3cret", "t0ps3cret"),
        ("ENV A=1 DB_PASSWORD=\"t0ps 3cret\" B=2", "\"t0ps 3cret\""),
        ("ARG dbPassword=t0ps3cret", "t0ps3cret"),
        // GitHub's own example: https://docs.github.com/en/rest/authentication
        ("LABEL x=ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ] {
        assert_eq!(hidden(line), [secret], "{line}");
    }
}

#[test]
fn what_is_no_secret_is_not_told() {
    for line in [
        "ENV DB_PASSWORD=",
        "ENV DB_PASSWORD=${DB_PASSWORD:-}",
        "ENV DB_PASSWORD=\"<your password>\"",
        "ENV API_TOKEN=your-token-here",
        "ENV DB_PASSWORD_FILE=/run/secrets/db TOKEN_URL=https://a.b/token TOKEN_TTL=3600 DISABLE_AUTH_TOKEN=true",
        "ENV GPG_KEY=0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D",
        "ENV PUBLIC_KEY=ssh-rsa-AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 KEY_ID=AB12CD34EF56AB78",
        "ENV SHA256=b3565b0c1441064eba204821608df1ec7367abff881286898d900c2c2a5ffe70",
        "ENV PASSENGER_VERSION=6.0.1 COMPASS=on PWD=/srv",
        "ENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
        "ENV GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "RUN echo \"root:$PASSWORD\" | chpasswd",
        "RUN curl -u \"$USER:$TOKEN\" https://a.b",
        "RUN git clone https://${TOKEN}@github.com/a/b && git clone https://x:$TOKEN@github.com/a/b",
        "RUN adduser --disabled-password dev",
        "RUN keytool -importcert -storepass changeit -file ca.pem",
        "RUN SECRET_KEY_BASE=dummy rails assets:precompile",
        "RUN --mount=type=secret,id=token,env=TOKEN curl -H \"Authorization: Bearer $TOKEN\" https://a.b",
        "RUN sed -i 's/PASSWORD=.*/PASSWORD=$X/' a",
        "COPY id_rsa.pub ca.pem fullchain.pem .env.example /etc/",
        "COPY --from=build /root/.ssh/id_rsa /x",
        "LABEL usage=\"docker run -e PASSWORD=example\"",
    ] {
        assert_eq!(hidden(line), [""; 0], "{line}");
    }
}

#[test]
fn files_are_told_by_name_and_by_text_where_it_is_known() {
    assert_eq!(hidden("COPY [\"a\", \"keys/id_rsa\", \"/root/.ssh/\"]"), ["\"keys/id_rsa\""]);
    assert_eq!(hidden("ADD ./.npmrc .env /app/"), ["./.npmrc", ".env"]);
    assert_eq!(
        hidden("ADD repo.key /tmp/\nRUN apt-key add /tmp/repo.key"),
        [""; 0],
        "keys of packages are public"
    );
    let text = "FROM debian:13\nCOPY .npmrc a.pem b-key.pem .env /app/\n";
    let token = "//registry.npmjs.org/:_authToken=abc\n";
    let project = |npmrc: &str, pem: &str, env: &str| {
        Project::new(Box::new(Memory::new([
            (".npmrc", npmrc),
            ("a.pem", "x"),
            ("b-key.pem", pem),
            (".env", env),
        ])))
    };
    let key = "-----BEGIN PRIVATE KEY-----\n";
    let harmless = project("save-exact=true\n", "-----BEGIN CERTIFICATE-----\n", "PORT=80\n");
    assert_eq!(fixes(text, Some(&harmless)), []);
    assert_eq!(fixes(text, Some(&project(token, key, "A_TOKEN=k3kd83jd\n"))).len(), 3);
}

#[test]
fn what_is_told_names_the_place_and_the_way_out_but_never_the_secret() {
    let text = "FROM debian:13 AS build\nARG NPM_TOKEN=t0ps3cret\nFROM debian:13\nENV DB_PASS=t0ps3cret\nENV X_PASS=admin\nRUN psql $X_PASS\nRUN echo root:t0ps3cret | chpasswd\nCOPY .netrc /root/\n";
    let fixes = fixes(text, None);
    let told: Vec<String> =
        fixes.iter().map(|f| format!("{}; {}: {}", f.message, f.title, f.reason)).collect();
    assert!(told.iter().all(|told| !told.contains("t0ps3cret")), "{told:?}");
    let expected = [
        [
            "`NPM_TOKEN` can be read by everybody who has the Dockerfile or the build cache",
            "id=npm_token,env=NPM_TOKEN",
        ],
        ["a password in `DB_PASS` can be read by everybody who has the image;", "docker run --env-file"],
        [
            "one that everybody tries",
            "the commands that read it get it with `RUN --mount=type=secret,id=x_pass",
        ],
        ["the password of an account", "passwd -l"],
        [
            "`.netrc`, logins of machines,",
            "target=/root/.netrc ...` and `docker build --secret id=netrc,src=.netrc`",
        ],
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, parts) in told.iter().zip(expected) {
        assert!(parts.iter().all(|part| told.contains(part)), "{told}");
    }
}

//! Texts of real failed builds: `BuildKit` 0.32, docker 28 without buildx, podman 4.3.

use crate::prove::engine::BuildFailure;
use crate::prove::engine::failure::{Tail, read, without_arguments};

fn failure(said: &str, dockerfile: &str) -> (Option<usize>, String, Vec<String>) {
    let mut tail = Tail::default();
    tail.push(said.as_bytes());
    let BuildFailure { line, message, output } = read(&tail.lines(), dockerfile.as_bytes(), "Dockerfile");
    (line, message, output)
}

fn told(line: usize, message: &str, output: &[&str]) -> (Option<usize>, String, Vec<String>) {
    (Some(line), message.into(), output.iter().map(ToString::to_string).collect())
}

const RUN: &str = "FROM debian:12-slim\n# x\nRUN echo hi && \\\n    echo there >&2 && \\\n    exit 3\n";

#[test]
fn buildkit_a_command() {
    let said = r#"#4 [1/2] FROM docker.io/library/debian:12-slim
#4 CACHED

#5 [2/2] RUN echo hi &&     echo there >&2 &&     exit 3
#5 0.089 there
#5 0.090 hi Dockerfile:1
#5 0.091 --------------------
#5 ERROR: process "/bin/sh -c echo hi &&     echo there >&2 &&     exit 3" did not complete successfully: exit code: 3
------
 > [2/2] RUN echo hi &&     echo there >&2 &&     exit 3:
0.089 there
0.090 hi
------
Dockerfile:3
--------------------
   2 |     # x
   3 | >>> RUN echo hi && \
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c echo hi &&     echo there >&2 &&     exit 3" did not complete successfully: exit code: 3
"#;
    let output = ["there", "hi Dockerfile:1", "--------------------"];
    assert_eq!(failure(said, RUN), told(3, "the command ended with exit code 3", &output));
}

#[test]
fn buildkit_an_image_that_is_not_there() {
    let said = "#2 [internal] load metadata for docker.io/library/nosuchimage:1
#2 ERROR: docker.io/library/nosuchimage:1: not found
------
 > [internal] load metadata for docker.io/library/nosuchimage:1:
------
Dockerfile:1
--------------------
   1 | >>> FROM nosuchimage:1
--------------------
ERROR: failed to build: failed to solve: nosuchimage:1: failed to resolve source metadata for docker.io/library/nosuchimage:1: docker.io/library/nosuchimage:1: not found
";
    let message = "cannot get the image docker.io/library/nosuchimage:1: not found";
    assert_eq!(failure(said, "FROM nosuchimage:1\n"), told(1, message, &[]));
}

#[test]
fn buildkit_a_file_that_is_not_there() {
    let said = r#"#6 [3/3] COPY nosuch /x
#6 ERROR: failed to calculate checksum of ref qt2zlvspkota3h21idqvsgf3b::j0vifxer0nkz7renzla4lwub3: "/nosuch": not found

#7 [2/3] WORKDIR /x
#7 DONE 0.0s
------
 > [3/3] COPY nosuch /x:
------
Dockerfile:3
--------------------
   3 | >>> COPY nosuch /x
--------------------
ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref qt2zlvspkota3h21idqvsgf3b::j0vifxer0nkz7renzla4lwub3: "/nosuch": not found
"#;
    assert_eq!(failure(said, ""), told(3, "\"/nosuch\": not found", &[]));
}

#[test]
fn buildkit_a_word_that_is_no_instruction() {
    let said = "#1 DONE 0.0s
Dockerfile:2
--------------------
   2 | >>> RUNN x
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)
";
    let message = "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)";
    assert_eq!(failure(said, ""), told(2, message, &[]));
}

#[test]
fn buildkit_a_stage_that_is_not_there() {
    let said = "#1 DONE 0.0s\nERROR: failed to build: failed to solve: target stage \"nostage\" could not be found\n";
    assert_eq!(failure(said, RUN), (None, "target stage \"nostage\" could not be found".into(), Vec::new()));
}

#[test]
fn docker_without_buildx_a_command() {
    let said = "Step 1/2 : FROM debian:12-slim
 ---> 332a4d60de7b
Step 2/2 : RUN echo hi &&     echo there >&2 &&     exit 3
 ---> Running in 2c92f3c60486
hi
\u{1b}[91mthere
\u{1b}[0mRemoving intermediate container 2c92f3c60486
The command '/bin/sh -c echo hi &&     echo there >&2 &&     exit 3' returned a non-zero code: 3
";
    assert_eq!(failure(said, RUN), told(3, "the command ended with exit code 3", &["hi", "there"]));
}

#[test]
fn docker_without_buildx_other_reasons() {
    let copy = "Step 1/2 : FROM debian:12-slim\n ---> 332a4d60de7b\nStep 2/2 : COPY nosuch /x\nCOPY failed: file not found in build context or excluded by .dockerignore: stat nosuch: file does not exist\n";
    let message = "COPY failed: file not found in build context or excluded by .dockerignore: stat nosuch: file does not exist";
    assert_eq!(failure(copy, "FROM debian:12-slim\n\nCOPY  nosuch \\\n /x\n"), told(3, message, &[]));
    let word = "Error response from daemon: dockerfile parse error line 2: unknown instruction: RUNN\n";
    assert_eq!(failure(word, ""), told(2, "dockerfile parse error line 2: unknown instruction: RUNN", &[]));
    let image = "Step 1/2 : FROM nosuchimage:1\nGet \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host\n";
    let message = "cannot get the image nosuchimage:1: Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host";
    assert_eq!(failure(image, "FROM nosuchimage:1\n"), told(1, message, &[]));
}

#[test]
fn podman_a_command_that_is_there_twice() {
    let said = "STEP 1/4: FROM debian:12-slim
STEP 2/4: RUN make \"it\"
--> 2440c48986c
STEP 3/4: ENV A=b
--> 2440c48986d
STEP 4/4: RUN make \"it\"
no way
Error: building at STEP \"RUN make \\\"it\\\"\": while running runtime: exit status 2
";
    let text = "FROM debian:12-slim\nRUN make \"it\"\nENV A=b\nRUN make \"it\"\n";
    assert_eq!(failure(said, text), told(4, "the command ended with exit code 2", &["no way"]));
}

#[test]
fn podman_other_reasons() {
    let copy = "STEP 1/2: FROM debian:12-slim\n[1/2] STEP 2/2: COPY nosuch /x\nError: building at STEP \"COPY nosuch /x\": checking on sources under \"/tmp/f3\": copier: stat: \"/nosuch\": no such file or directory\n";
    assert_eq!(
        failure(copy, "FROM debian:12-slim\nCOPY nosuch /x\n"),
        told(2, "\"/nosuch\": no such file or directory", &[])
    );
    let image = "STEP 1/2: FROM nosuchimage:1\nError: creating build container: initializing source docker://nosuchimage:1: reading manifest 1 in docker.io/library/nosuchimage: manifest unknown: manifest unknown\n";
    let message = "cannot get the image nosuchimage:1: initializing source docker://nosuchimage:1: reading manifest 1 in docker.io/library/nosuchimage: manifest unknown: manifest unknown";
    assert_eq!(failure(image, "FROM nosuchimage:1\n"), told(1, message, &[]));
    let word = "STEP 1/2: FROM debian:12-slim\nSTEP 2/2: RUNN x\nError: building at STEP \"RUNN \": Build error: Unknown instruction: \"RUNN\" &imagebuilder.Step{Env:[]string{\"PATH=/bin\"}}\n";
    assert_eq!(failure(word, "FROM debian:12-slim\nRUNN x\n"), told(2, "Unknown instruction: \"RUNN\"", &[]));
}

#[test]
fn only_the_end_of_a_long_output_is_told_and_nothing_that_a_terminal_obeys() {
    let lines: Vec<_> = (0..100).map(|number| format!("#5 0.1 line {number}\n")).collect();
    let said = lines.concat()
        + "#5 0.2 50%\r100% \u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}\n#5 ERROR: x\nERROR: failed to solve: x\n";
    let (_, _, output) = failure(&said, "");
    assert_eq!((output.len(), output[0].as_str()), (30, "line 71"));
    assert_eq!(output[29], "100% red \\u{1b}]0;title\\u{7}");
}

#[test]
fn output_without_sense_gives_a_message_and_no_panic() {
    for said in
        ["", "\n\n", "#", "# \n#5\n#5 ", "ERROR: ", "STEP 1/", "Error: building at STEP \"", "\u{0}\u{1b}["]
    {
        let (line, ..) = failure(said, "FROM x\n");
        assert_eq!(line, None, "{said:?}");
    }
}

#[test]
fn values_of_build_arguments_are_not_told() {
    let read = BuildFailure {
        line: None,
        message: "no s3cr3t-t0ken here".into(),
        output: vec!["1.2 s3cr3t-t0ken".into()],
    };
    let hidden = without_arguments(read, &["TOKEN=s3cr3t-t0ken".into(), "V=1.2".into()]);
    assert_eq!(hidden.message, "no $TOKEN here");
    assert_eq!(hidden.output, ["1.2 $TOKEN"]);
}

#![allow(clippy::unwrap_used)]

use crate::catalog::View;
use crate::document::Keyword;
use crate::edit::{Applicability, Edit};
use crate::engine::{Ignores, Outcome, Settings, State, harden};
use crate::recipe::{Library, Phase, Recipe};
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use std::sync::Arc;

/// Writes `good` for `bad`, wherever that stands in an instruction.
#[derive(Debug)]
struct Words;

impl Transform for Words {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for instruction in &cx.document.instructions {
            let text = &cx.document.text[instruction.span.range()];
            let Some(at) = text.find("bad") else { continue };
            let at = instruction.span.start + at;
            let edit = Edit { span: Span::new(at, at + 3), text: "good".into() };
            out.fix("it is bad", "write good", instruction.span).edits([edit]).done();
        }
    }
}

/// Adds a USER right above the CMD, whatever stands above that.
#[derive(Debug)]
struct User;

impl Transform for User {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let of = |keyword| cx.document.instructions.iter().find(move |i| i.keyword == keyword);
        if let (Some(cmd), None) = (of(Keyword::Cmd), of(Keyword::User)) {
            let edit =
                Edit { span: Span::at(cmd.span.start), text: format!("USER 1{}", cx.document.line_end()) };
            out.fix("it is root", "add USER", Span::new(0, 4)).edits([edit]).done();
        }
    }
}

fn recipe(id: &str, phase: Phase, transform: impl Transform + 'static) -> Arc<Recipe> {
    let recipe = Library::builtin().unwrap();
    let recipe = recipe.recipe("exec-form-command").unwrap();
    let text = String::new;
    Arc::new(Recipe {
        id: id.into(),
        title: text(),
        since: text(),
        applies: Applicability::Safe,
        phase,
        tags: Vec::new(),
        links: Vec::new(),
        rules: Vec::new(),
        what: text(),
        why: text(),
        safety: text(),
        steps: recipe.steps.clone(),
        examples: Vec::new(),
        transforms: vec![Box::new(transform)],
    })
}

fn settings(heeded: bool) -> Settings {
    let recipes =
        vec![recipe("nonroot-user", Phase::Packages, Words), recipe("exec-form-command", Phase::User, User)];
    let names = Arc::new(Library::builtin().unwrap().catalogue());
    let settings = Settings::new(recipes, Arc::new(View::of_listings()));
    Settings { ignores: heeded.then_some(Ignores { names, whole: true }), ..settings }
}

/// The new text; a second run must leave it alone and tell the same of comments.
#[track_caller]
fn run(text: &str) -> (String, Outcome) {
    let outcome = harden(text.as_bytes(), None, &settings(true));
    assert_eq!(outcome.problem, None);
    let again = harden(&outcome.after, None, &settings(true));
    assert_eq!(again.after, outcome.after, "a second run");
    let suppressed = |outcome: &Outcome| -> Vec<String> {
        let suppressed = outcome.findings.iter().filter(|f| f.state == State::Suppressed);
        suppressed.map(|finding| finding.fix.title.clone()).collect()
    };
    assert_eq!(suppressed(&again), suppressed(&outcome));
    (String::from_utf8(outcome.after.clone()).unwrap(), outcome)
}

/// What is told of comments themselves: the part of the text, and what is wrong.
#[track_caller]
fn told(text: &str) -> Vec<String> {
    let (_, outcome) = run(text);
    let told = outcome.findings.iter().filter(|f| f.fix.recipe.ends_with("-suppression"));
    told.map(|f| {
        assert_eq!(f.state, State::Manual);
        format!("{}: {}: {}; {}", f.fix.recipe, &text[f.fix.at.range()], f.fix.message, f.fix.title)
    })
    .collect()
}

#[test]
fn a_comment_keeps_fixes_away_from_the_next_instruction_alone() {
    for (comment, second) in [
        ("# harden: ignore[nonroot-user] it has to be", "bad"),
        ("#harden:ignore", "bad"),
        ("  # harden: ignore [user]: by tag", "bad"),
        ("# harden: ignore[exec-form-command, nonroot-user]", "bad"),
        ("# harden: ignore[exec-form-command]", "good"),
        ("# harden: ignored[nonroot-user]", "good"),
        ("# please harden: ignore[nonroot-user]", "good"),
        ("# harden: ignore[nonroot-user", "good"),
        ("# harden: ignore[]", "good"),
    ] {
        let text = |second: &str, other: &str| {
            format!("FROM a\nRUN {other}\n{comment}\n\nRUN {second}\nRUN {other}\n")
        };
        assert_eq!(run(&text("bad", "bad")).0, text(second, "good"), "{comment}");
    }
}

#[test]
fn a_comment_above_or_in_a_long_instruction_is_about_all_of_it() {
    for text in [
        "FROM a\n# harden: ignore[nonroot-user]\nRUN x \\\n  && y \\\n  bad\nRUN good\n",
        "FROM a\nRUN x \\\n  # harden: ignore[nonroot-user] so\n  && y \\\n  bad\nRUN good\n",
        "FROM a\r\n# harden: ignore[nonroot-user]\r\nRUN x \\\r\n  bad\r\n",
        "FROM a\nRUN bad \\\n  # harden: ignore[nonroot-user]\n",
        "FROM a\nRUN <<EOF # harden\nx\nEOF\n# harden: ignore\nRUN <<EOF\nbad\nEOF\n",
    ] {
        let (after, outcome) = run(text);
        assert_eq!(after, text);
        assert!(outcome.findings.iter().all(|f| f.state == State::Suppressed), "{text}");
    }
}

#[test]
fn a_heredoc_s_text_is_no_comment() {
    let text =
        "FROM a\nRUN <<EOF\n# harden: ignore-file\nbad\nEOF\nCOPY <<EOF /x\n# harden: ignore\nEOF\nRUN bad\n";
    assert_eq!(run(text).0, text.replace("bad", "good"));
    assert_eq!(told(text), Vec::<String>::new());
}

#[test]
fn a_stage_is_kept_by_a_comment_in_it_or_right_above_it() {
    let stages = |above: &str, a: &str, end: &str, b: &str| {
        format!("{above}FROM a\nRUN {a}\n{end}FROM b\n# x\nRUN {b}\nRUN {b}\n")
    };
    let comment = "# harden: ignore-stage[nonroot-user]\n";
    for (above, end, a, b) in [
        (comment, "", "bad", "good"),
        ("# harden: ignore-stage[nonroot-user]\n\nARG x=1\n", "", "bad", "good"),
        ("", comment, "good", "bad"),
        ("", "# harden: ignore-stage[nonroot-user]\n\n", "bad", "good"),
    ] {
        assert_eq!(run(&stages(above, "bad", end, "bad")).0, stages(above, a, end, b));
    }
    let text = "FROM a\nRUN bad\nFROM b\nRUN bad\n# harden: ignore-stage\n";
    assert_eq!(run(text).0, text.replacen("bad", "good", 1));
}

#[test]
fn a_file_is_kept_by_a_comment_anywhere() {
    for text in [
        "# harden: ignore-file\nFROM a\nRUN bad\nCMD x\n",
        "FROM a\nRUN bad\nFROM b\nRUN bad\n# harden: ignore-file[user, exec-form-command] so\n",
    ] {
        assert_eq!(run(text).0, text);
    }
}

#[test]
fn a_record_has_the_comment_s_line_and_reason() {
    let (_, outcome) =
        run("FROM a\nRUN bad\nRUN \\\n  # harden: ignore[nonroot-user]: it has to be\n  bad\n");
    let stops: Vec<_> = outcome.findings.iter().filter_map(|f| f.stop.as_ref()).collect();
    assert_eq!(stops.len(), 1);
    assert_eq!((stops[0].line, &*stops[0].reason), (4, "it has to be"));
}

#[test]
fn comments_that_do_nothing_or_name_nothing_are_told() {
    let unused = "# harden: ignore[nonroot-user, exec-form-command]\nRUN bad\n";
    for (text, expected) in [
        (
            unused,
            "unused-suppression: exec-form-command: `exec-form-command` has nothing to ignore here; remove the name, or the comment",
        ),
        (
            "# harden: ignore[nonrot-user]\nRUN x\n",
            "unknown-suppression: nonrot-user: unknown recipe or tag `nonrot-user`; did you mean `nonroot-user`?",
        ),
        (
            "# harden: ignore\nRUN good\n",
            "unused-suppression: # harden: ignore: there is nothing to ignore here; remove the comment",
        ),
        (
            "RUN good\n# harden: ignore[nonroot-user]\n",
            "unused-suppression: nonroot-user: `nonroot-user` has nothing to ignore here; remove the name, or the comment",
        ),
        (
            "# harden: ingore[nonroot-user]\n",
            "unknown-suppression: # harden: ingore[nonroot-user]: `ingore` can't be followed; did you mean `ignore`?",
        ),
        (
            "# harden: ignore[nonroot-user\n",
            "unknown-suppression: # harden: ignore[nonroot-user: the `[` is not closed; write `]` behind the names",
        ),
        (
            "# harden: ignore[ , ]\n",
            "unknown-suppression: # harden: ignore[ , ]: the brackets are empty; name recipes, or leave the brackets out to ignore all of them",
        ),
    ] {
        assert_eq!(told(&format!("FROM a\n{text}")), [expected]);
    }
    // Of use, about a recipe that does not run, or no word to this program.
    for text in [
        "# harden: ignore[nonroot-user]\nRUN bad\n",
        "# harden: ignore[pinned-digest]\nRUN bad\n",
        "# harden: this, later\nRUN bad\n",
        "# TODO harden: ignore[x]\nRUN bad\n",
    ] {
        assert_eq!(told(&format!("FROM a\n{text}")), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn without_leave_comments_are_comments() {
    let text = "# harden: ignore-file\nFROM a\n# harden: ignore[nonrot]\nRUN bad\n";
    let outcome = harden(text.as_bytes(), None, &settings(false));
    assert_eq!(outcome.after, text.replace("bad", "good").into_bytes());
    assert!(outcome.findings.iter().all(|f| f.state == State::Applied));
}

#[test]
fn what_is_kept_away_does_not_keep_later_recipes_from_running() {
    let text = "FROM a\n# harden: ignore\nRUN bad\nCMD x\n";
    assert_eq!(run(text).0, text.replace("CMD", "USER 1\nCMD"));
}

#[test]
fn a_comment_is_not_parted_from_what_it_is_about() {
    // The new line would stand between the comment and its instruction, which a second run would then rewrite.
    let text = "FROM a\nRUN bad\n# harden: ignore[nonroot-user]\nCMD bad\n";
    let (after, outcome) = run(text);
    assert_eq!(after, text.replacen("bad", "good", 1));
    let stops: Vec<_> = outcome.findings.iter().filter_map(|f| f.stop.as_ref()).map(|s| &*s.reason).collect();
    assert_eq!(stops, ["a `# harden:` comment would be about something else afterwards", ""]);
}

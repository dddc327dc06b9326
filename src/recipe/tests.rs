use super::*;
use std::fs;

const VERB: &str = "nonroot_user";

fn recipe(id: &str, phase: &str, extra: &str) -> String {
    format!(
        "id = '{id}'\ntitle = 't'\nsince = '0.1'\napplies = 'safe'\nphase = '{phase}'\ntags = ['all']\n\
         what = 'w'\nwhy = 'y'\nsafety = 's'\n{extra}\n[[step]]\nverb = '{VERB}'\nuser = '65532:65532'\n"
    )
}

fn error(text: &str) -> String {
    let error = Library::from_texts(&[("a-b", text)], &[]).unwrap_err();
    format!("{error} | {}", error.help().unwrap_or_default())
}

fn ids(library: &Library, pack: &str, select: &[&str], ignore: &[&str]) -> Result<Vec<String>, Error> {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let recipes = library.select(pack, &owned(select), &owned(ignore))?;
    Ok(recipes.iter().map(|recipe| recipe.id.clone()).collect())
}

fn library() -> Library {
    let texts = [recipe("a-user", "user", ""), recipe("b-image", "image", ""), recipe("c-user", "user", "")];
    let pack = "id = 'default'\ntitle = 't'\nrecipes = ['c-user', 'b-image']\n";
    let recipes = [("a-user", &*texts[0]), ("b-image", &*texts[1]), ("c-user", &*texts[2])];
    Library::from_texts(&recipes, &[("default", pack)]).unwrap()
}

#[test]
fn the_embedded_recipes_can_be_read_and_every_pack_selected() {
    let library = Library::builtin().unwrap();
    let packs: Vec<String> = library.packs().iter().map(|pack| pack.id.clone()).collect();
    for pack in packs {
        assert!(!library.select(&pack, &[], &[]).unwrap().is_empty(), "{pack}");
    }
}

#[test]
fn errors_name_the_place_and_what_was_probably_meant() {
    let good = recipe("a-b", "user", "");
    for (text, expected) in [
        (good.replace("title", "titel"), "recipes/a-b.toml:2:1: unknown field `titel`"),
        (good.replace("title", "titel"), "did you mean `title`?"),
        (good.replace("'user'", "'usre'"), "did you mean `user`?"),
        (
            good.replace(VERB, "nonroot_usr"),
            "recipes/a-b.toml:12:8: unknown verb `nonroot_usr` | did you mean",
        ),
        (good.replace("why = 'y'", "why = ' '"), "recipes/a-b.toml:8:7: `why` is empty"),
        (good.replace("why = 'y'\n", ""), "missing field `why`"),
        (good.replace("id = 'a-b'", "id = 'a-c'"), "recipes/a-b.toml:1:6: the id `a-c` is not the name"),
        (good.replace("id = 'a-b'", "id = 'A_b'"), "recipes/a-b.toml:1:6: the id `A_b` is malformed"),
        (good.replace("since = '0.1'", "since = "), "recipes/a-b.toml:3:9:"),
        (good.replace("verb = ", "verv = "), "recipes/a-b.toml:11:1: missing field `verb`"),
        (format!("{good}nonsense = 1\n"), "recipes/a-b.toml:14:1:"),
        (format!("{good}{}", "[[step]]\nverb = 'x'\n".repeat(3)), "one to three steps, this one has 4"),
    ] {
        let error = error(&text);
        assert!(error.contains(expected), "{error}\n{expected}");
    }
}

#[test]
fn a_selection_is_in_order_of_application() {
    let library = library();
    assert_eq!(ids(&library, "default", &[], &[]).unwrap(), ["b-image", "c-user"]);
    assert_eq!(ids(&library, "default", &[], &["b-image"]).unwrap(), ["c-user"]);
    assert_eq!(ids(&library, "default", &["all"], &[]).unwrap(), ["b-image", "a-user", "c-user"]);
    assert_eq!(ids(&library, "default", &["a-user"], &[]).unwrap(), ["a-user"]);
    assert!(ids(&library, "default", &["all"], &["all"]).unwrap().is_empty());
}

#[test]
fn unknown_names_are_errors_with_a_hint() {
    let library = library();
    let select = ids(&library, "default", &["b-imaeg"], &[]).unwrap_err();
    assert_eq!(select.to_string(), "unknown recipe or tag `b-imaeg`");
    assert_eq!(select.help(), Some("did you mean `b-image`?"));
    assert!(ids(&library, "default", &[], &["zzz"]).is_err());
    let pack = ids(&library, "defautl", &[], &[]).unwrap_err();
    assert_eq!(pack.help(), Some("did you mean `default`?"));
}

#[test]
fn a_pack_names_what_exists() {
    let text = recipe("a-b", "user", "");
    for pack in ["recipes = ['a-c']", "recipes = []\n[params.a-c]\nuser = '1'"] {
        let pack = format!("id = 'p'\ntitle = 't'\n{pack}");
        let error = Library::from_texts(&[("a-b", &text)], &[("p", &pack)]).unwrap_err();
        assert_eq!(error.to_string(), "recipes/packs/p.toml: unknown recipe `a-c`");
    }
}

#[test]
fn parameters_of_a_pack_hold_for_that_pack_only() {
    let text = recipe("a-b", "user", "");
    let own = "id = 'own'\ntitle = 't'\nrecipes = ['a-b']\n[params.a-b]\nuser = '7:7'\n";
    let plain = "id = 'plain'\ntitle = 't'\nrecipes = ['a-b']\n";
    let library = Library::from_texts(&[("a-b", &text)], &[("own", own), ("plain", plain)]).unwrap();
    let built = |pack: &str| format!("{:?}", library.select(pack, &[], &[]).unwrap()[0].transforms);
    let before = built("plain");
    assert!(built("own").contains("7:7"));
    assert_eq!(built("plain"), before);
}

#[test]
fn a_third_party_adds_a_recipe_by_dropping_a_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mirror.toml"), recipe("acme/mirror", "image", "")).unwrap();
    fs::write(dir.path().join("acme-other.toml"), recipe("acme/other", "user", "")).unwrap();
    fs::write(dir.path().join("notes.md"), "no recipe").unwrap();
    let mut library = library();
    library.add_folder(dir.path()).unwrap();
    let expected = ["acme/mirror", "b-image", "acme/other", "c-user"];
    assert_eq!(ids(&library, "default", &[], &[]).unwrap(), expected);
    assert_eq!(ids(&library, "default", &["acme/mirror"], &[]).unwrap(), ["acme/mirror"]);
    let twice = library.add_folder(dir.path()).unwrap_err().to_string();
    assert!(twice.ends_with("there is already a recipe `acme/other`"), "{twice}");
}

#[test]
fn a_folder_without_good_recipes_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let message = |dir: &std::path::Path| Library::default().add_folder(dir).unwrap_err().to_string();
    assert!(message(&dir.path().join("none")).contains("cannot read it"));
    assert!(message(dir.path()).contains("no recipes here"));
    let file = dir.path().join("x.toml");
    for (content, expected) in [
        (recipe("x", "user", ""), "x.toml:1:6: the id `x` has no namespace"),
        (recipe("acme/y", "user", ""), "x.toml:1:6: the id `acme/y` is not the name of its file"),
        (recipe("acme//x", "user", ""), "x.toml:1:6: the id `acme//x` is malformed"),
        ("id = ".to_owned(), "x.toml:1:"),
    ] {
        fs::write(&file, content).unwrap();
        assert!(message(dir.path()).contains(expected), "{}", message(dir.path()));
    }
    fs::write(&file, [0xFF, 0xFE]).unwrap();
    assert!(message(dir.path()).contains("x.toml: cannot read it"));
}

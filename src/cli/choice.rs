//! Which recipes run: the command line goes before the environment, that before a project's file, that before the default.

use super::args::{Selection, variable};
use crate::config::Wishes;
use crate::recipe::{Choice, Own};
use std::collections::BTreeMap;

/// The recipe that a provider stands for.
const HARDENED: &str = "hardened-base-image";

impl Selection {
    /// The recipes for a Dockerfile of which a project says this.
    pub(super) fn choice(&self, wishes: &Wishes) -> Choice {
        let named = self.pack.clone().or_else(|| variable("HARDEN_PACK"));
        let mut own = own(wishes);
        for &(recipe, name) in &self.set {
            own.entry(recipe.to_owned()).or_default().params.insert(name.to_owned(), true.into());
        }
        let pack = || named.clone().or_else(|| wishes.pack.clone()).unwrap_or_else(|| "default".into());
        if !self.select.is_empty() {
            // Whoever names recipes wants these.
            let (select, ignore) = (self.select.clone(), self.ignore.clone());
            return Choice { pack: pack(), select, ignore, own, ..Choice::default() };
        }
        let mut ignore = self.ignore.clone();
        ignore.extend(wishes.ignore.iter().cloned());
        ignore.extend(enabled(wishes, false));
        let (mut select, mut also) = (Vec::new(), Vec::from_iter(self.provider.map(|_| HARDENED.to_owned())));
        // Whoever names a pack wants that, less what the project leaves out.
        if named.is_none() {
            select.clone_from(&wishes.select);
            let wanted = enabled(wishes, true);
            if select.is_empty() { also.extend(wanted) } else { select.extend(wanted) }
        }
        Choice { pack: pack(), select, ignore, also, own }
    }
}

/// The recipes that a project runs, or does not run, whatever else is said.
fn enabled(wishes: &Wishes, wanted: bool) -> impl Iterator<Item = String> {
    let recipes = wishes.recipes.iter();
    recipes.filter(move |(_, wish)| wish.enabled == Some(wanted)).map(|(id, _)| id.clone())
}

fn own(wishes: &Wishes) -> BTreeMap<String, Own> {
    let said = wishes.recipes.iter().filter(|(_, wish)| wish.applies.is_some() || !wish.params.is_empty());
    said.map(|(id, wish)| (id.clone(), Own { applies: wish.applies, params: wish.params.clone() })).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::args::{Arguments, Command};
    use super::*;
    use crate::config::Wish;
    use clap::Parser as _;

    fn choice(arguments: &[&str], wishes: &Wishes) -> Choice {
        let arguments = Arguments::parse_from(["harden"].iter().chain(arguments));
        arguments.options.selection.choice(wishes)
    }

    fn wishes() -> Wishes {
        let wish = |enabled| Wish { enabled: Some(enabled), ..Wish::default() };
        Wishes {
            pack: Some("go".into()),
            select: Vec::new(),
            ignore: vec!["a".into()],
            recipes: [("off".to_owned(), wish(false)), ("on".to_owned(), wish(true))].into(),
        }
    }

    #[test]
    fn a_project_is_heard_where_the_command_line_says_nothing() {
        assert_eq!(choice(&[], &Wishes::default()).pack, "default");
        let own = choice(&["--ignore", "b"], &wishes());
        assert_eq!((own.pack.as_str(), &own.ignore[..]), ("go", &["b", "a", "off"].map(String::from)[..]));
        assert_eq!((own.also, own.select), (vec!["on".to_owned()], Vec::new()));
        let selected = Wishes { select: vec!["c".into()], ..wishes() };
        assert_eq!(choice(&[], &selected).select, ["c", "on"]);
    }

    #[test]
    fn who_names_a_pack_or_recipes_gets_these() {
        let selected = Wishes { select: vec!["c".into()], ..wishes() };
        let pack = choice(&["--pack", "pin"], &selected);
        assert_eq!((pack.pack.as_str(), pack.select.len(), pack.also.len()), ("pin", 0, 0));
        assert_eq!(pack.ignore, ["a", "off"]);
        let exact = choice(&["--select", "off"], &selected);
        assert_eq!((exact.select, exact.ignore), (vec!["off".to_owned()], Vec::new()));
        let params = [("update".to_owned(), false.into())].into_iter().collect();
        let wish = Wish { params, ..Wish::default() };
        let recipes = [("pinned-digest".to_owned(), wish)].into();
        let Some(Command::Pin(pin)) = Arguments::parse_from(["harden", "pin", "--update"]).command else {
            panic!("it is `pin`")
        };
        let pinned = pin.selection("pin").choice(&Wishes { recipes, ..Wishes::default() });
        assert_eq!(pinned.own["pinned-digest"].params["update"].as_bool(), Some(true));
    }
}

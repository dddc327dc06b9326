//! What a recipe and a pack say, as data.

use super::Error;
use super::error::quoted;
use crate::edit::Applicability;
use crate::transform::{self, Transform};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// When a recipe runs: the order of the phases is the order of application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Which image a stage stands on.
    Image,
    /// Which stages there are.
    Stages,
    /// What the package managers do.
    Packages,
    /// How the program is built.
    Build,
    /// What is copied, and how.
    Files,
    /// Who runs it.
    User,
    /// How it is started.
    Runtime,
    /// Labels and the like.
    Metadata,
    /// Which bytes are meant by the names that are left.
    Pins,
}

/// One use of a verb.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The verb.
    pub verb: String,
    /// Its parameters.
    pub params: toml::Table,
}

/// A text before and after the recipe.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The text.
    pub before: String,
    /// The text after the recipe; none if the recipe leaves it alone.
    pub after: Option<String>,
    /// Whether it takes `--unsafe`.
    #[serde(default, rename = "unsafe")]
    pub unsafe_: bool,
}

/// A named rewrite with its documentation and its examples.
#[derive(Debug)]
pub struct Recipe {
    /// Name: `nonroot-user`, or `acme/mirror` for a third party's.
    pub id: String,
    /// One line.
    pub title: String,
    /// The version of the program that had it first.
    pub since: String,
    /// The most that a fix of it can claim.
    pub applies: Applicability,
    /// When it runs.
    pub phase: Phase,
    /// Names of groups that it can be selected by.
    pub tags: Vec<String>,
    /// Further reading.
    pub links: Vec<String>,
    /// The rules of linters, scanners and benchmarks that it satisfies: `hadolint:DL3020`, `trivy:DS-0005`, `cis:4.9`, ...
    pub rules: Vec<String>,
    /// What it does.
    pub what: String,
    /// Why that is good.
    pub why: String,
    /// What it checks to keep the container's behaviour.
    pub safety: String,
    /// What it does, as data, without the parameters of a pack or a project.
    pub steps: Vec<Step>,
    /// Tests and documentation.
    pub examples: Vec<Example>,
    /// What it does, with these parameters.
    pub transforms: Vec<Box<dyn Transform>>,
}

/// Recipes that run together, and their parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Name.
    pub id: String,
    /// One line.
    pub title: String,
    /// Ids of the recipes.
    pub recipes: Vec<String>,
    /// Parameters by recipe.
    #[serde(default)]
    pub params: BTreeMap<String, toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Spanned<String>,
    title: Spanned<String>,
    since: Spanned<String>,
    applies: Applicability,
    phase: Phase,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    rules: Option<Spanned<Vec<String>>>,
    what: Spanned<String>,
    why: Spanned<String>,
    safety: Spanned<String>,
    #[serde(rename = "step")]
    steps: Spanned<Vec<Spanned<RawStep>>>,
    #[serde(default, rename = "example")]
    examples: Vec<Example>,
}

/// A step's keys depend on its verb, so they are read as they come.
type RawStep = BTreeMap<Spanned<String>, Spanned<toml::Value>>;

impl Recipe {
    /// Reads a recipe and checks it; `right_id` judges its id.
    pub(super) fn parse(text: &str, right_id: impl Fn(&str) -> Result<(), Error>) -> Result<Self, Error> {
        let raw: Raw = toml::from_str(text).map_err(|error| Error::toml(&error, text))?;
        right_id(raw.id.get_ref()).map_err(|error| error.at(text, raw.id.span().start))?;
        let docs = [("title", &raw.title), ("since", &raw.since), ("what", &raw.what), ("why", &raw.why)];
        for (key, value) in docs.into_iter().chain([("safety", &raw.safety)]) {
            if value.get_ref().trim().is_empty() {
                return Err(Error::new(format!("`{key}` is empty")).at(text, value.span().start));
            }
        }
        let rules = match raw.rules {
            Some(rules) => {
                right_rules(rules.get_ref()).map_err(|error| error.at(text, rules.span().start))?;
                rules.into_inner()
            }
            None => Vec::new(),
        };
        let at = raw.steps.span().start;
        let (steps, transforms) = read_steps(raw.steps.into_inner(), text, at)?;
        Ok(Self {
            id: raw.id.into_inner(),
            title: raw.title.into_inner(),
            since: raw.since.into_inner(),
            applies: raw.applies,
            phase: raw.phase,
            tags: raw.tags,
            links: raw.links,
            rules,
            what: raw.what.into_inner(),
            why: raw.why.into_inner(),
            safety: raw.safety.into_inner(),
            steps,
            examples: raw.examples,
            transforms,
        })
    }

    /// The same recipe with other parameters over those of the steps, and with no applicability above `most`.
    ///
    /// With several steps, a parameter goes to those that name it themselves.
    pub(super) fn tuned(&self, params: &toml::Table, most: Applicability) -> Result<Self, Error> {
        let single = self.steps.len() == 1;
        for key in params.keys() {
            if !single && !self.steps.iter().any(|step| step.params.contains_key(key)) {
                return Err(Error::new(format!("no step of `{}` has the parameter `{key}`", self.id)));
            }
        }
        let build = |step: &Step| {
            let mut merged = step.params.clone();
            let own = params.iter().filter(|(key, _)| single || step.params.contains_key(*key));
            merged.extend(own.map(|(key, value)| (key.clone(), value.clone())));
            transform::build(&step.verb, merged).map_err(|error| Error::new(error.message).hint(error.help))
        };
        Ok(Self {
            transforms: self.steps.iter().map(build).collect::<Result<_, _>>()?,
            applies: self.applies.min(most),
            id: self.id.clone(),
            title: self.title.clone(),
            since: self.since.clone(),
            phase: self.phase,
            tags: self.tags.clone(),
            links: self.links.clone(),
            rules: self.rules.clone(),
            what: self.what.clone(),
            why: self.why.clone(),
            safety: self.safety.clone(),
            steps: self.steps.clone(),
            examples: self.examples.clone(),
        })
    }
}

impl Pack {
    /// Reads a pack.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::toml(&error, text))
    }
}

/// Whose rules a recipe may name.
const TOOLS: [&str; 6] = ["buildkit", "checkov", "cis", "hadolint", "kics", "trivy"];

/// Checks that rules are written as `tool:id`.
fn right_rules(rules: &[String]) -> Result<(), Error> {
    let is_right =
        |rule: &str| rule.split_once(':').is_some_and(|(tool, id)| TOOLS.contains(&tool) && !id.is_empty());
    match rules.iter().find(|rule| !is_right(rule)) {
        None => Ok(()),
        Some(rule) => {
            let help = format!("write `tool:id`; the tools are {}", TOOLS.join(", "));
            Err(Error::new(format!("`{rule}` is no rule of a known tool")).hint(Some(help)))
        }
    }
}

type Steps = (Vec<Step>, Vec<Box<dyn Transform>>);

fn read_steps(raw: Vec<Spanned<RawStep>>, text: &str, at: usize) -> Result<Steps, Error> {
    if !(1..=3).contains(&raw.len()) {
        let message = format!("a recipe has one to three steps, this one has {}", raw.len());
        let help = "what takes more is a verb of its own";
        return Err(Error::new(message).hint(Some(help.to_owned())).at(text, at));
    }
    let mut steps = Steps::default();
    for step in raw {
        let (step, transform) = read_step(step, text)?;
        steps.0.push(step);
        steps.1.push(transform);
    }
    Ok(steps)
}

fn read_step(raw: Spanned<RawStep>, text: &str) -> Result<(Step, Box<dyn Transform>), Error> {
    let start = raw.span().start;
    let (mut verb, mut params, mut places) = (None, toml::Table::new(), BTreeMap::new());
    for (key, value) in raw.into_inner() {
        if key.get_ref() == "verb" {
            verb = Some(value);
        } else {
            places.insert(key.get_ref().clone(), key.span().start);
            params.insert(key.into_inner(), value.into_inner());
        }
    }
    let verb = verb.ok_or_else(|| Error::new("missing field `verb`").at(text, start))?;
    let at = verb.span().start;
    let toml::Value::String(verb) = verb.into_inner() else {
        return Err(Error::new("`verb` is not a string").at(text, at));
    };
    let known = || transform::verbs();
    if !known().any(|name| name == verb) {
        let names: Vec<&str> = known().collect();
        let error = Error::new(format!("unknown verb `{verb}`")).nearest(&verb, names.iter().copied());
        return Err(error.at(text, at));
    }
    let transform = transform::build(&verb, params.clone()).map_err(|error| {
        let place = quoted(&error.message).find_map(|word| places.get(word)).copied();
        Error::new(error.message).hint(error.help).at(text, place.unwrap_or(at))
    })?;
    Ok((Step { verb, params }, transform))
}

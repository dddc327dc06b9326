//! What a text sets itself, as opposed to what its base image brings.

use crate::document::{Document, Keyword, decode};
use crate::model::{Model, Stage};
use std::collections::BTreeSet;

/// Names of what the stage that ships, and those that it is built on, set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Variables of `ENV`.
    pub environment: BTreeSet<String>,
    /// Keys of `LABEL`.
    pub labels: BTreeSet<String>,
}

impl Declared {
    /// What the text of a Dockerfile sets in a stage, by name or number; the last one unless given.
    pub fn of(text: &[u8], target: Option<&str>) -> Self {
        let decoded = decode(text);
        let document = Document::parse(&decoded.text);
        let model = Model::new(&document);
        let named = target.and_then(|name| model.stage_of(name)).and_then(|index| model.stages.get(index));
        let mut declared = Self::default();
        if let Some(stage) = named.or_else(|| model.final_stage()) {
            model.chain(stage).for_each(|part| declared.stage(&model, part));
        }
        declared
    }

    fn stage(&mut self, model: &Model<'_>, stage: &Stage) {
        for (_, instruction) in model.body(stage) {
            let names = match instruction.keyword {
                Keyword::Env => &mut self.environment,
                Keyword::Label => &mut self.labels,
                _ => continue,
            };
            let plain = |name: &str| name.trim_matches(['"', '\'']).to_owned();
            names.extend(instruction.pairs().iter().map(|pair| plain(pair.name)));
        }
    }
}

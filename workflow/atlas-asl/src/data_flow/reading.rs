//! What paths, templates and expressions read, as provenance of what they give.

use std::collections::BTreeMap;

use serde_json::Value;

use super::provenance::{Provenance, Sources};
use crate::{
    jsonata::{Expression, delimited},
    jsonpath::{Path, Root},
    payload_template::Expression as PathExpression,
};

/// What a state can read.
pub(super) struct Scope<'a> {
    /// `$` of a path, `$states.input` of an expression.
    pub(super) input: &'a Provenance,
    /// `$states.result`, where there is one.
    pub(super) result: Option<&'a Provenance>,
    /// Workflow variables.
    pub(super) variables: &'a BTreeMap<String, Provenance>,
}

impl Scope<'_> {
    fn variable(&self, name: &str) -> Provenance {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    /// Everything that can be read here.
    pub(super) fn everything(&self) -> Sources {
        let mut sources = self.input.all();
        sources.extend(self.result.into_iter().flat_map(Provenance::all));
        sources.extend(self.variables.values().flat_map(Provenance::all));
        sources
    }

    /// What a path gives. It is exact for names; anything else takes all that it could select from.
    pub(super) fn path(&self, text: &str) -> Provenance {
        let Ok(path) = Path::parse(text) else { return Provenance::of(self.everything()) };
        let names = path.leading_names();
        let from = match path.root() {
            Root::Input => self.input.clone(),
            Root::Variable(name) => self.variable(name),
            // What the context object holds was there before.
            Root::Context => return Provenance::default(),
            Root::Current => return Provenance::of(self.everything()),
        };
        let part = from.part(names.iter().copied());
        if names.len() == path.length() {
            return part;
        }
        // A filter may compare with anything that a path can start from.
        let mut sources = part.all();
        if text.contains('?') {
            sources.extend(self.everything());
        }
        Provenance::of(sources)
    }

    /// What a path or an intrinsic call gives.
    fn path_expression(&self, text: &str) -> Provenance {
        match PathExpression::parse(text) {
            Ok(PathExpression::Path(_)) => self.path(text),
            Ok(PathExpression::Intrinsic(call)) => {
                let paths = call.paths().into_iter();
                Provenance::of(paths.flat_map(|path| self.path(path.source()).all()).collect())
            }
            Err(_) => Provenance::of(self.everything()),
        }
    }

    /// What a template with `.$` fields gives.
    pub(super) fn template(&self, template: &Value) -> Provenance {
        match template {
            Value::Object(fields) => {
                let members =
                    fields.iter().map(|(name, value)| match (name.strip_suffix(".$"), value) {
                        (Some(name), Value::String(text)) => {
                            (name.to_owned(), self.path_expression(text))
                        }
                        _ => (name.clone(), self.template(value)),
                    });
                Provenance::object(members.collect())
            }
            Value::Array(values) => {
                Provenance::of(values.iter().flat_map(|value| self.template(value).all()).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Provenance::default()
            }
        }
    }

    /// What a JSONata value gives: a literal, or an expression wherever a text is one.
    pub(super) fn jsonata(&self, value: &Value) -> Provenance {
        match value {
            Value::Object(fields) => Provenance::object(
                fields.iter().map(|(name, value)| (name.clone(), self.jsonata(value))).collect(),
            ),
            Value::Array(values) => {
                Provenance::of(values.iter().flat_map(|value| self.jsonata(value).all()).collect())
            }
            Value::String(text) => {
                delimited(text).map_or_else(Provenance::default, |source| self.expression(source))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Provenance::default(),
        }
    }

    fn expression(&self, source: &str) -> Provenance {
        let Ok(expression) = Expression::parse(source) else {
            return Provenance::of(self.everything());
        };
        let places: Vec<&[String]> = expression.places().collect();
        // A path and nothing else gives what it leads to, part for part.
        if let [place] = &places[..]
            && source.strip_prefix('$') == Some(place.join(".").as_str())
        {
            return self.place(place);
        }
        Provenance::of(places.into_iter().flat_map(|place| self.place(place).all()).collect())
    }

    /// What stands in a place that an expression reads.
    fn place(&self, place: &[String]) -> Provenance {
        let fields = |from: usize| place.iter().skip(from).map(String::as_str);
        let Some(first) = place.first() else { return Provenance::of(self.everything()) };
        if first != "states" {
            return self.variable(first).part(fields(1));
        }
        match place.get(1).map(String::as_str) {
            Some("input") => self.input.part(fields(2)),
            Some("result") => self.result.cloned().unwrap_or_default().part(fields(2)),
            Some("context" | "errorOutput") => Provenance::default(),
            Some(_) | None => Provenance::of(self.everything()),
        }
    }
}

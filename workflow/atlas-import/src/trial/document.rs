//! Made-up documents that have whatever a definition reads, at every depth where it might stand.
//!
//! A field that is read as `$.lead.Payload.id` may be in the input, in a result below `lead`, or in one below
//! `Payload`: it depends on what the states between made of it. So each document has all of them. Every value says
//! which document it is from, so that nothing can take the place of another unseen.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::paths::{Kind, Step, Wanted};
use crate::limits::MOST_STEPS;

/// A tree of all that is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    root: Field,
    /// The fields that decide, by path, and how many values each of them can have.
    pub(super) deciding: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Default)]
struct Field {
    fields: BTreeMap<String, Field>,
    element: Option<Box<Field>>,
    kind: Option<Kind>,
    /// Whether something is put into it, which nothing but an object takes.
    holds: bool,
}

/// Of so many fields that a path goes through, each may be where a document begins.
const MOST_BEGINNINGS: usize = 12;

impl Shape {
    pub(super) fn of(wanted: &[Wanted]) -> Self {
        let mut root = Field::default();
        let mut deciding = BTreeMap::new();
        for Wanted { steps, kind } in wanted.iter().filter(|it| it.steps.len() <= MOST_STEPS) {
            let last = match steps.last() {
                Some(Step::Name(name)) => name.clone(),
                Some(Step::Element) | None => String::new(),
            };
            if *kind == Kind::Object {
                // Results are put into the document alone, and into no part of it.
                root.hold(steps);
                continue;
            }
            for from in 0..steps.len().min(MOST_BEGINNINGS) {
                root.add(&steps[from..], kind);
            }
            if matches!(kind, Kind::OneOf(_) | Kind::Maybe) {
                deciding.insert(last, 0);
            }
        }
        let mut shape = Self { root, deciding };
        let names: Vec<String> = shape.deciding.keys().cloned().collect();
        for name in names {
            let most = shape.root.most_values(&name);
            shape.deciding.insert(name, most);
        }
        shape
    }

    /// A document of this origin; `chosen` says which value each deciding field has.
    pub(super) fn document(&self, origin: &str, chosen: &dyn Fn(&str, usize) -> usize) -> Value {
        Making { root: &self.root, chosen }.fields(&self.root, origin, 0)
    }
}

impl Field {
    fn add(&mut self, steps: &[Step], kind: &Kind) {
        let Some((step, rest)) = steps.split_first() else {
            self.kind = Some(match (self.kind.take(), kind) {
                (Some(Kind::OneOf(mut known)), Kind::OneOf(new)) => {
                    for value in new {
                        if !known.contains(value) {
                            known.push(value.clone());
                        }
                    }
                    Kind::OneOf(known)
                }
                (Some(known), Kind::Any) => known,
                (Some(known @ (Kind::OneOf(_) | Kind::List | Kind::Number)), Kind::Maybe) => known,
                (_, new) => new.clone(),
            });
            return;
        };
        match step {
            Step::Name(name) => self.fields.entry(name.clone()).or_default().add(rest, kind),
            Step::Element => self.element.get_or_insert_default().add(rest, kind),
        }
    }

    /// Lets the field at the end of these steps be one that something can be put into.
    fn hold(&mut self, steps: &[Step]) {
        let Some((step, rest)) = steps.split_first() else {
            self.holds = true;
            return;
        };
        match step {
            Step::Name(name) => self.fields.entry(name.clone()).or_default().hold(rest),
            Step::Element => self.element.get_or_insert_default().hold(rest),
        }
    }

    /// How many values a field of this name has anywhere, one that is none of those compared with included.
    fn most_values(&self, name: &str) -> usize {
        let own = |field: &Field| match &field.kind {
            Some(Kind::OneOf(values)) => values.len() + 1,
            Some(Kind::Maybe) => 2,
            _ => 1,
        };
        let below = self.fields.iter().map(|(known, field)| {
            let here = if known == name { own(field) } else { 1 };
            here.max(field.most_values(name))
        });
        let element = self.element.iter().map(|field| field.most_values(name));
        below.chain(element).max().unwrap_or(1)
    }
}

/// A document on its way.
struct Making<'a> {
    root: &'a Field,
    chosen: &'a dyn Fn(&str, usize) -> usize,
}

impl Making<'_> {
    fn value(&self, field: &Field, origin: &str, name: &str, level: usize) -> Value {
        let text = || {
            let text = json!(format!("{name} of {origin}"));
            if field.holds { json!({ "before": text }) } else { text }
        };
        let kind = field.kind.as_ref().unwrap_or(&Kind::Any);
        if let Some(element) = &field.element {
            let of = |number: u32| {
                let origin = format!("{origin}[{number}]");
                self.value(element, &origin, name, level)
            };
            return json!([of(0), of(1)]);
        }
        if *kind == Kind::List {
            return json!([self.item(origin, 0, level), self.item(origin, 1, level)]);
        }
        if *kind == Kind::JsonText {
            return json!(self.fields(field, origin, level).to_string());
        }
        if !field.fields.is_empty() {
            return self.fields(field, origin, level);
        }
        match kind {
            Kind::Any | Kind::List | Kind::JsonText | Kind::Maybe | Kind::Object => text(),
            Kind::Number => json!(3),
            Kind::Moment => json!("2026-11-21T01:00:30Z"),
            Kind::OneOf(values) => {
                let number = (self.chosen)(name, values.len() + 1);
                values.get(number).cloned().unwrap_or_else(|| match values.first() {
                    Some(Value::Number(_)) => json!(1_000_000),
                    _ => text(),
                })
            }
        }
    }

    /// An item of a list may be read for anything that a document is read for; lists in it are short.
    fn item(&self, origin: &str, number: u32, level: usize) -> Value {
        let origin = format!("{origin}[{number}]");
        if level > 0 { json!(origin) } else { self.fields(self.root, &origin, level + 1) }
    }

    fn fields(&self, field: &Field, origin: &str, level: usize) -> Value {
        let mut made = Map::new();
        for (name, field) in &field.fields {
            // The second choice of what may be there is that it is not.
            let may_lack = field.kind == Some(Kind::Maybe) && field.fields.is_empty();
            if !(may_lack && (self.chosen)(name, 2) == 1) {
                made.insert(name.clone(), self.value(field, origin, name, level));
            }
        }
        Value::Object(made)
    }
}

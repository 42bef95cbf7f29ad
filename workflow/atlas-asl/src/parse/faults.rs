//! What was found wrong while a document is read, each fault at its place.

use crate::{
    diagnostic::{Code, Diagnostic},
    model::QueryLanguage,
    places::Places,
};

/// More faults than this are counted as one: a document with so many is something else entirely.
pub(super) const MOST_FAULTS: usize = 1_000;

/// A value's way down from the document's root. Its pointer is built only when a fault needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail<'p> {
    above: Option<(&'p Trail<'p>, Step<'p>)>,
    /// Byte offset of the value, or of its key in an object.
    pub(super) offset: usize,
}

#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Field(&'p str),
    Element(usize),
}

impl<'p> Trail<'p> {
    /// The document itself.
    pub(super) const fn root(offset: usize) -> Self {
        Self { above: None, offset }
    }

    /// A field of it.
    pub(super) const fn field(&'p self, name: &'p str, offset: usize) -> Self {
        Self { above: Some((self, Step::Field(name))), offset }
    }

    /// An element of it.
    pub(super) const fn element(&'p self, index: usize, offset: usize) -> Self {
        Self { above: Some((self, Step::Element(index))), offset }
    }

    fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut trail = self;
        while let Some((above, step)) = trail.above {
            steps.push(step);
            trail = above;
        }
        let mut pointer = String::new();
        for step in steps.into_iter().rev() {
            pointer.push('/');
            match step {
                Step::Field(name) => pointer.push_str(&crate::model::escape_pointer(name)),
                Step::Element(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

/// What the reading of one document knows and has found.
#[derive(Debug)]
pub(super) struct Reading<'d> {
    places: &'d Places,
    diagnostics: Vec<Diagnostic>,
    /// `QueryLanguage` of the machine: every state's, unless it has its own.
    pub(super) machine_language: QueryLanguage,
}

impl<'d> Reading<'d> {
    pub(super) const fn new(places: &'d Places) -> Self {
        Self { places, diagnostics: Vec::new(), machine_language: QueryLanguage::JsonPath }
    }

    /// All faults, in the order of the document.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.position);
        self.diagnostics
    }

    /// Notes a fault of the value at the trail's end.
    pub(super) fn fault(
        &mut self,
        trail: &Trail<'_>,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.note(Code::SchemaValidationFailed, trail, trail.offset, message, hint.into());
    }

    /// Notes a fault of an object, as AWS locates it, that stands at one of its fields.
    pub(super) fn fault_at(
        &mut self,
        trail: &Trail<'_>,
        offset: usize,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.note(Code::SchemaValidationFailed, trail, offset, message, hint.into());
    }

    /// Notes the second state of one name.
    pub(super) fn duplicate_state(&mut self, trail: &Trail<'_>, name: &str) {
        self.note(
            Code::DuplicateStateName,
            trail,
            trail.offset,
            format!("two states have the name `{name}`"),
            Some("rename one of them; state names are unique in a state machine".to_owned()),
        );
    }

    fn note(
        &mut self,
        code: Code,
        trail: &Trail<'_>,
        offset: usize,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        if self.diagnostics.len() > MOST_FAULTS {
            return;
        }
        let mut diagnostic = if self.diagnostics.len() == MOST_FAULTS {
            Diagnostic::error(code, trail.pointer(), message)
                .hint(format!("more than {MOST_FAULTS} faults: the rest is not shown"))
        } else {
            Diagnostic { hint, ..Diagnostic::error(code, trail.pointer(), message) }
        };
        diagnostic.position = Some(self.places.position(offset));
        self.diagnostics.push(diagnostic);
    }
}

/// `a`, `b` or `c`.
pub(super) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// States of these types, in a sentence.
pub(super) fn a_state(names: &[&str]) -> String {
    match names {
        [only] => format!("a {only} state"),
        several => format!("states of type {}", one_of(several.iter().copied())),
    }
}

//! A state that could be left out: what leads to it leads to the one behind it.

use atlas_asl::model::{StateName, Transition, escape_pointer};
use serde_json::Value;

use super::{Code, Cx, Finding};
use crate::rewriting::Edit;

/// A state, and where it stands.
pub(super) struct Placed<'a> {
    /// The pointer of its flow.
    pub(super) flow: &'a str,
    pub(super) name: &'a StateName,
    pub(super) transition: Option<&'a Transition>,
}

impl Placed<'_> {
    pub(super) fn pointer(&self) -> String {
        format!("{}/States/{}", self.flow, escape_pointer(self.name.as_str()))
    }

    /// It goes, where it leads on and has no field but these and those that every state has.
    pub(super) fn left_out(
        &self,
        cx: &Cx<'_>,
        code: Code,
        fields: &[&str],
        message: String,
    ) -> Option<Finding> {
        let Some(Transition::Next(next)) = self.transition else { return None };
        if next == self.name {
            return None;
        }
        let pointer = self.pointer();
        let known = cx.value(&pointer).and_then(Value::as_object)?;
        let is_plain = known.keys().all(|field| {
            matches!(field.as_str(), "Type" | "Next" | "Comment" | "QueryLanguage")
                || fields.contains(&field.as_str())
        });
        if !is_plain {
            return None;
        }
        let edit =
            Edit::Remove { flow: self.flow.to_owned(), state: self.name.as_str().to_owned() };
        let finding = Finding::new(code, pointer, message)
            .remedy(format!("leave it out: what leads to it leads to `{next}`"))
            .gain("1 transition in each execution that passes it")
            .edit(edit, Vec::new());
        Some(finding)
    }
}

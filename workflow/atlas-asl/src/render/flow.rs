//! `StartAt` and `States`.

use super::{
    ordered::{Object, Ordered},
    state,
};
use crate::model::Flow;

pub(super) fn write(flow: &Flow, object: &mut Object) {
    object.text("StartAt", flow.start_at.as_ref().map(|name| name.as_str()));
    let states = flow
        .states
        .iter()
        .map(|(name, state)| (name.as_str().to_owned(), state::write(state).into()))
        .collect();
    object.field("States", Ordered::Object(states));
}

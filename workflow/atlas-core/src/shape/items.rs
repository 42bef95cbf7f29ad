//! The items of a Map, the input of each iteration, and the array of the results.

use atlas_asl::jsonata::{FieldFailure, describe};
use serde_json::Value;

use super::{
    paths::{effective_input, path_failure},
    templates::{evaluate, jsonata_template},
};
use crate::{
    Payload,
    branch::{BranchId, MapItem},
    failure::StateFailure,
    program::{Io, MapItems, Template},
    scope::StateScope,
    step::Cx,
};

/// The effective input of a Map, and the items in it.
pub(crate) fn items(
    cx: &Cx<'_>,
    id: BranchId,
    items: &MapItems,
) -> Result<(Payload, Vec<Payload>), StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    let is_jsonata = matches!(cx.state(id).io, Io::Jsonata(_));
    let found = match items {
        MapItems::Input => std::borrow::Cow::Borrowed(effective.value()),
        MapItems::Path(path) => path.find(&scope).map_err(path_failure)?,
        MapItems::Jsonata(template) => {
            let value = jsonata_template(template, &scope, "Items")?;
            if !value.is_array() {
                let source = template.expression().map_or("", |expression| expression.source());
                let failure = FieldFailure::UnexpectedType { expected: "array", value };
                return Err(StateFailure::evaluation(
                    Some("Items".to_owned()),
                    describe(&failure, source, "Items"),
                ));
            }
            std::borrow::Cow::Owned(value)
        }
    };
    let items = match &*found {
        Value::Array(values) => values.iter().cloned().map(Payload::from).collect(),
        // Recorded: test_map_state_items_input_types.
        value if is_jsonata => {
            return Err(StateFailure::evaluation(
                None,
                format!("Map state input must be an array but was: {value}"),
            ));
        }
        _ => {
            let path = match items {
                // Recorded (test_state_map_context_object): a path into the context object is told as
                // one into that object.
                MapItems::Path(path) => path
                    .source()
                    .strip_prefix('$')
                    .filter(|inner| inner.starts_with('$'))
                    .unwrap_or(path.source()),
                MapItems::Input | MapItems::Jsonata(_) => "$",
            };
            return Err(StateFailure::runtime(format!(
                "Reference path \"{path}\" must point to array."
            )));
        }
    };
    drop(found);
    drop(scope);
    Ok((effective, items))
}

/// The input of one iteration: its `ItemSelector`, evaluated.
pub(crate) fn item(
    cx: &Cx<'_>,
    id: BranchId,
    input: &Payload,
    selector: &Template,
    item: &MapItem,
) -> Result<Payload, StateFailure> {
    let scope = StateScope::new(cx, id, input.value()).with_item(item);
    evaluate(selector, &scope, "ItemSelector").map(Payload::from)
}

/// The results of branches or iterations, in order.
pub(crate) fn array_of(results: Vec<Option<Payload>>) -> Payload {
    let values =
        results.into_iter().map(|result| result.map_or(Value::Null, Payload::into_value)).collect();
    Payload::from(Value::Array(values))
}

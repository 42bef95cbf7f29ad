//! The drawing of a definition, whose states a page colours.

use atlas_asl::parse::parse_value;
use atlas_view::graph::draw_for_page;
use axum::Json;
use serde_json::{Value, json};

use super::{
    asked::Asked,
    definition::{self, Found},
    fault::Fault,
};

/// `GET /console/api/graph?arn=|machine=`
pub(super) async fn show(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(drawn).await.map(Json)
}

fn drawn(asked: &Asked) -> Result<Value, Fault> {
    let Found { definition, state_machine_arn } = definition::find(asked)?;
    // The processor of a map is no machine, but can be drawn as one.
    let machine = parse_value(&definition).0;
    let machine = machine.ok_or_else(|| Fault::missing("the definition cannot be drawn"))?;
    let nodes = machine.states().into_iter().map(|located| {
        json!({
            "pointer": located.pointer,
            "name": located.name.as_str(),
            "type": located.state.kind.state_type().as_str(),
        })
    });
    Ok(json!({
        "svg": draw_for_page(&machine),
        "nodes": nodes.collect::<Vec<_>>(),
        "stateMachineArn": state_machine_arn,
    }))
}

//! Results that are carried along and never read.

use atlas_asl::{
    model::{PathOrNull, QueryLanguage, StateKind},
    resource::{Pattern, Resource},
};

use super::{
    Code, Cx, Finding,
    result_reads::{Fate, fate},
};
use crate::{limits::MOST_STATES, rewriting::Edit};

/// What every optimised integration adds to its result, in bytes, as recorded of `lambda:invoke`.
const METADATA_BYTES: usize = 700;

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    if cx.machine.states().len() > MOST_STATES {
        return;
    }
    for (flow_pointer, flow) in cx.flows() {
        for (name, state) in &flow.states {
            let StateKind::Task(task) = &state.kind else { continue };
            let is_path = state.language(cx.machine.query_language) == QueryLanguage::JsonPath;
            let Some(PathOrNull::Path(path)) = &task.result_path else { continue };
            let Some(field) = path.strip_prefix("$.").filter(|_| is_path && state.assign.is_none())
            else {
                continue;
            };
            if field.contains(['[', '*', '?']) || state.output_path.is_some() {
                continue;
            }
            let names: Vec<&str> = field.split('.').collect();
            let pointer = format!(
                "{flow_pointer}/States/{}",
                atlas_asl::model::escape_pointer(name.as_str())
            );
            match fate(flow, cx.definition, &flow_pointer, state, &names) {
                Fate::Dropped => found.push(
                    Finding::new(
                        Code::UnreadResult,
                        format!("{pointer}/ResultPath"),
                        format!("nobody reads `{path}`, which `{name}` sets, and it is gone before the end"),
                    )
                    .remedy("set `ResultPath` to null")
                    .gain("its bytes in each state until then; data over 256 KiB fails an execution")
                    .edit(Edit::DropResult { state: pointer }, Vec::new()),
                ),
                // What a branch gives, the state around it gets.
                Fate::Given if !flow_pointer.is_empty() => {}
                Fate::Given => found.push(
                    Finding::new(
                        Code::UnreadResult,
                        format!("{pointer}/ResultPath"),
                        format!("`{path}`, which `{name}` sets, is read by no state; the output alone has it"),
                    )
                    .remedy("set `ResultPath` to null, unless whoever gets the output wants it")
                    .gain("its bytes in each state behind; data over 256 KiB fails an execution"),
                ),
                Fate::Read => {
                    let metadata: Vec<&str> =
                        names.iter().copied().chain(["SdkHttpMetadata"]).collect();
                    let resource = Resource::parse(&task.resource);
                    let adds_metadata = matches!(
                        &resource,
                        Ok(Resource::Integration { service, action, pattern: Pattern::RequestResponse })
                            if service == "lambda" && action == "invoke"
                    );
                    let is_read =
                        fate(flow, cx.definition, &flow_pointer, state, &metadata) == Fate::Read;
                    if adds_metadata && task.result_selector.is_none() && !is_read {
                        found.push(
                            Finding::new(
                                Code::UntrimmedResult,
                                format!("{pointer}/ResultPath"),
                                format!("of the result of `{name}` only `Payload` is read"),
                            )
                            .remedy(
                                "add `\"ResultSelector\": {\"Payload.$\": \"$.Payload\"}`, unless whoever \
                                 gets the output wants the rest",
                            )
                            .gain(format!("about {METADATA_BYTES} bytes in each state behind")),
                        );
                    }
                }
            }
        }
    }
}

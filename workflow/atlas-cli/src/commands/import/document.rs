//! What was found, for programs.

use atlas_import::{Examination, findings::Rewriting};
use serde_json::{Value, json};

use super::Examined;

pub(super) fn of(examined: &[Examined]) -> Value {
    examined.iter().map(machine).collect()
}

fn machine(one: &Examined) -> Value {
    let found = &one.found;
    let at = |pointer: &str, within| {
        found.text.place(pointer, within).map(|it| json!({ "line": it.line, "column": it.column }))
    };
    let diagnostics: Vec<Value> = one
        .examination
        .diagnostics
        .iter()
        .map(|it| {
            json!({
                "severity": it.severity.as_str(),
                "code": it.code.as_str(),
                "message": it.message,
                "location": it.pointer,
                "position": at(&it.pointer, it.position),
                "hint": it.hint,
            })
        })
        .collect();
    let findings: Vec<Value> = one
        .examination
        .findings
        .iter()
        .map(|it| {
            let (to_confirm, why) = match &it.rewriting {
                Rewriting::ToConfirm(orders) | Rewriting::Unconfirmed(orders) => {
                    (Some(orders), None)
                }
                Rewriting::Withdrawn(why) => (None, Some(why)),
                Rewriting::Safe | Rewriting::Advice => (None, None),
            };
            json!({
                "severity": it.severity.as_str(),
                "code": it.code.as_str(),
                "message": it.message,
                "remedy": it.remedy,
                "gain": it.gain,
                "location": it.pointer,
                "position": at(&it.pointer, it.position),
                "rewriting": it.rewriting.as_str(),
                "toConfirm": to_confirm,
                "withdrawnBecause": why,
            })
        })
        .collect();
    let proposal =
        one.proposal.as_ref().map(|it| json!({ "trial": trial(it), "rewritten": rewritten(it) }));
    json!({
        "file": found.file,
        "machine": found.name,
        "type": one.execution_type.as_str(),
        "diagnostics": diagnostics,
        "findings": findings,
        "filledIn": one.examination.filled_in,
        "trial": trial(&one.examination),
        "rewritten": rewritten(&one.examination),
        "withUnconfirmed": proposal,
    })
}

fn rewritten(examination: &Examination) -> Option<&Value> {
    examination.rewritten.as_ref().map(|(_, rewritten)| rewritten)
}

fn trial(examination: &Examination) -> Option<Value> {
    examination.trial.as_ref().map(|trial| match trial {
        Err(error) => json!({ "error": error.to_string() }),
        Ok(trial) => json!({
            "cases": trial.cases,
            "succeeded": trial.succeeded,
            "unended": trial.unended,
            "isCut": trial.is_cut,
            "furtherCalls": trial.further_calls,
            "leftOutCalls": trial.left_out_calls,
            "unsuccessful": trial.unsuccessful.as_ref().map(|it| json!({
                "case": it.case,
                "ended": it.ended,
            })),
            "timed": trial.timed.as_ref().map(|it| json!({
                "case": it.case,
                "originalMillis": it.original_millis,
                "rewrittenMillis": it.rewritten_millis,
                "originalTransitions": it.original_entered,
                "rewrittenTransitions": it.rewritten_entered,
                "expressChildren": it.express_children,
                "originalBytes": it.original_bytes,
                "rewrittenBytes": it.rewritten_bytes,
            })),
        }),
    })
}

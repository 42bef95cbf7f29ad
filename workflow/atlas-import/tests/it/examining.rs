//! How the tests examine.

use atlas_asl::model::ExecutionType;
use atlas_import::{
    Examination, Request, examine,
    findings::{Finding, Rewriting},
    template::Placeholders,
    trial::Latencies,
};
use serde_json::Value;

pub(crate) fn examined(definition: &Value) -> Examination {
    examined_as(&definition.to_string(), ExecutionType::Standard, None)
}

/// As it is examined where nobody has confirmed anything.
pub(crate) fn examined_unconfirmed(definition: &Value) -> Examination {
    examine(&Request {
        definition: &definition.to_string(),
        execution_type: ExecutionType::Standard,
        latencies: &Latencies::default(),
        cases: &[],
        with_unconfirmed: false,
        placeholders: None,
    })
}

pub(crate) fn examined_as(
    definition: &str,
    execution_type: ExecutionType,
    placeholders: Option<&Placeholders>,
) -> Examination {
    examine(&Request {
        definition,
        execution_type,
        latencies: &Latencies::default(),
        cases: &[],
        with_unconfirmed: true,
        placeholders,
    })
}

/// A finding in lines: what, and what became of it.
pub(crate) fn told(finding: &Finding) -> String {
    let mut told =
        format!("{} {} ({})\n", finding.code, finding.message, finding.rewriting.as_str());
    match &finding.rewriting {
        Rewriting::ToConfirm(orders) | Rewriting::Unconfirmed(orders) => {
            orders.iter().for_each(|it| told += &format!("  {it}\n"));
        }
        Rewriting::Withdrawn(why) => told += &format!("  {why}\n"),
        Rewriting::Safe | Rewriting::Advice => {}
    }
    told
}

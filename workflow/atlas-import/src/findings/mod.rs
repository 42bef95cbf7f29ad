//! What would make a machine faster, cheaper or safer: a rule in each file.

mod finding;
mod machine;

mod catches;
mod lambda_arns;
mod maps;
mod passes;
mod polling;
mod result_reads;
mod results;
mod retries;
mod timeouts;
mod types;
mod waits;
mod without_effect;

pub use finding::{Code, Finding, Rewriting, Severity};
pub(crate) use machine::Cx;
pub(crate) use types::express;

/// Every rule that looks at one machine as it stands; sequences are looked at once the rest is done.
pub(crate) fn look(cx: &Cx<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in [
        passes::look,
        waits::look,
        results::look,
        retries::look,
        timeouts::look,
        catches::look,
        lambda_arns::look,
        polling::look,
        maps::look,
    ] {
        rule(cx, &mut found);
    }
    found
}

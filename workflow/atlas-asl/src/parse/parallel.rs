//! `Type: Parallel` and its branches.

use super::{faults::Reading, fields::Fields, machine, recovery, shapes, states::transition};
use crate::model::{Flow, Parallel};

pub(super) fn parallel(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Parallel {
    fields.require(&["Branches"], reading);
    let (branches, branch_comments) = branches(fields, reading);
    Parallel {
        branches,
        branch_comments,
        parameters: fields.value("Parameters", reading),
        arguments: fields.value("Arguments", reading),
        result_selector: fields.value("ResultSelector", reading),
        result_path: fields.path_or_null("ResultPath", reading),
        retry: recovery::retry(fields, reading),
        catch: recovery::catch(fields, reading),
        transition: transition(fields, reading),
    }
}

/// The branches and their comments. A branch that cannot be read stays as an empty one, so that the
/// others keep their index.
fn branches(
    fields: &Fields<'_, '_>,
    reading: &mut Reading<'_>,
) -> (Vec<Flow>, Vec<Option<String>>) {
    let (mut flows, mut comments) = (Vec::new(), Vec::new());
    let Some((member, elements)) = fields.elements("Branches", reading) else {
        return (flows, comments);
    };
    let trail = fields.trail.field(&member.name, member.offset);
    for (index, element) in elements.iter().enumerate() {
        let trail = trail.element(index, element.offset);
        let inner = Fields::open(element, &trail, &shapes::BRANCH, None, reading);
        comments.push(inner.and_then(|inner| inner.text("Comment", reading)));
        flows.push(inner.map_or_else(Flow::default, |inner| machine::flow(&inner, reading)));
    }
    while comments.pop_if(|comment| comment.is_none()).is_some() {}
    (flows, comments)
}

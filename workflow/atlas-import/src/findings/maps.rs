//! Maps that take one item after the other.

use atlas_asl::model::{Count, StateKind};

use super::{Code, Cx, Finding};
use crate::rewriting::duration;

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for located in cx.machine.states() {
        let StateKind::Map(map) = &located.state.kind else { continue };
        if map.max_concurrency != Some(Count::Literal(1)) {
            continue;
        }
        let millis = duration(located.name.as_str(), located.state, cx.latencies);
        found.push(
            Finding::new(
                Code::SequentialMap,
                format!("{}/MaxConcurrency", located.pointer),
                format!("`{}` takes one item after the other", located.name),
            )
            .remedy(
                "raise `MaxConcurrency` to what the services behind it bear (an INLINE map runs about 40 \
                 at once), unless items have to be taken in their order",
            )
            .gain(format!("about {} ms for each further item", millis)),
        );
    }
}

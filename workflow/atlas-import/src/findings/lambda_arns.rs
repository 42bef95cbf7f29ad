//! Functions called by their ARN, which AWS no longer advises.

use atlas_asl::resource::Resource;

use super::{Code, Cx, Finding};

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for called in cx.tasks() {
        let Resource::Function { .. } = &called.resource else { continue };
        let name = called.located.name;
        found.push(
            Finding::new(
                Code::DirectLambdaArn,
                format!("{}/Resource", called.located.pointer),
                format!("`{name}` names a function's ARN as its `Resource`"),
            )
            .remedy(
                "use `arn:aws:states:::lambda:invoke` with `FunctionName` and `Payload`: it can name a \
                 version or an alias, and can wait for a token. Its result stands below `Payload`, so \
                 whatever reads it changes too",
            ),
        );
    }
}

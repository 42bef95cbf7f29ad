//! What an `ItemReader` and a `ResultWriter` call is a service.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::StateKind;
use crate::resource::Resource;
use crate::validate::context::Context;
use crate::validate::texts::{placeholder, short, without_placeholders};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let StateKind::Map(map) = &step.state.kind else { continue };
        let reader = map.item_reader.as_ref().and_then(|reader| reader.resource.as_deref());
        let writer = map.result_writer.as_ref().and_then(|writer| writer.resource.as_deref());
        for (field, text, example) in [
            ("ItemReader", reader, "arn:aws:states:::s3:getObject"),
            ("ResultWriter", writer, "arn:aws:states:::s3:putObject"),
        ] {
            let Some(text) = text.filter(|text| !is_service(text)) else { continue };
            let message = format!(
                "The resource provided {} is not recognized. The value is not a valid resource ARN, \
                 or the resource is not available in this region.",
                short(text)
            );
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    format!("{}/{field}/Resource", step.pointer),
                    message,
                )
                .hint(format!("expected `{example}`")),
            );
        }
    }
}

/// Whether it is the call of a service, or may become one: what a placeholder at the start stands for
/// cannot be known.
fn is_service(text: &str) -> bool {
    placeholder(text).is_some()
        || matches!(
            Resource::parse(&without_placeholders(text)),
            Ok(Resource::Integration { .. } | Resource::AwsSdk { .. })
        )
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::check_state;

    #[test]
    fn items_come_from_a_service_and_results_go_to_one() {
        let check = |reader: &str, writer: &str, expected: &[(&str, &str)]| {
            let state = format!(
                r#""Type": "Map", "ItemReader": {{"Resource": "{reader}"}},
                   "ResultWriter": {{"Resource": "{writer}"}}, "ItemProcessor": {{
                   "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
                   "StartAt": "B", "States": {{"B": {{"Type": "Succeed"}}}}}}"#
            );
            check_state(&state, Code::SchemaValidationFailed, expected);
        };
        let (read, write) = ("arn:aws:states:::s3:getObject", "arn:aws:states:::s3:putObject");
        check(read, write, &[]);
        check("${Reader}", "arn:${AWS::Partition}:states:::aws-sdk:s3:putObject", &[]);
        check(
            "arn:aws:states::1:s3:getObject",
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            &[
                ("/States/A/ItemReader/Resource", "is not recognized"),
                ("/States/A/ResultWriter/Resource", "is not recognized"),
            ],
        );
    }
}

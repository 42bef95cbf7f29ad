//! What the roles allow in a stack that has the sandbox's names.

use atlas_deploy::{
    access::{Grant, Stack, grants},
    template, without_comments,
};
use atlas_local::outside_services;

use crate::accesses::{model_of, secret};

/// Every permission of the template, as it is rendered.
pub(crate) fn roles() -> Vec<Grant> {
    let services = outside_services::environment_at("http://127.0.0.1:1", None);
    let of_sandbox = |name: &str| {
        services.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap()
    };
    let model = of_sandbox("BEDROCK_MODEL_ID");
    let stack: Stack = [
        ("AWS::Partition", "aws".to_owned()),
        ("AWS::Region", "us-east-1".to_owned()),
        ("AWS::AccountId", "000000000000".to_owned()),
        ("AWS::StackName", "AtlasEngine".to_owned()),
        ("ConnectInstanceId", of_sandbox("CONNECT_INSTANCE_ID")),
        ("BedrockFoundationModelId", model_of(&model).to_owned()),
        ("BedrockModelId", model.clone()),
        ("SalesforceSecret", secret(&of_sandbox("SALESFORCE_SECRET_ID"))),
    ]
    .into_iter()
    .collect();
    grants(&without_comments(&template("packages", None)), &stack).unwrap()
}

//! `dynamodb:getItem`, `putItem`, `updateItem` and `deleteItem`.

use atlas_core::{Failure, Payload};

use super::exchange::{JsonApi, ask, result};
use crate::{
    failure::{Exceptions, Naming, Sdk},
    services::{Call, Service},
};

const DYNAMODB: JsonApi = JsonApi {
    service: Service {
        id: "DynamoDB",
        signing_name: "dynamodb",
        naming: Naming {
            sdk: Sdk::One,
            prefix: "DynamoDB",
            service: "AmazonDynamoDBv2",
            exceptions: Exceptions::Listed {
                general: "AmazonDynamoDBException",
                own: &[
                    "ConditionalCheckFailedException",
                    "InternalServerError",
                    "ItemCollectionSizeLimitExceededException",
                    "ProvisionedThroughputExceededException",
                    "ReplicatedWriteConflictException",
                    "RequestLimitExceeded",
                    "ResourceNotFoundException",
                    "ThrottlingException",
                    "TransactionConflictException",
                ],
            },
        },
    },
    version: "1.0",
    target_prefix: "DynamoDB_20120810",
};

pub(crate) async fn perform(cx: &Call<'_>, action: &str) -> Result<Payload, Failure> {
    let operation = match action {
        "getItem" => "GetItem",
        "putItem" => "PutItem",
        "updateItem" => "UpdateItem",
        _ => "DeleteItem",
    };
    let (fields, answer) = ask(cx, &DYNAMODB, operation, cx.parameters()).await?;
    Ok(result(fields, &answer))
}

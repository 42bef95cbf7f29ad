//! `aws-sdk` tasks: the table says how a service is called.

mod json;

mod s3;

mod gzip;

use atlas_asl::aws_services::{self, AwsService, Known, Protocol};
use atlas_core::{Failure, Payload};

use crate::{
    failure::{Exceptions, Naming, Sdk},
    services::{Call, Service},
};

/// Performs an action, where it is one that is called here.
pub(crate) async fn perform(
    cx: &Call<'_>,
    service: &str,
    action: &str,
) -> Result<Payload, Failure> {
    let Some(Known::Service(known)) = aws_services::find(service) else {
        return Err(cx.not_reachable());
    };
    match (known.protocol, known.operation(action)) {
        (Protocol::AwsJson, Some(operation)) => json::perform(cx, &known, &operation).await,
        (Protocol::RestXml, Some(_)) if service == "s3" => match action {
            "getObject" => s3::get_object(cx, &known).await,
            "putObject" => s3::put_object(cx, &known).await,
            "listObjectsV2" => s3::list_objects(cx, &known).await,
            _ => Err(cx.not_reachable()),
        },
        (_, _) => Err(cx.not_reachable()),
    }
}

/// How the service is reached and what its errors are called.
fn reached(known: &AwsService) -> Service<'static> {
    Service {
        id: known.id,
        signing_name: known.signing_name,
        naming: Naming {
            sdk: Sdk::Two,
            prefix: known.error_prefix,
            service: known.error_prefix,
            exceptions: Exceptions::OfService(*known),
        },
    }
}

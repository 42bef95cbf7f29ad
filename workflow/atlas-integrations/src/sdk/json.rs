//! Any action of a service that speaks AWS JSON. The result is the answer alone: the second SDK tells
//! nothing of the exchange.

use atlas_asl::aws_services::AwsService;
use atlas_core::{Failure, Payload};
use serde_json::Value;

use super::reached;
use crate::{
    failure::refused,
    protocol::{
        aws_json,
        members::{from_wire, to_wire},
    },
    services::Call,
    transport::Wait,
};

pub(super) async fn perform(
    cx: &Call<'_>,
    known: &AwsService,
    operation: &str,
) -> Result<Payload, Failure> {
    let (service, members) = (reached(known), known.members());
    let target = format!("{}.{operation}", known.target_prefix);
    let body = to_wire(cx.parameters(), &members);
    let parts = aws_json::request(known.version, target, &body);
    let answer = cx.send(&service, parts, Wait::Service).await?;
    if !answer.is_success() {
        return Err(refused(&service.naming, &aws_json::refusal(&answer)));
    }
    let result: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Ok(if result.is_object() {
        Payload::from(from_wire(&result, &members))
    } else {
        Payload::empty()
    })
}

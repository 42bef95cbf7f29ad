//! The fields of the JSON document that is posted to the console.

use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use super::fault::Fault;
use crate::body;

/// The document of a request that says it sends JSON.
pub(super) struct Fields(pub(super) Map<String, Value>);

impl<S: Sync> FromRequest<S> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        Ok(Self(body::json(&parts.headers, body).await?))
    }
}

//! The signature of a request, by AWS's own crate.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};

/// The headers that sign a request.
pub(super) fn headers(
    request: (&str, &str, &[u8]),
    headers: &[(&'static str, String)],
    scope: (&Credentials, &str, &str),
    now: SystemTime,
) -> Option<Vec<(String, String)>> {
    let (method, url, body) = request;
    let (credentials, region, service) = scope;
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let named = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let signable = SignableRequest::new(method, url, named, SignableBody::Bytes(body)).ok()?;
    let (instructions, _signature) = sign(signable, &parameters).ok()?.into_parts();
    let (headers, _query) = instructions.into_parts();
    Some(
        headers
            .iter()
            .map(|header| (header.name().to_owned(), header.value().to_owned()))
            .collect(),
    )
}

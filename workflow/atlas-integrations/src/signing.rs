//! Signature Version 4.

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningError,
        SigningSettings, UriPathNormalizationMode, sign,
    },
    sign::v4,
};

use crate::{credentials::Credentials, transport::Request};

/// For whom a request is signed, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) signing_name: String,
}

/// Adds the headers that sign a request.
pub(crate) fn add_signature(
    request: &mut Request,
    scope: &Scope,
    now: SystemTime,
) -> Result<(), SigningError> {
    let Credentials { access_key_id, secret_access_key, session_token } = scope.credentials.clone();
    let identity = aws_credential_types::Credentials::new(
        access_key_id,
        secret_access_key,
        session_token,
        None,
        "atlas",
    )
    .into();
    let mut settings = SigningSettings::default();
    if scope.signing_name == "s3" {
        // S3 signs a path as it stands, and wants the body's checksum in a header.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&scope.region)
        .name(&scope.signing_name)
        .time(now)
        .settings(settings)
        .build()
        .expect("all parts of the parameters are given")
        .into();
    let signable = SignableRequest::new(
        request.method.as_str(),
        request.url.to_string(),
        request.headers.iter().map(|(name, value)| (&**name, value.as_str())),
        SignableBody::Bytes(&request.body),
    )?;
    let (instructions, _signature) = sign(signable, &parameters)?.into_parts();
    let (headers, _query) = instructions.into_parts();
    let headers = headers.iter().map(|header| (header.name().into(), header.value().to_owned()));
    request.headers.extend(headers);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use hyper::Method;

    use super::*;

    /// The example of "Authenticating Requests: Using the Authorization Header", Amazon S3 API
    /// Reference: GET of `test.txt` with a range.
    #[test]
    fn the_published_example_is_signed_as_published() {
        let mut request = Request {
            method: Method::GET,
            url: "https://examplebucket.s3.amazonaws.com/test.txt".parse().unwrap(),
            headers: vec![("range".into(), "bytes=0-9".to_owned())],
            body: Vec::new(),
        };
        let scope = Scope {
            credentials: Credentials {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
                secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
                session_token: None,
            },
            region: "us-east-1".to_owned(),
            signing_name: "s3".to_owned(),
        };
        add_signature(&mut request, &scope, UNIX_EPOCH + Duration::from_secs(1_369_353_600))
            .unwrap();
        let (_, authorization) =
            request.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
        assert!(
            authorization.ends_with(
                "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            "{authorization}"
        );
    }
}

//! Whose request it is: the account and region in its credential scope.
//!
//! Nothing is proved by it. It keeps people and test workers apart who share one server.

use atlas_engine::Place;
use axum::http::{HeaderMap, header};

/// The account is an access key id of twelve digits, any other is twelve zeros.
pub(crate) fn place_of(headers: &HeaderMap) -> Place {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let scope = authorization
        .and_then(|text| text.split_once("Credential="))
        .map(|(_, rest)| rest.split([',', ' ']).next().unwrap_or_default());
    // ACCESS_KEY_ID/DATE/REGION/SERVICE/aws4_request
    let mut parts = scope.unwrap_or_default().split('/');
    let mut place = Place::default();
    if let Some(key) = parts.next().filter(|key| is_account(key)) {
        place.account = key.into();
    }
    if let Some(region) = parts.nth(1).filter(|region| is_region(region)) {
        place.region = region.into();
    }
    place
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn is_region(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(authorization: Option<&str>, region: &str, account: &str) {
        let mut headers = HeaderMap::new();
        if let Some(authorization) = authorization {
            headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        let place = place_of(&headers);
        assert_eq!((&*place.region, &*place.account), (region, account), "{authorization:?}");
    }

    #[test]
    fn account_and_region_come_from_the_credential_scope() {
        let signed = |scope: &str| {
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00")
        };
        for (scope, region, account) in [
            ("123456789012/20261121/eu-west-1/states/aws4_request", "eu-west-1", "123456789012"),
            ("AKIAEXAMPLE/20261121/us-west-2/states/aws4_request", "us-west-2", "000000000000"),
            ("1234567890123/20261121/us-east-1/states/x", "us-east-1", "000000000000"),
            ("test/20261121/a:b/states/aws4_request", "us-east-1", "000000000000"),
            ("test", "us-east-1", "000000000000"),
        ] {
            check(Some(&signed(scope)), region, account);
        }
        check(None, "us-east-1", "000000000000");
        check(Some("Basic abc"), "us-east-1", "000000000000");
    }
}

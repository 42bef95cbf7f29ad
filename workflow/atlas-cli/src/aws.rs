//! Where AWS services are and what requests to them are signed with, by the variables of AWS's own tools.

use std::ffi::OsString;

use atlas_integrations::{AwsServices, Credentials, Endpoints, Options};

use crate::failure::Failure;

/// How tasks reach AWS services.
pub(crate) fn services(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<AwsServices, Failure> {
    Ok(AwsServices::new(options(variables)?))
}

fn options(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Options, Failure> {
    let variables: Vec<(String, String)> = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty())
        .collect();
    let value = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.clone());
    let credentials = match (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
        (Some(access_key_id), Some(secret_access_key)) => {
            let session_token = value("AWS_SESSION_TOKEN");
            Some(Credentials { access_key_id, secret_access_key, session_token })
        }
        _ => None,
    };
    let endpoints = Endpoints::from_variables(variables).map_err(Failure::ours)?;
    Ok(Options { endpoints, credentials, ..Options::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options_of(variables: &[(&str, &str)]) -> Result<Options, Failure> {
        options(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn credentials_are_configured_by_both_variables() {
        let key = ("AWS_ACCESS_KEY_ID", "key");
        let secret = ("AWS_SECRET_ACCESS_KEY", "secret");
        let token = ("AWS_SESSION_TOKEN", "token");
        for (variables, expected) in [
            (&[key, secret, token][..], Some(("key", Some("token")))),
            (&[key, secret], Some(("key", None))),
            (&[key], None),
            (&[("AWS_ACCESS_KEY_ID", ""), secret], None),
        ] {
            let credentials = options_of(variables).unwrap().credentials;
            let told =
                credentials.as_ref().map(|it| (&*it.access_key_id, it.session_token.as_deref()));
            assert_eq!(told, expected, "{variables:?}");
        }
    }

    #[test]
    fn an_endpoint_that_is_none_is_refused_before_anything_is_served() {
        let refused =
            format!("{:?}", options_of(&[("AWS_ENDPOINT_URL", "localhost")]).unwrap_err());
        assert!(refused.contains("`AWS_ENDPOINT_URL` is no endpoint"), "{refused}");
    }
}

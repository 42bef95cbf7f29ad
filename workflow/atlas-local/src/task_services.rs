//! How tasks that no handler does reach AWS services: by the variables of AWS's own tools.

use atlas_integrations::{AwsServices, Credentials, Endpoints, InvalidEndpoint, Options};

/// Where the services are and what requests to them are signed with. Of two variables of one name
/// the first holds.
///
/// # Errors
/// Where a variable that shall name an endpoint does not.
pub fn task_services(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<AwsServices, InvalidEndpoint> {
    Ok(AwsServices::new(options(variables)?))
}

fn options(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Options, InvalidEndpoint> {
    let mut known: Vec<(String, String)> = Vec::new();
    for (name, value) in variables {
        let is_ours = name.starts_with("AWS_") && !value.is_empty();
        if is_ours && !known.iter().any(|it| it.0 == name) {
            known.push((name, value));
        }
    }
    let value = |name: &str| known.iter().find(|it| it.0 == name).map(|it| it.1.clone());
    let credentials = match (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
        (Some(access_key_id), Some(secret_access_key)) => {
            let session_token = value("AWS_SESSION_TOKEN");
            Some(Credentials { access_key_id, secret_access_key, session_token })
        }
        _ => None,
    };
    Ok(Options { endpoints: Endpoints::from_variables(known)?, credentials, ..Options::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options_of(variables: &[(&str, &str)]) -> Result<Options, InvalidEndpoint> {
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
            (&[key, ("AWS_ACCESS_KEY_ID", "other"), secret], Some(("key", None))),
        ] {
            let credentials = options_of(variables).unwrap().credentials;
            let told =
                credentials.as_ref().map(|it| (&*it.access_key_id, it.session_token.as_deref()));
            assert_eq!(told, expected, "{variables:?}");
        }
    }

    #[test]
    fn an_endpoint_that_is_none_is_refused() {
        let refused = options_of(&[("AWS_ENDPOINT_URL", "localhost")]).unwrap_err().to_string();
        assert!(refused.contains("`AWS_ENDPOINT_URL` is no endpoint"), "{refused}");
    }
}

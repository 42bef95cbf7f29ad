//! Where services are reached: `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`, as every AWS tool
//! takes them ("Service-specific endpoints", AWS SDKs and Tools Reference Guide). Given as values.

use std::collections::HashMap;

use hyper::{Uri, http::uri::Scheme};

const GENERAL: &str = "AWS_ENDPOINT_URL";
const IGNORED: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// A URL without the slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(String);

/// The endpoints of services.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    general: Option<Endpoint>,
    /// By what stands behind `AWS_ENDPOINT_URL_`.
    of_services: HashMap<String, Endpoint>,
}

/// An endpoint that no request can be sent to.
#[derive(Debug, thiserror::Error)]
#[error("`{variable}` is no endpoint; expected a URL such as `http://127.0.0.1:4566`")]
pub struct InvalidEndpoint {
    /// The variable that holds it. The value is not shown, for it can hold a password.
    pub variable: String,
}

impl Endpoints {
    /// Picks the endpoints out of environment variables.
    ///
    /// # Errors
    /// Where a variable of that name is not empty and holds no `http` or `https` URL.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, InvalidEndpoint> {
        let mut endpoints = Self::default();
        for (variable, value) in variables {
            if variable == IGNORED && value.eq_ignore_ascii_case("true") {
                return Ok(Self::default());
            }
            let Some(rest) = variable.strip_prefix(GENERAL) else { continue };
            let service = match rest.strip_prefix('_') {
                Some(service) if !service.is_empty() => Some(service.to_owned()),
                None if rest.is_empty() => None,
                Some(_) | None => continue,
            };
            if value.is_empty() {
                continue;
            }
            let endpoint = Endpoint::parse(&value).ok_or(InvalidEndpoint { variable })?;
            match service {
                Some(service) => {
                    endpoints.of_services.insert(service, endpoint);
                }
                None => endpoints.general = Some(endpoint),
            }
        }
        Ok(endpoints)
    }

    /// Where the service of one of these ids (`DynamoDB`, `API Gateway`) is reached: the first that has an
    /// endpoint of its own says.
    pub(crate) fn of(&self, service_ids: &[&str]) -> Option<&Endpoint> {
        let own = service_ids.iter().find_map(|id| self.of_services.get(&key(id)));
        own.or(self.general.as_ref())
    }
}

/// The variable that points one service elsewhere.
pub(crate) fn variable(service_id: &str) -> String {
    format!("{GENERAL}_{}", key(service_id))
}

fn key(service_id: &str) -> String {
    service_id.to_uppercase().replace([' ', '-'], "_")
}

impl Endpoint {
    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_http =
            matches!(uri.scheme(), Some(it) if *it == Scheme::HTTP || *it == Scheme::HTTPS);
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        let is_endpoint = is_http && has_host && uri.query().is_none();
        is_endpoint.then(|| Self(text.trim_end_matches('/').to_owned()))
    }

    /// The URL of a path, which begins with a slash, and perhaps a query.
    pub(crate) fn at(&self, path: &str) -> Result<Uri, hyper::http::uri::InvalidUri> {
        format!("{}{path}", self.0).parse()
    }

    /// Host and port, which an error may name.
    pub(crate) fn authority(&self) -> &str {
        let rest = self.0.split_once("://").map_or(&*self.0, |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        authority.rsplit('@').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(variables: &[(&str, &str)]) -> Result<Endpoints, InvalidEndpoint> {
        let owned = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Endpoints::from_variables(owned)
    }

    fn check(variables: &[(&str, &str)], service: &str, expected: Option<&str>) {
        let endpoints = endpoints(variables).unwrap();
        assert_eq!(endpoints.of(&[service]).map(|it| &*it.0), expected, "{variables:?} {service}");
    }

    #[test]
    fn a_service_has_its_own_endpoint_or_the_general_one() {
        let both = [
            ("PATH", "/bin"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_API_GATEWAY", "https://[::1]:2/stage/"),
            ("AWS_ENDPOINT_URL_SQS", ""),
        ];
        check(&both, "API Gateway", Some("https://[::1]:2/stage"));
        check(&both, "SQS", Some("http://127.0.0.1:1"));
        let ids = ["Execute API", "API Gateway"];
        assert_eq!(endpoints(&both).unwrap().of(&ids).unwrap().0, "https://[::1]:2/stage");
        check(&[("AWS_ENDPOINT_URL_SQS", "http://q")], "SNS", None);
        check(&[both[1], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], "SQS", None);
    }

    #[test]
    fn what_is_no_endpoint_is_refused_by_the_name_of_its_variable() {
        for value in ["localhost:4566", "ftp://h", "http://", "http://h/?a=b", "x"] {
            let refused = endpoints(&[("AWS_ENDPOINT_URL_SQS", value)]).unwrap_err().to_string();
            assert!(refused.starts_with("`AWS_ENDPOINT_URL_SQS` is no endpoint"), "{refused}");
        }
    }
}

//! What a task that calls an endpoint can be started with: `http:invoke` and `apigateway:invoke`.
//!
//! AWS looks at a task's parameters before it schedules the task, and at those that the definition spells
//! out when the machine is created. The texts are recorded: `The 'Headers' field contains unsupported
//! values: [authorization]` (HTTP Task, 2026-09), `The value of the field 'QueryParameters' has an invalid
//! format` (API Gateway).

use serde_json::{Map, Value};

use crate::resource::Resource;

/// Why parameters cannot start a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterFault {
    /// JSON pointer below the parameters: empty for the parameters themselves.
    pub pointer: String,
    /// AWS's words.
    pub message: String,
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is what is sent.
    Final,
    /// A key that ends in `.$` stands for what a path or a function gives.
    JsonPath,
    /// A text between `{%` and `%}` stands for what it gives.
    Jsonata,
}

struct Field {
    name: &'static str,
    need: Need,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

#[derive(Clone, Copy)]
enum Shape {
    Any,
    Text,
    Boolean,
    /// A text that is one of these.
    Word(&'static [&'static str]),
    /// An object with any keys.
    Pairs,
    /// Such an object, whose keys are none of these headers.
    Headers(Forbidden),
    Object(&'static [Field]),
    /// The URL of an HTTPS API, or of whatever listens on loopback.
    Url,
    /// A host without scheme and path.
    Host,
}

/// Headers that a task may not set, in lower case.
#[derive(Clone, Copy)]
struct Forbidden {
    names: &'static [&'static str],
    beginnings: &'static [&'static str],
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, need: Need::Required, shape }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, need: Need::Optional, shape }
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

/// "Call HTTPS APIs in Step Functions workflows", Step Functions Developer Guide.
const HTTP: &[Field] = &[
    required("ApiEndpoint", Shape::Url),
    required("Method", Shape::Word(METHODS)),
    optional("Authentication", Shape::Object(CONNECTION)),
    optional("InvocationConfig", Shape::Object(CONNECTION)),
    optional("Headers", Shape::Headers(NOT_IN_HTTP)),
    optional("QueryParameters", Shape::Pairs),
    optional("RequestBody", Shape::Any),
    optional("Transform", Shape::Object(TRANSFORM)),
];

const CONNECTION: &[Field] = &[required("ConnectionArn", Shape::Text)];

const TRANSFORM: &[Field] = &[
    optional("RequestBodyEncoding", Shape::Word(&["NONE", "URL_ENCODED"])),
    optional("RequestEncodingOptions", Shape::Object(ENCODING)),
];

const ENCODING: &[Field] =
    &[optional("ArrayFormat", Shape::Word(&["INDICES", "REPEAT", "COMMAS", "BRACKETS"]))];

const NOT_IN_HTTP: Forbidden = Forbidden {
    names: &[
        "a-im",
        "accept-charset",
        "accept-datetime",
        "accept-encoding",
        "authorization",
        "cache-control",
        "connection",
        "content-encoding",
        "content-md5",
        "date",
        "expect",
        "forwarded",
        "from",
        "host",
        "http2-settings",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "max-forwards",
        "origin",
        "pragma",
        "proxy-authorization",
        "referer",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "warning",
    ],
    beginnings: &["x-forwarded-", "x-amz-", "x-amzn-"],
};

/// "Create API Gateway REST APIs with Step Functions", Step Functions Developer Guide.
const API_GATEWAY: &[Field] = &[
    required("ApiEndpoint", Shape::Host),
    required("Method", Shape::Word(METHODS)),
    optional("Headers", Shape::Headers(NOT_IN_API_GATEWAY)),
    optional("Stage", Shape::Text),
    optional("Path", Shape::Text),
    optional("QueryParameters", Shape::Pairs),
    optional("RequestBody", Shape::Any),
    optional("AllowNullValues", Shape::Boolean),
    optional("AuthType", Shape::Word(&["NO_AUTH", "IAM_ROLE", "RESOURCE_POLICY"])),
];

const NOT_IN_API_GATEWAY: Forbidden = Forbidden {
    names: &[
        "authorization",
        "connection",
        "content-md5",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "www-authenticate",
    ],
    beginnings: &["x-forwarded", "x-amz", "x-amzn"],
};

/// What keeps parameters from starting a task; nothing for resources other than the two.
pub fn faults(resource: &Resource, parameters: &Value, written: Written) -> Vec<ParameterFault> {
    let Resource::Integration { service, action, .. } = resource else { return Vec::new() };
    let fields = match (service.as_str(), action.as_str()) {
        ("http", "invoke") => HTTP,
        ("apigateway", "invoke") => API_GATEWAY,
        _ => return Vec::new(),
    };
    let mut look = Look { written, found: Vec::new() };
    look.value("", "Parameters", parameters, Shape::Object(fields));
    if service == "http" {
        look.connection(parameters);
    }
    look.found
}

/// Whether a host is this machine: what HTTP Tasks may call without TLS here, where AWS calls nothing.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

struct Look {
    written: Written,
    found: Vec<ParameterFault>,
}

impl Look {
    fn fault(&mut self, pointer: &str, message: String) {
        self.found.push(ParameterFault { pointer: pointer.to_owned(), message });
    }

    /// Nothing is known of the value before the state runs.
    fn is_open(&self, value: &Value) -> bool {
        let is_expression = |text: &str| text.starts_with("{%") && text.ends_with("%}");
        let is_placeholder = |text: &str| text.contains("${");
        match self.written {
            Written::Final => false,
            Written::JsonPath => value.as_str().is_some_and(is_placeholder),
            Written::Jsonata => {
                value.as_str().is_some_and(|text| is_expression(text) || is_placeholder(text))
            }
        }
    }

    /// The value of a field, or `None` where a path gives it.
    fn given<'a>(&self, fields: &'a Map<String, Value>, name: &str) -> Option<Option<&'a Value>> {
        let is_path = |key: &&String| {
            self.written == Written::JsonPath && key.strip_suffix(".$") == Some(name)
        };
        match fields.get(name) {
            Some(value) => Some(Some(value)),
            None => fields.keys().find(is_path).map(|_| None),
        }
    }

    fn value(&mut self, pointer: &str, name: &str, value: &Value, shape: Shape) {
        if self.is_open(value) {
            return;
        }
        let fits = match (shape, value) {
            (Shape::Any, _)
            | (Shape::Text, Value::String(_))
            | (Shape::Boolean, Value::Bool(_))
            | (Shape::Pairs, Value::Object(_)) => true,
            (Shape::Word(words), Value::String(text)) => words.contains(&text.as_str()),
            (Shape::Url, Value::String(text)) => is_url(text),
            (Shape::Host, Value::String(text)) => is_host(text),
            (Shape::Headers(forbidden), Value::Object(headers)) => {
                return self.headers(pointer, name, headers, forbidden);
            }
            (Shape::Object(known), Value::Object(given)) => {
                return self.object(pointer, given, known);
            }
            (
                Shape::Text
                | Shape::Boolean
                | Shape::Word(_)
                | Shape::Pairs
                | Shape::Headers(_)
                | Shape::Object(_)
                | Shape::Url
                | Shape::Host,
                _,
            ) => false,
        };
        if !fits {
            self.fault(pointer, format!("The value of the field '{name}' has an invalid format"));
        }
    }

    fn object(&mut self, pointer: &str, given: &Map<String, Value>, known: &'static [Field]) {
        for field in known {
            match self.given(given, field.name) {
                None if field.need == Need::Required => self.fault(
                    pointer,
                    format!("The field '{}' is required but was missing", field.name),
                ),
                None | Some(None) => {}
                Some(Some(value)) => {
                    let below = format!("{pointer}/{}", field.name);
                    self.value(&below, field.name, value, field.shape);
                }
            }
        }
        for key in given.keys() {
            let name = match self.written {
                Written::JsonPath => key.strip_suffix(".$").unwrap_or(key),
                Written::Final | Written::Jsonata => key,
            };
            if !known.iter().any(|field| field.name == name) {
                let message = format!("The field '{name}' is not supported by Step Functions");
                self.fault(&format!("{pointer}/{}", crate::model::escape_pointer(key)), message);
            }
        }
    }

    fn headers(
        &mut self,
        pointer: &str,
        name: &str,
        headers: &Map<String, Value>,
        forbidden: Forbidden,
    ) {
        let names = headers.keys().map(|key| match self.written {
            Written::JsonPath => key.strip_suffix(".$").unwrap_or(key).to_lowercase(),
            Written::Final | Written::Jsonata => key.to_lowercase(),
        });
        let unsupported: Vec<String> = names
            .filter(|name| {
                forbidden.names.contains(&name.as_str())
                    || forbidden.beginnings.iter().any(|beginning| name.starts_with(beginning))
            })
            .collect();
        if !unsupported.is_empty() {
            let list = unsupported.join(", ");
            let message = format!("The '{name}' field contains unsupported values: [{list}]");
            self.fault(pointer, message);
        }
    }

    /// An HTTP Task names its connection in one of two fields.
    fn connection(&mut self, parameters: &Value) {
        let Value::Object(given) = parameters else { return };
        let is_given = |name| self.given(given, name).is_some();
        if !is_given("InvocationConfig") && !is_given("Authentication") {
            let message = "The field 'InvocationConfig' is required but was missing";
            self.fault("", message.to_owned());
        }
    }
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !is_host(authority) {
        return false;
    }
    scheme == "https" || scheme == "http" && is_loopback(host_of(authority))
}

/// The host of `host:port`.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
    }
}

fn is_host(text: &str) -> bool {
    let host = host_of(text);
    let is_address = host.starts_with('[') && host.ends_with(']');
    !host.is_empty()
        && (is_address
            || host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(resource: &str, parameters: &Value, written: Written) -> Vec<String> {
        let resource = Resource::parse(&format!("arn:aws:states:::{resource}:invoke")).unwrap();
        let faults = faults(&resource, parameters, written);
        faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.message)).collect()
    }

    fn http(more: Value) -> Value {
        let mut parameters = json!({
            "ApiEndpoint": "https://example.com/a?b=c", "Method": "GET",
            "InvocationConfig": { "ConnectionArn": "arn" },
        });
        for (name, value) in more.as_object().unwrap().clone() {
            parameters[name] = value;
        }
        parameters
    }

    #[test]
    fn parameters_are_held_to_what_aws_documents() {
        let transform = json!({ "RequestBodyEncoding": "URL_ENCODED",
            "RequestEncodingOptions": { "ArrayFormat": "COMMAS" } });
        for (service, parameters, expected) in [
            (
                "http",
                http(json!({ "Transform": transform, "Headers": { "Accept": "*/*" } })),
                &[][..],
            ),
            ("http", http(json!({ "ApiEndpoint": "http://127.0.0.1:8080/x" })), &[]),
            ("http", http(json!({ "ApiEndpoint": "http://[::1]:8080" })), &[]),
            ("http", http(json!({ "ApiEndpoint": "http://api.localhost" })), &[]),
            (
                "http",
                http(json!({ "ApiEndpoint": "http://example.com" })),
                &["/ApiEndpoint The value of the field 'ApiEndpoint' has an invalid format"],
            ),
            (
                "http",
                http(
                    json!({ "Method": "TRACE", "Headers": { "Authorization": "x", "X-Amz-A": "" } }),
                ),
                &[
                    "/Method The value of the field 'Method' has an invalid format",
                    "/Headers The 'Headers' field contains unsupported values: \
                     [authorization, x-amz-a]",
                ],
            ),
            (
                "http",
                json!({ "ApiEndpoint": "https://h", "Authentication": {}, "Retry/": 1 }),
                &[
                    " The field 'Method' is required but was missing",
                    "/Authentication The field 'ConnectionArn' is required but was missing",
                    "/Retry~1 The field 'Retry/' is not supported by Step Functions",
                ],
            ),
            (
                "http",
                json!({ "ApiEndpoint": "https://h", "Method": "GET" }),
                &[" The field 'InvocationConfig' is required but was missing"],
            ),
            (
                "apigateway",
                json!({ "ApiEndpoint": "a1.execute-api.us-east-1.amazonaws.com", "Method": "GET",
                    "Headers": { "X-AmznThing": [] }, "QueryParameters": "?a=b", "AuthType": "KEY",
                    "AllowNullValues": "true" }),
                &[
                    "/Headers The 'Headers' field contains unsupported values: [x-amznthing]",
                    "/QueryParameters The value of the field 'QueryParameters' has an invalid format",
                    "/AllowNullValues The value of the field 'AllowNullValues' has an invalid format",
                    "/AuthType The value of the field 'AuthType' has an invalid format",
                ],
            ),
            (
                "apigateway",
                json!({ "ApiEndpoint": "https://a/b", "Method": "GET" }),
                &["/ApiEndpoint The value of the field 'ApiEndpoint' has an invalid format"],
            ),
            ("lambda", json!({}), &[]),
        ] {
            assert_eq!(found(service, &parameters, Written::Final), expected, "{parameters}");
        }
    }

    #[test]
    fn what_is_known_later_is_judged_later() {
        let by_path = json!({ "ApiEndpoint.$": "$.url", "Method.$": "$.method",
            "Authentication": { "ConnectionArn.$": "$.arn" }, "Headers": { "Via.$": "$" } });
        let unsupported = "/Headers The 'Headers' field contains unsupported values: [via]";
        assert_eq!(found("http", &by_path, Written::JsonPath), [unsupported]);
        let by_expression = json!({ "ApiEndpoint": "{% $url %}", "Method": "{% $method %}",
            "InvocationConfig": "{% $config %}", "Headers": "{% $headers %}" });
        assert!(found("http", &by_expression, Written::Jsonata).is_empty());
        let by_substitution = http(json!({ "ApiEndpoint": "${Api}/leads" }));
        assert!(found("http", &by_substitution, Written::JsonPath).is_empty());
        assert_eq!(found("http", &by_substitution, Written::Final).len(), 1);
    }
}

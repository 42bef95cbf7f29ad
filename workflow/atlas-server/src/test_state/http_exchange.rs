//! The request and the response of an HTTP task, as TRACE shows them: read off what the task was given
//! and what it gave.

use atlas_asl::resource::Resource;
use atlas_core::trial::Inspection;
use serde_json::{Map, Value, json};

/// An HTTP task that has been performed.
#[derive(Debug)]
pub(crate) struct HttpExchange {
    request: Value,
    response: Option<Value>,
}

impl HttpExchange {
    /// The exchange of a state that called `http:invoke`.
    pub(crate) fn of(resource: Option<&Resource>, inspection: &Inspection) -> Option<Self> {
        match resource? {
            Resource::Integration { service, action, .. }
                if service == "http" && action == "invoke" => {}
            _ => return None,
        }
        let given = inspection.after_arguments.as_ref().or(inspection.after_parameters.as_ref())?;
        let result = inspection.result.as_ref().map(|result| response(result.value()));
        Some(Self { request: request(given.value()), response: result })
    }

    pub(super) fn show(&self, data: &mut Map<String, Value>) {
        data.insert("request".into(), self.request.clone());
        if let Some(response) = &self.response {
            data.insert("response".into(), response.clone());
        }
    }
}

fn request(given: &Value) -> Value {
    let mut url = given["ApiEndpoint"].as_str().unwrap_or_default().to_owned();
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (name, value) in given["QueryParameters"].as_object().into_iter().flatten() {
        for value in each(value) {
            url.push_str(&format!("{separator}{name}={value}"));
            separator = '&';
        }
    }
    let mut request = json!({
        "protocol": url.split("://").next().filter(|scheme| url.len() > scheme.len()).unwrap_or("https"),
        "method": given["Method"],
        "url": url,
        "headers": headers(&given["Headers"]),
    });
    if let Some(body) = given.get("RequestBody") {
        request["body"] = text(body).into();
    }
    request
}

fn response(result: &Value) -> Value {
    let mut response = json!({
        "protocol": "https",
        "statusCode": text(&result["StatusCode"]),
        "statusMessage": text(&result["StatusText"]),
        "headers": headers(&result["Headers"]),
    });
    if let Some(body) = result.get("ResponseBody") {
        response["body"] = text(body).into();
    }
    response
}

/// AWS writes headers as `[name: value, name: value]`.
fn headers(headers: &Value) -> String {
    let lines: Vec<String> = headers
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(name, value)| {
            each(value).into_iter().map(move |value| format!("{name}: {value}"))
        })
        .collect();
    format!("[{}]", lines.join(", "))
}

fn each(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

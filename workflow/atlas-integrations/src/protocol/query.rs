//! The query protocol: a form out, XML back.

use hyper::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use roxmltree::{Document, Node};

use crate::{failure::Refusal, metadata::request_id, services::Parts, transport::Answer};

/// What a form's names and values carry as they are (RFC 3986, unreserved).
pub(crate) const UNRESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The request of an operation.
pub(crate) fn request(version: &str, operation: &str, fields: &[(String, String)]) -> Parts {
    let mut form = format!("Action={operation}&Version={version}");
    for (name, value) in fields {
        for part in ["&", name, "="] {
            form.push_str(part);
        }
        form.extend(utf8_percent_encode(value, UNRESERVED));
    }
    Parts {
        method: Method::POST,
        path: "/".to_owned(),
        headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".into())],
        body: form.into_bytes(),
    }
}

/// An error: `<ErrorResponse><Error><Code/><Message/></Error><RequestId/></ErrorResponse>`, or, from
/// S3, the `<Error>` alone.
pub(crate) fn refusal(answer: &Answer) -> Refusal {
    let text = String::from_utf8_lossy(&answer.body);
    let document = Document::parse(&text).ok();
    let find = |name: &str| document.as_ref().and_then(|document| text_of(document.root(), name));
    Refusal {
        name: find("Code").unwrap_or_else(|| "UnknownError".to_owned()),
        code: None,
        message: find("Message").or_else(|| find("message")),
        status: answer.status,
        request_id: find("RequestId").unwrap_or_else(|| request_id(answer)),
    }
}

/// The text of the first element of this name.
pub(crate) fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    let element = node.descendants().find(|node| node.tag_name().name() == name)?;
    Some(element.text().unwrap_or_default().to_owned())
}

//! `s3:getObject`, `putObject` and `listObjectsV2`: buckets stand in the path, as local services want
//! it.

use atlas_asl::aws_services::AwsService;
use atlas_core::{Failure, Payload};
use hyper::Method;
use jiff::{Timestamp, fmt::rfc2822};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use super::{gzip::unpacked, reached};
use crate::{
    failure::refused,
    protocol::query::{self, UNRESERVED},
    services::{Call, Parts},
    transport::{Answer, Wait},
};

/// What a path carries as it is: a key's slashes too.
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// What a header of an answer tells.
#[derive(Clone, Copy)]
enum Told {
    Text,
    Number,
    Moment,
}

/// Headers of an object's answers, and the members that they are.
const HEADERS: &[(&str, &str, Told)] = &[
    ("accept-ranges", "AcceptRanges", Told::Text),
    ("cache-control", "CacheControl", Told::Text),
    ("content-disposition", "ContentDisposition", Told::Text),
    ("content-encoding", "ContentEncoding", Told::Text),
    ("content-language", "ContentLanguage", Told::Text),
    ("content-length", "ContentLength", Told::Number),
    ("content-range", "ContentRange", Told::Text),
    ("content-type", "ContentType", Told::Text),
    ("etag", "ETag", Told::Text),
    ("last-modified", "LastModified", Told::Moment),
    ("x-amz-server-side-encryption", "ServerSideEncryption", Told::Text),
    ("x-amz-storage-class", "StorageClass", Told::Text),
    ("x-amz-version-id", "VersionId", Told::Text),
];

/// The object: its bytes as a text, and what its headers tell.
pub(super) async fn get_object(cx: &Call<'_>, known: &AwsService) -> Result<Payload, Failure> {
    let headers = given(
        cx,
        &[
            ("IfMatch", "if-match"),
            ("IfModifiedSince", "if-modified-since"),
            ("IfNoneMatch", "if-none-match"),
            ("Range", "range"),
        ],
    );
    let path = object(cx, &[("VersionId", "versionId")])?;
    let parts = Parts { method: Method::GET, path, headers, body: Vec::new() };
    let answer = send(cx, known, parts).await?;
    let mut fields = told(&answer);
    let metadata = answer.headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix("x-amz-meta-")?;
        Some((name.to_owned(), value.to_str().ok()?.into()))
    });
    fields.insert("Metadata".into(), Value::Object(metadata.collect()));
    // A map run's reader asks in this way, too, and gzip is of no use as text to anybody.
    let unpacked = unpacked(&answer.body);
    let body = String::from_utf8_lossy(unpacked.as_deref().unwrap_or(&answer.body));
    fields.insert("Body".into(), body.into());
    Ok(Payload::from(Value::Object(fields)))
}

/// A text is stored as it is, any other value as JSON.
pub(super) async fn put_object(cx: &Call<'_>, known: &AwsService) -> Result<Payload, Failure> {
    let headers = given(
        cx,
        &[
            ("Acl", "x-amz-acl"),
            ("CacheControl", "cache-control"),
            ("ContentDisposition", "content-disposition"),
            ("ContentEncoding", "content-encoding"),
            ("ContentLanguage", "content-language"),
            ("ContentType", "content-type"),
            ("IfMatch", "if-match"),
            ("IfNoneMatch", "if-none-match"),
            ("ServerSideEncryption", "x-amz-server-side-encryption"),
            ("SsekmsKeyId", "x-amz-server-side-encryption-aws-kms-key-id"),
            ("StorageClass", "x-amz-storage-class"),
            ("Tagging", "x-amz-tagging"),
        ],
    );
    let body = match cx.parameters().get("Body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(body)) => body.clone().into_bytes(),
        Some(body) => body.to_string().into_bytes(),
    };
    if cx.parameters().get("Metadata").is_some() {
        return Err(cx.runtime("and an object's `Metadata` is not sent from here".to_owned()));
    }
    let path = object(cx, &[])?;
    let parts = Parts { method: Method::PUT, path, headers, body };
    let answer = send(cx, known, parts).await?;
    let mut fields = told(&answer);
    // They are those of the answer, not of the object.
    for name in ["AcceptRanges", "ContentLength", "ContentType", "LastModified"] {
        fields.remove(name);
    }
    Ok(Payload::from(Value::Object(fields)))
}

/// One page of a bucket's keys.
pub(super) async fn list_objects(cx: &Call<'_>, known: &AwsService) -> Result<Payload, Failure> {
    let query = asked(
        cx,
        &[
            ("ContinuationToken", "continuation-token"),
            ("Delimiter", "delimiter"),
            ("EncodingType", "encoding-type"),
            ("FetchOwner", "fetch-owner"),
            ("MaxKeys", "max-keys"),
            ("Prefix", "prefix"),
            ("StartAfter", "start-after"),
        ],
    );
    let path = format!("/{}?list-type=2{query}", required(cx, "Bucket")?);
    let parts = Parts { method: Method::GET, path, headers: Vec::new(), body: Vec::new() };
    let answer = send(cx, known, parts).await?;
    let text = String::from_utf8_lossy(&answer.body);
    let Ok(document) = Document::parse(&text) else {
        return Err(cx.runtime("and the answer is no XML".to_owned()));
    };
    Ok(Payload::from(Value::Object(listing(document.root_element()))))
}

async fn send(cx: &Call<'_>, known: &AwsService, parts: Parts) -> Result<Answer, Failure> {
    let service = reached(known);
    let answer = cx.send(&service, parts, Wait::Service).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(refused(&service.naming, &query::refusal(&answer)))
}

/// `/bucket/key`, and a query of these parameters.
fn object(cx: &Call<'_>, names: &[(&str, &'static str)]) -> Result<String, Failure> {
    let (bucket, key) = (required(cx, "Bucket")?, required(cx, "Key")?);
    let query = asked(cx, names);
    let query = query.strip_prefix('&').map_or_else(String::new, |query| format!("?{query}"));
    Ok(format!("/{bucket}/{key}{query}"))
}

fn required(cx: &Call<'_>, name: &str) -> Result<String, Failure> {
    match cx.parameters().get(name).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(utf8_percent_encode(text, PATH).to_string()),
        _ => Err(cx.runtime(format!("which needs `{name}`, a text"))),
    }
}

/// `&prefix=a` of each parameter that is given.
fn asked(cx: &Call<'_>, names: &[(&str, &'static str)]) -> String {
    let given = given(cx, names).into_iter();
    given
        .map(|(name, value)| format!("&{name}={}", utf8_percent_encode(&value, UNRESERVED)))
        .collect()
}

/// Each parameter that is given, by its name on the wire.
fn given(cx: &Call<'_>, names: &[(&str, &'static str)]) -> Vec<(&'static str, String)> {
    let given = names.iter().filter_map(|(name, wire)| match cx.parameters().get(*name)? {
        Value::String(text) => Some((*wire, text.clone())),
        scalar @ (Value::Number(_) | Value::Bool(_)) => Some((*wire, scalar.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    });
    given.collect()
}

fn told(answer: &Answer) -> Map<String, Value> {
    let told = HEADERS.iter().filter_map(|(header, member, told)| {
        let text = answer.header(header)?;
        let value = match told {
            Told::Text => text.into(),
            Told::Number => text.parse::<u64>().ok()?.into(),
            Told::Moment => moment(text)?.into(),
        };
        Some(((*member).to_owned(), value))
    });
    told.collect()
}

/// `Sat, 21 Nov 2026 00:00:00 GMT` as Step Functions shows it.
fn moment(date: &str) -> Option<String> {
    let parsed = rfc2822::DateTimeParser::new().parse_zoned(date).ok()?;
    Some(parsed.timestamp().strftime("%FT%TZ").to_string())
}

fn listing(root: Node<'_, '_>) -> Map<String, Value> {
    let mut fields = Map::new();
    for child in root.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        match name {
            "Contents" | "CommonPrefixes" => {
                let list = fields.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = list {
                    items.push(Value::Object(listing(child)));
                }
            }
            "Owner" => {
                fields.insert(name.to_owned(), Value::Object(listing(child)));
            }
            _ => {
                fields.insert(name.to_owned(), scalar(name, child.text().unwrap_or_default()));
            }
        }
    }
    fields
}

fn scalar(name: &str, text: &str) -> Value {
    let number = || text.parse::<u64>().ok().map(Value::from);
    let value = match name {
        "KeyCount" | "MaxKeys" | "Size" => number(),
        "IsTruncated" => Some(Value::Bool(text == "true")),
        "LastModified" => text
            .parse::<Timestamp>()
            .ok()
            .map(|moment| moment.strftime("%FT%TZ").to_string().into()),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

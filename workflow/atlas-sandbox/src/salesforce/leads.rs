//! Leads: upsert by external id, create, update, read; and the sessions and limits of the org.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Told, fields};
use crate::{
    clock,
    options::{KeyField, UpsertAnswer},
    world::World,
};

/// What the org holds.
#[derive(Debug, Default)]
pub(crate) struct Org {
    leads: BTreeMap<String, Lead>,
    /// The ids by external id.
    keys: HashMap<String, String>,
    /// The leads as they were before the transaction that goes on, by id and in the order of the changes.
    changed: Vec<(String, Option<Lead>)>,
    sessions: BTreeMap<String, Timestamp>,
    logins: Vec<Timestamp>,
    logged_in: u64,
    requests: u64,
    day: i64,
}

#[derive(Debug, Clone)]
struct Lead {
    fields: Map<String, Value>,
    writes: u64,
    upserts: u64,
}

impl Org {
    /// Leads by external id, for the counters.
    pub(crate) fn shown(&self) -> Value {
        let shown = self.leads.iter().map(|(id, lead)| {
            let key = lead.fields.get(fields::EXTERNAL_ID.0).and_then(Value::as_str);
            let body = json!({
                "id": id, "writes": lead.writes, "upserts": lead.upserts, "fields": lead.fields,
            });
            (key.unwrap_or(id).to_owned(), body)
        });
        shown.collect()
    }

    pub(crate) fn revoke_sessions(&mut self) {
        self.sessions.clear();
    }

    pub(super) fn end_session(&mut self, token: &str) {
        self.sessions.remove(token);
    }

    /// A new session, unless there were too many in the last hour.
    pub(super) fn log_in(&mut self, now: Timestamp, per_hour: u64, seed: u64) -> Option<String> {
        self.logins.retain(|at| clock::after(*at, Duration::from_secs(3_600)) > now);
        if self.logins.len() as u64 >= per_hour {
            return None;
        }
        self.logins.push(now);
        self.logged_in += 1;
        let secret = Sha256::digest(format!("session {seed} {}", self.logged_in));
        let token = format!("00D000000000001!{secret:x}");
        self.sessions.insert(token.clone(), now);
        Some(token)
    }

    /// Whether the session lives; using it makes it live longer.
    pub(super) fn use_session(&mut self, token: &str, now: Timestamp, life: Duration) -> bool {
        match self.sessions.get_mut(token) {
            Some(used) if clock::after(*used, life) > now => {
                *used = now;
                true
            }
            _ => false,
        }
    }

    /// The number of requests of the day with this one, unless that is too many.
    pub(super) fn use_request(&mut self, now: Timestamp, per_day: u64) -> Option<u64> {
        let day = now.as_second() / 86_400;
        if self.day != day {
            (self.day, self.requests) = (day, 0);
        }
        self.requests = self.requests.saturating_add(1);
        (self.requests <= per_day).then_some(self.requests)
    }

    fn by_key(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str)
    }

    /// From here on changes can be taken back together.
    pub(super) fn begin(&mut self) {
        self.changed.clear();
    }

    /// Takes back what was changed since the beginning.
    pub(super) fn roll_back(&mut self) {
        while let Some((id, before)) = self.changed.pop() {
            match before {
                Some(lead) => drop(self.leads.insert(id, lead)),
                None => {
                    self.leads.remove(&id);
                    self.keys.retain(|_, own| *own != id);
                }
            }
        }
    }

    /// An id of 18 characters is one of 15 with a suffix for those who ignore case.
    fn by_id(&self, id: &str) -> Option<&str> {
        let (own, _) = self.leads.range(id.to_owned()..).next()?;
        (own == id || own.get(..15) == Some(id)).then_some(own)
    }
}

pub(super) fn duplicates_detected() -> Told {
    let message = "Use one of these records?";
    Told::body(
        400,
        json!([{ "message": message, "errorCode": "DUPLICATES_DETECTED", "fields": [] }]),
    )
}

pub(super) fn read_body(body: &[u8]) -> Result<Value, Told> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .map_err(|error| Told::error(400, "JSON_PARSER_ERROR", error.to_string()))
}

/// An operation on leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) version: &'a str,
    pub(super) operation: &'a str,
    /// `Lead`, and what follows it.
    pub(super) path: &'a [&'a str],
    /// The fields to read, as `Id,Email`; all where nothing is said.
    pub(super) wanted: Option<&'a str>,
}

/// Does one operation.
pub(super) fn perform(org: &mut Org, world: &World, asked: &Asked<'_>, body: &Value) -> Told {
    let Asked { version, operation, path, wanted } = *asked;
    let url = |id: &str| format!("/services/data/{version}/sobjects/Lead/{id}");
    let result = match (operation, path) {
        ("createLead" | "upsertLead", _) if !world.options.salesforce.may_create_leads => {
            let message = "entity type cannot be inserted: Lead";
            Err(Told::error(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message))
        }
        ("createLead", _) => create(org, world, body, None).map(|id| {
            let mut told = Told::body(201, json!({ "id": id, "success": true, "errors": [] }));
            told.location = Some(url(&id));
            told
        }),
        ("upsertLead", [_, field, key]) => upsert(org, world, field, key, body, url),
        ("updateLead", [_, id]) => match org.by_id(id).map(str::to_owned) {
            Some(id) => update(org, world, &id, body).map(|()| Told::empty(204)),
            None => Err(Told::not_found()),
        },
        ("getLead", [_, id]) => Ok(found(org, org.by_id(id), wanted, url)),
        ("getLead", [_, field, key]) => {
            external_field(world, field).map(|()| found(org, org.by_key(key), wanted, url))
        }
        _ => Err(Told::not_found()),
    };
    result.unwrap_or_else(|told| told)
}

fn external_field(world: &World, field: &str) -> Result<(), Told> {
    let is_external =
        !matches!(world.options.salesforce.key_field, KeyField::Absent | KeyField::PlainText);
    if field == fields::EXTERNAL_ID.0 && is_external {
        return Ok(());
    }
    let message =
        format!("Provided external ID field does not exist or is not accessible: {field}");
    Err(Told::error(404, "NOT_FOUND", message))
}

fn found(org: &Org, id: Option<&str>, wanted: Option<&str>, url: impl Fn(&str) -> String) -> Told {
    let Some((id, lead)) = id.and_then(|id| org.leads.get_key_value(id)) else {
        return Told::not_found();
    };
    let mut shown = json!({ "attributes": { "type": "Lead", "url": url(id) }, "Id": id });
    let wanted: Option<Vec<&str>> = wanted.map(|wanted| wanted.split(',').map(str::trim).collect());
    for (name, value) in &lead.fields {
        if wanted.as_ref().is_none_or(|wanted| wanted.contains(&name.as_str())) {
            shown[name] = value.clone();
        }
    }
    Told::body(200, shown)
}

fn upsert(
    org: &mut Org,
    world: &World,
    field: &str,
    key: &str,
    body: &Value,
    url: impl Fn(&str) -> String,
) -> Result<Told, Told> {
    external_field(world, field)?;
    if body.get(field).is_some() {
        let message = format!("The {field} field should not be specified in the sobject data.");
        return Err(Told::field_error("INVALID_FIELD", message, &[field]));
    }
    if let Some(id) = org.by_key(key).map(str::to_owned) {
        update(org, world, &id, body)?;
        if let Some(lead) = org.leads.get_mut(&id) {
            lead.upserts += 1;
        }
        return Ok(match world.options.salesforce.upsert_answer {
            UpsertAnswer::Empty => Told::empty(204),
            UpsertAnswer::Body => Told::body(
                200,
                json!({ "id": id, "success": true, "errors": [], "created": false }),
            ),
        });
    }
    let id = create(org, world, body, Some(key))?;
    let mut told =
        Told::body(201, json!({ "id": id, "success": true, "errors": [], "created": true }));
    told.location = Some(url(&id));
    Ok(told)
}

fn create(
    org: &mut Org,
    world: &World,
    body: &Value,
    upserted: Option<&str>,
) -> Result<String, Told> {
    let mut given = validated(world, body)?;
    if let Some(key) = upserted {
        check_length(fields::EXTERNAL_ID.0, key, fields::EXTERNAL_ID.1)?;
        given.insert(fields::EXTERNAL_ID.0.to_owned(), json!(key));
    }
    let blank = |value: Option<&Value>| {
        value.and_then(Value::as_str).is_none_or(|text| text.trim().is_empty())
    };
    let missing: Vec<&str> =
        fields::REQUIRED.into_iter().filter(|name| blank(given.get(*name))).collect();
    if !missing.is_empty() {
        let message = format!("Required fields are missing: [{}]", missing.join(", "));
        return Err(Told::field_error("REQUIRED_FIELD_MISSING", message, &missing));
    }
    let key = given.get(fields::EXTERNAL_ID.0).and_then(Value::as_str);
    if let Some(id) = key.and_then(|key| org.by_key(key)) {
        let message = format!(
            "duplicate value found: {} duplicates value on record with id: {id}",
            fields::EXTERNAL_ID.0
        );
        return Err(Told::field_error("DUPLICATE_VALUE", message, &[]));
    }
    let email = given.get("Email").filter(|email| email.is_string());
    if world.options.salesforce.duplicate_rule
        && email.is_some_and(|email| {
            org.leads.values().any(|lead| lead.fields.get("Email") == Some(email))
        })
    {
        return Err(duplicates_detected());
    }
    let id = lead_id(org.leads.len() + 1);
    given.retain(|_, value| !value.is_null());
    let key = given.get(fields::EXTERNAL_ID.0).and_then(Value::as_str).map(str::to_owned);
    let upserts = u64::from(upserted.is_some());
    if let Some(key) = key {
        org.keys.insert(key, id.clone());
    }
    org.changed.push((id.clone(), None));
    org.leads.insert(id.clone(), Lead { fields: given, writes: 1, upserts });
    Ok(id)
}

fn update(org: &mut Org, world: &World, id: &str, body: &Value) -> Result<(), Told> {
    let given = validated(world, body)?;
    let emptied: Vec<&str> = fields::REQUIRED
        .into_iter()
        .filter(|name| given.get(*name).is_some_and(|v| v.is_null() || v == ""))
        .collect();
    if !emptied.is_empty() {
        let message = format!("Required fields are missing: [{}]", emptied.join(", "));
        return Err(Told::field_error("REQUIRED_FIELD_MISSING", message, &emptied));
    }
    if let Some(lead) = org.leads.get_mut(id) {
        org.changed.push((id.to_owned(), Some(lead.clone())));
        lead.writes += 1;
        for (name, value) in given {
            if value.is_null() {
                lead.fields.remove(&name)
            } else {
                lead.fields.insert(name, value)
            };
        }
    }
    Ok(())
}

/// Every field exists, has its type, and is not too long.
fn validated(world: &World, body: &Value) -> Result<Map<String, Value>, Told> {
    let Some(given) = body.as_object() else {
        return Err(Told::error(
            400,
            "JSON_PARSER_ERROR",
            "The HTTP entity body is required, but this request has no entity body.",
        ));
    };
    let mut read = Map::new();
    for (name, value) in given {
        if name == "attributes" {
            continue;
        }
        if fields::CHECKBOXES.contains(&name.as_str()) && value.is_boolean() {
            read.insert(name.clone(), value.clone());
            continue;
        }
        let custom = world
            .options
            .salesforce
            .custom_fields
            .iter()
            .map(|(name, length)| (name.as_str(), *length));
        let mut known = fields::TEXT.into_iter().chain([fields::EXTERNAL_ID]).chain(custom);
        let Some((_, length)) = known.find(|field| field.0 == name) else {
            let message = format!("No such column '{name}' on sobject of type Lead");
            return Err(Told::error(400, "INVALID_FIELD", message));
        };
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                let message = format!("Cannot deserialize instance of string from {value}");
                return Err(Told::error(400, "JSON_PARSER_ERROR", message));
            }
        };
        if let Some(text) = &text {
            check_length(name, text, length)?;
            if name == "Email" && !text.is_empty() && !fields::is_email(text) {
                let message = format!("Email: invalid email address: {text}");
                return Err(Told::field_error("INVALID_EMAIL_ADDRESS", message, &["Email"]));
            }
        }
        read.insert(name.clone(), value.clone());
    }
    Ok(read)
}

fn check_length(name: &str, text: &str, length: usize) -> Result<(), Told> {
    if text.chars().count() <= length {
        return Ok(());
    }
    let message = format!("{name}: data value too large: {text} (max length={length})");
    Err(Told::field_error("STRING_TOO_LONG", message, &[name]))
}

/// The prefix of leads, a number, and the suffix by which ids differ without their case: a character for
/// each five, whose bits say which of the five are capitals.
fn lead_id(number: usize) -> String {
    let id = format!("00Q{number:012}");
    let suffix = id.as_bytes().chunks(5).map(|chunk| {
        let bits = chunk.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits.map(|(place, _)| 1 << place).sum::<usize>()],
        )
    });
    let suffix: String = suffix.collect();
    id + &suffix
}

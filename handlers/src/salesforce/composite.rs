//! Two requests in one round trip: an upsert and, because it answers nothing in this org, the read of
//! the lead's id.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{SalesforceError, UpsertedLead, client::id_in, refusal::of_api};

/// The body. The read may fail without the upsert: the id can be had in another way.
pub(super) fn upsert_and_read(path: &str, fields: &Value) -> Value {
    json!({
        "allOrNone": false,
        "compositeRequest": [
            {"method": "PATCH", "url": path, "referenceId": "upsert", "body": fields},
            {"method": "GET", "url": format!("{path}?fields=Id"), "referenceId": "read"},
        ],
    })
}

/// The answers in the answer, whose own status is 200 whatever became of them. `None` where the lead
/// is there and its id is not.
pub(super) fn read(body: &Value) -> Result<Option<UpsertedLead>, SalesforceError> {
    let answers = body.get("compositeResponse").and_then(Value::as_array);
    let answer_to = |reference: &str| {
        answers
            .into_iter()
            .flatten()
            .find(|answer| answer.get("referenceId").and_then(Value::as_str) == Some(reference))
    };
    let Some(upsert) = answer_to("upsert") else { return Ok(None) };
    let status = upsert.get("httpStatusCode").and_then(Value::as_u64);
    let status = status
        .and_then(|status| u16::try_from(status).ok())
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body_of = |answer: &Value| answer.get("body").cloned().unwrap_or_default();
    if !status.is_success() {
        return Err(of_api("UpsertAndReadLead", status, &body_of(upsert)).into_error());
    }
    let lead_id = id_in(&body_of(upsert), "id")
        .or_else(|| answer_to("read").and_then(|read| id_in(&body_of(read), "Id")));
    Ok(lead_id.map(|lead_id| UpsertedLead { lead_id, created: status == StatusCode::CREATED }))
}

#[cfg(test)]
mod tests {
    use super::{super::SalesforceErrorKind, *};

    #[test]
    fn each_answer_within_is_looked_at() {
        let check = |upsert: Value,
                     read_body: Value,
                     expected: Result<Option<&str>, SalesforceErrorKind>| {
            let body = json!({"compositeResponse": [
                {"referenceId": "upsert", "httpStatusCode": upsert[0], "body": upsert[1]},
                {"referenceId": "read", "httpStatusCode": 200, "body": read_body},
            ]});
            let found = read(&body).map(|lead| lead.map(|lead| lead.lead_id)).map_err(|e| e.kind);
            assert_eq!(found, expected.map(|id| id.map(str::to_owned)), "{body}");
        };
        let lead = json!({"Id": "00Q5e00000ADA01EXA"});
        check(json!([204, null]), lead.clone(), Ok(Some("00Q5e00000ADA01EXA")));
        check(
            json!([201, {"id": "00Q5e00000ADA02EXA", "success": true}]),
            lead.clone(),
            Ok(Some("00Q5e00000ADA02EXA")),
        );
        check(json!([204, null]), json!([{"errorCode": "SERVER_UNAVAILABLE"}]), Ok(None));
        let locked = json!([400, [{"errorCode": "UNABLE_TO_LOCK_ROW"}]]);
        check(locked, lead.clone(), Err(SalesforceErrorKind::Unavailable));
        let refused = json!([400, [{"errorCode": "STRING_TOO_LONG"}]]);
        check(refused, lead, Err(SalesforceErrorKind::Rejected));
    }
}

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::SigningKey,
    pkcs8::DecodePrivateKey,
    sha2::Sha256,
    signature::{SignatureEncoding, Signer},
};

use super::*;
use crate::{
    SalesforceOptions, UpsertAnswer,
    secrets_manager::{AUDIENCE, CONSUMER_KEY, Keys, USERNAME},
};

const LEAD: &str = "/services/data/v66.0/sobjects/Lead";

fn claims(expires_in: i64) -> Value {
    let exp = jiff::Timestamp::now().as_second() + expires_in;
    json!({ "iss": CONSUMER_KEY, "sub": USERNAME, "aud": AUDIENCE, "exp": exp })
}

fn assertion(claims: &Value, key: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "RS256" })), part(claims));
    let key = SigningKey::<Sha256>::new(RsaPrivateKey::from_pkcs8_pem(key).unwrap());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes()))
}

impl Client {
    async fn login(&self, assertion: &str) -> (StatusCode, Value) {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        let request = self
            .request(Method::POST, "/services/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("grant_type={grant}&assertion={assertion}"));
        read(request).await
    }

    pub(super) async fn token(&self) -> String {
        let (status, told) = self.login(&assertion(&claims(180), Keys::default().current())).await;
        assert_eq!(status, 200, "{told}");
        told["access_token"].as_str().unwrap().to_owned()
    }

    async fn lead(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        read(self.request(method, &format!("{LEAD}{path}")).bearer_auth(token).json(&body)).await
    }
}

#[tokio::test]
async fn a_login_is_refused_for_each_thing_that_is_wrong_with_it() {
    let client = Client::start(Options::default()).await;
    let keys = Keys::default();
    let mut rotated = Keys::default();
    rotated.rotate();
    let with = |name: &str, value: Value| {
        let mut claims = claims(180);
        claims[name] = value;
        claims
    };
    for (claims, key, expected) in [
        (claims(180), rotated.current(), "invalid_grant: invalid assertion"),
        (claims(-1), keys.current(), "invalid_grant: expired authorization code"),
        (claims(400), keys.current(), "invalid_grant: invalid assertion"),
        (
            with("aud", json!("https://x.example")),
            keys.current(),
            "invalid_grant: audience is invalid",
        ),
        (
            with("sub", json!("x")),
            keys.current(),
            "invalid_grant: user hasn't approved this consumer",
        ),
        (with("iss", json!("x")), keys.current(), "invalid_client_id: client identifier invalid"),
    ] {
        let (status, told) = client.login(&assertion(&claims, key)).await;
        let words = |name: &str| told[name].as_str().unwrap().to_owned();
        assert_eq!(status, 400);
        assert_eq!(format!("{}: {}", words("error"), words("error_description")), expected);
    }
    let (status, told) = client.login(&assertion(&claims(180), keys.current())).await;
    assert_eq!(status, 200);
    assert!(told.get("expires_in").is_none());
    assert_eq!(told["instance_url"], client.sandbox.base_url());
    client.sandbox.rotate_key();
    assert_eq!(client.login(&assertion(&claims(180), keys.current())).await.0, 400);
    assert_eq!(client.login(&assertion(&claims(180), rotated.current())).await.0, 200);
    // As simple-salesforce writes it.
    let as_text = with("exp", claims(180)["exp"].to_string().into());
    assert_eq!(client.login(&assertion(&as_text, rotated.current())).await.0, 200);
    assert_eq!(client.sandbox.counters()["logins"][USERNAME], 3);
}

#[tokio::test]
async fn a_lead_is_created_once_and_then_updated() {
    for (answer, status) in [(UpsertAnswer::Body, 200), (UpsertAnswer::Empty, 204)] {
        let salesforce =
            SalesforceOptions { upsert_answer: answer, ..SalesforceOptions::default() };
        let client = Client::start(Options { salesforce, ..Options::default() }).await;
        let token = client.token().await;
        let path = "/Interaction_Key__c/a%2Db";
        let lead = json!({ "LastName": "Lovelace", "Company": "Analytical Engines" });
        let (created, told) = client.lead(&token, Method::PATCH, path, lead.clone()).await;
        assert_eq!((created.as_u16(), &told["created"]), (201, &json!(true)));
        let (updated, _) = client.lead(&token, Method::PATCH, path, lead).await;
        assert_eq!(updated, status);
        let by_id = format!("/{}", told["id"].as_str().unwrap());
        let (patched, _) =
            client.lead(&token, Method::PATCH, &by_id, json!({ "Call_Outcome__c": "BUSY" })).await;
        assert_eq!(patched, 204);
        let (_, found) = client
            .lead(&token, Method::GET, &format!("{path}?fields=Id,Call_Outcome__c"), json!({}))
            .await;
        assert_eq!((&found["Id"], &found["Call_Outcome__c"]), (&told["id"], &json!("BUSY")));
        assert!(found.get("LastName").is_none());
        assert_eq!(client.sandbox.counters()["leads"]["a-b"]["writes"], 3);
    }
}

#[tokio::test]
async fn a_lead_that_breaks_a_rule_is_refused_with_the_code_of_the_rule() {
    let salesforce = SalesforceOptions { duplicate_rule: true, ..SalesforceOptions::default() };
    let client = Client::start(Options { salesforce, ..Options::default() }).await;
    let token = client.token().await;
    let valid = json!({ "LastName": "L", "Company": "C", "Email": "a@b.example" });
    let key = |key: &str| format!("/Interaction_Key__c/{key}");
    assert_eq!(client.lead(&token, Method::PATCH, &key("first"), valid.clone()).await.0, 201);
    let with = |name: &str, value: Value| {
        let mut lead = valid.clone();
        lead[name] = value;
        lead
    };
    for (path, lead, status, code) in [
        (key("k"), json!({ "LastName": "L" }), 400, "REQUIRED_FIELD_MISSING"),
        (key("k"), with("FirstName", json!("x".repeat(41))), 400, "STRING_TOO_LONG"),
        (key("k"), with("Email", json!("nobody")), 400, "INVALID_EMAIL_ADDRESS"),
        (key("k"), with("Phone_Number", json!("1")), 400, "INVALID_FIELD"),
        (key("k"), with("Interaction_Key__c", json!("k")), 400, "INVALID_FIELD"),
        (key("k"), valid.clone(), 400, "DUPLICATES_DETECTED"),
        (key(&"x".repeat(65)), valid.clone(), 400, "STRING_TOO_LONG"),
        ("/Other_Key__c/k".to_owned(), valid.clone(), 404, "NOT_FOUND"),
        ("/00Q000000000099EAA".to_owned(), valid.clone(), 404, "NOT_FOUND"),
    ] {
        let (found, told) = client.lead(&token, Method::PATCH, &path, lead).await;
        assert_eq!(
            (found.as_u16(), told[0]["errorCode"].as_str()),
            (status, Some(code)),
            "{path} {told}"
        );
    }
}

#[tokio::test]
async fn a_session_that_ended_is_told_by_its_code() {
    let client = Client::start(Options::default()).await;
    let token = client.token().await;
    let get = || client.lead(&token, Method::GET, "/Interaction_Key__c/k", json!({}));
    assert_eq!(get().await.0, 404);
    client.sandbox.revoke_sessions();
    let (status, told) = get().await;
    assert_eq!(status, 401);
    assert_eq!(
        told,
        json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }])
    );
}

#[tokio::test]
async fn limits_are_shown_and_kept() {
    let salesforce = SalesforceOptions {
        requests_per_day: 1,
        logins_per_hour: 1,
        ..SalesforceOptions::default()
    };
    let client = Client::start(Options { salesforce, ..Options::default() }).await;
    let token = client.token().await;
    let get =
        || client.request(Method::GET, &format!("{LEAD}/Interaction_Key__c/k")).bearer_auth(&token);
    assert_eq!(get().send().await.unwrap().headers()["sforce-limit-info"], "api-usage=1/1");
    let (status, told) = read(get()).await;
    assert_eq!((status.as_u16(), &told[0]["errorCode"]), (403, &json!("REQUEST_LIMIT_EXCEEDED")));
    let (status, told) = client.login(&assertion(&claims(180), Keys::default().current())).await;
    assert_eq!((status.as_u16(), &told["error_description"]), (400, &json!("login rate exceeded")));
}

#[tokio::test]
async fn a_composite_refers_to_earlier_answers_and_rolls_back_as_one() {
    let client = Client::start(Options::default()).await;
    let token = client.token().await;
    let upsert = |id: &str, body: Value| json!({ "method": "PATCH", "url": format!("{LEAD}/Interaction_Key__c/{id}"), "referenceId": id, "body": body });
    let lead = json!({ "LastName": "L", "Company": "C" });
    let read_back =
        json!({ "method": "GET", "url": format!("{LEAD}/@{{a.id}}"), "referenceId": "b" });
    for (requests, statuses, leads) in [
        (json!([upsert("x", lead.clone()), upsert("y", json!({}))]), vec![400, 400], 0),
        (json!([upsert("a", lead.clone()), read_back]), vec![201, 200], 1),
    ] {
        let body = json!({ "allOrNone": true, "compositeRequest": requests });
        let request =
            client.request(Method::POST, "/services/data/v66.0/composite").bearer_auth(&token);
        let (status, told) = read(request.json(&body)).await;
        assert_eq!(status, 200);
        let found = told["compositeResponse"].as_array().unwrap().iter();
        assert_eq!(
            found.map(|part| part["httpStatusCode"].as_u64().unwrap()).collect::<Vec<_>>(),
            statuses
        );
        assert_eq!(client.sandbox.counters()["leads"].as_object().unwrap().len(), leads);
    }
}

//! `login`: Salesforce takes the assertion that the handlers would send, and says of itself where it is.

use handlers::{
    environment::{Variable, variables},
    salesforce::{assertion, token_request},
    secrets::{SalesforceSecret, Sensitive},
};
use reqwest::Url;

use crate::{
    examination::Cx,
    finding::Kind,
    notes::Notes,
    org::{Org, Salesforce, SalesforceFault},
};

pub(crate) const VARIABLES: [&Variable; 1] = [&variables::SALESFORCE_LOGIN_URL];

pub(crate) static NOT_APPROVED: Kind = Kind::error(
    "login.user-not-approved",
    "the user may not use the connected app, or is none of this org",
    "let administrators pre-authorise the app, and give it to the user by a profile or permission set; look at \
     `username`, which ends in the sandbox's name for one",
);
pub(crate) static UNKNOWN_APP: Kind = Kind::error(
    "login.unknown-app",
    "Salesforce knows no app of this consumer key, here",
    "look at `consumerKey` of the secret, and whether the app is in this org; a new one takes ten minutes to be known",
);
pub(crate) static WRONG_AUDIENCE: Kind = Kind::error(
    "login.wrong-audience",
    "the assertion is for another place than the one that was asked",
    "set `audience` of the secret to `https://login.salesforce.com`, and for a sandbox to `https://test.salesforce.com`",
);
pub(crate) static ASSERTION_REFUSED: Kind = Kind::error(
    "login.assertion-refused",
    "the signature does not fit the app's certificate, or that has expired",
    "upload the certificate of this key to the connected app, where it is another one or past its date",
);
pub(crate) static ASSERTION_EXPIRED: Kind = Kind::error(
    "login.assertion-expired",
    "the assertion was too old or too new when it came",
    "look at the clock of this machine",
);
pub(crate) static INACTIVE: Kind = Kind::error(
    "login.user-inactive",
    "the user, or the whole org, may not log in now",
    "activate or unlock the user, and look at its login hours and address ranges",
);
pub(crate) static TOO_MANY: Kind = Kind::error(
    "login.too-many",
    "this user has logged in too often in the last hour",
    "wait; handlers log in once an instance, so look for who else uses this user",
);
pub(crate) static REFUSED: Kind = Kind::error(
    "login.refused",
    "Salesforce refuses the login for another reason",
    "look at the login history of the user in Salesforce's Setup",
);

/// Gives the org.
pub(crate) async fn look(
    cx: &Cx,
    notes: &mut Notes,
    salesforce: &Salesforce,
    secret: &SalesforceSecret,
) -> Option<Org> {
    let version = cx.deployment.text(&variables::SALESFORCE_API_VERSION)?.trim().to_owned();
    let given = cx.deployment.text(&variables::SALESFORCE_LOGIN_URL);
    let login = given.and_then(|text| Url::parse(text.trim()).ok());
    let login = login.as_ref().unwrap_or(&secret.login_url);
    let Ok(assertion) = assertion(secret, cx.clock.now()) else {
        notes.unable("the key signs nothing");
        return None;
    };
    let answer = match salesforce.log_in(login, &token_request(&assertion)).await {
        Ok(answer) => answer,
        Err(error) => {
            match &error {
                SalesforceFault::Refused { status, .. } if *status >= 500 => {
                    notes.unable(format!("Salesforce {error}"));
                }
                SalesforceFault::Refused { code, description, .. } => {
                    notes.find(kind_of(code.as_str(), description), format!("Salesforce {error}"));
                }
                SalesforceFault::NoAnswer(_) => notes.unable(format!("Salesforce: {error}")),
            }
            return None;
        }
    };
    let token = answer["access_token"].as_str().map(Sensitive::new);
    let instance = answer["instance_url"].as_str().and_then(|text| Url::parse(text).ok());
    let (Some(token), Some(instance)) = (token, instance) else {
        notes.find(&REFUSED, "it answers without a token");
        return None;
    };
    notes.fact(format!("at {}", instance.host_str().unwrap_or_default()));
    Some(Org { token, instance, version })
}

/// Salesforce tells most reasons by one code and many descriptions.
fn kind_of(code: &str, description: &str) -> &'static Kind {
    let description = description.to_ascii_lowercase();
    let says = |words: &str| description.contains(words);
    if says("rate exceeded") || code == "LOGIN_RATE_EXCEEDED" {
        &TOO_MANY
    } else if says("approved this consumer") || says("not admin approved") {
        &NOT_APPROVED
    } else if says("audience") {
        &WRONG_AUDIENCE
    } else if code.starts_with("invalid_client") || says("client identifier") {
        &UNKNOWN_APP
    } else if says("expired") {
        &ASSERTION_EXPIRED
    } else if says("inactive") || says("ip restricted") || says("login hours") || says("locked") {
        &INACTIVE
    } else if says("assertion") || says("signature") {
        &ASSERTION_REFUSED
    } else {
        &REFUSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_told_by_what_to_do_about_it() {
        let check = |code: &str, description: &str, expected: &Kind| {
            assert_eq!(kind_of(code, description).code, expected.code, "{description}");
        };
        check("invalid_grant", "user hasn't approved this consumer", &NOT_APPROVED);
        check("invalid_app_access", "user is not admin approved to access this app", &NOT_APPROVED);
        check("invalid_grant", "audience is invalid", &WRONG_AUDIENCE);
        check("invalid_client_id", "client identifier invalid", &UNKNOWN_APP);
        check("invalid_grant", "invalid assertion", &ASSERTION_REFUSED);
        check("invalid_grant", "expired authorization code", &ASSERTION_EXPIRED);
        check("invalid_grant", "login rate exceeded", &TOO_MANY);
        check("inactive_user", "user is inactive", &INACTIVE);
        check("invalid_grant", "", &REFUSED);
    }
}

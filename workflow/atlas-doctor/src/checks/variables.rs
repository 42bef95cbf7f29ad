//! `variables`: every variable that a handler reads, all at once, and whether they agree on the Region.

use handlers::{
    account::Account,
    environment::{Fault, variables},
};

use crate::{examination::Cx, finding::Kind, notes::Notes};

pub(crate) static MISSING: Kind = Kind::error(
    "variable.missing",
    "a variable that a handler does not start without is not there",
    "set it to what is expected: after `sam deploy` as a parameter of the template",
);
pub(crate) static MALFORMED: Kind = Kind::error(
    "variable.malformed",
    "a variable cannot be read, so the handlers that read it do not start",
    "set it to what is expected",
);
pub(crate) static DIFFERS: Kind = Kind::error(
    "variable.differs",
    "two functions have another value of a variable, and work past each other",
    "give it to all functions alike, by one parameter of the template",
);
pub(crate) static OTHER_REGION: Kind = Kind::error(
    "variable.other-region",
    "a variable names something in another Region than `AWS_REGION`, where it is not found",
    "correct `AWS_REGION`, or name what is in this Region",
);

/// Which profiles of models belong to which Regions; `global.` ones to all.
const PROFILES: [(&str, &[&str]); 2] = [("us.", &["us-", "ca-"]), ("eu.", &["eu-"])];

/// Gives the account that the variables name.
pub(crate) async fn look(cx: &Cx, notes: &mut Notes) -> Option<Account> {
    for invalid in cx.deployment.invalid() {
        let kind = match invalid.fault {
            Fault::Missing => &MISSING,
            Fault::Malformed => &MALFORMED,
        };
        let no_region = invalid.name == variables::AWS_REGION.name;
        let more = if no_region { "; one that only a profile names is not read" } else { "" };
        notes.find(kind, format!("`{}`; expected {}{more}", invalid.name, invalid.expected));
        cx.spoil(invalid.name);
    }
    for name in cx.deployment.differing() {
        notes.find(&DIFFERS, format!("`{name}`"));
    }
    let zone = cx.deployment.text(&variables::DEFAULT_TIME_ZONE).unwrap_or_default();
    if jiff::tz::TimeZone::get(zone.trim()).is_err() {
        let variable = variables::DEFAULT_TIME_ZONE;
        let (name, expected) = (variable.name, variable.expected);
        notes.find(&MALFORMED, format!("`{name}`; expected {expected}"));
    }
    let account = Account::new(cx.deployment.environment()).await.ok()?;
    for (name, region) in regions_named(cx) {
        if region != account.region() {
            let seen = format!("`{name}` is in `{region}`, `AWS_REGION` is `{}`", account.region());
            notes.find(&OTHER_REGION, seen);
            cx.spoil(name);
        }
    }
    let model = cx.deployment.text(&variables::BEDROCK_MODEL_ID).unwrap_or_default();
    let profile = model.rsplit('/').next().unwrap_or_default();
    let of = PROFILES.iter().find(|(prefix, _)| profile.starts_with(prefix));
    if let Some((prefix, regions)) = of
        && !regions.iter().any(|region| account.region().starts_with(region))
    {
        let name = variables::BEDROCK_MODEL_ID.name;
        let seen =
            format!("`{name}` is a profile of `{prefix}`, `AWS_REGION` is `{}`", account.region());
        notes.find(&OTHER_REGION, seen);
        cx.spoil(name);
    }
    Some(account)
}

/// The Regions that ARNs and URLs name.
fn regions_named(cx: &Cx) -> Vec<(&'static str, String)> {
    let arn = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        (parts.len() >= 6 && parts[0] == "arn").then(|| parts[3].to_owned())
    };
    let url = |text: &str| {
        let (_, rest) = text.split_once("://sqs.")?;
        rest.split_once(".amazonaws.").map(|(region, _)| region.to_owned())
    };
    [
        &variables::ATLAS_ENGINE_WORKFLOW_ARN,
        &variables::SALESFORCE_SECRET_ID,
        &variables::RESPONSE_QUEUE_URL,
        &variables::BEDROCK_MODEL_ID,
        &crate::deployment::CONTACT_EVENTS_QUEUE_URL,
    ]
    .into_iter()
    .filter_map(|variable| {
        let text = cx.deployment.text(variable)?;
        let region = arn(&text).or_else(|| url(&text)).filter(|region| !region.is_empty())?;
        Some((variable.name, region))
    })
    .collect()
}

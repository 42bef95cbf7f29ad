//! The executions of a business key: an interaction key, a lead, a contact, a phone number.
//!
//! An Atlas server knows them itself. Elsewhere the table of leads and calls leads to the interaction, and
//! its key to the name of the call's execution.

use definitions::{call, contract::InteractionKey};
use handlers::{
    environment::{Environment, variables},
    interactions::{self, Deps},
};

use super::{Listed, Machine, Reached, arn, console};
use crate::{
    arguments::operator::Filter, failure::Failure, failure::say, label::clean, personal::hidden,
};

/// What DynamoDB is reached with.
const DYNAMODB: [&str; 2] =
    [variables::AWS_ENDPOINT_URL_DYNAMODB.name, variables::AWS_ENDPOINT_URL.name];

/// The executions of a key, the newest first.
pub(crate) async fn find(
    reached: &Reached,
    key: &str,
    filter: &Filter,
) -> Result<Vec<Listed>, Failure> {
    let key = &as_number(key);
    let found = match console::find(reached, key).await? {
        Some(found) => found,
        None => of_table(reached, key, filter).await?,
    };
    if found.is_empty() && lacks_plus(key) {
        return Err(Failure::theirs(
            "nothing belongs to these digits; a phone number needs its `+`, as +14155550123",
        ));
    }
    Ok(found)
}

/// A phone number as people write it, without what is between its digits; another key as it is.
fn as_number(key: &str) -> String {
    if key.parse::<InteractionKey>().is_ok() {
        return key.to_owned();
    }
    let is_between = |it: char| it.is_whitespace() || "()-./".contains(it);
    let stripped: String = key.chars().filter(|it| !is_between(*it)).collect();
    let digits = stripped.strip_prefix('+').unwrap_or(&stripped);
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    if is_number { stripped } else { key.to_owned() }
}

/// Whether it is as long as a phone number is (E.164), and has no `+`.
fn lacks_plus(key: &str) -> bool {
    let is_number = key.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    is_number && (8..=15).contains(&key.bytes().filter(u8::is_ascii_digit).count())
}

/// Those of the interactions that the table knows under a key.
async fn of_table(reached: &Reached, key: &str, filter: &Filter) -> Result<Vec<Listed>, Failure> {
    let interactions = interactions(reached, key).await?;
    let named = if filter.machine.is_empty() {
        vec![call::NAME.to_owned()]
    } else {
        filter.machine.clone()
    };
    let machines = Machine::those(&reached.api, &named).await?;
    let mut found = Vec::new();
    for machine in machines.iter().filter(|machine| !machine.is_express) {
        for interaction in &interactions {
            let arn = arn::execution_arn(&machine.arn, &format!("call-{interaction}"));
            match reached.api.describe(&arn).await {
                Ok(told) => found.push(Listed::of(&told)),
                Err(refusal) if refusal.code() == "ExecutionDoesNotExist" => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }
    found.sort_by_key(|listed| std::cmp::Reverse(listed.started_at));
    Ok(found)
}

/// The interactions that a key stands for: itself, where it can be one, and what the table says.
async fn interactions(reached: &Reached, key: &str) -> Result<Vec<InteractionKey>, Failure> {
    let mut keys: Vec<InteractionKey> = key.parse().into_iter().collect();
    match environment(reached).await {
        Some(environment) => {
            let deps = Deps::new(&environment).await.map_err(Failure::ours)?;
            match interactions::find(key, &deps).await {
                Ok(found) => keys.extend(found.into_iter().filter(|found| found.as_str() != key)),
                Err(fault) if keys.is_empty() => {
                    return Err(of_dynamodb(reached, &fault.to_string()));
                }
                Err(fault) => {
                    say(&format!("only executions that are named after the key: {fault}"))
                }
            }
        }
        None if keys.is_empty() => {
            return Err(Failure::ours(format_args!(
                "`{}` is looked up in the table of leads and calls, and it is not known where that is; \
                 expected --dynamodb-endpoint or AWS_ENDPOINT_URL_DYNAMODB",
                hidden(key)
            )));
        }
        None => {
            say("only executions that are named after the key: no --dynamodb-endpoint is given")
        }
    }
    Ok(keys)
}

/// What DynamoDB did not do, and where nobody answers which option says where it is.
pub(crate) fn of_dynamodb(reached: &Reached, fault: &str) -> Failure {
    if !fault.contains("DispatchFailure") {
        return Failure::ours(fault);
    }
    let own = Environment::of_process();
    let given = reached.dynamodb_endpoint.as_deref().map(|url| ("--dynamodb-endpoint", url));
    let named = || DYNAMODB.iter().find_map(|name| Some((*name, own.get(name)?)));
    Failure::ours(match given.or_else(named) {
        Some((from, url)) => {
            format!("nobody answers at {}, which {from} says DynamoDB is at: {fault}", clean(url))
        }
        None => format!(
            "AWS's DynamoDB does not answer: {fault}; expected --dynamodb-endpoint where another one has \
             the leads and calls"
        ),
    })
}

/// What the clients of the handlers read. `None` where executions are on this machine and nobody says which
/// DynamoDB belongs to them: AWS's does not.
pub(crate) async fn environment(reached: &Reached) -> Option<Environment> {
    let own = Environment::of_process();
    let given = reached.dynamodb_endpoint.is_some();
    if reached.endpoint.is_some() && !given && own.get(DYNAMODB[0]).is_none() {
        return None;
    }
    let mut values: Vec<(String, String)> = variables::ALL
        .iter()
        .filter_map(|variable| Some((variable.name.to_owned(), own.get(variable.name)?.to_owned())))
        .collect();
    if let Some(url) = &reached.dynamodb_endpoint {
        values.push((DYNAMODB[0].to_owned(), url.clone()));
    }
    if let Some(region) = reached.config.region() {
        values.push((variables::AWS_REGION.name.to_owned(), region.to_string()));
    }
    if let Some(credentials) = reached.credentials().await {
        values.extend([
            (variables::AWS_ACCESS_KEY_ID.name.to_owned(), credentials.access_key_id().to_owned()),
            (
                variables::AWS_SECRET_ACCESS_KEY.name.to_owned(),
                credentials.secret_access_key().to_owned(),
            ),
            (
                variables::AWS_SESSION_TOKEN.name.to_owned(),
                credentials.session_token().unwrap_or_default().to_owned(),
            ),
        ]);
    }
    Some(values.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (key, expected, lacks) in [
            ("+1 (415) 555-0111", "+14155550111", false),
            ("+44.20/7946 0000", "+442079460000", false),
            ("14155550111", "14155550111", true),
            ("1-415-555-0111", "1-415-555-0111", true),
            ("1 (415) 555-0111", "14155550111", true),
            ("1234567", "1234567", false),
            ("call-1 (a)", "call-1 (a)", false),
            ("", "", false),
        ] {
            let read = as_number(key);
            assert_eq!((read.as_str(), lacks_plus(&read)), (expected, lacks), "{key}");
        }
    }
}

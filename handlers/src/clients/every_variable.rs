//! All that is wrong with the variables of a deployment, at once.
//!
//! A handler tells of the first variable only, when it starts. Here each of the handlers' own readers
//! is asked again once the variable that it complained of is mended, until it has nothing to say:
//! so nothing is called wrong that a handler would take, and nothing right that none would.

use super::{
    aws::{read_credentials, read_origin},
    call, phone_hash_key, salesforce,
    tables::kept_for,
};
use crate::{
    environment::{Absent, Environment, InvalidVariable, variables},
    functions::rules,
};

type Reader = fn(&Environment) -> Result<(), InvalidVariable>;

/// Every reader of a variable that has to be there takes this: a text, and a key just long enough.
const MENDED: &str = "0123456789abcdef";

const READERS: [Reader; 11] = [
    |environment| salesforce::time_to_live(environment).map(drop),
    |environment| salesforce::settings(environment).map(drop),
    |environment| kept_for(environment).map(drop),
    |environment| phone_hash_key(environment).map(drop),
    |environment| call::settings(environment).map(drop),
    |environment| call::limits(environment).map(drop),
    |environment| rules(environment).map(drop),
    |environment| variables::OVERDUE_AFTER_SECONDS.count(environment).map(drop),
    |environment| read_credentials(environment).map(drop),
    required_texts,
    origins,
];

/// Everything that is wrong with these variables, in the order of the list of all.
pub(crate) fn invalid_variables(environment: &Environment) -> Vec<InvalidVariable> {
    let mut found: Vec<InvalidVariable> = Vec::new();
    for reader in READERS {
        let mut mended = environment.clone();
        let mut told: Vec<&str> = Vec::new();
        while let Err(invalid) = reader(&mended) {
            if told.contains(&invalid.name) {
                break;
            }
            told.push(invalid.name);
            mended = mended.with(invalid.name, cure(&invalid));
            if !found.iter().any(|known| known.name == invalid.name) {
                found.push(invalid);
            }
        }
    }
    found.sort_by_key(|invalid| place(invalid.name));
    found
}

/// What a reader takes in place of what it complained of: nothing, or else a text.
fn cure(invalid: &InvalidVariable) -> Option<&'static str> {
    let variable = place(invalid.name).map(|place| &variables::ALL[place]);
    let needed = invalid.name == variables::AWS_SECRET_ACCESS_KEY.name
        || variable.is_some_and(|variable| variable.absent == Absent::Required);
    needed.then_some(MENDED)
}

fn place(name: &str) -> Option<usize> {
    variables::ALL.iter().position(|variable| variable.name == name)
}

/// What has to be there, whatever it says. The region has two names.
fn required_texts(environment: &Environment) -> Result<(), InvalidVariable> {
    let required = variables::ALL.iter().filter(|variable| variable.absent == Absent::Required);
    for variable in required {
        let has_other = *variable == variables::AWS_REGION
            && variables::AWS_DEFAULT_REGION.optional(environment).is_some();
        if !has_other {
            variable.text(environment)?;
        }
    }
    Ok(())
}

fn origins(environment: &Environment) -> Result<(), InvalidVariable> {
    let named = |name: &str| name.starts_with("AWS_ENDPOINT_URL") || name.starts_with("OTEL_");
    for variable in variables::ALL.iter().filter(|variable| named(variable.name)) {
        read_origin(variable, environment)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(values: &[(&str, &str)]) -> Vec<&'static str> {
        let required = variables::ALL.iter().filter(|it| it.absent == Absent::Required);
        let environment = required.map(|it| (it.name, MENDED)).chain(values.iter().copied());
        let environment = Environment::from_iter(environment);
        invalid_variables(&environment).into_iter().map(|invalid| invalid.name).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_and_each_once() {
        let check = |values: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(names(values), expected, "{values:?}");
        };
        check(&[], &[]);
        check(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-central-1")], &[]);
        check(&[("AWS_ACCESS_KEY_ID", "a")], &["AWS_SECRET_ACCESS_KEY"]);
        check(
            &[
                ("RING_SECONDS", "long"),
                ("CALLING_UNTIL", "25:00"),
                ("CALLING_FROM", "early"),
                ("PHONE_HASH_KEY", "short"),
                ("CONNECT_INSTANCE_ID", ""),
                ("CONNECT_CONTACT_FLOW_ID", " "),
                ("CONNECT_SOURCE_PHONE_NUMBER", "555"),
                ("SALESFORCE_API_VERSION", "66"),
                ("SALESFORCE_LOGIN_URL", "http://login.salesforce.com"),
                ("RECORD_DAYS", "0"),
                ("AWS_ENDPOINT_URL", "ftp://a"),
            ],
            &[
                "SALESFORCE_LOGIN_URL",
                "SALESFORCE_API_VERSION",
                "RECORD_DAYS",
                "PHONE_HASH_KEY",
                "CONNECT_INSTANCE_ID",
                "CONNECT_CONTACT_FLOW_ID",
                "CONNECT_SOURCE_PHONE_NUMBER",
                "RING_SECONDS",
                "CALLING_FROM",
                "CALLING_UNTIL",
                "AWS_ENDPOINT_URL",
            ],
        );
    }

    /// A variable that no reader here reads could be malformed and nobody would say so.
    #[test]
    fn every_variable_with_a_grammar_is_read() {
        let free = |name: &str| {
            let free = ["AWS_REGION", "AWS_DEFAULT_REGION", "DEFAULT_TIME_ZONE"];
            let texts = ["_TABLE", "_ID", "_ARN", "QUEUE_URL", "_ACCESS_KEY", "_TOKEN"];
            free.contains(&name) || texts.iter().any(|end| name.ends_with(end))
        };
        for variable in variables::ALL.iter().filter(|variable| !free(variable.name)) {
            assert_eq!(names(&[(variable.name, "?")]), [variable.name]);
        }
    }
}

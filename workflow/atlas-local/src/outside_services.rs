//! The outside services as the lead-to-call workflow is deployed on them: its tables and queues are
//! there, and the environment that handlers read names them all.

use atlas_engine::{PhoneHashKey, Place};
use atlas_sandbox::{ConnectOptions, Options, Sandbox, queue_url_at};
use definitions::{
    lead_to_call,
    resources::{CONTACT_EVENTS, QUEUES, TABLES},
};

/// Numbers are known by their hash under this key: the same in every process that is pointed here.
const PHONE_HASH_KEY: &str = "sandbox-phone-hash-key";
/// The countries that the sandbox's Connect instance may call, as the handlers' gate names them.
const ALLOWED_COUNTRIES: &str = "US,CA,DE,ES,FR,GB,IT";

/// A sandbox with the deployment's tables and queues.
pub fn options() -> Options {
    let queues = QUEUES.iter();
    Options {
        tables: TABLES.iter().map(|table| table.create_request(table.name)).collect(),
        expiries: TABLES.iter().filter_map(|table| table.expiry_request(table.name)).collect(),
        queues: queues
            .flat_map(|queue| queue.create_requests(Sandbox::REGION, Sandbox::ACCOUNT))
            .collect(),
        connect: ConnectOptions {
            events_queue: CONTACT_EVENTS.name.to_owned(),
            ..ConnectOptions::default()
        },
        ..Options::default()
    }
}

/// All that a handler reads. Where the Step Functions API is served must be known to name it and its machine.
pub fn environment(sandbox: &Sandbox, step_functions: Option<&str>) -> Vec<(String, String)> {
    environment_at(sandbox.base_url(), step_functions)
}

/// The same of a sandbox that is reached there, such as one in a process of its own.
pub fn environment_at(base: &str, step_functions: Option<&str>) -> Vec<(String, String)> {
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut variables = atlas_sandbox::environment_at(base);
    variables.extend(TABLES.map(|table| own(table.variable, table.name)));
    variables.extend(QUEUES.map(|queue| own(queue.variable, &queue_url_at(base, queue.name))));
    variables.push(own("PHONE_HASH_KEY", PHONE_HASH_KEY));
    variables.push(own("ALLOWED_COUNTRIES", ALLOWED_COUNTRIES));
    match step_functions {
        Some(url) => with_step_functions(variables, url),
        None => variables,
    }
}

/// The key under which handlers that are given these variables hash phone numbers: the engine finds
/// executions under the same.
pub fn phone_hash_key<'a>(given: impl IntoIterator<Item = &'a (String, String)>) -> PhoneHashKey {
    let mut given = given.into_iter().filter(|(name, _)| name == "PHONE_HASH_KEY");
    let given = given.find(|(_, key)| !key.trim().is_empty());
    PhoneHashKey::new(given.map_or(PHONE_HASH_KEY, |(_, key)| key).as_bytes())
}

/// What services are named by, and the Step Functions API that is served at `url`.
pub fn with_step_functions(
    mut variables: Vec<(String, String)>,
    url: &str,
) -> Vec<(String, String)> {
    let machine = Place::default().state_machine_arn(lead_to_call::NAME);
    for (name, value) in
        [("AWS_ENDPOINT_URL_SFN", url), ("ATLAS_ENGINE_WORKFLOW_ARN", &machine.to_string())]
    {
        variables.retain(|(known, _)| known != name);
        variables.push((name.to_owned(), value.to_owned()));
    }
    variables
}

#[cfg(test)]
mod tests {
    use definitions::SUBSTITUTIONS;

    use super::*;

    #[tokio::test]
    async fn what_is_printed_names_all_that_a_handler_cannot_do_without() {
        let sandbox = Sandbox::start(options()).await.unwrap();
        let variables = environment(&sandbox, Some("http://127.0.0.1:8083"));
        let value = |name: &str| {
            let mut named = variables.iter().filter(|(own, _)| own == name);
            let value = named.next().unwrap_or_else(|| panic!("{name} is missing")).1.clone();
            assert!(named.next().is_none(), "{name} is there twice");
            value
        };
        for name in [
            "AWS_REGION",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "SALESFORCE_SECRET_ID",
            "SALESFORCE_LOGIN_URL",
            "CONNECT_INSTANCE_ID",
            "CONNECT_CONTACT_FLOW_ID",
            "BEDROCK_MODEL_ID",
            "CALLS_TABLE",
            "RESPONSE_CACHE_TABLE",
            "SUPPRESSION_TABLE",
            "CONTACT_EVENTS_QUEUE_URL",
            "RESPONSE_QUEUE_URL",
            "ALLOWED_COUNTRIES",
            "AWS_ENDPOINT_URL_SFN",
        ] {
            assert!(!value(name).is_empty(), "{name}");
        }
        assert!(value("PHONE_HASH_KEY").len() >= 16);
        let substituted = |name: &str| {
            SUBSTITUTIONS.iter().find(|one| one.name == name).map(|one| one.local.to_owned())
        };
        assert_eq!(Some(value("CONNECT_SOURCE_PHONE_NUMBER")), substituted("CallerId"));
        assert_eq!(Some(value("CALLS_TABLE")), substituted("CallsTableName"));
        assert_eq!(
            value("ATLAS_ENGINE_WORKFLOW_ARN"),
            "arn:aws:states:us-east-1:000000000000:stateMachine:AtlasEngineWorkflow"
        );
        sandbox.stop().await;
    }

    #[test]
    fn the_engine_finds_numbers_under_the_key_of_the_handlers() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let of = |given: &[(String, String)]| phone_hash_key(given);
        let own = PhoneHashKey::new(PHONE_HASH_KEY.as_bytes());
        assert_eq!(of(&environment_at("http://127.0.0.1:1", None)), own);
        assert_eq!(of(&[pair("PHONE_HASH_KEY", " "), pair("AWS_REGION", "r")]), own);
        let given = [pair("PHONE_HASH_KEY", "0123456789abcdef")];
        assert_eq!(of(&given), PhoneHashKey::new(*b"0123456789abcdef"));
    }

    #[tokio::test]
    async fn a_machine_that_is_not_known_is_not_named() {
        let sandbox = Sandbox::start(options()).await.unwrap();
        let variables = environment(&sandbox, None);
        assert!(!variables.iter().any(|(name, _)| name == "ATLAS_ENGINE_WORKFLOW_ARN"));
        sandbox.stop().await;
    }
}

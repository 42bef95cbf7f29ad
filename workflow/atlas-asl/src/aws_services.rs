//! AWS's APIs as `aws-sdk` tasks name them: a table that `data/make_table.py` writes.
//!
//! A block of lines is a service. `service` says its name in a `Resource`, the prefix of its errors,
//! its id, for which name requests are signed, protocol, version and target. `actions` lists what it
//! does, by first words (`get:Item,Shards=GetSHARDS`: the API's own name where it is not the action's
//! with a capital). The rest tells how JSON is written: `errors` (with the exception where that is not
//! the name with `Exception`), `camel` where members begin with a small letter, `names` of members that
//! follow no rule, and members whose values are no plain data: `moment`, `blob`, `map` (its keys are
//! the user's, its values structures), `verbatim` (nothing in it is a member).

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

const TABLE: &str = include_str!("../data/aws_services.txt");

/// What the table says of a name.
#[derive(Debug, Clone, Copy)]
pub enum Known {
    /// A service and what it does.
    Service(AwsService),
    /// AWS had such a service once, and what it did is not in the table.
    Retired,
}

/// A service.
#[derive(Debug, Clone, Copy)]
pub struct AwsService {
    /// In a `Resource`: `dynamodb`.
    pub name: &'static str,
    /// Before the dot of its errors: `DynamoDb`.
    pub error_prefix: &'static str,
    /// In `AWS_ENDPOINT_URL_…` once in capitals: `DynamoDB`, `API_Gateway`.
    pub id: &'static str,
    /// For which name requests are signed.
    pub signing_name: &'static str,
    /// How requests are written.
    pub protocol: Protocol,
    /// Of AWS JSON, or else of the API.
    pub version: &'static str,
    /// What stands before the operation in `X-Amz-Target`.
    pub target_prefix: &'static str,
    block: &'static str,
}

/// How requests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// AWS JSON 1.0 or 1.1.
    AwsJson,
    /// JSON over paths, queries and headers.
    RestJson,
    /// XML over paths, queries and headers.
    RestXml,
    /// Forms.
    Query,
    /// The forms of EC2.
    Ec2,
    /// CBOR.
    Cbor,
}

/// How the members of a JSON API are written.
#[derive(Debug, Default)]
pub struct Members {
    is_camel: bool,
    to_wire: HashMap<&'static str, &'static str>,
    from_wire: HashMap<&'static str, &'static str>,
    kinds: HashMap<&'static str, Kind>,
}

/// What a member's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain data, or a structure.
    Other,
    /// A moment: a text to Step Functions, seconds on the wire.
    Moment,
    /// Bytes: Base64 on the wire.
    Blob,
    /// An object whose keys are the user's and whose values are structures.
    Map,
    /// Whatever the user put in it.
    Verbatim,
}

/// The service of this name in a `Resource`.
pub fn find(name: &str) -> Option<Known> {
    let block = *blocks().get(name)?;
    let mut words = block.lines().next().unwrap_or_default().split(' ');
    let mut next = || words.next().unwrap_or_default();
    if next() == "retired" {
        return Some(Known::Retired);
    }
    Some(Known::Service(AwsService {
        name: next(),
        error_prefix: next(),
        id: next(),
        signing_name: next(),
        protocol: match next() {
            "json" => Protocol::AwsJson,
            "rest-json" => Protocol::RestJson,
            "rest-xml" => Protocol::RestXml,
            "query" => Protocol::Query,
            "ec2" => Protocol::Ec2,
            _ => Protocol::Cbor,
        },
        version: next(),
        target_prefix: next(),
        block,
    }))
}

/// The names of all services, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    blocks().keys().copied()
}

fn blocks() -> &'static BTreeMap<&'static str, &'static str> {
    static BLOCKS: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    BLOCKS.get_or_init(|| {
        let mut starts: Vec<usize> = ["\nservice ", "\nretired "]
            .iter()
            .flat_map(|start| TABLE.match_indices(start).map(|(at, _)| at + 1))
            .collect();
        starts.sort_unstable();
        let ends = starts.iter().skip(1).copied().chain([TABLE.len()]);
        starts
            .iter()
            .zip(ends)
            .filter_map(|(start, end)| {
                let block = &TABLE[*start..end];
                let name = block.lines().next()?.split(' ').nth(1)?;
                Some((name, block))
            })
            .collect()
    })
}

impl AwsService {
    /// The API's operation that an action is: `GetItem` of `getItem`.
    pub fn operation(&self, action: &str) -> Option<Cow<'static, str>> {
        self.listed().find_map(|(verb, rest, operation)| {
            (action.strip_prefix(verb)? == rest).then(|| match operation {
                Some(operation) => operation.into(),
                None => capitalised(action).into(),
            })
        })
    }

    /// All actions.
    pub fn actions(&self) -> impl Iterator<Item = String> {
        self.listed().map(|(verb, rest, _)| format!("{verb}{rest}"))
    }

    fn listed(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> + use<> {
        self.line("actions").filter_map(|group| group.split_once(':')).flat_map(|(verb, rests)| {
            rests.split(',').map(move |rest| match rest.split_once('=') {
                Some((rest, operation)) => (verb, rest, Some(operation)),
                None => (verb, rest, None),
            })
        })
    }

    /// The SDK's exception of an error of this name, where it has one of its own.
    pub fn exception(&self, error: &str) -> Option<Cow<'static, str>> {
        self.line("errors").find_map(|known| match known.split_once('=') {
            Some((name, exception)) => (name == error).then_some(exception.into()),
            None if known != error => None,
            None if known.ends_with("Exception") => Some(known.into()),
            None => Some(format!("{known}Exception").into()),
        })
    }

    /// How its JSON is written.
    pub fn members(&self) -> Members {
        let mut members = Members {
            is_camel: self.block.lines().any(|line| line == "camel"),
            ..Members::default()
        };
        for (name, wire) in self.line("names").filter_map(|pair| pair.split_once('=')) {
            members.to_wire.insert(name, wire);
            members.from_wire.insert(wire, name);
        }
        for (line, kind) in [
            ("moment", Kind::Moment),
            ("blob", Kind::Blob),
            ("map", Kind::Map),
            ("verbatim", Kind::Verbatim),
        ] {
            members.kinds.extend(self.line(line).map(|name| (name, kind)));
        }
        members
    }

    /// The words of one line of the block.
    fn line(&self, name: &'static str) -> impl Iterator<Item = &'static str> + use<> {
        let line = self.block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_default().split(' ').filter(|word| !word.is_empty())
    }
}

impl Members {
    /// The API's name of a member.
    pub fn to_wire<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self.to_wire.get(name) {
            Some(wire) => (*wire).into(),
            None if self.is_camel => uncapitalised(name).into(),
            None => name.into(),
        }
    }

    /// Step Functions' name of a member.
    pub fn from_wire<'a>(&self, wire: &'a str) -> Cow<'a, str> {
        match self.from_wire.get(wire) {
            Some(name) => (*name).into(),
            None if self.is_camel => capitalised(wire).into(),
            None => wire.into(),
        }
    }

    /// What the value of a member is, by Step Functions' name.
    pub fn kind(&self, name: &str) -> Kind {
        self.kinds.get(name).copied().unwrap_or(Kind::Other)
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn uncapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str) -> AwsService {
        match find(name) {
            Some(Known::Service(service)) => service,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_service_is_found_by_the_name_that_step_functions_gives_it() {
        for (name, prefix, id, protocol) in [
            ("dynamodb", "DynamoDb", "DynamoDB", Protocol::AwsJson),
            ("sfn", "Sfn", "SFN", Protocol::AwsJson),
            ("cloudwatchlogs", "CloudWatchLogs", "CloudWatch_Logs", Protocol::AwsJson),
            (
                "databasemigration",
                "DatabaseMigration",
                "Database_Migration_Service",
                Protocol::AwsJson,
            ),
            ("sqs", "Sqs", "SQS", Protocol::AwsJson),
            ("s3", "S3", "S3", Protocol::RestXml),
            ("lambda", "Lambda", "Lambda", Protocol::RestJson),
            ("rds", "Rds", "RDS", Protocol::Query),
            ("ec2", "Ec2", "EC2", Protocol::Ec2),
        ] {
            let found = service(name);
            assert_eq!((found.name, found.error_prefix, found.id), (name, prefix, id));
            assert_eq!(found.protocol, protocol, "{name}");
        }
        assert!(matches!(find("macie"), Some(Known::Retired)));
        assert!(find("dynamo").is_none());
    }

    #[test]
    fn an_action_is_an_operation_or_nothing() {
        for (name, action, operation) in [
            ("dynamodb", "getItem", Some("GetItem")),
            ("rds", "describeDBInstances", Some("DescribeDBInstances")),
            ("dynamodb", "getItems", None),
            ("dynamodb", "GetItem", None),
            ("lambda", "invokeAsync", None),
            ("kinesis", "subscribeToShard", None),
        ] {
            assert_eq!(service(name).operation(action).as_deref(), operation, "{name}:{action}");
        }
        assert!(service("sfn").actions().any(|action| action == "startSyncExecution"));
    }

    #[test]
    fn an_error_has_the_name_of_its_exception() {
        for (name, error, exception) in [
            (
                "dynamodb",
                "ConditionalCheckFailedException",
                Some("ConditionalCheckFailedException"),
            ),
            ("dynamodb", "InternalServerError", Some("InternalServerErrorException")),
            ("dynamodb", "ValidationException", None),
            ("ssm", "ParameterNotFound", Some("ParameterNotFoundException")),
        ] {
            assert_eq!(service(name).exception(error).as_deref(), exception, "{name} {error}");
        }
    }

    #[test]
    fn members_are_spelled_both_ways() {
        for (service_name, name, wire, kind) in [
            ("dynamodb", "TableName", "TableName", Kind::Other),
            ("dynamodb", "Bool", "BOOL", Kind::Other),
            ("dynamodb", "Nul", "NULL", Kind::Other),
            ("dynamodb", "ExpressionAttributeNames", "ExpressionAttributeNames", Kind::Verbatim),
            ("dynamodb", "Item", "Item", Kind::Map),
            ("sfn", "StateMachineArn", "stateMachineArn", Kind::Other),
            ("sfn", "StartDate", "startDate", Kind::Moment),
            ("kms", "Plaintext", "Plaintext", Kind::Blob),
        ] {
            let members = service(service_name).members();
            assert_eq!(members.to_wire(name), wire);
            assert_eq!(members.from_wire(wire), name);
            assert_eq!(members.kind(name), kind, "{name}");
        }
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        let services: Vec<_> = names()
            .filter_map(|name| match find(name)? {
                Known::Service(service) => Some(service),
                Known::Retired => None,
            })
            .collect();
        let actions: usize = services.iter().map(|service| service.actions().count()).sum();
        let listed = TABLE.lines().filter(|line| line.starts_with("service ")).count();
        assert_eq!(services.len(), listed);
        assert!(actions > 15_000, "{actions}");
        for service in services {
            assert_eq!(service.protocol == Protocol::AwsJson, service.target_prefix != "-");
        }
    }
}

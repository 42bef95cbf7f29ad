//! The state machines of an account, and the one that somebody means by a name.

use serde_json::Value;

use super::{Api, arn};
use crate::{failure::Failure, label::clean};

/// How many are named to somebody who names none of them.
const NAMED: usize = 8;

/// A state machine, as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) is_express: bool,
}

impl Machine {
    fn of(listed: &Value) -> Self {
        let text = |name: &str| listed[name].as_str().unwrap_or_default().to_owned();
        let is_express = listed["type"] == "EXPRESS";
        Self { arn: text("stateMachineArn"), name: text("name"), is_express }
    }

    /// Those that are named, or all.
    pub(crate) async fn those(api: &Api, named: &[String]) -> Result<Vec<Self>, Failure> {
        let all: Vec<Self> = api.state_machines().await?.iter().map(Self::of).collect();
        if named.is_empty() {
            return Ok(all);
        }
        named.iter().map(|name| Self::among(&all, name)).collect()
    }

    /// The one that is named.
    pub(crate) async fn named(api: &Api, name: &str) -> Result<Self, Failure> {
        let mut those = Self::those(api, &[name.to_owned()]).await?;
        Ok(those.remove(0))
    }

    fn among(all: &[Self], wanted: &str) -> Result<Self, Failure> {
        let same = |machine: &&Self| machine.name == wanted || machine.arn == wanted;
        if let Some(found) = all.iter().find(same) {
            return Ok(found.clone());
        }
        // Of a version or an alias: executions are listed by it.
        if arn::kind(wanted) == Some(arn::Kind::Machine)
            && let Some(own) =
                all.iter().find(|machine| wanted.starts_with(&format!("{}:", machine.arn)))
        {
            return Ok(Self { arn: wanted.to_owned(), ..own.clone() });
        }
        let names: Vec<&str> = all.iter().map(|machine| machine.name.as_str()).collect();
        let there = match names.len() {
            0 => "there is none".to_owned(),
            count if count > NAMED => {
                format!("expected one of {count}, as {}", names[..NAMED].join(", "))
            }
            _ => format!("expected {}", names.join(", ")),
        };
        Err(Failure::theirs(format_args!("`{}` is no state machine here; {there}", clean(wanted))))
    }
}

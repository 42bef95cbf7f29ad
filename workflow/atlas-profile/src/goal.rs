//! What a run is looked at for: its end, or an earlier moment.

use crate::{
    place::{operation_name, service_name},
    schedule::{ItemId, Schedule},
};

/// What a run is looked at for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Goal {
    /// The end of the execution and of all that it started.
    #[default]
    End,
    /// The first call of this operation that went well.
    Call {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
    },
}

impl Goal {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::End => "the end".to_owned(),
            Self::Call { service, operation } => format!("the first `{service}:{operation}`"),
        }
    }

    /// The item of a run that reaches it; `Err` where the run did not.
    pub(crate) fn of(&self, schedule: &Schedule) -> Result<Option<ItemId>, NotReached> {
        let Self::Call { service, operation } = self else { return Ok(None) };
        let (service, operation) = (service_name(service), operation_name(operation));
        let calls = schedule.calls.iter().filter(|seen| {
            seen.call.service == service
                && operation_name(&seen.call.operation) == operation
                && seen.call.failure.is_none()
        });
        let calls = calls.filter_map(|seen| Some((seen.item?, seen.call.ended_ms)));
        let first = calls.min_by(|one, other| one.1.total_cmp(&other.1));
        first.map(|(item, _)| Some(item)).ok_or(NotReached)
    }
}

/// A run in which nothing reached the goal.
pub(crate) struct NotReached;

impl std::str::FromStr for Goal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some((service, operation)) if !service.is_empty() && !operation.is_empty() => {
                Ok(Self::Call { service: service.to_owned(), operation: operation.to_owned() })
            }
            _ if text == "end" => Ok(Self::End),
            _ => Err(format!("`{text}` is no goal; expected `end` or SERVICE:OPERATION")),
        }
    }
}

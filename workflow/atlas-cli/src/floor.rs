//! The shortest time in which a phone can ring, where services take as long as a latency profile says
//! and nothing else takes any time.

use std::time::Duration;

use atlas_sandbox::{Latency, Service};

use crate::duration::human;

/// Where the scenario comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// The cache has it.
    Cached,
    /// The model writes it.
    Written,
}

/// The floor, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Floor {
    /// The sum.
    pub(crate) total: Duration,
    /// Its parts, for a reader.
    pub(crate) derivation: String,
}

impl Floor {
    /// The sum, in milliseconds.
    pub(crate) fn milliseconds(&self) -> i64 {
        i64::try_from(self.total.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Adds up what must come one after another. What may go on side by side counts by its longest:
///
/// - the lead is upserted beside the write of its item, and both beside the scenario;
/// - the cache is read beside the model call, which is dropped on a hit: a model call changes nothing;
/// - the scenario is stored beside everything that follows it: whoever finds none has one written;
/// - the attempt is reserved beside the suppression list and the pace. Connect comes after them, because
///   a number on the list must not be called, and is asked beside the mark that says so: the
///   `ClientToken` alone prevents a second ring.
pub(crate) fn floor(latency: &Latency, scenario: Scenario) -> Floor {
    let of = |service, operation| latency.of(service, operation, false);
    let (upsert, store) = (of(Service::Salesforce, "upsertLead"), of(Service::DynamoDb, "PutItem"));
    let (read, reserve) =
        (of(Service::DynamoDb, "Query"), of(Service::DynamoDb, "UpdateItem").max(store));
    let (model, dial) =
        (of(Service::Bedrock, "Converse"), of(Service::Connect, "StartOutboundVoiceContact"));
    let scenario_takes = match scenario {
        Scenario::Cached => read,
        Scenario::Written => model.max(read),
    };
    let written = match scenario {
        Scenario::Cached => String::new(),
        Scenario::Written => format!(", model {}", human_of(model)),
    };
    Floor {
        total: upsert.max(store).max(scenario_takes) + reserve + dial,
        derivation: format!(
            "max(Salesforce {}, write {}, cache read {}{written}) + reserve {} + Connect {}",
            human_of(upsert),
            human_of(store),
            human_of(read),
            human_of(reserve),
            human_of(dial),
        ),
    }
}

fn human_of(time: Duration) -> String {
    human(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_of_the_seed_profile_is_that_of_its_longest_chain() {
        let check = |scenario, milliseconds, derivation: &str| {
            let floor = floor(&Latency::seed(), scenario);
            assert_eq!(floor.total, Duration::from_millis(milliseconds));
            assert_eq!(floor.derivation, derivation);
        };
        check(
            Scenario::Written,
            1_600,
            "max(Salesforce 200 ms, write 100 ms, cache read 100 ms, model 700 ms) + reserve 100 ms \
             + Connect 800 ms",
        );
        check(
            Scenario::Cached,
            1_100,
            "max(Salesforce 200 ms, write 100 ms, cache read 100 ms) + reserve 100 ms + Connect \
             800 ms",
        );
    }

    #[test]
    fn without_latencies_there_is_no_floor() {
        assert_eq!(floor(&Latency::none(), Scenario::Written).total, Duration::ZERO);
    }
}

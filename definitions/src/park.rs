//! Parking: what could not be brought to its end is kept as an item of its own, until replayed.

use atlas_asl::builder::{
    AnyError, Catch, ErrorOutput, Expr, Item, Kind, PutItemError, Retry, Task, Variable, context,
    substitution,
};

use crate::contract::{InteractionKey, records};

/// What was caught.
pub(crate) const FAILURE: Variable<ErrorOutput> = Variable::new("failure");
/// How many days a parked item is kept, as the deployment says it.
const RECORD_DAYS: Variable<String> = Variable::new("recordDays");

/// The table, and how long a parked item is kept in it.
pub(crate) const CALLS_TABLE: &str = "CallsTableName";
/// The days that a parked item is kept.
pub(crate) const PARKED_RECORD_DAYS: &str = "ParkedRecordDays";

/// Catches everything, and keeps what the park state needs to know of it.
pub(crate) fn catch_and_park(park_state: &str) -> Catch<AnyError> {
    Catch::on_all()
        .assign(&FAILURE, |failure| failure)
        .assign(&RECORD_DAYS, |_| substitution(PARKED_RECORD_DAYS))
        .next(park_state)
}

/// Puts the item: what failed and why, and whatever a replay needs besides.
pub(crate) fn park<K: Kind>(
    key: &Expr<InteractionKey>,
    sort_key: impl Into<Expr<String>>,
    needed_for_replay: impl FnOnce(Item) -> Item,
) -> Task<K, atlas_asl::builder::Value, PutItemError> {
    let days = RECORD_DAYS.get().number_or(records::DEFAULT_RECORD_DAYS);
    let item = Item::new()
        .text(records::PARTITION_KEY, key.text())
        .text(records::SORT_KEY, sort_key)
        // The cause is JSON text of its own, or absent: the whole is kept as it was caught.
        .text("error", FAILURE.get().error().json_text())
        .text("failure", FAILURE.get().json_text())
        .text("parkedAt", context::state_entered_time())
        .text("execution", context::execution_id())
        .number(records::EXPIRES_AT, context::now_seconds().plus(days.times(86_400)));
    Task::put_item(substitution(CALLS_TABLE), needed_for_replay(item)).timeout_seconds(3).retry_all(
        Retry::on_all()
            .interval_seconds(1)
            .max_attempts(5)
            .backoff_rate(2.0)
            .max_delay_seconds(8)
            .full_jitter(),
    )
}

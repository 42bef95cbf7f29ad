//! The tables of the file.

use redb::TableDefinition;

/// The format that this program reads and writes.
pub(crate) const FORMAT: u64 = 3;
/// The format that the rows of an execution have had since: an export has them, and nothing that is found by
/// them.
pub(crate) const ROWS_FORMAT: u64 = 2;
/// Under which the format stands.
pub(crate) const FORMAT_KEY: &str = "format";

/// Between the parts of a name. No ARN has it.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// What is known of the file itself.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// The numbers of regions and accounts.
pub(crate) const PLACES: TableDefinition<'_, &str, u32> = TableDefinition::new("places");

/// Documents of machines, activities and tags, by region, account, shelf and name.
pub(crate) const DOCUMENTS: TableDefinition<'_, &str, &str> = TableDefinition::new("documents");

/// Machines as executions began with them, by revision.
pub(crate) const MACHINES: TableDefinition<'_, &str, &str> = TableDefinition::new("machines");

/// What is known of executions beside their facts and never changes, by number.
pub(crate) const EXECUTIONS: TableDefinition<'_, u64, &str> = TableDefinition::new("executions");

/// How executions stand, by number.
pub(crate) const STAGES: TableDefinition<'_, u64, &str> = TableDefinition::new("stages");

/// The facts of executions, by the execution's number and the place of the first of them. Those that
/// were committed together are one record: a line each.
pub(crate) const FACTS: TableDefinition<'_, (u64, u64), &str> = TableDefinition::new("facts");

/// The numbers of executions, by ARN.
pub(crate) const ARNS: TableDefinition<'_, &str, u64> = TableDefinition::new("arns");

/// Executions that are in memory and have not ended, by place and number: those come back first.
pub(crate) const AWAKE: TableDefinition<'_, (u32, u64), ()> = TableDefinition::new("awake");

/// Executions that wait and are not in memory, by place and number: until when, and who waits for them.
pub(crate) const RESTING: TableDefinition<'_, (u32, u64), (Option<i64>, &str)> =
    TableDefinition::new("resting");

/// Executions by what they can be looked for: machine and status, place and status,
/// business key, who started them.
pub(crate) const INDEX: TableDefinition<'_, (&str, u64), ()> = TableDefinition::new("index");

/// How many rows of `INDEX` there are under each machine or place and status.
pub(crate) const COUNTS: TableDefinition<'_, &str, u64> = TableDefinition::new("counts");

/// The first and the last moment at which executions of a block of numbers began, by block.
pub(crate) const SPANS: TableDefinition<'_, u64, (i64, i64)> = TableDefinition::new("spans");

/// What the folder is set to, by name.
pub(crate) const SETTINGS: TableDefinition<'_, &str, &str> = TableDefinition::new("settings");

/// Executions by the moment of their end.
pub(crate) const ENDED: TableDefinition<'_, (i64, u64), ()> = TableDefinition::new("ended");

/// Whose task a token ends, and which.
pub(crate) const TOKENS: TableDefinition<'_, &str, (u64, u32)> = TableDefinition::new("tokens");

/// The executions of map runs, by the map run's ARN.
pub(crate) const MAP_RUNS: TableDefinition<'_, &str, u64> = TableDefinition::new("map-runs");

/// The tokens and the map runs of an execution, by its number.
pub(crate) const NAMES: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("names");

//! The tables of the file.

use redb::TableDefinition;

/// The format that this program reads and writes.
pub(crate) const FORMAT: u64 = 1;
/// Under which the format stands.
pub(crate) const FORMAT_KEY: &str = "format";

/// What is known of the file itself.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// Documents of machines, activities and tags, by region, account, shelf and name.
pub(crate) const DOCUMENTS: TableDefinition<'_, &str, &str> = TableDefinition::new("documents");

/// Machines as executions began with them, by revision.
pub(crate) const MACHINES: TableDefinition<'_, &str, &str> = TableDefinition::new("machines");

/// What is known of executions beside their facts, by number.
pub(crate) const EXECUTIONS: TableDefinition<'_, u64, &str> = TableDefinition::new("executions");

/// The facts of executions, by the execution's number and the place of the first of them. Those that
/// were committed together are one record: a line each.
pub(crate) const FACTS: TableDefinition<'_, (u64, u64), &str> = TableDefinition::new("facts");

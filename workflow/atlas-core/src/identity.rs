//! Who an execution is: the names and ARNs that its history and its context object show.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;

/// The names of an execution and of its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The execution's ARN.
    pub execution_arn: Arc<str>,
    /// The execution's name.
    pub execution_name: Arc<str>,
    /// The machine's ARN.
    pub state_machine_arn: Arc<str>,
    /// The machine's name.
    pub state_machine_name: Arc<str>,
    /// The role that the machine runs as.
    pub role_arn: Arc<str>,
    /// The region of both.
    pub region: Arc<str>,
    /// STANDARD or EXPRESS.
    pub execution_type: ExecutionType,
    /// The version of the machine that was asked for, by itself or by an alias.
    pub version_arn: Option<Arc<str>>,
    /// The alias that was asked for.
    pub alias_arn: Option<Arc<str>>,
    /// The map run that it is a child of.
    pub map_run_arn: Option<Arc<str>>,
}

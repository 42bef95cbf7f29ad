//! Who an execution is: the names and ARNs that its history and its context object show.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;

use crate::{ChildId, Processor, random::uuid_of};

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

impl Identity {
    /// Who a child execution of one of its map runs is. The same child is the same one again.
    pub(crate) fn child(&self, child: ChildId, processor: &Processor, map_run: &Arc<str>) -> Self {
        // The machine of a child that has map runs itself is `NAME/LABEL`.
        let outermost = |machine: &str| machine.split('/').next().unwrap_or_default().to_owned();
        let of_machine = |machine: &str| format!("{}/{}", outermost(machine), processor.label);
        let state_machine_arn = of_machine(&self.state_machine_arn);
        let name = uuid_of((&self.execution_arn, child));
        let execution_arn = match processor.execution_type {
            ExecutionType::Standard => {
                let machine = state_machine_arn.replacen(":stateMachine:", ":execution:", 1);
                format!("{machine}:{name}")
            }
            ExecutionType::Express => {
                let machine = state_machine_arn.replacen(":stateMachine:", ":express:", 1);
                let unique = uuid_of((&self.execution_arn, child, "express"));
                format!("{machine}:{name}:{unique}")
            }
        };
        Self {
            execution_arn: execution_arn.into(),
            execution_name: name.into(),
            state_machine_arn: state_machine_arn.into(),
            state_machine_name: of_machine(&self.state_machine_name).into(),
            role_arn: Arc::clone(&self.role_arn),
            region: Arc::clone(&self.region),
            execution_type: processor.execution_type,
            version_arn: None,
            alias_arn: None,
            map_run_arn: Some(Arc::clone(map_run)),
        }
    }
}

//! What all of these commands work with: the account, and how things are shown.

use std::sync::Arc;

use crate::{
    arguments::{
        executions::Which,
        operator::{Reach, Shown},
    },
    failure::Failure,
    operator::{Clock, Mask, Reached, Wanted, connect, execution, note_reveal},
};

/// The account, and how things are shown.
pub(super) struct Desk {
    pub(super) reached: Arc<Reached>,
    pub(super) clock: Clock,
    pub(super) mask: Mask,
    pub(super) json: bool,
}

impl Desk {
    pub(super) async fn new(reach: &Reach, shown: Shown) -> Result<Self, Failure> {
        Ok(Self {
            reached: Arc::new(connect(reach).await?),
            clock: Clock::new(shown.moments),
            mask: if shown.reveal { Mask::Revealed } else { Mask::Masked },
            json: shown.json,
        })
    }

    /// The execution that is to be looked at.
    pub(super) async fn execution(&self, which: &Which) -> Result<String, Failure> {
        let machine = which.machine.as_deref();
        execution(&self.reached, &which.execution, machine, Wanted::ToLookAt).await
    }

    /// Notes that somebody sees the personal data of an execution, where that is asked for.
    pub(super) fn may_show(&self, command: &str, execution_arn: &str) -> Result<(), Failure> {
        match self.mask {
            Mask::Masked => Ok(()),
            Mask::Revealed => note_reveal(&format!("executions {command}"), execution_arn),
        }
    }
}

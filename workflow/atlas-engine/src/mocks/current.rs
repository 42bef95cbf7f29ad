//! The mock file that an engine uses now: the first one, or one that has taken its place.

use std::sync::{Arc, PoisonError, RwLock};

use atlas_asl::model::StateMachine;

use super::{MockConfig, MockFault};

/// The mock file in use.
#[derive(Debug, Default)]
pub(crate) struct CurrentMocks {
    first: Option<Arc<MockConfig>>,
    /// In the place of the first.
    other: RwLock<Option<Arc<MockConfig>>>,
}

impl CurrentMocks {
    pub(crate) fn new(first: Option<Arc<MockConfig>>) -> Self {
        Self { first, other: RwLock::default() }
    }

    pub(crate) fn get(&self) -> Option<Arc<MockConfig>> {
        let other = self.other.read().unwrap_or_else(PoisonError::into_inner);
        other.as_ref().or(self.first.as_ref()).cloned()
    }

    pub(crate) fn replace(&self, mocks: Arc<MockConfig>) {
        *self.other.write().unwrap_or_else(PoisonError::into_inner) = Some(mocks);
    }

    /// What `config` mocks of a machine although it cannot be mocked. `known` was found when the machine
    /// was made, and holds as long as no other file has taken the first one's place.
    pub(crate) fn faults(
        &self,
        config: &Arc<MockConfig>,
        known: &[MockFault],
        name: &str,
        definition: &StateMachine,
    ) -> Vec<MockFault> {
        match &self.first {
            Some(first) if Arc::ptr_eq(first, config) => known.to_vec(),
            Some(_) | None => config.check_against(name, definition),
        }
    }
}

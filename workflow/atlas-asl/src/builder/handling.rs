//! What Task, Parallel and Map have in common: `Retry`, `Catch`, `Assign`, `Output`.

use serde_json::Value;

use super::{catch::Catch, retry::Retry};
use crate::model::{Catcher, Retrier};

/// The lists that grow while a state is written. What catches everything comes last.
#[derive(Debug, Clone, Default)]
pub(super) struct Handling {
    retry: Vec<Retrier>,
    retry_all: Vec<Retrier>,
    catch: Vec<Catcher>,
    catch_all: Vec<Catcher>,
    pub(super) assign: Option<Value>,
    pub(super) output: Option<Value>,
}

impl Handling {
    pub(super) fn retry<E>(&mut self, retry: Retry<E>) {
        self.retry.push(retry.retrier);
    }

    pub(super) fn retry_all<E>(&mut self, retry: Retry<E>) {
        self.retry_all.push(retry.retrier);
    }

    pub(super) fn catch<E>(&mut self, catch: Catch<E>) {
        self.catch.push(catch.catcher);
    }

    pub(super) fn catch_all<E>(&mut self, catch: Catch<E>) {
        self.catch_all.push(catch.catcher);
    }

    pub(super) fn retriers(&mut self) -> Vec<Retrier> {
        let mut retriers = std::mem::take(&mut self.retry);
        retriers.append(&mut self.retry_all);
        retriers
    }

    pub(super) fn catchers(&mut self) -> Vec<Catcher> {
        let mut catchers = std::mem::take(&mut self.catch);
        catchers.append(&mut self.catch_all);
        catchers
    }
}

/// What can be said of a state that fails when something inside it does: its branches, its iterations.
///
/// A Task has methods of its own, for its step says which errors there are.
macro_rules! retry_and_catch {
    ($one:literal, $all:literal) => {
        #[doc = concat!("Adds to `Retry`: all ", $all, " start again.")]
        pub fn retry<E: $crate::builder::ErrorNames>(
            mut self,
            retry: $crate::builder::Retry<E>,
        ) -> Self {
            self.handling.retry(retry);
            self
        }

        /// Adds a retrier of every error, after all others.
        pub fn retry_all(
            mut self,
            retry: $crate::builder::Retry<$crate::builder::AnyError>,
        ) -> Self {
            self.handling.retry_all(retry);
            self
        }

        #[doc = concat!("Adds to `Catch`. The error is that of the ", $one, " that failed first.")]
        pub fn catch<E: $crate::builder::ErrorNames>(
            mut self,
            catch: $crate::builder::Catch<E>,
        ) -> Self {
            self.handling.catch(catch);
            self
        }

        /// Adds a catcher of every error, after all others.
        pub fn catch_all(
            mut self,
            catch: $crate::builder::Catch<$crate::builder::AnyError>,
        ) -> Self {
            self.handling.catch_all(catch);
            self
        }
    };
}
pub(super) use retry_and_catch;

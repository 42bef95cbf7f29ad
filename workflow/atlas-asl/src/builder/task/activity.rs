//! Activities: work that a worker polls for. STANDARD only.

use super::Task;
use crate::builder::{Expr, kind::Standard, step::UnknownError, typed::Typed};

impl Task<Standard> {
    /// Waits for a worker of the activity whose ARN is the substitution `${name}`.
    ///
    /// Only STANDARD machines have activities:
    ///
    /// ```
    /// # use atlas_asl::builder::*;
    /// let machine = Machine::standard::<u32>().start("Approve", |input| {
    ///     Task::activity::<u32, String>("ApproveArn", input).timeout_seconds(3600).end()
    /// });
    /// # let _: Machine<Standard, u32, String> = machine;
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use atlas_asl::builder::*;
    /// let machine = Machine::express::<u32>().start("Approve", |input| {
    ///     Task::activity::<u32, String>("ApproveArn", input).timeout_seconds(3600).end()
    /// });
    /// # let _: Machine<Express, u32, String> = machine;
    /// ```
    pub fn activity<I: Typed, O: Typed>(
        name: &str,
        input: impl Into<Expr<I>>,
    ) -> Task<Standard, O, UnknownError> {
        // The resource is the ARN itself: there is no integration between.
        let resource = format!("${{{name}}}");
        Task::calling(&resource, input.into().into_node(), None)
    }
}

//! Machines written in Rust, in the JSONata query language: what is wrong in kind does not compile.
//!
//! - EXPRESS and STANDARD are types: a callback, `.sync` or an activity on EXPRESS does not compile,
//!   nor does it in a branch or a Map.
//! - An expression has a type: a field that does not exist does not compile.
//! - A Task takes what it is called with, what it gives and what it can raise from its [`Step`].
//! - A state that leads nowhere cannot be added.
//!
//! What a name can get wrong (a target that is not there, a state nobody reaches, two states of one
//! name) and what a raw expression can get wrong, the validator says. Nothing here panics.

mod kind;
mod machine;

mod choice;
mod ending;
mod map;
mod parallel;
mod pass;
mod task;
mod wait;

mod catch;
mod handling;
mod retry;
mod step;

mod expression;
mod operations;
pub mod scope;

mod node;
mod shape;
mod typed;

pub use self::{
    catch::{Catch, CatchErrors},
    choice::{Choice, Rule, When},
    ending::{Fail, Succeed},
    expression::{Expr, Literal},
    kind::{Ends, Exit, Express, Kind, Leads, Standard, State},
    machine::{Branch, Machine},
    map::{Map, MapEach},
    node::{Binding, Node},
    operations::{Condition, IsText, JsonType, MergeOf, Number, all_of, any_of, merge},
    parallel::Parallel,
    pass::Pass,
    retry::{AnyError, LAMBDA_TRANSIENT_ERRORS, Retry},
    scope::{ErrorOutput, Variable, context, substitution},
    shape::{KeptFields, camel_case, raises, scalar, shape, words},
    step::{
        CallbackStep, Child, ErrorNames, PutItemError, StartExecutionError, Step, UnknownError,
    },
    task::{Item, LambdaTask, StartExecutionTask, StartedExecution, Task, TaskToken},
    typed::{Append, Argument, Elements, Fields, Leaf, Outputs, Several, Typed},
    wait::Wait,
};
pub use serde_json::Value;

#[cfg(test)]
mod tests;

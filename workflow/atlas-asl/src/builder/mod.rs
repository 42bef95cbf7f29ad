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
//!
//! # A machine
//!
//! The contract of a step, once:
//!
//! ```
//! use atlas_asl::builder::{
//!     Catch, Choice, Fail, Machine, Retry, Standard, Step, Succeed, Task, Variable, raises, shape,
//! };
//! use atlas_asl::validate::{NoContract, validate};
//!
//! shape! {
//!     /// What is bought.
//!     pub struct Order, OrderArguments {
//!         /// Its number.
//!         pub order_id: String,
//!         /// What it costs, in cents.
//!         pub total: u64,
//!     }
//! }
//! shape! {
//!     /// What the bank says.
//!     pub struct Payment, PaymentArguments {
//!         /// Whether it paid.
//!         pub paid: bool,
//!     }
//! }
//! raises! {
//!     /// What the bank can raise.
//!     pub enum ChargeError {
//!         /// It does not answer.
//!         Unavailable = "Bank.Unavailable",
//!         /// It says no.
//!         Refused = "Bank.Refused",
//!     }
//! }
//!
//! struct Charge;
//! impl Step for Charge {
//!     const HANDLER: &'static str = "ChargeHandler";
//!     type Input = Order;
//!     type Output = Payment;
//!     type Error = ChargeError;
//! }
//!
//! // A machine over it. `order` and `payment` are references: they have an accessor for each field that
//! // there is.
//! const PAID: Variable<bool> = Variable::new("paid");
//!
//! let machine: Machine<Standard, Order, String> = Machine::standard::<Order>()
//!     .comment("Charges an order.")
//!     .start("Charge", |order| {
//!         Task::lambda(Charge)
//!             .arguments(OrderArguments { order_id: order.order_id(), total: order.total() })
//!             .timeout_seconds(30)
//!             .retry(Retry::on([ChargeError::Unavailable]).max_attempts(5).full_jitter())
//!             .retry(Retry::on_lambda_transient())
//!             .catch(Catch::on([ChargeError::Refused]).next("NotPaid"))
//!             .assign(&PAID, |payment| payment.paid())
//!             .next("IsPaid")
//!     })
//!     .state("IsPaid", Choice::new().when(PAID.get().equals(true), "Paid").otherwise("NotPaid"))
//!     .state("Paid", Succeed::output("thank you"))
//!     .state("NotPaid", Fail::with("NotPaid", "the bank did not pay"));
//!
//! let kind = machine.execution_type();
//! let definition = machine.build();
//! assert!(validate(&definition, kind, &NoContract).is_empty());
//! println!("{}", atlas_asl::render::render(&definition));
//! ```

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
    retry::{AnyError, LAMBDA_THROTTLED, LAMBDA_TRANSIENT_ERRORS, Retry},
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

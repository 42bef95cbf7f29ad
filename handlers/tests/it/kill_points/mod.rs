//! Each handler's binary is killed once before and once after each external call that it makes.
//!
//! A run in which nobody is killed tells which calls there are. Then each is met again, in a deployment
//! of its own, and at it the process is killed: when the call has not reached its service, or when the
//! service has answered and the handler does not know it. What is judged is what the services counted.

pub(crate) mod call;

pub(crate) mod proxy;

mod killable;

mod scene;

mod each_call;

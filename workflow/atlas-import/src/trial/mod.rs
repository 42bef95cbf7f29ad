//! The original and the rewritten definition, run on the same mocks in virtual time and compared.

mod latency;

mod run;

mod document;
mod paths;

mod cases;

mod sameness;

mod compare;

pub use cases::{Answer, Answers, GivenCase, Turn};
pub use compare::{Difference, NotRunnable, Timed, Trial, Unsuccessful, compare};
pub use latency::{Latencies, TooLong};
pub use run::{Call, Ran};
pub(crate) use sameness::shortened;

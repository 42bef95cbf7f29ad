//! What the whole-system tests share: the data that lies beside the project, and how an answer is
//! compared with a recording of AWS.

mod recorded;

pub use recorded::{
    Call, Case, Invocation, Mismatch, cases, compare, cut_where_it_still_ran, invocation_of,
};

//! `atlas executions` and `atlas parked`: against `atlas dev`, and what moto implements against moto.

mod account;

mod everywhere;

mod looking;

mod acting;

mod comparing;

mod express;

mod pipeline;

mod completions;

mod erasing;

mod erasing_in_part;

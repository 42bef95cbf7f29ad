//! `atlas executions` and `atlas parked`: against `atlas dev`, and what moto implements against moto.

mod account;

mod completions;

mod everywhere;

mod looking;

mod acting;

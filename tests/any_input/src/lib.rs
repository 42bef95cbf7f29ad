//! What holds for any input at all: bytes that nobody has looked at, sent to each place where Atlas
//! Engine reads what others wrote.
//!
//! Each `check` panics where something does not hold. The fuzz targets in `fuzz/` call them with what
//! they make up; the tests here call them with what the targets have found so far, in `corpora/`.

pub mod definition;

pub mod path;

pub mod intrinsic;

pub mod jsonata;

pub mod request;

pub mod template;

mod parts;

mod scene;

mod run;

pub mod corpus;

#[cfg(test)]
mod replay;

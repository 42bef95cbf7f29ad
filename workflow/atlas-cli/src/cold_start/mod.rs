//! `atlas bench cold-start`: how long functions take from their start to their first answer, each as its
//! first invocation on Lambda would be.

mod candidate;

mod events;

mod world;

mod sample;

mod table;

pub(crate) use self::{
    candidate::{Candidate, NotThere},
    sample::{Figures, Sample},
    table::{Row, Table},
    world::{Broken, World},
};

//! The checks, a file each: what is looked at, and every kind of thing that can be found there.

pub(crate) mod variables;

pub(crate) mod clock;
pub(crate) mod credentials;

pub(crate) mod key;
pub(crate) mod lead;
pub(crate) mod limits;
pub(crate) mod login;
pub(crate) mod secret;

pub(crate) mod caller;
pub(crate) mod flow;
pub(crate) mod instance;
pub(crate) mod model_tokens;
pub(crate) mod quotas;

pub(crate) mod model;

pub(crate) mod tables;

pub(crate) mod events;
pub(crate) mod queues;

pub(crate) mod drift;
pub(crate) mod machines;

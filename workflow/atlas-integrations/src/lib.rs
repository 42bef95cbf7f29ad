//! How tasks reach AWS services: over HTTP, signed, at endpoints that the caller names.
//!
//! Nothing is sent to AWS where no endpoint was given for: a machine that is tried here must never reach an
//! account by accident. An HTTP Task calls the URL that it names, once its connection was found at an endpoint. Nothing is read from the environment, and no request or answer is logged.

mod services;

mod endpoints;

mod credentials;

mod signing;

mod transport;

mod failure;

mod metadata;

mod protocol;

mod optimised;

mod endpoint;

mod sdk;

#[cfg(test)]
mod tests;

pub use credentials::Credentials;
pub use endpoints::{Endpoints, InvalidEndpoint};
pub use services::{AwsServices, Options};
pub use transport::Timeouts;

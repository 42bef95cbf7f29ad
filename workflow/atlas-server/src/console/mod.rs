//! What an operator sees in a browser: the page, and the API that it asks.

mod routes;

mod page;

mod session;

mod fault;

pub(crate) use routes::routes;

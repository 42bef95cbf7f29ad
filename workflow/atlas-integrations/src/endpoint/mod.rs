//! Tasks that call an endpoint of somebody's own: an HTTPS API, an API of API Gateway. No API model says what
//! they may send or what they answer.

mod http;

mod request;

mod form;

mod connection;

mod token;

mod api_gateway;

mod answer;

pub(crate) use api_gateway::invoke as invoke_api_gateway;
pub(crate) use http::invoke as invoke_http;

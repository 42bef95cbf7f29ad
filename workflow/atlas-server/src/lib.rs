//! The Step Functions API over HTTP: what the AWS CLI and the SDKs ask, the engine answers.
//!
//! One file per action. No command line, nothing on stdout.

mod serve;

mod patience;

mod routes;

mod guard;

mod console;

mod protocol;

mod body;

mod place;

mod app;

mod start_form;

mod mock_file;

mod virtual_time;

mod request;

mod shapes;

mod api_error;

mod actions;

mod arn;

mod page;

mod settings;

mod label_fault;

mod tags;

mod own_service;

mod test_state;

pub use app::{Account, App, AppOptions, wall_clock};
pub use console::{PipelineRecorder, ServiceCall};
pub use guard::{AllowedHost, Guard, InvalidHost, InvalidToken, Token};
pub use routes::router;
pub use serve::serve;
pub use start_form::StartForm;

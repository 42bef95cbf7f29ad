//! Who may ask: under which names, from which pages, with which token.

mod token;

mod host;

mod origin;

mod session;

mod gate;

mod refusal;

mod page_headers;

pub use gate::Guard;
pub use host::{AllowedHost, InvalidHost};
pub use token::{InvalidToken, Token};

pub(crate) use gate::{Reached, admit};
pub(crate) use session::{cookie_of, forgotten_cookie};

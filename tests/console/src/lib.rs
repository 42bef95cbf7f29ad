//! A browser that tests drive: Chromium without a window, over the WebDriver protocol. A client of our own,
//! because what is needed of the protocol is less than what a crate for it would bring.

mod browser;
mod driver;
mod keys;
mod wire;

pub use browser::{Browser, Element};
pub use driver::Driver;
pub use keys::Key;
pub use wire::BrowserError;

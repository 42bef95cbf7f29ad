//! What a month of leads costs on AWS, and which quota stops first: counted from histories of the machines, measured
//! durations, and dated files of prices and quotas.
//!
//! Pure: it reads no clock and no file and asks nobody. Money is decimal to the last digit, never a float. What
//! could not be verified says so, in the data and in what comes out.

mod decimal;

mod dated;

mod prices;

mod quotas;

mod measured;

mod traffic;

mod requests;

mod journey;

mod demand;

mod bill;

mod comparison;

mod capacity;

mod backlog;

mod markdown;

pub use backlog::{Backlog, BacklogRow, TurnPolicy, backlogs};
pub use bill::{Architecture, Bill, BillError, Line, Plan, Provisioned, bill};
pub use capacity::{Capacity, CapacityRow, capacity};
pub use comparison::Comparison;
pub use dated::{DataError, Evidence};
pub use decimal::{Decimal, InvalidDecimal, Overflow};
pub use demand::{Demand, Demanded, Prompt, Prompts, demand};
pub use journey::{Executed, Journey, JourneyError, journey};
pub use markdown::{markdown, markdown_of_capacity};
pub use measured::Measured;
pub use prices::{Price, Prices, Tier};
pub use quotas::{Quota, Quotas};
pub use requests::Requests;
pub use traffic::Traffic;

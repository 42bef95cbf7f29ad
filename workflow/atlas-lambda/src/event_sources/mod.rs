//! What invokes functions by itself: queues and schedules.

mod running;

mod queue;

mod sqs_mapping;

mod batch;

mod batch_answer;

mod schedule;

mod rate;

pub use queue::{Message, Queue, QueueError};
pub use rate::{InvalidRate, Rate};
pub use running::RunningSource;
pub use schedule::Schedule;
pub use sqs_mapping::{InvalidMapping, MappingEvent, SqsMapping};

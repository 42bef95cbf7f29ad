//! The engine is killed at each moment that matters, and comes back from its journal, while Salesforce,
//! Connect and the tables and queues live on.
//!
//! It is a process of its own, with the handlers in it. A lead's first run tells which moments there are:
//! each call that leaves the process, before it reaches its service and after; each fact of the call's
//! execution, before it is committed and after; each time that something waits to leave. Then each is met
//! again, in a world of its own. The EXPRESS execution is lost with the process, so whoever started the lead
//! and was not told of its end starts it again. What is judged is what the services counted.

mod engine;

mod asker;

mod scene;

mod each_moment;

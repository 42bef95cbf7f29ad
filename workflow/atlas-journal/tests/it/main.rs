//! What one process kept, the next one goes on with.

mod folders;

mod recovery;

mod harness;

//! Lambda binaries of this project as the zips that AWS takes: built, checked, packed.
//!
//! Cargo builds them ([`Build`]), with what suits the architecture ([`Means`]); a binary that Lambda's
//! loader would not start is refused with what would start ([`inspect`]); what is packed depends on the
//! binary alone ([`pack`]), so that the same sources give the same digest.
//!
//! It knows no handler, calls nobody, and prints nothing but what Cargo says on stderr.

mod architecture;

mod sources;

mod means;

mod build;

mod binary;

mod glibc;

mod archive;

mod digest;

mod package;

mod fault;

pub use architecture::{Architecture, UnknownArchitecture};
pub use binary::{Binary, inspect};
pub use build::{Build, Built};
pub use digest::Digest;
pub use fault::{BinaryFault, BinaryFaultKind, BuildError, NoMeans, NoSources, PackageError};
pub use glibc::Glibc;
pub use means::{Chosen, Means, Tools, choose};
pub use package::{Excess, Package, pack, write_all};
pub use sources::Sources;

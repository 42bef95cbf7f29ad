//! The two processors that Lambda has.

use std::{fmt, str::FromStr};

/// A processor architecture, by Lambda's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// Intel and AMD.
    X86_64,
}

/// Lambda has no processor of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no architecture of Lambda; expected `arm64` or `x86_64`")]
pub struct UnknownArchitecture(String);

impl Architecture {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Arm64, Self::X86_64];

    /// The one that this runs on, where Lambda has it and this is Linux.
    pub fn of_host() -> Option<Self> {
        let has = |one: &Self| cfg!(target_os = "linux") && one.rust() == std::env::consts::ARCH;
        Self::ALL.into_iter().find(has)
    }

    /// Lambda's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// The first word of Rust's targets.
    pub(crate) fn rust(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64",
            Self::X86_64 => "x86_64",
        }
    }

    /// The target with GNU's C library, which is Lambda's.
    pub(crate) fn gnu_target(self) -> String {
        format!("{}-unknown-linux-gnu", self.rust())
    }

    /// The target that brings its C library along.
    pub(crate) fn musl_target(self) -> String {
        format!("{}-unknown-linux-musl", self.rust())
    }

    /// The loader of programs on Lambda.
    pub(crate) fn loader(self) -> &'static str {
        match self {
            Self::Arm64 => "/lib/ld-linux-aarch64.so.1",
            Self::X86_64 => "/lib64/ld-linux-x86-64.so.2",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Architecture {
    type Err = UnknownArchitecture;

    fn from_str(name: &str) -> Result<Self, UnknownArchitecture> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| UnknownArchitecture(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_architecture_is_known_by_lambdas_name_alone() {
        for one in Architecture::ALL {
            assert_eq!(one.name().parse(), Ok(one));
        }
        assert!("aarch64".parse::<Architecture>().unwrap_err().to_string().contains("`arm64`"));
    }
}

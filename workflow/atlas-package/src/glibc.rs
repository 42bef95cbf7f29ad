//! Versions of GNU's C library: which one Lambda has, and which one a symbol asks for.

use std::{fmt, str::FromStr};

/// A version, as `2.34`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc {
    major: u16,
    minor: u16,
}

impl Glibc {
    /// What the runtime `provided.al2023` has: Amazon Linux 2023 keeps it for its whole life (Amazon Linux
    /// 2023 User Guide, "Comparing AL2 and AL2023": glibc 2.34).
    pub const OF_LAMBDA: Self = Self { major: 2, minor: 34 };

    /// Of a symbol's version, `GLIBC_2.34`; none where it is another library's or the library's own matter
    /// (`GLIBC_PRIVATE`).
    pub(crate) fn of_symbol(version: &str) -> Option<Self> {
        version.strip_prefix("GLIBC_")?.parse().ok()
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Glibc {
    type Err = ();

    /// `2.2.5` is `2.2`: nobody here needs to tell them apart.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.').map(str::parse);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self { major, minor }),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_numbers() {
        for (version, is_on_lambda) in [
            ("GLIBC_2.2.5", Some(true)),
            ("GLIBC_2.4", Some(true)),
            ("GLIBC_2.34", Some(true)),
            ("GLIBC_2.35", Some(false)),
            ("GLIBC_2.100", Some(false)),
            ("GLIBC_3.0", Some(false)),
            ("GLIBC_PRIVATE", None),
            ("GCC_4.2.0", None),
        ] {
            let found = Glibc::of_symbol(version).map(|version| version <= Glibc::OF_LAMBDA);
            assert_eq!(found, is_on_lambda, "{version}");
        }
    }
}

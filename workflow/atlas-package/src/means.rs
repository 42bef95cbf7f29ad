//! What builds a binary for an architecture, of what is installed here.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
};

use crate::{Architecture, Glibc, NoMeans};

/// What builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// `cargo lambda build`: Zig links for either architecture, against the C library that is asked for.
    CargoLambda,
    /// Cargo alone, for this machine's architecture and against its C library.
    Cargo,
    /// Cargo for the target that brings its C library along.
    Musl,
}

/// What is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    /// What this machine is, where Lambda has such.
    pub host: Option<Architecture>,
    /// Whether cargo-lambda is there.
    pub cargo_lambda: bool,
    /// For which architectures Rust's standard library and a C compiler with musl are there.
    pub musl: Vec<Architecture>,
}

/// What builds, and why that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// What builds.
    pub means: Means,
    /// Why it was chosen, in words.
    pub why: String,
}

/// Chooses what builds for an architecture, or takes what is asked for.
///
/// cargo-lambda goes first, for what it links starts on Lambda whatever this machine has. Then this
/// machine's own C library, whose allocator and resolver are those of Lambda's; what it links is looked at
/// before it is packed. musl is for what neither can build.
pub fn choose(
    asked: Option<Means>,
    architecture: Architecture,
    tools: &Tools,
) -> Result<Chosen, NoMeans> {
    let is_possible = |means: Means| match means {
        Means::CargoLambda => tools.cargo_lambda,
        Means::Cargo => tools.host == Some(architecture),
        Means::Musl => tools.musl.contains(&architecture),
    };
    if let Some(means) = asked {
        if is_possible(means) {
            return Ok(Chosen { means, why: "it was asked for".to_owned() });
        }
        return Err(NoMeans::Asked { means, architecture, why: missing(means, architecture) });
    }
    let found =
        [Means::CargoLambda, Means::Cargo, Means::Musl].into_iter().find(|it| is_possible(*it));
    match (found, tools.host) {
        (Some(means), _) => Ok(Chosen { means, why: reason(means, architecture) }),
        (None, Some(host)) => Err(NoMeans::Foreign { architecture, host }),
        (None, None) => Err(NoMeans::Nowhere { architecture }),
    }
}

fn reason(means: Means, architecture: Architecture) -> String {
    match means {
        Means::CargoLambda => {
            format!("it is installed, and links against Lambda's glibc {}", Glibc::OF_LAMBDA)
        }
        Means::Cargo => format!(
            "{architecture} is what this machine is, and cargo-lambda is not installed; the versions of the \
             symbols are checked against Lambda's glibc {}",
            Glibc::OF_LAMBDA
        ),
        Means::Musl => format!(
            "{architecture} is not what this machine is, cargo-lambda is not installed, and {} is",
            architecture.musl_target()
        ),
    }
}

fn missing(means: Means, architecture: Architecture) -> String {
    match means {
        Means::CargoLambda => "cargo-lambda is not on PATH; `pip install cargo-lambda`".to_owned(),
        Means::Cargo => {
            "Cargo alone builds for this machine; cargo-lambda builds for both".to_owned()
        }
        Means::Musl => {
            let target = architecture.musl_target();
            format!(
                "it takes `rustup target add {target}` and {}",
                compilers(architecture).join(" or ")
            )
        }
    }
}

impl Tools {
    /// Looks what is there.
    pub fn look() -> Self {
        let has_musl = |one: &Architecture| has_standard_library(&one.musl_target()) && has_c(*one);
        Self {
            host: Architecture::of_host(),
            cargo_lambda: on_path("cargo-lambda").is_some(),
            musl: Architecture::ALL.into_iter().filter(has_musl).collect(),
        }
    }
}

fn has_standard_library(target: &str) -> bool {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked =
        Command::new(compiler).args(["--print", "target-libdir", "--target", target]).output();
    asked.is_ok_and(|said| {
        Path::new(String::from_utf8_lossy(&said.stdout).trim())
            .read_dir()
            .is_ok_and(|mut files| files.next().is_some())
    })
}

/// One of the dependencies is written in C.
fn has_c(architecture: Architecture) -> bool {
    let variable = format!("CC_{}", architecture.musl_target().replace('-', "_"));
    env::var_os(variable).is_some()
        || compilers(architecture).iter().any(|program| on_path(program).is_some())
}

/// The compilers that the crate `cc` looks for.
fn compilers(architecture: Architecture) -> Vec<String> {
    let of_target = format!("{}-linux-musl-gcc", architecture.rust());
    let is_host = Architecture::of_host() == Some(architecture);
    let of_host = is_host.then(|| "musl-gcc".to_owned());
    of_host.into_iter().chain([of_target]).collect()
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CargoLambda => "cargo-lambda",
            Self::Cargo => "cargo",
            Self::Musl => "musl",
        })
    }
}

impl FromStr for Means {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::CargoLambda, Self::Cargo, Self::Musl].into_iter();
        let mut found = found.filter(|means| means.to_string() == name);
        found.next().ok_or_else(|| "expected cargo-lambda, cargo or musl".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARM: Architecture = Architecture::Arm64;
    const X86: Architecture = Architecture::X86_64;

    fn tools(cargo_lambda: bool, musl: &[Architecture]) -> Tools {
        Tools { host: Some(X86), cargo_lambda, musl: musl.to_vec() }
    }

    #[test]
    fn what_builds_is_chosen_from_what_is_installed() {
        let check = |asked, architecture, tools: &Tools, expected: Means, why: &str| {
            let chosen = choose(asked, architecture, tools).unwrap();
            assert_eq!(chosen.means, expected);
            assert!(chosen.why.contains(why), "{}", chosen.why);
        };
        check(None, X86, &tools(true, &[X86]), Means::CargoLambda, "it is installed");
        check(None, ARM, &tools(true, &[]), Means::CargoLambda, "glibc 2.34");
        check(None, X86, &tools(false, &[X86]), Means::Cargo, "what this machine is");
        check(None, ARM, &tools(false, &[ARM]), Means::Musl, "aarch64-unknown-linux-musl is");
        check(Some(Means::Musl), X86, &tools(true, &[X86]), Means::Musl, "asked for");
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        let check = |asked, architecture, tools: &Tools, words: &[&str]| {
            let error = choose(asked, architecture, tools).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "`{word}` is missing in {error}");
            }
        };
        let arm = "rustup target add aarch64-unknown-linux-gnu";
        check(None, ARM, &tools(false, &[X86]), &["arm64", "pip install", arm, "`--arch x86_64`"]);
        check(
            Some(Means::Cargo),
            ARM,
            &tools(true, &[]),
            &["`--with cargo`", "arm64", "this machine"],
        );
        check(Some(Means::Musl), X86, &tools(true, &[ARM]), &["x86_64-unknown-linux-musl", "gcc"]);
        check(Some(Means::CargoLambda), X86, &tools(false, &[]), &["not on PATH"]);
        let elsewhere = Tools { host: None, ..tools(false, &[]) };
        check(None, X86, &elsewhere, &["nothing here builds for x86_64", "pip install"]);
    }

    #[test]
    fn means_are_known_by_their_names() {
        for means in [Means::CargoLambda, Means::Cargo, Means::Musl] {
            assert_eq!(means.to_string().parse(), Ok(means));
        }
        assert!("zig".parse::<Means>().is_err());
    }
}

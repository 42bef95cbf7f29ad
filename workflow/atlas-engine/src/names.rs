//! Names and ARNs of machines, executions and activities.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;

/// The region and account that this engine's ARNs carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `us-east-1` unless it is set.
    pub region: Arc<str>,
    /// Twelve zeros unless it is set.
    pub account: Arc<str>,
}

impl Default for Place {
    fn default() -> Self {
        Self { region: "us-east-1".into(), account: "000000000000".into() }
    }
}

impl Place {
    /// `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`.
    pub fn state_machine_arn(&self, name: &str) -> String {
        format!("arn:aws:states:{}:{}:stateMachine:{name}", self.region, self.account)
    }

    /// `arn:aws:states:REGION:ACCOUNT:activity:NAME`.
    pub fn activity_arn(&self, name: &str) -> String {
        format!("arn:aws:states:{}:{}:activity:{name}", self.region, self.account)
    }

    /// `…:execution:MACHINE:NAME`, or `…:express:MACHINE:NAME:UUID`.
    pub(crate) fn execution_arn(
        &self,
        machine: &str,
        name: &str,
        kind: ExecutionType,
        random: u128,
    ) -> String {
        let Self { region, account } = self;
        match kind {
            ExecutionType::Standard => {
                format!("arn:aws:states:{region}:{account}:execution:{machine}:{name}")
            }
            ExecutionType::Express => {
                let unique = uuid(random);
                format!("arn:aws:states:{region}:{account}:express:{machine}:{name}:{unique}")
            }
        }
    }
}

/// Whether this is the ARN of an EXPRESS execution.
pub(crate) fn is_express(execution_arn: &str) -> bool {
    kind_of(execution_arn) == Some("express")
}

/// What an ARN is of: `stateMachine`, `execution`, `express`, `mapRun`.
pub(crate) fn kind_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(5)
}

/// The name of a machine, an execution or an activity that AWS refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid Name: '{0}'")]
pub struct InvalidName(pub String);

/// Says whether AWS takes a name: 1 to 80 characters, and none that a URL, a shell or a path
/// would stumble over.
pub fn check_name(name: &str) -> Result<(), InvalidName> {
    let refused = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(character)
    };
    if (1..=80).contains(&name.chars().count()) && !name.chars().any(refused) {
        Ok(())
    } else {
        Err(InvalidName(name.to_owned()))
    }
}

/// A random UUID (version 4) of these bits.
pub(crate) fn uuid(random: u128) -> String {
    let versioned = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let digits = format!("{versioned:032x}");
    let mut text = String::with_capacity(36);
    for (index, digit) in digits.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_1_to_80_characters_without_the_refused_ones() {
        for (name, is_taken) in [
            ("call-3f0c", true),
            ("Grüße_1.2+(x)=!@'", true),
            (&*"x".repeat(80), true),
            ("", false),
            (&*"x".repeat(81), false),
            ("a b", false),
            ("a:b", false),
            ("a/b", false),
            ("a#b", false),
            ("a\u{1f}", false),
            ("a\u{7f}", false),
            ("a$b", false),
        ] {
            assert_eq!(check_name(name).is_ok(), is_taken, "{name}");
        }
    }

    #[test]
    fn a_uuid_says_that_it_is_random() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}

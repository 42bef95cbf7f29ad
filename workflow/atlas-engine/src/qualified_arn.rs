//! A machine's ARN with what may follow it: a version's number, an alias's name, the label of a
//! distributed map.

/// What an ARN of a machine names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualifiedArn<'a> {
    /// The machine's own ARN.
    pub machine_arn: &'a str,
    /// What follows it.
    pub qualifier: Option<Qualifier<'a>>,
}

/// What follows a machine's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualifier<'a> {
    /// `:3`.
    Version(u64),
    /// `:PROD`. The names of aliases are no whole numbers.
    Alias(&'a str),
    /// `/Label`, of a distributed map in the machine.
    Label(&'a str),
}

impl<'a> QualifiedArn<'a> {
    /// Takes an ARN apart. What is none is taken as a machine's, which nobody will find.
    pub fn parse(arn: &'a str) -> Self {
        // arn:aws:states:REGION:ACCOUNT:stateMachine:NAME
        let name_at = arn.match_indices(':').nth(5).map_or(arn.len(), |(at, _)| at + 1);
        let Some(length) = arn[name_at..].find([':', '/']) else {
            return Self { machine_arn: arn, qualifier: None };
        };
        let (machine_arn, rest) = arn.split_at(name_at + length);
        let qualifier = match (rest.strip_prefix('/'), &rest[1..]) {
            (Some(label), _) => Qualifier::Label(label),
            (None, name) => match name.parse() {
                Ok(number) => Qualifier::Version(number),
                Err(_not_a_number) => Qualifier::Alias(name),
            },
        };
        Self { machine_arn, qualifier: Some(qualifier) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart_behind_the_name_of_its_machine() {
        let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:M";
        for (behind, qualifier) in [
            ("", None),
            (":12", Some(Qualifier::Version(12))),
            (":PROD", Some(Qualifier::Alias("PROD"))),
            (":1.2", Some(Qualifier::Alias("1.2"))),
            ("/Label", Some(Qualifier::Label("Label"))),
        ] {
            let arn = format!("{machine}{behind}");
            let expected = QualifiedArn { machine_arn: machine, qualifier };
            assert_eq!(QualifiedArn::parse(&arn), expected, "{behind}");
        }
        for other in ["", "M", "arn:aws:states"] {
            let expected = QualifiedArn { machine_arn: other, qualifier: None };
            assert_eq!(QualifiedArn::parse(other), expected);
        }
    }
}

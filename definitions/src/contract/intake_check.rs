//! What a well-formed intake is: one table, read by the front door and by the machine's first state.

use std::fmt;

use atlas_asl::builder::{Condition, Expr, JsonType, Variable, all_of};
use serde_json::Value;

use super::{
    Intake,
    patterns::{self, Pattern},
};

/// More attempts than this serve nobody, and each may wait long for its turn: the history has to hold them all.
pub const MAX_ATTEMPTS: u32 = 9;

/// One field that is missing or malformed, by its JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// The field: `/lead/phone`; empty for the whole document.
    pub pointer: String,
    /// What is there, without what it says about a person.
    pub found: String,
    /// What would have been right.
    pub expected: &'static str,
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, found, expected } = self;
        let place = if pointer.is_empty() { "the lead" } else { pointer };
        write!(f, "`{place}` is {found}; expected {expected}")
    }
}

/// What a field must hold.
pub(super) enum Must {
    BeObject,
    BeBoolean,
    BeText,
    Match(&'static Pattern),
    BeAttempts,
}

/// A field, what it must hold, and that in words.
pub(super) struct Field {
    reference: fn(&Expr<Intake>) -> Expr<Value>,
    pub(super) must: Must,
    pub(super) expected: &'static str,
    /// Whether a message may repeat what is there.
    pub(super) personal: bool,
}

impl Field {
    const fn new(
        reference: fn(&Expr<Intake>) -> Expr<Value>,
        must: Must,
        expected: &'static str,
    ) -> Self {
        Self { reference, must, expected, personal: false }
    }

    const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }
}

/// Objects stand before their fields.
pub(super) static GROUPS: [&[Field]; 4] = [
    &[
        Field::new(|intake| intake.clone().cast(), Must::BeObject, "an object"),
        Field::new(
            |intake| intake.interaction_key().cast(),
            Must::Match(&patterns::INTERACTION_KEY),
            "1 to 64 of `0-9`, `A-Z`, `a-z`, `_` and `-`",
        ),
        Field::new(
            |intake| intake.source().cast(),
            Must::Match(&patterns::NOT_BLANK),
            "where the lead comes from, like `\"lex\"`",
        ),
    ],
    &[
        Field::new(|intake| intake.lead().cast(), Must::BeObject, "an object with the lead"),
        Field::new(
            |intake| intake.lead().first_name().cast(),
            Must::Match(&patterns::NOT_BLANK),
            "a name",
        )
        .personal(),
        Field::new(
            |intake| intake.lead().last_name().cast(),
            Must::Match(&patterns::NOT_BLANK),
            "a name",
        )
        .personal(),
        Field::new(
            |intake| intake.lead().email().cast(),
            Must::Match(&patterns::EMAIL),
            "an e-mail address like `\"ada@example.com\"`",
        )
        .personal(),
        Field::new(
            |intake| intake.lead().phone().cast(),
            Must::Match(&patterns::PHONE),
            "a phone number in E.164, like `\"+14155550123\"`",
        )
        .personal(),
        Field::new(
            |intake| intake.lead().company().cast(),
            Must::Match(&patterns::NOT_BLANK),
            "the name of a company",
        )
        .personal(),
        Field::new(
            |intake| intake.lead().topic().cast(),
            Must::Match(&patterns::NOT_BLANK),
            "a topic like `\"pricing\"`",
        )
        .personal(),
        Field::new(|intake| intake.lead().notes().cast(), Must::BeText, "a text, if only `\"\"`")
            .personal(),
    ],
    &[
        Field::new(|intake| intake.consent().cast(), Must::BeObject, "an object with the consent"),
        Field::new(
            |intake| intake.consent().may_call().cast(),
            Must::BeBoolean,
            "`true` or `false`",
        ),
        Field::new(
            |intake| intake.consent().captured_at().cast(),
            Must::Match(&patterns::TIMESTAMP),
            "a time in RFC 3339, like `\"2026-11-20T17:04:05Z\"`",
        ),
    ],
    &[
        Field::new(|intake| intake.call().cast(), Must::BeObject, "an object with the call"),
        Field::new(
            |intake| intake.call().locale().cast(),
            Must::Match(&patterns::LOCALE),
            "a locale like `\"en-US\"`",
        ),
        Field::new(
            |intake| intake.call().time_zone().cast(),
            Must::Match(&patterns::TIME_ZONE),
            "an IANA time zone like `\"America/Los_Angeles\"`",
        ),
        Field::new(
            |intake| intake.call().max_attempts().cast(),
            Must::BeAttempts,
            "a whole number from 1 to 9",
        ),
    ],
];

impl Intake {
    /// Reads an intake, or says everything that is wrong with it.
    pub fn parse(document: &Value) -> Result<Self, Vec<InvalidField>> {
        let mut invalid = Vec::new();
        for group in GROUPS {
            check_group(group, document, &mut invalid);
            if !document.is_object() {
                break;
            }
        }
        if !invalid.is_empty() {
            return Err(invalid);
        }
        serde_json::from_value(document.clone()).map_err(|error| {
            vec![InvalidField {
                pointer: String::new(),
                found: format!("not readable ({error})"),
                expected: "what lead-to-call takes",
            }]
        })
    }

    /// The condition that an intake is well-formed, for the machine.
    pub fn is_well_formed(input: &Expr<Intake>) -> Condition {
        all_of(GROUPS.iter().map(|group| {
            all_of(group.iter().map(|field| field.must.condition(&(field.reference)(input))))
        }))
    }
}

fn check_group(group: &[Field], document: &Value, invalid: &mut Vec<InvalidField>) {
    for field in group {
        let pointer = field.pointer();
        let value = document.pointer(&pointer);
        if value.is_some_and(|value| field.must.holds(value)) {
            continue;
        }
        let found = value.map_or_else(|| "missing".to_owned(), |value| describe(value, field));
        invalid.push(InvalidField { pointer, found, expected: field.expected });
        if matches!(field.must, Must::BeObject) {
            // What is no object has no fields: one complaint says it.
            return;
        }
    }
}

impl Field {
    /// The JSON pointer, read off the reference itself.
    pub(super) fn pointer(&self) -> String {
        let path = (self.reference)(&Variable::new("intake").get()).to_jsonata();
        path.trim_start_matches("$intake").replace('.', "/")
    }
}

impl Must {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::BeObject => value.is_object(),
            Self::BeBoolean => value.is_boolean(),
            Self::BeText => value.is_string(),
            Self::Match(pattern) => value.as_str().is_some_and(|text| pattern.matches(text)),
            Self::BeAttempts => {
                value.as_u64().is_some_and(|n| (1..=u64::from(MAX_ATTEMPTS)).contains(&n))
            }
        }
    }

    fn condition(&self, value: &Expr<Value>) -> Condition {
        match self {
            Self::BeObject => value.has_type(JsonType::Object),
            Self::BeBoolean => value.has_type(JsonType::Boolean),
            Self::BeText => value.has_type(JsonType::String),
            Self::Match(pattern) => value.is_text_like(pattern.source()),
            Self::BeAttempts => {
                let number = value.clone().cast::<u32>();
                all_of([
                    value.has_type(JsonType::Number),
                    number.at_least(1),
                    number.at_most(MAX_ATTEMPTS),
                    number.is_whole(),
                ])
            }
        }
    }
}

/// What is there, in words; short texts that are about nobody as they are.
fn describe(value: &Value, field: &Field) -> String {
    const SHOWN: usize = 40;
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) if !field.personal => number.to_string(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if text.trim().is_empty() => "blank".to_owned(),
        Value::String(text)
            if !field.personal && text.chars().count() <= SHOWN && !may_reach_somebody(text) =>
        {
            format!("{text:?}")
        }
        Value::String(text) => format!("another text, of {} characters", text.chars().count()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// What stands in a wrong place may be a phone number or an e-mail address all the same.
fn may_reach_somebody(text: &str) -> bool {
    const LEAST_DIGITS: usize = 7;
    text.contains('@') || text.chars().filter(char::is_ascii_digit).count() >= LEAST_DIGITS
}

#[cfg(test)]
mod tests {
    use atlas_asl::{
        jsonata::{Expression, Session, delimited},
        model::{StateKind, Test},
        scope::Scope,
    };
    use serde_json::json;

    use super::*;

    fn ada() -> Value {
        serde_json::from_str(crate::SAMPLE_LEAD).unwrap()
    }

    /// Sets a field, or takes it away, and expects these complaints.
    fn check(pointer: &str, value: Option<Value>, expected: &[&str]) {
        let mut document = ada();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => parent.insert(name.to_owned(), value),
            None => parent.remove(name),
        };
        let found = match Intake::parse(&document) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, expected, "with {pointer} changed");
    }

    #[test]
    fn every_field_is_needed() {
        for group in GROUPS {
            for field in group.iter().filter(|field| !matches!(field.must, Must::BeObject)) {
                let pointer = field.pointer();
                let complaint = format!("`{pointer}` is missing; expected {}", field.expected);
                check(&pointer, None, &[&complaint]);
            }
        }
    }

    #[test]
    fn a_malformed_field_is_named_with_what_would_have_been_right() {
        let phone = "a phone number in E.164, like `\"+14155550123\"`";
        check(
            "/lead/phone",
            Some(json!("415-555-0123")),
            &[&format!("`/lead/phone` is another text, of 12 characters; expected {phone}")],
        );
        check(
            "/lead/phone",
            Some(json!(14_155_550_123_u64)),
            &[&format!("`/lead/phone` is a number; expected {phone}")],
        );
        check(
            "/interactionKey",
            Some(json!("a b")),
            &["`/interactionKey` is \"a b\"; expected 1 to 64 of `0-9`, `A-Z`, `a-z`, `_` and `-`"],
        );
        for misplaced in ["+14155550123", "ada@example.com"] {
            let length = misplaced.len();
            check(
                "/interactionKey",
                Some(json!(misplaced)),
                &[&format!(
                    "`/interactionKey` is another text, of {length} characters; expected 1 to 64 of \
                     `0-9`, `A-Z`, `a-z`, `_` and `-`"
                )],
            );
        }
        check(
            "/call/maxAttempts",
            Some(json!(0)),
            &["`/call/maxAttempts` is 0; expected a whole number from 1 to 9"],
        );
        check(
            "/call/maxAttempts",
            Some(json!(1.5)),
            &["`/call/maxAttempts` is 1.5; expected a whole number from 1 to 9"],
        );
        check(
            "/consent",
            Some(json!("yes")),
            &["`/consent` is \"yes\"; expected an object with the consent"],
        );
        check(
            "/lead/company",
            Some(json!("  ")),
            &["`/lead/company` is blank; expected the name of a company"],
        );
        check("/lead/notes", Some(json!("")), &[]);
        check("/consent/mayCall", Some(json!(false)), &[]);
    }

    #[test]
    fn all_faults_are_said_at_once() {
        let faults = |document: Value| Intake::parse(&document).unwrap_err().len();
        assert_eq!(faults(json!([])), 1);
        assert_eq!(faults(json!({})), 5);
        assert_eq!(faults(json!({"lead": {}, "consent": {}, "call": {}})), 2 + 7 + 2 + 3);
    }

    #[test]
    fn unknown_fields_are_kept_and_not_shown() {
        let mut document = ada();
        document["lead"]["mobile"] = json!("+14155550199");
        document["campaign"] = json!({"id": 7});
        let intake = Intake::parse(&document).unwrap();
        assert_eq!(serde_json::to_value(&intake).unwrap(), document);
        assert!(!format!("{intake:?}").contains("+1415"), "{intake:?}");
    }

    /// A scope in which there is an input and nothing else.
    struct Input(Value);

    impl Scope for Input {
        fn input(&self) -> &Value {
            &self.0
        }

        fn context(&self) -> &Value {
            &Value::Null
        }

        fn result(&self) -> Option<&Value> {
            None
        }

        fn error_output(&self) -> Option<&Value> {
            None
        }

        fn variable(&self, _name: &str) -> Option<&Value> {
            None
        }

        fn now_millis(&self) -> i64 {
            0
        }

        fn random(&self) -> u64 {
            0
        }
    }

    #[test]
    fn the_machine_and_the_front_door_agree() {
        let machine = crate::lead_to_call::definition();
        let StateKind::Choice(choice) = &machine.flow.get("CheckLead").unwrap().kind else {
            panic!("CheckLead is no Choice")
        };
        let Some(Test::Condition(Value::String(condition))) = &choice.choices[0].test else {
            panic!("CheckLead has no condition")
        };
        let condition = Expression::parse(delimited(condition).unwrap()).unwrap();
        let check = |document: Value| {
            let well_formed = Intake::parse(&document).is_ok();
            let scope = Input(document);
            let taken = Session::new(&scope).field(&condition);
            assert_eq!(taken.ok(), Some(json!(well_formed)), "{}", scope.0);
        };
        check(ada());
        check(json!(null));
        check(json!("a lead"));
        check(json!([ada()]));
        let anything = [
            json!(null),
            json!(true),
            json!(-1),
            json!(0),
            json!(1),
            json!(9),
            json!(100),
            json!(1.5),
            json!(""),
            json!(" \n"),
            json!("en-US"),
            json!("+14155550123"),
            json!("+14155550123\n"),
            json!("ada@example.com"),
            json!("2026-02-30T17:04:05Z"),
            json!("Etc/GMT+8"),
            json!("\u{1f980}"),
            json!("x".repeat(65)),
            json!([]),
            json!(["+14155550123"]),
            json!([ada()["lead"]]),
            json!({}),
        ];
        for field in GROUPS.iter().flat_map(|group| group.iter()) {
            let pointer = field.pointer();
            let Some((parent, name)) = pointer.rsplit_once('/') else { continue };
            let mut without = ada();
            without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
            check(without);
            for value in &anything {
                let mut with = ada();
                *with.pointer_mut(&pointer).unwrap() = value.clone();
                check(with);
            }
        }
    }

    #[test]
    fn the_condition_asks_for_every_field() {
        let condition = Intake::is_well_formed(&Variable::new("intake").get()).to_jsonata();
        for group in GROUPS {
            for field in group {
                let path = field.pointer().replace('/', ".");
                let asked = format!("$type($intake{path}) = ");
                assert!(condition.contains(&asked), "{asked} is not in {condition}");
            }
        }
    }
}

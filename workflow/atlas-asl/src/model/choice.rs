//! The rules of a Choice state.

use serde_json::Value;

use super::StateName;

/// One element of `Choices`.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceRule {
    /// `Comment`.
    pub comment: Option<String>,
    /// What decides; `None` where the document gives nothing that could.
    pub test: Option<Test>,
    /// `Next`.
    pub next: Option<StateName>,
    /// `Assign`.
    pub assign: Option<Value>,
    /// `Output` (JSONata).
    pub output: Option<Value>,
}

/// What decides whether a rule is taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `Condition` (JSONata): a `"{% … %}"` expression or a literal boolean.
    Condition(Value),
    /// Comparisons (JSONPath).
    Rule(Rule),
}

/// A test expression in the JSONPath query language.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// `And`.
    And(Vec<Rule>),
    /// `Or`.
    Or(Vec<Rule>),
    /// `Not`.
    Not(Box<Rule>),
    /// `Variable` and one operator.
    Compare(Comparison),
}

/// `Variable`, one comparison operator and its operand.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// `Variable`: a path.
    pub variable: String,
    /// The operator, which is the field's name.
    pub operator: Operator,
    /// The field's value: a literal, a path for the `…Path` operators, a boolean for the `Is…` ones.
    pub operand: Value,
}

macro_rules! operators {
    ($($variant:ident),+ $(,)?) => {
        /// A comparison operator. Its name is the field's name in the document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is the field of that name in the States Language")]
        pub enum Operator { $($variant),+ }

        impl Operator {
            /// Every operator, in the order of the States Language specification.
            pub const ALL: &[Operator] = &[$(Operator::$variant),+];

            /// The field's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// The operator of this field name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($variant) => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

operators! {
    StringEquals, StringEqualsPath, StringLessThan, StringLessThanPath,
    StringGreaterThan, StringGreaterThanPath, StringLessThanEquals, StringLessThanEqualsPath,
    StringGreaterThanEquals, StringGreaterThanEqualsPath, StringMatches,
    NumericEquals, NumericEqualsPath, NumericLessThan, NumericLessThanPath,
    NumericGreaterThan, NumericGreaterThanPath, NumericLessThanEquals, NumericLessThanEqualsPath,
    NumericGreaterThanEquals, NumericGreaterThanEqualsPath,
    BooleanEquals, BooleanEqualsPath,
    TimestampEquals, TimestampEqualsPath, TimestampLessThan, TimestampLessThanPath,
    TimestampGreaterThan, TimestampGreaterThanPath,
    TimestampLessThanEquals, TimestampLessThanEqualsPath,
    TimestampGreaterThanEquals, TimestampGreaterThanEqualsPath,
    IsNull, IsPresent, IsNumeric, IsString, IsBoolean, IsTimestamp,
}

//! What can be done with expressions: comparisons, tests of shape, texts, numbers, objects.

use super::{
    Expr,
    node::{Binding, Node},
    typed::Typed,
};

/// A condition: what a Choice decides by.
pub type Condition = Expr<bool>;

/// What `$type` says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the JSON type of that name")]
pub enum JsonType {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl JsonType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A type whose JSON form is a number.
pub trait Number: Typed {}

impl Number for u8 {}
impl Number for u16 {}
impl Number for u32 {}
impl Number for u64 {}
impl Number for i32 {}
impl Number for i64 {}
impl Number for f64 {}

/// A type whose JSON form is a text.
pub trait IsText: Typed {}

impl IsText for String {}

impl<T: Typed> Expr<T> {
    /// `a = b`.
    pub fn equals(&self, other: impl Into<Expr<T>>) -> Condition {
        self.compare("=", &other.into())
    }

    /// `a != b`.
    pub fn differs(&self, other: impl Into<Expr<T>>) -> Condition {
        self.compare("!=", &other.into())
    }

    /// `a in [b, c]`.
    pub fn is_in<E: Into<Expr<T>>>(&self, list: impl IntoIterator<Item = E>) -> Condition {
        let list = list.into_iter().map(|element| element.into().into_node()).collect();
        self.compare("in", &Expr::<Vec<T>>::from_node(Node::Array(list)))
    }

    /// `$exists(a)`: it is there, if only as `null`.
    pub fn exists(&self) -> Condition {
        Expr::whole(format!("$exists({})", self.to_jsonata()))
    }

    /// `$type(a) = '…'`.
    pub fn has_type(&self, json_type: JsonType) -> Condition {
        let tested = Expr::<String>::whole(format!("$type({})", self.to_jsonata()));
        tested.equals(json_type.as_str())
    }

    /// It is a text and the pattern is found in it; a pattern that stands for all of it starts
    /// with `^` and ends with `$`.
    pub fn is_text_like(&self, pattern: &str) -> Condition {
        let text = self.clone().cast::<String>();
        self.has_type(JsonType::String).and(text.matches(pattern))
    }

    /// The value, or this one where there is none: a state's field must give something.
    pub fn or(&self, fallback: impl Into<Expr<T>>) -> Expr<T> {
        self.exists().then(self, fallback)
    }

    /// The value, or `null` where there is none.
    pub fn or_null(&self) -> Expr<Option<T>> {
        let null = Expr::<Option<T>>::json(serde_json::Value::Null);
        self.exists().then(self.clone().cast::<Option<T>>(), null)
    }

    /// `$string(a)`: its JSON text; a text stays as it is.
    pub fn json_text(&self) -> Expr<String> {
        Expr::whole(format!("$string({})", self.to_jsonata()))
    }

    fn compare<U: Typed>(&self, operator: &str, other: &Expr<U>) -> Condition {
        // Comparisons do not chain: both sides must hold tighter.
        let (left, right) = (self.operand(Binding::Sum), other.operand(Binding::Sum));
        Expr::code(format!("{left} {operator} {right}"), Binding::Comparison)
    }
}

impl Condition {
    /// `a and b`.
    pub fn and(&self, other: impl Into<Condition>) -> Condition {
        // Grouped as written: a long chain is a deep tree for whoever reads it.
        let (left, right) = (self.operand(Binding::And), other.into().operand(Binding::Comparison));
        Expr::code(format!("{left} and {right}"), Binding::And)
    }

    /// `a or b`, of conditions. ([`Expr::or`] is the fallback of a value.)
    pub fn either(&self, other: impl Into<Condition>) -> Condition {
        let (left, right) = (self.operand(Binding::Or), other.into().operand(Binding::Or));
        Expr::code(format!("{left} or {right}"), Binding::Or)
    }

    /// `$not(a)`.
    pub fn negated(&self) -> Condition {
        Expr::whole(format!("$not({})", self.to_jsonata()))
    }

    /// `a ? b : c`.
    pub fn then<T: Typed>(
        &self,
        yes: impl Into<Expr<T>>,
        otherwise: impl Into<Expr<T>>,
    ) -> Expr<T> {
        let (yes, otherwise) = (yes.into(), otherwise.into());
        let source = format!(
            "{} ? {} : {}",
            self.operand(Binding::Or),
            yes.operand(Binding::Or),
            otherwise.operand(Binding::Or)
        );
        Expr::code(source, Binding::Loose)
    }
}

/// Every one of these conditions; none at all is `true`.
pub fn all_of(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    conditions.into_iter().reduce(|all, one| all.and(one)).unwrap_or_else(|| true.into())
}

/// At least one of these conditions; none at all is `false`.
pub fn any_of(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    conditions.into_iter().reduce(|any, one| any.either(one)).unwrap_or_else(|| false.into())
}

impl<T: Number> Expr<T> {
    /// `a < b`.
    pub fn less_than(&self, other: impl Into<Expr<T>>) -> Condition {
        self.compare("<", &other.into())
    }

    /// `a >= b`.
    pub fn at_least(&self, other: impl Into<Expr<T>>) -> Condition {
        self.compare(">=", &other.into())
    }

    /// `a <= b`.
    pub fn at_most(&self, other: impl Into<Expr<T>>) -> Condition {
        self.compare("<=", &other.into())
    }

    /// `a % 1 = 0`: it is a whole number.
    pub fn is_whole(&self) -> Condition {
        let rest = format!("{} % 1 = 0", self.operand(Binding::Product));
        Expr::code(rest, Binding::Comparison)
    }

    /// `a + b`.
    pub fn plus(&self, other: impl Into<Expr<T>>) -> Expr<T> {
        let (left, right) = (self.operand(Binding::Sum), other.into().operand(Binding::Product));
        Expr::code(format!("{left} + {right}"), Binding::Sum)
    }

    /// `a * b`.
    pub fn times(&self, other: impl Into<Expr<T>>) -> Expr<T> {
        let (left, right) = (self.operand(Binding::Product), other.into().operand(Binding::Whole));
        Expr::code(format!("{left} * {right}"), Binding::Product)
    }
}

impl<T: IsText> Expr<T> {
    /// The pattern is found in it: `$contains(a, /…/)`.
    pub fn matches(&self, pattern: &str) -> Condition {
        Expr::whole(format!("$contains({}, /{pattern}/)", self.to_jsonata()))
    }

    /// The same text, without its meaning.
    pub fn text(&self) -> Expr<String> {
        self.clone().cast()
    }
}

impl Expr<String> {
    /// `a & b`.
    pub fn concat(&self, other: impl Into<Expr<String>>) -> Expr<String> {
        let (left, right) = (self.operand(Binding::Sum), other.into().operand(Binding::Product));
        Expr::code(format!("{left} & {right}"), Binding::Sum)
    }

    /// The whole number that the text is made of, else this one.
    pub fn number_or(&self, default: u64) -> Expr<u64> {
        let text = self.to_jsonata();
        self.matches("^[0-9]+$").then(Expr::<u64>::whole(format!("$number({text})")), default)
    }

    /// `$join($split(a, b, n), b)`: the first parts of it, and nothing of what follows them.
    pub fn first_parts(&self, separator: &str, count: u32) -> Expr<String> {
        let separator = Expr::from(separator).to_jsonata();
        let text = self.to_jsonata();
        Expr::whole(format!("$join($split({text}, {separator}, {count}), {separator})"))
    }

    /// `$replace(a, b, c)`, every time.
    pub fn replace(
        &self,
        pattern: impl Into<Expr<String>>,
        by: impl Into<Expr<String>>,
    ) -> Expr<String> {
        let (pattern, by) = (pattern.into().to_jsonata(), by.into().to_jsonata());
        Expr::whole(format!("$replace({}, {pattern}, {by})", self.to_jsonata()))
    }
}

/// An object that has the fields of an `A` and of a `B`, and those of the `B` where both have them.
pub trait MergeOf<A, B>: Typed {}

/// `$merge([a, b])`: what is absent from both stays absent.
pub fn merge<A: Typed, B: Typed, T: MergeOf<A, B>>(
    under: impl Into<Expr<A>>,
    over: impl Into<Expr<B>>,
) -> Expr<T> {
    let (under, over) = (under.into().to_jsonata(), over.into().to_jsonata());
    Expr::whole(format!("$merge([{under}, {over}])"))
}

#[cfg(test)]
mod tests {
    use super::super::Variable;
    use super::*;

    #[test]
    fn operations_keep_their_meaning_when_nested() {
        let check = |expression: String, expected: &str| assert_eq!(expression, expected);
        let attempt = Variable::<u32>::new("attempt").get();
        let outcome = Variable::<String>::new("outcome").get();
        let some = Variable::<bool>::new("some").get();

        check(
            outcome.is_in(["BUSY", "NO_ANSWER"]).to_jsonata(),
            "$outcome in ['BUSY', 'NO_ANSWER']",
        );
        check(
            outcome.equals("A").either(outcome.equals("B")).and(attempt.less_than(3)).to_jsonata(),
            "($outcome = 'A' or $outcome = 'B') and $attempt < 3",
        );
        check(attempt.plus(1).times(2).to_jsonata(), "($attempt + 1) * 2");
        check(attempt.plus(attempt.plus(1)).to_jsonata(), "$attempt + ($attempt + 1)");
        check(some.equals(some.equals(true)).to_jsonata(), "$some = ($some = true)");
        check(
            Expr::from("call-").concat(outcome.or("none")).to_jsonata(),
            "'call-' & ($exists($outcome) ? $outcome : 'none')",
        );
        check(Expr::<u32>::raw("$a ~> $b").plus(1).to_jsonata(), "($a ~> $b) + 1");
        check(all_of([]).to_jsonata(), "true");
        check(
            any_of([some.negated(), some.exists()]).to_jsonata(),
            "$not($some) or $exists($some)",
        );
        check(
            outcome.is_text_like("^[A-Z]+$").to_jsonata(),
            "$type($outcome) = 'string' and $contains($outcome, /^[A-Z]+$/)",
        );
        check(outcome.first_parts(":", 2).to_jsonata(), "$join($split($outcome, ':', 2), ':')");
        check(outcome.or_null().to_jsonata(), "$exists($outcome) ? $outcome : null");
    }
}

//! `Expr<T>`: something that will be a `T` when the machine runs.

use std::{fmt, marker::PhantomData, ops::Deref};

use serde_json::Value;

use super::{
    node::{Binding, Node},
    typed::{Fields, Typed},
};

/// An expression of type `T`: a literal, a reference to what is in scope, an operation over such,
/// or an object of them. It dereferences to the accessors of its fields.
///
/// ```
/// use atlas_asl::builder::{Expr, Variable, shape};
///
/// shape! {
///     /// Who asked.
///     pub struct Lead, LeadArguments {
///         /// The number to call.
///         pub phone: String,
///     }
/// }
///
/// let lead: Expr<Lead> = Variable::new("lead").get();
/// assert_eq!(lead.phone().to_template(), "{% $lead.phone %}");
/// ```
///
/// A field that does not exist does not compile:
///
/// ```compile_fail,E0599
/// use atlas_asl::builder::{Expr, Variable, shape};
///
/// shape! {
///     /// Who asked.
///     pub struct Lead, LeadArguments {
///         /// The number to call.
///         pub phone: String,
///     }
/// }
///
/// let lead: Expr<Lead> = Variable::new("lead").get();
/// assert_eq!(lead.telephone().to_template(), "{% $lead.phone %}");
/// ```
pub struct Expr<T: Typed> {
    fields: T::Fields,
    value: PhantomData<fn() -> T>,
}

impl<T: Typed> Expr<T> {
    /// JSONata as written, without its `{% %}`. That it is JSONata the validator checks; that it
    /// gives a `T` is the caller's word.
    pub fn raw(source: impl Into<String>) -> Self {
        Self::from_node(Node::Code(source.into(), Binding::Loose))
    }

    /// A JSON literal. That it is a `T` is the caller's word.
    pub fn json(value: Value) -> Self {
        Self::from_node(Node::Literal(value))
    }

    /// The expression as a field of a state holds it.
    pub fn to_template(&self) -> Value {
        self.node().to_template()
    }

    /// The expression as JSONata, without `{% %}`.
    pub fn to_jsonata(&self) -> String {
        self.node().to_source()
    }

    /// The same expression under another type. That it is one is the caller's word.
    pub fn cast<U: Typed>(self) -> Expr<U> {
        Expr::from_node(self.into_node())
    }

    /// Wraps a node; for `shape!`.
    pub fn from_node(node: Node) -> Self {
        Self { fields: T::Fields::of(node), value: PhantomData }
    }

    /// What it is made of.
    pub fn node(&self) -> &Node {
        self.fields.node()
    }

    /// What it is made of.
    pub fn into_node(self) -> Node {
        self.fields.node().clone()
    }

    pub(super) fn operand(&self, needed: Binding) -> String {
        self.node().to_operand(needed)
    }

    pub(super) fn code(source: String, binding: Binding) -> Self {
        Self::from_node(Node::Code(source, binding))
    }

    /// A path, a variable, a call: what needs no parentheses.
    pub(super) fn whole(source: impl Into<String>) -> Self {
        Self::code(source.into(), Binding::Whole)
    }
}

impl<T: Typed> Deref for Expr<T> {
    type Target = T::Fields;

    fn deref(&self) -> &T::Fields {
        &self.fields
    }
}

impl<T: Typed> Clone for Expr<T> {
    fn clone(&self) -> Self {
        Self { fields: self.fields.clone(), value: PhantomData }
    }
}

impl<T: Typed> fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({})", self.to_jsonata())
    }
}

/// A Rust value that is a JSON literal.
pub trait Literal: Typed {
    /// The literal.
    fn into_json(self) -> Value;
}

macro_rules! literals {
    ($($type:ty),+ $(,)?) => {
        $(impl Literal for $type {
            fn into_json(self) -> Value {
                self.into()
            }
        })+
    };
}

literals!(bool, u8, u16, u32, u64, i32, i64, f64, String, Value);

impl<T: Literal> Literal for Vec<T> {
    fn into_json(self) -> Value {
        self.into_iter().map(Literal::into_json).collect()
    }
}

impl<T: Literal> From<T> for Expr<T> {
    fn from(literal: T) -> Self {
        Self::json(literal.into_json())
    }
}

impl From<&str> for Expr<String> {
    fn from(text: &str) -> Self {
        Self::json(text.into())
    }
}

impl<T: Typed> From<&Expr<T>> for Expr<T> {
    fn from(expression: &Expr<T>) -> Self {
        expression.clone()
    }
}

impl<T: Typed> From<Expr<T>> for Expr<Option<T>> {
    fn from(present: Expr<T>) -> Self {
        present.cast()
    }
}

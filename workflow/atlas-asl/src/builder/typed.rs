//! What an expression can be of, and which fields can be read from it.

use std::{collections::BTreeMap, marker::PhantomData};

use serde_json::Value;

use super::{Expr, node::Node};

/// A type of JSON value that an expression can stand for.
///
/// `shape!` implements it for objects, `words!` for closed lists of texts, `scalar!` for newtypes.
pub trait Typed: Sized {
    /// What can be read from a reference to it: the accessors of its fields.
    type Fields: Fields;
    /// What an object's constructor takes for a field of this type: an [`Expr`], and for an
    /// `Option` an `Option` of one.
    type Argument: Argument;
}

/// A reference, seen as the fields that can be read from it.
pub trait Fields: Clone {
    /// Wraps the reference.
    fn of(node: Node) -> Self;
    /// The reference.
    fn node(&self) -> &Node;
}

/// A value with no fields to read: a text, a number, something whose shape is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf(Node);

impl Fields for Leaf {
    fn of(node: Node) -> Self {
        Self(node)
    }

    fn node(&self) -> &Node {
        &self.0
    }
}

/// A field of an object's constructor.
pub trait Argument {
    /// Adds the member, or leaves it away.
    fn add_to(self, members: &mut Vec<(String, Node)>, name: String);
}

impl<T: Typed> Argument for Expr<T> {
    fn add_to(self, members: &mut Vec<(String, Node)>, name: String) {
        members.push((name, self.into_node()));
    }
}

impl<T: Typed> Argument for Option<Expr<T>> {
    fn add_to(self, members: &mut Vec<(String, Node)>, name: String) {
        if let Some(expression) = self {
            expression.add_to(members, name);
        }
    }
}

macro_rules! leaves {
    ($($type:ty),+ $(,)?) => {
        $(impl Typed for $type {
            type Fields = Leaf;
            type Argument = Expr<Self>;
        })+
    };
}

leaves!((), bool, u8, u16, u32, u64, i32, i64, f64, String, Value);

impl<T: Typed> Typed for Option<T> {
    // What may be absent has no fields that can be relied on.
    type Fields = Leaf;
    type Argument = Option<Expr<T>>;
}

impl<T: Typed> Typed for Vec<T> {
    type Fields = Elements<T>;
    type Argument = Expr<Self>;
}

impl<T: Typed> Typed for BTreeMap<String, T> {
    type Fields = Leaf;
    type Argument = Expr<Self>;
}

/// A reference to an array.
#[derive(Debug)]
pub struct Elements<T>(Node, PhantomData<fn() -> T>);

impl<T> Clone for Elements<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> Fields for Elements<T> {
    fn of(node: Node) -> Self {
        Self(node, PhantomData)
    }

    fn node(&self) -> &Node {
        &self.0
    }
}

impl<T: Typed> Elements<T> {
    /// The element at this index, from 0.
    pub fn at(&self, index: usize) -> Expr<T> {
        Expr::from_node(self.0.element(index))
    }
}

/// A reference to the outputs of a Parallel state: one per branch, in their order.
#[derive(Debug)]
pub struct Outputs<T>(Node, PhantomData<fn() -> T>);

impl<T> Clone for Outputs<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> Fields for Outputs<T> {
    fn of(node: Node) -> Self {
        Self(node, PhantomData)
    }

    fn node(&self) -> &Node {
        &self.0
    }
}

/// The outputs of the branches so far, with one more at the end.
pub trait Append<O> {
    /// The longer list.
    type Longer: Typed;
}

macro_rules! outputs {
    ($($name:ident)* => $($index:literal $method:ident $type:ident),*) => {
        impl<$($name: Typed),*> Typed for Several<($($name,)*)> {
            type Fields = Outputs<($($name,)*)>;
            type Argument = Expr<Self>;
        }

        impl<$($name: Typed),*> Outputs<($($name,)*)> {
            $(
                #[doc = concat!("The output of the ", stringify!($method), " branch.")]
                pub fn $method(&self) -> Expr<$type> {
                    Expr::from_node(self.0.element($index))
                }
            )*
        }
    };
}

/// The outputs of several branches, as a type.
#[derive(Debug, Clone, Copy)]
pub struct Several<T>(PhantomData<fn() -> T>);

impl Typed for Several<()> {
    type Fields = Leaf;
    type Argument = Expr<Self>;
}

outputs!(A => 0 first A);
outputs!(A B => 0 first A, 1 second B);
outputs!(A B C => 0 first A, 1 second B, 2 third C);
outputs!(A B C D => 0 first A, 1 second B, 2 third C, 3 fourth D);
outputs!(A B C D F => 0 first A, 1 second B, 2 third C, 3 fourth D, 4 fifth F);

impl<A: Typed> Append<A> for Several<()> {
    type Longer = Several<(A,)>;
}
impl<A: Typed, B: Typed> Append<B> for Several<(A,)> {
    type Longer = Several<(A, B)>;
}
impl<A: Typed, B: Typed, C: Typed> Append<C> for Several<(A, B)> {
    type Longer = Several<(A, B, C)>;
}
impl<A: Typed, B: Typed, C: Typed, D: Typed> Append<D> for Several<(A, B, C)> {
    type Longer = Several<(A, B, C, D)>;
}
impl<A: Typed, B: Typed, C: Typed, D: Typed, F: Typed> Append<F> for Several<(A, B, C, D)> {
    type Longer = Several<(A, B, C, D, F)>;
}

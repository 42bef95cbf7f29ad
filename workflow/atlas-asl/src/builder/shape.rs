//! The macros that declare what is on the wire: objects, closed lists of texts, newtypes, errors.
//!
//! One declaration gives the Rust type that a handler reads and writes, the typed reference that a
//! machine's expressions read, and the typed constructor of its arguments, so that the three cannot
//! drift apart.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of an object that its shape does not name: kept, and written back as they came.
///
/// What they hold is not known, so a log shows only their names.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeptFields(pub Map<String, Value>);

impl fmt::Debug for KeptFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// `first_name` as JSON has it: `firstName`.
#[must_use]
pub fn camel_case(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut capital = false;
    for character in field.chars() {
        match character {
            '_' => capital = true,
            _ if capital => {
                name.extend(character.to_uppercase());
                capital = false;
            }
            _ => name.push(character),
        }
    }
    name
}

/// Declares an object: `pub struct Lead, LeadArguments { pub phone: PhoneNumber }`.
///
/// The first name is the type itself, with `serde` in camelCase. `Expr<Lead>` has an accessor per
/// field. The second name is the constructor of an `Expr<Lead>`: a struct with an `Expr` per field,
/// and for an `Option` an `Option` of one. A last line `..other` keeps the fields that are not named.
///
/// The crate that uses it depends on `serde`.
///
/// ```
/// # use atlas_asl::builder::{Expr, shape};
/// shape! {
///     /// What a call is about.
///     pub struct Scenario, ScenarioArguments {
///         /// The first sentence.
///         pub opening: String,
///         /// How many points it has.
///         pub point_count: u32,
///     }
/// }
/// let arguments = ScenarioArguments { opening: "Hello".into(), point_count: 3.into() };
/// let scenario: Expr<Scenario> = arguments.into();
/// assert_eq!(scenario.to_template(), serde_json::json!({"opening": "Hello", "pointCount": 3}));
/// ```
///
/// A field that is missing does not compile:
///
/// ```compile_fail,E0063
/// # use atlas_asl::builder::{Expr, shape};
/// shape! {
///     /// What a call is about.
///     pub struct Scenario, ScenarioArguments {
///         /// The first sentence.
///         pub opening: String,
///         /// How many points it has.
///         pub point_count: u32,
///     }
/// }
/// let arguments = ScenarioArguments { opening: "Hello".into() };
/// let scenario: Expr<Scenario> = arguments.into();
/// ```
///
/// nor does one of another type:
///
/// ```compile_fail,E0277
/// # use atlas_asl::builder::{Expr, shape};
/// shape! {
///     /// What a call is about.
///     pub struct Scenario, ScenarioArguments {
///         /// The first sentence.
///         pub opening: String,
///         /// How many points it has.
///         pub point_count: u32,
///     }
/// }
/// let arguments = ScenarioArguments { opening: "Hello".into(), point_count: "three".into() };
/// let scenario: Expr<Scenario> = arguments.into();
/// ```
#[macro_export]
macro_rules! shape {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident, $arguments:ident {
            $(
                $(#[$field_meta:meta])*
                pub $field:ident: $type:ty
            ),* $(,)?
            $(
                ;
                $(#[$rest_meta:meta])*
                ..$rest:ident
            )?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        $visibility struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            $(
                $(#[$rest_meta])*
                #[serde(flatten)]
                pub $rest: $crate::builder::KeptFields,
            )?
        }

        #[doc = concat!("Constructs a `", stringify!($name), "` out of expressions.")]
        #[derive(Debug)]
        $visibility struct $arguments {
            $(
                #[doc = concat!("`", stringify!($field), "`, see [`", stringify!($name), "`].")]
                pub $field: <$type as $crate::builder::Typed>::Argument,
            )*
        }

        impl From<$arguments> for $crate::builder::Expr<$name> {
            fn from(arguments: $arguments) -> Self {
                let mut members = Vec::new();
                $(
                    $crate::builder::Argument::add_to(
                        arguments.$field,
                        &mut members,
                        $crate::builder::camel_case(stringify!($field)),
                    );
                )*
                Self::from_node($crate::builder::Node::Object(members))
            }
        }

        const _: () = {
            /// A reference, with an accessor per field.
            #[derive(Debug, Clone)]
            pub struct Reference($crate::builder::Node);

            impl $crate::builder::Fields for Reference {
                fn of(node: $crate::builder::Node) -> Self {
                    Self(node)
                }

                fn node(&self) -> &$crate::builder::Node {
                    &self.0
                }
            }

            impl Reference {
                $(
                    $(#[$field_meta])*
                    pub fn $field(&self) -> $crate::builder::Expr<$type> {
                        let name = $crate::builder::camel_case(stringify!($field));
                        $crate::builder::Expr::from_node(self.0.field(&name))
                    }
                )*
            }

            impl $crate::builder::Typed for $name {
                type Fields = Reference;
                type Argument = $crate::builder::Expr<Self>;
            }
        };
    };
}

/// Declares a closed list of texts: `pub enum Outcome { Busy = "BUSY" }`.
#[macro_export]
macro_rules! words {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
        $visibility enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::scalar!($name);

        impl $crate::builder::IsText for $name {}

        impl $crate::builder::Literal for $name {
            fn into_json(self) -> $crate::builder::Value {
                self.as_str().into()
            }
        }
    };
}

/// Lets expressions be of types that have no fields: newtypes of texts and numbers.
#[macro_export]
macro_rules! scalar {
    ($($type:ty),+ $(,)?) => {
        $(impl $crate::builder::Typed for $type {
            type Fields = $crate::builder::Leaf;
            type Argument = $crate::builder::Expr<Self>;
        })+
    };
}

/// Declares what a step can raise: `pub enum CreateLeadError { Rejected = "Salesforce.Rejected" }`.
///
/// The names may be constants, so that a name that several steps raise stands once.
#[macro_export]
macro_rules! raises {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $text:expr),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $visibility enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $crate::builder::ErrorNames for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const NAMES: &'static [&'static str] = &[$($text),+];

            fn name(&self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

pub use crate::{raises, scalar, shape, words};

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn field_names_become_camel_case_as_serde_does_it() {
        let check = |field: &str, expected: &str| assert_eq!(camel_case(field), expected);
        check("phone", "phone");
        check("first_name", "firstName");
        check("interaction_key", "interactionKey");
    }
}

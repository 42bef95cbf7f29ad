//! A parsed JSONata expression, and how it is told from a literal text.

use std::fmt;
use std::panic;
use std::sync::Arc;

use jsonata_core::ast::AstNode;
use jsonata_core::parser;

use super::direct::{self, Direct};
use super::reads::{self, Reads, StatesParts};
use super::rewrite;

/// The text between `{%` and `%}`, without the white space around it; `None` for a literal text.
#[must_use]
pub fn delimited(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{%")?.strip_suffix("%}")?;
    Some(inner.trim())
}

/// Why a text is not a JSONata expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidExpression {
    /// The code that JSONata gives the fault, such as `S0201`, where it has one.
    pub code: Option<String>,
    /// What is wrong, without the code.
    pub message: String,
}

/// A parsed expression: cheap to clone, and shared between threads.
#[derive(Clone)]
pub struct Expression {
    parsed: Arc<Parsed>,
}

struct Parsed {
    source: Box<str>,
    tree: AstNode,
    reads: Reads,
    /// The names of the guards in the tree.
    guards: Vec<&'static str>,
    direct: Option<Direct>,
}

impl Expression {
    /// Parses an expression that stands without its `{% %}`.
    ///
    /// An expression nested deeper than 1,000 levels is an error.
    ///
    /// # Errors
    /// When the text is not an expression.
    pub fn parse(source: &str) -> Result<Self, InvalidExpression> {
        // The parser is not ours, and counts bytes where characters stand, in signatures for one.
        let parsed = panic::catch_unwind(|| parser::parse(source)).map_err(|_panic| {
            InvalidExpression { code: None, message: "the expression cannot be read".to_owned() }
        })?;
        let mut tree = parsed.map_err(|error| invalid(&error.to_string()))?;
        let reads = reads::of(&tree);
        let direct = direct::compile(&tree);
        let guards = rewrite::rewrite(&mut tree);
        Ok(Self { parsed: Arc::new(Parsed { source: source.into(), tree, reads, guards, direct }) })
    }

    /// The text that was parsed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.parsed.source
    }

    /// The workflow variables that the expression may read, each once, in order of appearance.
    ///
    /// `$states`, names that the expression binds itself and names of functions are left out.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        self.parsed.reads.names.iter().filter(|name| !reads::is_function(name)).cloned().collect()
    }

    /// The parts of `$states` that the expression may read.
    #[must_use]
    pub fn states_parts(&self) -> StatesParts {
        self.parsed.reads.states
    }

    /// Field names that are looked up in an input document, which Step Functions does not have: AWS
    /// refuses a definition with such a reference.
    #[must_use]
    pub fn top_level_references(&self) -> &[String] {
        &self.parsed.reads.top_level
    }

    /// Whether this is `$states.input` and nothing more.
    #[must_use]
    pub fn is_whole_input(&self) -> bool {
        self.direct().is_some_and(Direct::is_whole_input)
    }

    pub(super) fn direct(&self) -> Option<&Direct> {
        self.parsed.direct.as_ref()
    }

    pub(super) fn tree(&self) -> &AstNode {
        &self.parsed.tree
    }

    /// Each place that it reads from outside: a workflow variable or `states`, and the fields within it as far
    /// as they are named. It may read whatever is below.
    pub fn places(&self) -> impl Iterator<Item = &[String]> {
        let places = self.parsed.reads.places.iter().map(Vec::as_slice);
        places.filter(|place| place.first().is_some_and(|name| !reads::is_function(name)))
    }

    /// Every name that is read from outside, functions among them.
    pub(super) fn names(&self) -> &[String] {
        &self.parsed.reads.names
    }

    pub(super) fn guards(&self) -> &[&'static str] {
        &self.parsed.guards
    }

    /// Whether `$states` stands in the expression at all.
    pub(super) fn reads_states(&self) -> bool {
        self.parsed.reads.reads_states
    }

    /// The functions that the expression calls.
    pub(super) fn called_functions(&self) -> &[String] {
        &self.parsed.reads.called
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.source()).finish()
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

impl Eq for Expression {}

fn invalid(text: &str) -> InvalidExpression {
    // What kind of fault it is can stand before the code.
    let after_kind = text.split_once(": ").map_or("", |(_, rest)| rest);
    for text in [text, after_kind] {
        if let Some((code, message)) = text.split_once(": ")
            && is_code(code)
        {
            return InvalidExpression { code: Some(code.to_owned()), message: message.to_owned() };
        }
    }
    let code = (text == "Unclosed comment").then(|| "S0106".to_owned());
    InvalidExpression { code, message: text.to_owned() }
}

/// Whether this is a code of JSONata: a letter and four digits.
pub(super) fn is_code(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() == 5
        && bytes.next().is_some_and(|byte| byte.is_ascii_uppercase())
        && bytes.all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_within_delimiters_is_an_expression() {
        for (text, inner) in [
            ("{% $x %}", Some("$x")),
            ("{%$x%}", Some("$x")),
            ("{%%}", Some("")),
            ("{%}", None),
            ("{% $x", None),
            ("a {% $x %}", None),
            ("$x", None),
        ] {
            assert_eq!(delimited(text), inner, "{text}");
        }
    }

    #[test]
    fn an_expression_crosses_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<Expression>();
    }

    #[test]
    fn a_fault_has_a_code_and_a_message() {
        for (source, code) in [
            ("1 +", "S0207"),
            ("\"open", "S0101"),
            ("1 2", "S0201"),
            ("[1, 2", "S0203"),
            ("$x.%", "S0217"),
            ("10e1000", "S0102"),
            ("1 /* open", "S0106"),
            ("", "S0207"),
        ] {
            let error = Expression::parse(source).expect_err(source);
            assert_eq!(error.code.as_deref(), Some(code), "{source}: {error}");
            assert!(!error.message.contains(code), "{source}: {error}");
        }
    }

    #[test]
    fn no_text_ends_the_thread_that_reads_it() {
        let refused = Expression::parse("function($a, $b)<n\u{4ca}:n>{ 1 }").unwrap_err();
        assert!(!refused.message.is_empty());
    }

    #[test]
    fn hostile_nesting_is_an_error_or_an_expression() {
        let wrapped = |open: &str, close: &str| open.repeat(10_000) + "1" + &close.repeat(10_000);
        for source in [
            wrapped("(", ")"),
            wrapped("[", "]"),
            wrapped("{'a':", "}"),
            wrapped("-", ""),
            wrapped("$f(", ")"),
            wrapped("true ? ", " : 1"),
            wrapped("1+", ""),
            wrapped("function($x){", "}"),
            wrapped("$a := ", ""),
            wrapped("$a.", ""),
            wrapped("", "[0]"),
            wrapped("", "^(1)"),
        ] {
            let parsed = Expression::parse(&source);
            let start: String = source.chars().take(20).collect();
            if let Err(error) = parsed {
                assert_eq!(error.code.as_deref(), Some("U1002"), "{start}: {error}");
            }
        }
    }

    #[test]
    fn long_expressions_are_parsed() {
        let many = |part: &str| part.repeat(20_000);
        for source in [
            format!("[{}1]", many("$x,")),
            format!("({}1)", many("$x := 1;")),
            format!("({})", (0..20_000).map(|i| format!("$x{i} := $y{i};")).collect::<String>()),
            format!("{{{}'z': 1}}", (0..20_000).map(|i| format!("'k{i}': 1,")).collect::<String>()),
            format!("[{}1]", (0..20_000).map(|i| format!("$f{i}(a{i}),")).collect::<String>()),
            format!("'{}'", many("text")),
        ] {
            let start: String = source.chars().take(20).collect();
            Expression::parse(&source).expect(&start);
        }
    }
}

//! What is wrong with a definition: AWS's code, the place, and what would have been right.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// AWS refuses the definition.
    Error,
    /// AWS takes the definition; its users will be sorry.
    Warning,
}

impl Severity {
    /// The word of `ValidateStateMachineDefinition`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// A diagnostic's code: AWS's where AWS has one, ours for the lints that AWS lacks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// The code as AWS's API and `atlas validate` print it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

codes! {
    /// The text is not JSON.
    InvalidJsonDescription = "INVALID_JSON_DESCRIPTION",
    /// There is no text.
    MissingDescription = "MISSING_DESCRIPTION",
    /// A field is missing, unknown, or holds what it cannot hold.
    SchemaValidationFailed = "SCHEMA_VALIDATION_FAILED",
    /// A `Resource` that names nothing AWS knows.
    InvalidResource = "INVALID_RESOURCE",
    /// No state of a flow ends it.
    MissingEndState = "MISSING_END_STATE",
    /// Two states of one name.
    DuplicateStateName = "DUPLICATE_STATE_NAME",
    /// A state's name is empty or too long.
    InvalidStateName = "INVALID_STATE_NAME",
    /// Two Map states of one label.
    DuplicateLabelName = "DUPLICATE_LABEL_NAME",
    /// A label that AWS does not take.
    InvalidLabelName = "INVALID_LABEL_NAME",
    /// `StartAt`, `Next` or `Default` names no state of its flow; or nothing leads to a state.
    MissingTransitionTarget = "MISSING_TRANSITION_TARGET",
    /// What stands between `{%` and `%}` is no JSONata.
    InvalidJsonataExpression = "INVALID_JSONATA_EXPRESSION",
    /// A JSONata expression reads what it cannot see where it stands.
    UnsupportedJsonataExpression = "UNSUPPORTED_JSONATA_EXPRESSION",
    /// `Assign` gives a name that no variable can have.
    InvalidVariableName = "INVALID_VARIABLE_NAME",
    /// `Assign` gives the name `states`.
    ReservedVariableName = "RESERVED_VARIABLE_NAME",
    /// More levels than AWS takes.
    TooDeeplyNested = "TOO_DEEPLY_NESTED",
    /// A field whose name ends in `.$` holds no path.
    NoDollar = "NO_DOLLAR",
    /// A value that looks like a path stands in a field that takes it literally.
    NoPath = "NO_PATH",
    /// The `Result` of a Pass state holds what looks like a path.
    PassResultIsStatic = "PASS_RESULT_IS_STATIC",
    /// A callback or a `.sync` task that could wait for a year.
    CallbackWithoutTimeout = "CALLBACK_WITHOUT_TIMEOUT",
    /// A callback task that gives its token to nobody.
    CallbackWithoutToken = "CALLBACK_WITHOUT_TOKEN",
    /// A variable that no state before assigns.
    UnknownVariable = "UNKNOWN_VARIABLE",
    /// An EXPRESS machine is over after 300 seconds, whatever its timeouts say.
    ExpressTimeoutOver300 = "EXPRESS_TIMEOUT_OVER_300",
    /// A Lambda task that one dropped connection can fail.
    NoRetryForTransientErrors = "NO_RETRY_FOR_TRANSIENT_ERRORS",
    /// `Catch` or `Retry` names an error that the step's contract does not raise.
    ErrorNeverRaised = "ERROR_NEVER_RAISED",
    /// A payload that can pass 256 KiB.
    PayloadMayExceedLimit = "PAYLOAD_MAY_EXCEED_LIMIT",
    /// A nested start by a fixed name, and nobody catches `ExecutionAlreadyExists`.
    UncaughtExecutionAlreadyExists = "UNCAUGHT_EXECUTION_ALREADY_EXISTS",
    /// An error name that can match nothing.
    ErrorNameMatchesNothing = "ERROR_NAME_MATCHES_NOTHING",
    /// `${` in a text that no template engine may touch.
    SubstitutionInLiteral = "SUBSTITUTION_IN_LITERAL",
    /// An integration that AWS knows and this engine cannot call; it runs when mocked.
    IntegrationNotEmbedded = "INTEGRATION_NOT_EMBEDDED",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Which rule it breaks.
    pub code: Code,
    /// JSON pointer of the place: `/States/CreateLead/Next`; empty for the whole document.
    pub pointer: String,
    /// What is wrong, in AWS's words where AWS has a text.
    pub message: String,
    /// What would have been right.
    pub hint: Option<String>,
    /// Where in the text, once known; line and column count from 1, columns in characters.
    pub position: Option<Position>,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Diagnostic {
    /// Something that AWS refuses.
    pub fn error(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, pointer.into(), message.into())
    }

    /// Something that AWS takes and that hurts.
    pub fn warning(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, pointer.into(), message.into())
    }

    fn new(severity: Severity, code: Code, pointer: String, message: String) -> Self {
        Self { severity, code, pointer, message, hint: None, position: None }
    }

    /// Adds what would have been right.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column }) = self.position {
            write!(f, "{line}:{column}: ")?;
        }
        write!(f, "{} {}", self.severity.as_str().to_lowercase(), self.code)?;
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        match &self.hint {
            None => write!(f, ": {}", self.message),
            // Some of AWS's texts end with a full stop.
            Some(hint) => write!(f, ": {}; {hint}", self.message.trim_end_matches('.')),
        }
    }
}

//! Something worth changing, and whether it is changed by itself.

use std::fmt;

use atlas_asl::diagnostic::Position;

use crate::rewriting::Edit;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Executions can hang or fail of it.
    Warning,
    /// It costs time or money.
    Advice,
}

impl Severity {
    /// In a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// What was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// As it is printed.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

codes! {
    /// States in sequence that need nothing of each other.
    SequentialStates = "SEQUENTIAL_STATES",
    /// A Map that takes its items one after the other.
    SequentialMap = "SEQUENTIAL_MAP",
    /// A loop that asks until something is done.
    PollingLoop = "POLLING_LOOP",
    /// A STANDARD machine that has nothing that only STANDARD has.
    StandardCouldBeExpress = "STANDARD_COULD_BE_EXPRESS",
    /// A STANDARD machine whose first states could be an EXPRESS one.
    SplitBeforeWait = "SPLIT_BEFORE_WAIT",
    /// A callback or a job without a timeout.
    CallbackWithoutTimeout = "CALLBACK_WITHOUT_TIMEOUT",
    /// Another Task without one.
    TaskWithoutTimeout = "TASK_WITHOUT_TIMEOUT",
    /// A Lambda task that one dropped connection can fail.
    NoRetryForTransientErrors = "NO_RETRY_FOR_TRANSIENT_ERRORS",
    /// Tasks whose failure nobody catches.
    NoCatchAll = "NO_CATCH_ALL",
    /// A function by its ARN.
    DirectLambdaArn = "DIRECT_LAMBDA_ARN",
    /// A result that is kept and never read.
    UnreadResult = "UNREAD_RESULT",
    /// A result of which only a part is read.
    UntrimmedResult = "UNTRIMMED_RESULT",
    /// A Pass that does nothing.
    PassWithoutEffect = "PASS_WITHOUT_EFFECT",
    /// Several Pass states in a row.
    PassChain = "PASS_CHAIN",
    /// A Wait for nothing, or behind which nothing comes.
    WaitWithoutEffect = "WAIT_WITHOUT_EFFECT",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the definition is rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewriting {
    /// Yes: outputs are provably the same.
    Safe,
    /// Yes, and somebody has to confirm each of these.
    ToConfirm(Vec<String>),
    /// Only where that is asked for, by somebody who has confirmed each of these.
    Unconfirmed(Vec<String>),
    /// It was left out, because this came out otherwise when it was tried, or could not be tried.
    Withdrawn(String),
    /// No: somebody has to decide.
    Advice,
}

impl Rewriting {
    /// In a word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::ToConfirm(_) => "to confirm",
            Self::Unconfirmed(_) => "unconfirmed",
            Self::Withdrawn(_) => "withdrawn",
            Self::Advice => "advice only",
        }
    }
}

/// Something worth changing.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where: the JSON pointer within the definition.
    pub pointer: String,
    /// Where in the file, once known.
    pub position: Option<Position>,
    /// What was found.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// What that would gain, as far as it can be told.
    pub gain: Option<String>,
    /// Whether it is done.
    pub rewriting: Rewriting,
    pub(crate) edit: Option<Edit>,
}

impl Finding {
    pub(crate) fn new(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let severity = match code {
            Code::CallbackWithoutTimeout
            | Code::TaskWithoutTimeout
            | Code::NoRetryForTransientErrors
            | Code::NoCatchAll => Severity::Warning,
            Code::SequentialStates
            | Code::SequentialMap
            | Code::PollingLoop
            | Code::StandardCouldBeExpress
            | Code::SplitBeforeWait
            | Code::DirectLambdaArn
            | Code::UnreadResult
            | Code::UntrimmedResult
            | Code::PassWithoutEffect
            | Code::PassChain
            | Code::WaitWithoutEffect => Severity::Advice,
        };
        Self {
            code,
            severity,
            pointer: pointer.into(),
            position: None,
            message: message.into(),
            remedy: String::new(),
            gain: None,
            rewriting: Rewriting::Advice,
            edit: None,
        }
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    pub(crate) fn gain(mut self, gain: impl Into<String>) -> Self {
        self.gain = Some(gain.into());
        self
    }

    /// It came out otherwise when it was tried: what was found is what the definition says, and not all that counts.
    pub(crate) fn withdraw(&mut self, why: String) {
        self.message = format!("as far as the definition tells, {}", self.message);
        self.remedy = format!(
            "leave it as it is, unless what came out otherwise makes no difference; then {}",
            self.remedy
        );
        self.gain = None;
        self.leave_out(why);
    }

    /// It is not done.
    pub(crate) fn leave_out(&mut self, why: String) {
        self.edit = None;
        self.rewriting = Rewriting::Withdrawn(why);
    }

    /// It is done by this change, whose outputs are the same where nothing has to be confirmed.
    pub(crate) fn edit(mut self, edit: Edit, to_confirm: Vec<String>) -> Self {
        self.edit = Some(edit);
        self.rewriting =
            if to_confirm.is_empty() { Rewriting::Safe } else { Rewriting::ToConfirm(to_confirm) };
        self
    }
}

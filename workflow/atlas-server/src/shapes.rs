//! The shapes of texts in the service's API model (botocore, stepfunctions 2016-11-23).

/// How long a text may be, in characters, what it may hold, and whether it may be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) is_sensitive: bool,
    pub(crate) pattern: Option<Pattern>,
}

/// What a text may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    /// The regular expression, as the model writes it.
    pub(crate) shown: &'static str,
    pub(crate) admits: fn(&str) -> bool,
}

impl Text {
    pub(crate) const fn shown(least: usize, most: usize) -> Self {
        Self { least, most, is_sensitive: false, pattern: None }
    }

    pub(crate) const fn hidden(least: usize, most: usize) -> Self {
        Self { least, most, is_sensitive: true, pattern: None }
    }

    const fn like(self, shown: &'static str, admits: fn(&str) -> bool) -> Self {
        Self { pattern: Some(Pattern { shown, admits }), ..self }
    }
}

pub(crate) const ARN: Text = Text::shown(1, 256);
pub(crate) const LONG_ARN: Text = Text::shown(1, 2_000);
pub(crate) const NAME: Text = Text::shown(1, 80);
pub(crate) const ALIAS_NAME: Text =
    Text::shown(1, 80).like(r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$", |text| {
        let is_mark = |byte: u8| byte.is_ascii_alphabetic() || b"_-.".contains(&byte);
        text.bytes().any(is_mark) && text.bytes().all(|byte| is_mark(byte) || byte.is_ascii_digit())
    });
pub(crate) const DEFINITION: Text = Text::hidden(1, 1_048_576);
pub(crate) const DESCRIPTION: Text = Text::hidden(0, 256);
pub(crate) const REVISION_ID: Text = Text::shown(0, usize::MAX);
pub(crate) const CLIENT_TOKEN: Text =
    Text::shown(1, 64).like("[!-~]+", |text| text.bytes().all(|byte| byte.is_ascii_graphic()));
pub(crate) const PAGE_TOKEN: Text = Text::shown(1, 1_024);
pub(crate) const EXECUTIONS_PAGE_TOKEN: Text = Text::shown(1, 3_096);
pub(crate) const TASK_TOKEN: Text = Text::hidden(1, 2_048);
pub(crate) const ERROR: Text = Text::hidden(0, 256);
pub(crate) const CAUSE: Text = Text::hidden(0, 32_768);
pub(crate) const TRACE_HEADER: Text = Text::shown(0, 256).like(r"\p{ASCII}*", str::is_ascii);
pub(crate) const KMS_KEY_ID: Text = Text::shown(1, 2_048);
pub(crate) const STATE_NAME: Text = Text::hidden(1, 80);
pub(crate) const SENSITIVE_DATA: Text = Text::hidden(0, 262_144);
pub(crate) const TAG_KEY: Text = Text::shown(1, 128);
pub(crate) const TAG_VALUE: Text = Text::shown(0, 256);
/// The engine judges how long inputs and outputs are, in bytes.
pub(crate) const DATA: Text = Text::hidden(0, usize::MAX);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_a_name_that_is_no_number() {
        let admits = ALIAS_NAME.pattern.expect("it has one").admits;
        for (name, is_taken) in [
            ("PROD", true),
            ("1.2", true),
            ("a-1_b", true),
            ("12", false),
            ("", false),
            ("a b", false),
        ] {
            assert_eq!(admits(name), is_taken, "{name}");
        }
    }
}

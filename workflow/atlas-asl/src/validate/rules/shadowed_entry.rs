//! An entry of `Retry` or `Catch` whose every name an earlier entry has already.
//!
//! The first entry that has the name is taken, even where its attempts are used up.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;
use crate::validate::texts::list;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let retry: Vec<_> = step.state.retry().iter().map(|entry| &entry.error_equals).collect();
        let catch: Vec<_> = step.state.catch().iter().map(|entry| &entry.error_equals).collect();
        for (field, entries) in [("Retry", retry), ("Catch", catch)] {
            let mut earlier: HashSet<&str> = HashSet::new();
            for (index, names) in entries.into_iter().enumerate() {
                let is_covered = |name: &String| {
                    earlier.contains(name.as_str())
                        || (earlier.contains("States.TaskFailed") && !name.starts_with("States."))
                };
                if !names.is_empty() && names.iter().all(is_covered) {
                    out.push(
                        Diagnostic::warning(
                            Code::ErrorNameMatchesNothing,
                            format!("{}/{field}/{index}/ErrorEquals", step.pointer),
                            format!(
                                "an earlier entry takes {} already",
                                list(names.iter().map(String::as_str))
                            ),
                        )
                        .hint("move this entry before the more general one, or remove it"),
                    );
                }
                earlier.extend(names.iter().map(String::as_str));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn an_entry_behind_a_more_general_one_is_never_taken() {
        let task = |first: &str, second: &str| {
            format!(
                r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                   "Retry": [{{"ErrorEquals": [{first}]}}, {{"ErrorEquals": [{second}]}}]"#
            )
        };
        let place = [("/States/A/Retry/1/ErrorEquals", "an earlier entry takes `A` already")];
        check_state(&task(r#""A", "B""#, r#""A""#), Code::ErrorNameMatchesNothing, &place);
        check_state(&task(r#""States.TaskFailed""#, r#""A""#), Code::ErrorNameMatchesNothing, &place);
        check_state(&task(r#""A""#, r#""A", "B""#), Code::ErrorNameMatchesNothing, &[]);
        let timeout = task(r#""States.TaskFailed""#, r#""States.Timeout""#);
        check_state(&timeout, Code::ErrorNameMatchesNothing, &[]);
    }
}

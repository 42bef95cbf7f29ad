//! What is written of a report.

use serde_json::json;

use super::script::{Step, invoke, run};
use crate::{Run, compare, html, html_of_comparison, markdown, markdown_of_comparison, report};

fn runs(took: i64) -> Vec<Run> {
    (0..10)
        .map(|number| {
            let hostile = "<img src=x onerror=alert(1)>|`*\u{202e}\u{2068}";
            let parameters = json!({"FunctionName": "<b>"});
            let steps = [
                Step::Task(hostile, "lambda:invoke", parameters, json!({}), took + number, vec![]),
                invoke("Ship", 50),
            ];
            run(number, number * 1000, None, &steps)
        })
        .collect()
}

#[test]
fn names_of_a_definition_stay_text_in_every_format() {
    let report = report(&runs(100), &[]);
    let comparison = compare(&report, &report);
    let turning =
        |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    for page in [html(&report), html_of_comparison(&comparison)] {
        assert!(page.contains("&lt;img src=x"), "{page}");
        assert!(!page.contains(turning) && page.contains("\u{fffd}\u{fffd}"), "{page}");
        assert!(!page.contains("<img") && !page.contains("<b>"), "{page}");
        assert!(
            !page.contains("<script") && !page.contains("http://") && !page.contains("https://")
        );
    }
    for text in [markdown(&report), markdown_of_comparison(&comparison)] {
        let safe = "&lt;img src=x onerror=alert(1)&gt;\\|\\`\\*\u{fffd}\u{fffd}";
        assert!(text.contains(safe) && !text.contains(turning), "{text}");
        assert!(!text.contains("<img"), "{text}");
    }
}

#[test]
fn a_comparison_says_what_became_faster_and_whether_that_is_more_than_chance() {
    let (before, after) = (report(&runs(300), &[]), report(&runs(100), &[]));
    let faster = compare(&before, &after);
    assert!(faster.is_significant);
    assert_eq!(faster.to_goal.difference_ms().round(), -200.0);
    let text = markdown_of_comparison(&faster);
    assert!(text.contains("| to the goal | 354 ms | 154 ms | −200 ms (−56%) |"), "{text}");
    assert!(!compare(&after, &report(&runs(101), &[])).is_significant);
}

#[test]
fn a_report_of_nothing_is_one() {
    let report = report(&[], &[]);
    assert!(markdown(&report).contains("0 runs of"));
    assert!(html(&report).ends_with("</html>\n"));
    assert_eq!(serde_json::to_value(&report).unwrap()["runs"], json!(0));
}

#[test]
fn a_report_says_how_many_executions_were_not_read() {
    let whole = report(&runs(100), &[]);
    let part = whole.clone().with_unread(3);
    let told = "3 more were not read: they would be too large.";
    for (of_whole, of_part) in [(markdown(&whole), markdown(&part)), (html(&whole), html(&part))] {
        assert!(of_part.contains(told) && !of_whole.contains("not read"), "{of_part}");
    }
    assert_eq!(serde_json::to_value(&part).unwrap()["unread"], json!(3));
}

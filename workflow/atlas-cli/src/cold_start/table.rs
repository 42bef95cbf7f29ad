//! The figures as a table in Markdown, and as a JSON document.

use std::time::Duration;

use handlers::functions::Handler;
use serde_json::{Value, json};

use super::{candidate::Zips, sample::Figures, world::Broken};

/// What was found of one handler, by whose it is: the first is ours.
pub(crate) struct Row {
    pub(crate) handler: Handler,
    pub(crate) of: Vec<Result<(Figures, Option<Zips>), Broken>>,
}

/// All that was found.
pub(crate) struct Table {
    /// Whose functions they are, in the order of each row.
    pub(crate) candidates: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// A line for each handler and candidate.
    pub(crate) fn markdown(&self) -> String {
        let is_beside = self.candidates.len() > 1;
        let mut text = String::from(
            "| handler | | ready, ms | first answer, ms | peak memory, MB | zip, MB |",
        );
        text.push_str(if is_beside { " Rust is |\n" } else { "\n" });
        text.push_str("|---|---|---|---|---|---|");
        text.push_str(if is_beside { "---|\n" } else { "\n" });
        for row in &self.rows {
            let ours = row.of.first().and_then(|ours| ours.as_ref().ok());
            for (index, (name, found)) in self.candidates.iter().zip(&row.of).enumerate() {
                let handler = if index == 0 { row.handler.name() } else { "" };
                let cells = match found {
                    Ok((figures, zips)) => [
                        spread(figures.ready),
                        spread(figures.answer),
                        memory(figures),
                        size(*zips),
                    ]
                    .join(" | "),
                    Err(broken) => format!("not counted: {broken} | | | "),
                };
                text.push_str(&format!("| {handler} | {name} | {cells} |"));
                let beside = (index > 0).then(|| beside(ours, found.as_ref().ok()));
                match beside {
                    Some(words) => text.push_str(&format!(" {words} |\n")),
                    None if is_beside => text.push_str(" |\n"),
                    None => text.push('\n'),
                }
            }
        }
        text
    }

    /// The same with nothing rounded.
    pub(crate) fn document(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let of = self.candidates.iter().zip(&row.of).map(|(name, found)| match found {
                Ok((figures, zips)) => found_document(name, figures, *zips),
                Err(broken) => json!({"of": name, "wrong": broken.to_string()}),
            });
            json!({"handler": row.handler.name(), "found": of.collect::<Vec<_>>()})
        });
        rows.collect()
    }
}

fn found_document(name: &str, figures: &Figures, zips: Option<Zips>) -> Value {
    let spread = |[median, low, high]: [Duration; 3]| json!({"median": millis(median), "p10": millis(low), "p90": millis(high)});
    json!({
        "of": name,
        "runs": figures.runs,
        "readyMilliseconds": spread(figures.ready),
        "firstAnswerMilliseconds": spread(figures.answer),
        "peakMemoryMegabytes": figures.megabytes,
        "zipBytes": zips.map(|zips| zips.bytes),
        "zipBytesWithoutSdk": zips.and_then(|zips| zips.without_sdk),
    })
}

/// How many times as much the other takes.
fn beside(
    ours: Option<&(Figures, Option<Zips>)>,
    theirs: Option<&(Figures, Option<Zips>)>,
) -> String {
    let (Some((ours, our_zip)), Some((theirs, their_zip))) = (ours, theirs) else {
        return String::new();
    };
    let sooner = theirs.answer[0].as_secs_f64() / ours.answer[0].as_secs_f64();
    let mut words = vec![format!("{sooner:.0} times as fast")];
    if let (Some(ours), Some(theirs)) = (ours.megabytes, theirs.megabytes) {
        words.push(format!("1/{:.1} of the memory", theirs / ours));
    }
    if let (Some(ours), Some(theirs)) = (our_zip, their_zip) {
        words.push(format!("1/{:.1} of the zip", theirs.bytes as f64 / ours.bytes as f64));
    }
    words.join(", ")
}

/// `9.1 (8.7 to 10.2)`.
fn spread([median, low, high]: [Duration; 3]) -> String {
    let [median, low, high] = [median, low, high].map(|it| rounded(millis(it)));
    format!("{median} ({low} to {high})")
}

fn memory(figures: &Figures) -> String {
    figures.megabytes.map_or_else(|| "unknown".to_owned(), rounded)
}

fn size(zips: Option<Zips>) -> String {
    let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    match zips {
        None => "unknown".to_owned(),
        Some(Zips { bytes, without_sdk: None }) => megabytes(bytes),
        Some(Zips { bytes, without_sdk: Some(without) }) => {
            format!("{}; {} without boto3", megabytes(bytes), megabytes(without))
        }
    }
}

fn rounded(number: f64) -> String {
    if number < 100.0 { format!("{number:.1}") } else { format!("{number:.0}") }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn figures(milliseconds: u64, megabytes: f64) -> Figures {
        let spread = |factor: u64| {
            [10, 9, 12].map(|tenths| Duration::from_micros(milliseconds * factor * tenths * 100))
        };
        Figures { runs: 20, ready: spread(1), answer: spread(2), megabytes: Some(megabytes) }
    }

    fn table(theirs: Result<Figures, Broken>) -> Table {
        let zips = |bytes, without_sdk| Some(Zips { bytes, without_sdk });
        let ours = (figures(5, 11.6), zips(3_140_000, None));
        let theirs = theirs.map(|figures| (figures, zips(27_000_000, Some(12_000_000))));
        Table {
            candidates: vec!["Rust", "Python"],
            rows: vec![Row { handler: Handler::CreateLead, of: vec![Ok(ours), theirs] }],
        }
    }

    #[test]
    fn both_stand_below_each_other_with_how_many_times_as_much_the_other_takes() {
        expect![[r#"
            | handler | | ready, ms | first answer, ms | peak memory, MB | zip, MB | Rust is |
            |---|---|---|---|---|---|---|
            | CreateLeadHandler | Rust | 5.0 (4.5 to 6.0) | 10.0 (9.0 to 12.0) | 11.6 | 3.1 | |
            |  | Python | 400 (360 to 480) | 800 (720 to 960) | 92.8 | 27.0; 12.0 without boto3 | 80 times as fast, 1/8.0 of the memory, 1/8.6 of the zip |
        "#]]
        .assert_eq(&table(Ok(figures(400, 92.8))).markdown());
    }

    #[test]
    fn what_is_wrong_is_said_and_not_counted() {
        let table = table(Err(Broken::new("it gave no answer")));
        assert!(table.markdown().contains("| Python | not counted: it gave no answer | | |  |  |"));
        let document = table.document();
        assert_eq!(document[0]["found"][0]["firstAnswerMilliseconds"]["p90"], 12.0);
        assert_eq!(document[0]["found"][1]["wrong"], "it gave no answer");
    }
}

//! The page: plots, and the tables of the report.

use std::fmt::Write;

use super::{plots, text::escape};
use crate::{
    comparison::Comparison,
    document::{Cell, Part, Plot, Table, Told, of_comparison, of_report},
    report::Report,
};

const STYLE: &str = include_str!("style.css");

/// The report as a page.
pub fn html(report: &Report) -> String {
    page("Profile", &written(of_report(report)))
}

/// Before and after as a page.
pub fn html_of_comparison(comparison: &Comparison) -> String {
    page("Before and after", &written(of_comparison(comparison)))
}

fn page(title: &str, body: &str) -> String {
    // Nothing may be loaded or run, whatever stands in it.
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n\
         {body}</body></html>\n"
    )
}

fn written(parts: Vec<Part<'_>>) -> String {
    let mut body = String::new();
    for part in parts {
        match part {
            Part::Title(title) => put(&mut body, &format!("<h2>{title}</h2>")),
            Part::Sentences(sentences) => {
                put(&mut body, &format!("<p>{}</p>", escape(&sentences.join(" "))));
            }
            Part::Table(table) => put_table(&mut body, &table),
            Part::Plot(plot) => {
                put(&mut body, &format!("<div class=\"wide\">{}</div>", drawn(plot)));
            }
            Part::Findings(findings) => {
                let findings: String = findings.iter().map(finding).collect();
                put(&mut body, &format!("<ol>{findings}</ol>"));
            }
            Part::List(entries) => {
                let entries = entries.iter().map(|text| format!("<li>{}</li>\n", escape(text)));
                put(&mut body, &format!("<ul>{}</ul>", entries.collect::<String>()));
            }
        }
    }
    body
}

fn drawn(plot: Plot<'_>) -> String {
    match plot {
        Plot::Times(report) => plots::histogram(&[("to the goal", &report.times)]),
        Plot::TimesOfBoth(comparison) => plots::histogram(&[
            ("before", &comparison.before.times),
            ("after", &comparison.after.times),
        ]),
        Plot::Path(report) => plots::path(&report.critical_path),
        Plot::Services(report) => plots::services(report),
    }
}

fn finding(told: &Told) -> String {
    let [cause, remedy, gain] = told.details.each_ref().map(|text| escape(text));
    format!(
        "<li><strong>{}</strong>{}: {}<br>{cause}<br>{remedy}<br><span class=\"quiet\">{gain}</span></li>\n",
        told.what,
        told.certainty,
        escape(&told.place),
    )
}

fn put_table(body: &mut String, table: &Table) {
    put(body, "<div class=\"wide\"><table><thead><tr>");
    for name in table.head {
        put(body, &format!("<th scope=\"col\">{name}</th>"));
    }
    put(body, "</tr></thead><tbody>");
    for row in &table.rows {
        body.push_str("<tr>");
        for cell in row {
            let cell = match cell {
                Cell::Text(text) => format!("<td>{}</td>", escape(text)),
                Cell::Number(text) => format!("<td class=\"n\">{}</td>", escape(text)),
            };
            body.push_str(&cell);
        }
        body.push_str("</tr>\n");
    }
    put(body, "</tbody></table></div>");
}

fn put(out: &mut String, text: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{text}");
}

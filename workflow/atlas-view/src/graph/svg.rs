//! A picture that stands alone: no script, no font, no link. Each type has a shape of its own and
//! says its name, so colour only helps; it follows the reader's dark or light scheme.

use atlas_asl::model::StateType;

use super::{
    Graph,
    layout::{Area, GROUP_HEADER, Layout, MARKER, PADDING, Wire, caption, lay_out, name_lines},
    structure::{Kind, Node},
};
use crate::label::{clean, fit};

const STYLE: &str = "\
.page{fill:#ffffff}\
text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#1c2430}\
.name{font-size:13px;font-weight:600}\
.kind,.group-name{font-size:11px;fill:#56606e}\
.words{font-size:11px;fill:#39424e;paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}\
.wire{fill:none;stroke:#5b6675;stroke-width:1.4}\
.catch{stroke:#b3541e;stroke-dasharray:5 4}\
.head{fill:#5b6675}\
.catch-head{fill:#b3541e}\
.marker{fill:#5b6675;stroke:#5b6675;stroke-width:1.4}\
.ring{fill:none}\
.shape{stroke-width:1.5}\
.line{fill:none}\
.Task{fill:#e8f1fd;stroke:#2f6fb7}\
.Pass{fill:#f1f3f5;stroke:#7a8694}\
.Choice{fill:#fff4d6;stroke:#a87900}\
.Wait{fill:#efe9fc;stroke:#7350c4}\
.Succeed{fill:#e3f6e8;stroke:#2c8a4b}\
.Fail{fill:#fde8e6;stroke:#c0392b}\
.Parallel,.Map{fill:#ffffff;stroke:#2a7f86}\
.Missing{fill:#ffffff;stroke:#c0392b;stroke-dasharray:3 3}\
.group{fill:none;stroke:#9aa5b1;stroke-dasharray:2 4}\
@media (prefers-color-scheme: dark){\
.page{fill:#14181e}\
text{fill:#e6eaf0}\
.kind,.group-name{fill:#a4afbd}\
.words{fill:#cfd6df;stroke:#14181e}\
.wire{stroke:#94a0af}\
.catch{stroke:#f0955a}\
.head{fill:#94a0af}\
.catch-head{fill:#f0955a}\
.marker{fill:#94a0af;stroke:#94a0af}\
.ring{fill:none}\
.line{fill:none}\
.Task{fill:#17293f;stroke:#62a0e6}\
.Pass{fill:#222932;stroke:#8d99a8}\
.Choice{fill:#332a10;stroke:#d9ab33}\
.Wait{fill:#281f42;stroke:#a586f0}\
.Succeed{fill:#142f1e;stroke:#58bd7a}\
.Fail{fill:#3a1a17;stroke:#ee7568}\
.Parallel,.Map{fill:#14181e;stroke:#55b3ba}\
.Missing{fill:#14181e;stroke:#ee7568}\
.group{stroke:#5d6876}}";

/// Who shows the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Whatever shows pictures.
    Alone,
    /// A page with styles of its own, that wants to know which state is which.
    InPage,
}

/// The picture that stands alone.
pub(super) fn render(graph: &Graph) -> String {
    picture(graph, Shown::Alone)
}

/// The picture as a part of a page.
pub(super) fn render_for_page(graph: &Graph) -> String {
    picture(graph, Shown::InPage)
}

fn picture(graph: &Graph, shown: Shown) -> String {
    let layout = lay_out(graph);
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let style = match shown {
        Shown::Alone => format!("<style>{STYLE}</style>\n"),
        Shown::InPage => String::new(),
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>State machine</title>\n\
         {style}<defs>\n{}{}</defs>\n\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n",
        arrow("atlas-next", "head"),
        arrow("atlas-catch", "catch-head"),
    );
    // A box lies under everything inside it, and inner groups come later.
    for (index, group) in graph.groups.iter().enumerate() {
        if group.holder.is_some() {
            paint_group(&group.label, layout.groups[index], &mut out);
        }
        for node in &group.nodes {
            paint_node(&graph.nodes[*node], layout.nodes[*node], shown, &mut out);
        }
    }
    for wire in &layout.wires {
        paint_wire(wire, &mut out);
    }
    paint_markers(&layout, &mut out);
    for words in &layout.words {
        out.push_str(&format!(
            "<text class=\"words\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{}\">{}</text>\n",
            words.x,
            words.y,
            words.anchor,
            escape(&words.text),
        ));
    }
    out.push_str("</svg>\n");
    out
}

fn arrow(id: &str, class: &str) -> String {
    format!(
        "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
         <path class=\"{class}\" d=\"M0 0L8 4L0 8Z\"/></marker>\n"
    )
}

fn paint_group(label: &str, area: Area, out: &mut String) {
    out.push_str(&format!(
        "<rect class=\"group\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"6\"/>\
         <text class=\"group-name\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
        area.x,
        area.y,
        area.width,
        area.height,
        area.x + PADDING / 2.0,
        area.y + GROUP_HEADER - 5.0,
        escape(&fit(label, 60)),
    ));
}

fn paint_node(node: &Node, area: Area, shown: Shown, out: &mut String) {
    let word = match node.kind {
        Kind::State(state_type) => state_type.as_str(),
        Kind::Missing => "Missing",
    };
    let place = match shown {
        Shown::Alone => String::new(),
        Shown::InPage if node.kind == Kind::Missing => " data-type=\"Missing\"".to_owned(),
        Shown::InPage => {
            format!(" data-state=\"{}\" data-type=\"{word}\"", attribute(&node.pointer))
        }
    };
    out.push_str(&format!(
        "<g{place}><title>{} ({})</title>{}",
        escape(&clean(&node.name)),
        escape(&caption(node)),
        outline(node.kind, word, area),
    ));
    let middle = area.x + area.width / 2.0;
    let mut y = area.y + 20.0;
    for line in name_lines(&node.name) {
        out.push_str(&format!(
            "<text class=\"name\" x=\"{middle:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{}</text>",
            escape(&line)
        ));
        y += 17.0;
    }
    out.push_str(&format!(
        "<text class=\"kind\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>\n",
        y - 2.0,
        escape(&caption(node)),
    ));
}

/// The shape of a type.
fn outline(kind: Kind, word: &str, area: Area) -> String {
    let Area { x, y, width, height } = area;
    let (right, bottom, middle) = (x + width, y + height, y + height / 2.0);
    let rectangle = |inset: f64, radius: f64, class: &str| {
        format!(
            "<rect class=\"shape {word}{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" \
             height=\"{:.1}\" rx=\"{radius:.1}\"/>",
            x + inset,
            y + inset,
            width - 2.0 * inset,
            height - 2.0 * inset,
        )
    };
    let polygon = |corners: &[(f64, f64)]| {
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        format!("<polygon class=\"shape {word}\" points=\"{}\"/>", points.join(" "))
    };
    let line =
        |at: f64| format!("<path class=\"shape line {word}\" d=\"M{at:.1} {y:.1}V{bottom:.1}\"/>");
    match kind {
        Kind::State(StateType::Task) => rectangle(0.0, 6.0, ""),
        Kind::State(StateType::Pass) => {
            polygon(&[(x + 12.0, y), (right, y), (right - 12.0, bottom), (x, bottom)])
        }
        Kind::State(StateType::Choice) => polygon(&[
            (x, middle),
            (x + 18.0, y),
            (right - 18.0, y),
            (right, middle),
            (right - 18.0, bottom),
            (x + 18.0, bottom),
        ]),
        Kind::State(StateType::Wait) => rectangle(0.0, height / 2.0, ""),
        Kind::State(StateType::Succeed) => {
            rectangle(0.0, 14.0, "") + &rectangle(3.5, 11.0, " line")
        }
        Kind::State(StateType::Fail) => polygon(&[
            (x + 10.0, y),
            (right - 10.0, y),
            (right, y + 10.0),
            (right, bottom - 10.0),
            (right - 10.0, bottom),
            (x + 10.0, bottom),
            (x, bottom - 10.0),
            (x, y + 10.0),
        ]),
        Kind::State(StateType::Parallel) => {
            rectangle(0.0, 2.0, "") + &line(x + 5.0) + &line(right - 5.0)
        }
        Kind::State(StateType::Map) => rectangle(0.0, 10.0, "") + &rectangle(4.0, 7.0, " line"),
        Kind::Missing => rectangle(0.0, 0.0, ""),
    }
}

fn paint_wire(wire: &Wire, out: &mut String) {
    let mut path = String::new();
    for (index, (x, y)) in wire.points.iter().enumerate() {
        path.push_str(&format!("{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' }));
    }
    let (class, marker) =
        if wire.dashed { ("wire catch", "atlas-catch") } else { ("wire", "atlas-next") };
    out.push_str(&format!(
        "<path class=\"{class}\" d=\"{path}\" marker-end=\"url(#{marker})\"><title>{}</title></path>\n",
        escape(&wire.title.lines().map(clean).collect::<Vec<_>>().join(" · ")),
    ));
}

fn paint_markers(layout: &Layout, out: &mut String) {
    for (x, y) in layout.starts.iter().flatten() {
        out.push_str(&format!(
            "<circle class=\"marker\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\"><title>start</title></circle>\n",
            MARKER / 2.0,
        ));
    }
    for (x, y) in layout.ends.iter().flatten() {
        out.push_str(&format!(
            "<g><title>end</title><circle class=\"marker ring\" cx=\"{x:.1}\" cy=\"{y:.1}\" \
             r=\"{}\"/><circle class=\"marker\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/></g>\n",
            MARKER / 2.0,
        ));
    }
}

/// A value for an attribute that comes back as it was: a reader finds the state by it. XML has no way to
/// write the characters that it does not have, and no state that AWS takes has one of them in its name.
fn attribute(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            '\t' | '\n' | '\r' => written.push_str(&format!("&#{};", u32::from(character))),
            '\u{fffe}' | '\u{ffff}' => written.push('\u{fffd}'),
            other if other.is_control() && u32::from(other) < 0x20 => written.push('\u{fffd}'),
            other => written.push(other),
        }
    }
    written
}

/// Text for an XML document; `clean` has removed what XML cannot hold.
fn escape(text: &str) -> String {
    clean(text)
        .replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples;

    #[test]
    fn nothing_leaves_its_text() {
        let drawing = render(&Graph::of(&samples::hostile()));
        assert!(!drawing.contains("<script"));
        assert!(!drawing.contains('\u{1b}') && !drawing.contains('\u{202e}'));
        assert!(drawing.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"));
        for tag in ["<g>", "<text", "<title>", "<path"] {
            let name = tag.trim_matches(['<', '>']);
            let closed = drawing.matches(&format!("</{name}>")).count();
            let empty = match name {
                "path" => drawing.matches("<path").count() - closed,
                _ => 0,
            };
            assert_eq!(drawing.matches(tag).count(), closed + empty, "{tag}");
        }
    }

    #[test]
    fn a_page_knows_each_state_by_its_place_and_gets_no_style() {
        for machine in [samples::lead(), samples::call(), samples::hostile()] {
            let drawing = render_for_page(&Graph::of(&machine));
            let document = roxmltree::Document::parse(&drawing).expect("it is XML");
            let mut places = Vec::new();
            for element in document.descendants().filter(roxmltree::Node::is_element) {
                let name = element.tag_name().name();
                assert!(!["style", "script", "a", "foreignObject"].contains(&name), "{name}");
                for attribute in element.attributes() {
                    let name = attribute.name();
                    assert!(name != "style" && name != "href" && !name.starts_with("on"), "{name}");
                }
                places.extend(element.attribute("data-state"));
            }
            let states = machine.states();
            let mut expected: Vec<String> =
                states.iter().map(|it| it.pointer.replace('\u{1b}', "\u{fffd}")).collect();
            places.sort_unstable();
            expected.sort_unstable();
            assert_eq!(places, expected);
        }
    }

    #[test]
    fn no_two_boxes_of_a_group_overlap() {
        for machine in [samples::lead(), samples::call(), samples::hostile(), samples::broken()] {
            let graph = Graph::of(&machine);
            let layout = lay_out(&graph);
            for group in &graph.groups {
                for (at, left) in group.nodes.iter().enumerate() {
                    for right in &group.nodes[at + 1..] {
                        let (a, b) = (layout.nodes[*left], layout.nodes[*right]);
                        let apart = a.x + a.width <= b.x
                            || b.x + b.width <= a.x
                            || a.y + a.height <= b.y
                            || b.y + b.height <= a.y;
                        assert!(apart, "{:?} {:?}", graph.nodes[*left], graph.nodes[*right]);
                    }
                }
            }
            for area in &layout.nodes {
                assert!(area.x >= 0.0 && area.x + area.width <= layout.width, "{area:?}");
                assert!(area.y >= 0.0 && area.y + area.height <= layout.height, "{area:?}");
            }
        }
    }
}

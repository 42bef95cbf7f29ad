//! YAML, as CloudFormation's templates use it: short forms as tags, anchors and aliases within bounds.

use std::collections::HashMap;

use atlas_asl::diagnostic::Position;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::{Data, Member, Node, Unreadable};
use crate::limits::{MAX_DEPTH, MOST_NODES};

pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = position(error.marker().line(), error.marker().col());
            Unreadable::new(at, format!("is no YAML: {}", error.info()))
        })?;
        builder.take(event, span)?;
    }
    let start = Position { line: 1, column: 1 };
    builder
        .root
        .ok_or_else(|| Unreadable::new(start, "is empty; expected a definition or a template"))
}

fn position(line: usize, column: usize) -> Position {
    let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: whole(line.max(1)), column: whole(column + 1) }
}

/// What is open: a list, or an object and the name that waits for its value.
struct Open {
    node: Node,
    anchor: usize,
    name: Option<(String, Position)>,
    names: std::collections::HashSet<String>,
}

/// Puts nodes together without calling itself: a text may nest as it likes until it is refused.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, (Node, usize)>,
    /// How many nodes there are, those of aliases counted each time.
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Unreadable> {
        let at = position(span.start.line(), span.start.col());
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(Unreadable::new(at, "a second document begins here; expected one"))
            }
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Unreadable::new(at, "the alias stands within what it names"));
                };
                self.place(Node { at, ..node }, size)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let tag = short_form(tag.as_deref());
                let data = scalar(&text, style, tag.as_deref());
                let node = Node { at, tag: tag.filter(|tag| !tag.starts_with('!')), data };
                if anchor > 0 {
                    self.anchors.insert(anchor, (node.clone(), 1));
                }
                self.place(node, 1)
            }
            Event::SequenceStart(anchor, tag) => {
                self.enter(at, anchor, &tag, Data::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.enter(at, anchor, &tag, Data::Object(Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { node, anchor, .. }) = self.open.pop() else { return Ok(()) };
                if anchor > 0 {
                    let size = count(&node);
                    self.anchors.insert(anchor, (node.clone(), size));
                }
                self.place(node, 0)
            }
        }
    }

    fn enter(
        &mut self,
        at: Position,
        anchor: usize,
        tag: &Option<std::borrow::Cow<'_, Tag>>,
        data: Data,
    ) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("nests deeper than {MAX_DEPTH} levels, which no template does");
            return Err(Unreadable::new(at, message));
        }
        if let Some(Open { name: None, node: Node { data: Data::Object(_), .. }, .. }) =
            self.open.last()
        {
            return Err(Unreadable::new(at, "a name is a list or an object; expected a text"));
        }
        self.grow(at, 1)?;
        let tag = short_form(tag.as_deref()).filter(|tag| !tag.starts_with('!'));
        let node = Node { at, tag, data };
        self.open.push(Open { node, anchor, name: None, names: Default::default() });
        Ok(())
    }

    fn grow(&mut self, at: Position, by: usize) -> Result<(), Unreadable> {
        self.nodes = self.nodes.saturating_add(by);
        if self.nodes <= MOST_NODES {
            return Ok(());
        }
        let message = format!("its aliases make more than {MOST_NODES} values of it");
        Err(Unreadable::new(at, message))
    }

    fn place(&mut self, node: Node, size: usize) -> Result<(), Unreadable> {
        self.grow(node.at, size)?;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.node.data {
            Data::List(elements) => elements.push(node),
            Data::Object(members) => match open.name.take() {
                Some((name, at)) => members.push(Member { name, at, value: node }),
                None => {
                    let name = match node.data {
                        Data::Text { text, .. } => text,
                        Data::Number(number) => number.to_string(),
                        Data::Boolean(is) => is.to_string(),
                        Data::Null => "null".to_owned(),
                        Data::List(_) | Data::Object(_) => {
                            let message = "a name is a list or an object; expected a text";
                            return Err(Unreadable::new(node.at, message));
                        }
                    };
                    if !open.names.insert(name.clone()) {
                        let message = format!("`{name}` stands twice in this object");
                        return Err(Unreadable::new(node.at, message));
                    }
                    open.name = Some((name, node.at));
                }
            },
            Data::Null | Data::Boolean(_) | Data::Number(_) | Data::Text { .. } => {}
        }
        Ok(())
    }
}

fn count(node: &Node) -> usize {
    match &node.data {
        Data::List(elements) => 1 + elements.iter().map(count).sum::<usize>(),
        Data::Object(members) => 1 + members.iter().map(|it| count(&it.value)).sum::<usize>(),
        Data::Null | Data::Boolean(_) | Data::Number(_) | Data::Text { .. } => 1,
    }
}

/// `Sub` of `!Sub`; a tag of YAML's own keeps its `!`.
fn short_form(tag: Option<&Tag>) -> Option<String> {
    let tag = tag?;
    if tag.is_yaml_core_schema() {
        return Some(format!("!{}", tag.suffix));
    }
    Some(if tag.handle == "!" {
        tag.suffix.clone()
    } else {
        format!("{}{}", tag.handle, tag.suffix)
    })
}

/// What a scalar is: by its style, its tag, or YAML's core schema.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&str>) -> Data {
    let is_plain = style == ScalarStyle::Plain && tag.is_none();
    let as_text =
        || Data::Text { text: text.to_owned(), is_block: matches!(style, ScalarStyle::Literal) };
    if !is_plain {
        return as_text();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Boolean(true),
        "false" | "False" | "FALSE" => Data::Boolean(false),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
            serde_json::from_str(text).map_or_else(|_| as_text(), Data::Number)
        }
        _ => as_text(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn fault(text: &str, expected: &Expect) {
        expected.assert_eq(&super::read(text).expect_err(text).to_string());
    }

    #[test]
    fn short_forms_places_and_kinds_are_kept() {
        let read =
            super::read("a: !Sub '${X}'\nb:\n  - 1\n  - \"1\"\n  - yes\n  - 2012-10-17\n").unwrap();
        let a = read.get("a").unwrap();
        assert_eq!((a.tag.as_deref(), a.at.line, a.at.column), (Some("Sub"), 1, 4));
        let Data::List(elements) = &read.get("b").unwrap().data else { panic!("{read:?}") };
        let kinds: Vec<&str> = elements.iter().map(Node::words).collect();
        assert_eq!(kinds, ["a number", "a text", "a text", "a text"]);
        assert_eq!(read.find("/b/1").line, 4);
        assert_eq!(read.find("/b/7/x").line, 2);
    }

    #[test]
    fn what_grows_or_nests_without_end_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(", "));
        }
        fault(&bomb, &expect!["6:15: its aliases make more than 200000 values of it"]);
        fault(
            &"- ".repeat(300),
            &expect!["1:255: nests deeper than 127 levels, which no template does"],
        );
        fault("a: &a [*a]", &expect!["1:8: the alias stands within what it names"]);
        fault("a: 1\na: 2", &expect!["2:1: `a` stands twice in this object"]);
        fault("a: 1\n---\nb: 2", &expect!["2:1: a second document begins here; expected one"]);
        fault("? [a]\n: 1", &expect!["1:3: a name is a list or an object; expected a text"]);
        fault(
            "a: [1",
            &expect!["2:1: is no YAML: while parsing a flow sequence, expected ',' or ']'"],
        );
    }
}

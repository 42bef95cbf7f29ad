//! A file with state machines in it: a definition, or a template that holds or names some.

use atlas_asl::{diagnostic::Position, model::ExecutionType};
use serde_json::Value;

use crate::{
    layout::Layout,
    reading::{self, Data, Format, Node, Unreadable},
    splice,
    template::{self, Place, Placeholders, restored_object, restored_text},
};

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// The language that it is written in.
    pub format: Format,
    /// Whether it is a template.
    pub is_template: bool,
    /// Its state machines.
    pub machines: Vec<Machine>,
    text: String,
    layout: Layout,
}

/// A state machine of a file.
#[derive(Debug)]
pub struct Machine {
    /// Its logical name in a template, else none.
    pub name: Option<String>,
    /// STANDARD or EXPRESS, where the file says so.
    pub execution_type: Option<ExecutionType>,
    /// Its definition.
    pub definition: Definition,
}

/// Where a machine's definition is.
#[derive(Debug)]
pub enum Definition {
    /// In the file.
    Here(Box<Text>),
    /// In another file, by a path relative to this one.
    File {
        /// The path.
        path: String,
        /// Where it is said.
        at: Position,
    },
    /// Out of reach.
    Elsewhere {
        /// Why, and what would do.
        words: String,
        /// Where it is said.
        at: Position,
    },
}

/// A definition in the States Language, as text, and where it comes from.
#[derive(Debug)]
pub struct Text {
    /// JSON; `${Name}` stands where the template has functions.
    pub text: String,
    /// What they stand for.
    pub placeholders: Placeholders,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    /// The file is the definition.
    File,
    /// Values of the file.
    Values { pointer: Option<String>, node: Node },
    /// A text of the file.
    Text { pointer: String, at: Position, is_block: bool, function: Option<String> },
}

impl Source {
    /// Reads a file: JSON or YAML, a definition or a template.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let (format, root) = reading::read(text)?;
        let layout = Layout::of(text);
        let whole = text.to_owned();
        let wrong = |message: String| Unreadable::new(root.at, message);
        if !matches!(root.data, Data::Object(_)) {
            let words = root.words();
            return Err(wrong(format!(
                "is {words}; expected a definition or a template, an object"
            )));
        }
        let has = |name: &str| root.get(name).is_some();
        if has("StartAt") || has("States") {
            let (text, origin) = match format {
                Format::Json => {
                    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                    (text.to_owned(), Origin::File)
                }
                Format::Yaml => {
                    let text = Layout::default().write(&plain(&root)?);
                    (text, Origin::Values { pointer: None, node: root.clone() })
                }
            };
            let here = Text { text, placeholders: Placeholders::default(), origin };
            let definition = Definition::Here(Box::new(here));
            let machines = vec![Machine { name: None, execution_type: None, definition }];
            return Ok(Self { format, is_template: false, machines, text: whole, layout });
        }
        if !has("Resources") {
            let message = "is neither a definition, which has `StartAt` and `States`, nor a SAM or \
                           CloudFormation template, which has `Resources`";
            return Err(wrong(message.to_owned()));
        }
        let machines: Vec<Machine> = template::find(&root)
            .into_iter()
            .map(|found| Machine {
                name: Some(found.name),
                execution_type: found.execution_type,
                definition: definition(found.place),
            })
            .collect();
        if machines.is_empty() {
            let message = "has no state machine; expected a resource of the type \
                           `AWS::Serverless::StateMachine` or `AWS::StepFunctions::StateMachine`";
            return Err(wrong(message.to_owned()));
        }
        Ok(Self { format, is_template: true, machines, text: whole, layout })
    }

    /// The whole file with another definition in it, and every byte around that as it was; or the definition alone
    /// where the file is YAML: comments and layout would be lost.
    pub fn with_definition(&self, machine: &Text, definition: &Value) -> String {
        if self.format == Format::Yaml {
            return Layout::default().write(definition);
        }
        let (pointer, restored) = match &machine.origin {
            Origin::File | Origin::Values { pointer: None, .. } => {
                return self.layout.write(definition);
            }
            Origin::Values { pointer: Some(pointer), .. } => {
                (pointer, restored_object(definition, &machine.placeholders))
            }
            Origin::Text { pointer, function, .. } => {
                let layout = if machine.text.contains('\n') {
                    Layout::of(&machine.text)
                } else {
                    Layout::Line
                };
                let text = layout.write(definition);
                (
                    pointer,
                    restored_text(text.trim_end(), function.as_deref(), &machine.placeholders),
                )
            }
        };
        splice::put(&self.text, pointer, &restored, self.layout)
            .expect("a machine's definition stands in the file that it was read from")
    }

    /// How this file lays JSON out.
    pub fn layout(&self) -> Layout {
        if self.format == Format::Json && !self.is_template {
            self.layout
        } else {
            Layout::default()
        }
    }
}

impl Text {
    /// A definition that is a file of its own.
    pub fn of_file(text: String) -> Self {
        Self { text, placeholders: Placeholders::default(), origin: Origin::File }
    }

    /// Where something of the definition stands in the file: by its pointer, or by its place in the text.
    pub fn place(&self, pointer: &str, within: Option<Position>) -> Option<Position> {
        match &self.origin {
            Origin::File => within,
            Origin::Values { node, .. } => Some(node.find(pointer)),
            Origin::Text { at, is_block: true, .. } => {
                let within = within?;
                // The text begins on the line after the one where `|` stands.
                Some(Position { line: at.line + within.line, column: within.column })
            }
            Origin::Text { at, .. } => Some(*at),
        }
    }

    /// Whether it stands in a text of the file, of which no line can be told.
    pub fn is_within_text(&self) -> bool {
        matches!(self.origin, Origin::Text { is_block: false, .. })
    }
}

fn definition(place: Place) -> Definition {
    match place {
        Place::Object { pointer, node, value, placeholders } => Definition::Here(Box::new(Text {
            text: Layout::default().write(&value),
            placeholders,
            origin: Origin::Values { pointer: Some(pointer), node },
        })),
        Place::Text { pointer, at, is_block, function, text, placeholders } => {
            let origin = Origin::Text { pointer, at, is_block, function };
            Definition::Here(Box::new(Text { text, placeholders, origin }))
        }
        Place::File { path, at } => Definition::File { path, at },
        Place::Elsewhere { words, at } => Definition::Elsewhere { words, at },
    }
}

/// A definition has no functions: outside of a template nobody would carry them out.
fn plain(root: &Node) -> Result<Value, Unreadable> {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if let Some(tag) = &node.tag {
            let message =
                format!("`!{tag}` stands outside of a template, where nobody fills it in");
            return Err(Unreadable::new(node.at, message));
        }
        match &node.data {
            Data::List(elements) => open.extend(elements),
            Data::Object(members) => open.extend(members.iter().map(|member| &member.value)),
            Data::Null | Data::Boolean(_) | Data::Number(_) | Data::Text { .. } => {}
        }
    }
    Ok(reading_value(root))
}

/// A value without its places.
fn reading_value(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Boolean(is) => Value::Bool(*is),
        Data::Number(number) => Value::Number(number.clone()),
        Data::Text { text, .. } => Value::String(text.clone()),
        Data::List(elements) => elements.iter().map(reading_value).collect(),
        Data::Object(members) => members
            .iter()
            .map(|member| (member.name.clone(), reading_value(&member.value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

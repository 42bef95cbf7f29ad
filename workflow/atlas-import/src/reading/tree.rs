//! What a JSON or YAML text says, with the place of each value and the tags of CloudFormation kept.

use atlas_asl::diagnostic::Position;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Line and column, both from 1.
    pub at: Position,
    /// `Sub` of `!Sub`: a short form of CloudFormation's functions.
    pub tag: Option<String>,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `null`, `~`, or nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(serde_json::Number),
    /// A text; where it is a literal block of YAML, its lines are lines of the source.
    Text {
        /// The text.
        text: String,
        /// Whether its lines stand in the source as they are, below the place of the value.
        is_block: bool,
    },
    /// An array.
    List(Vec<Node>),
    /// An object, in the order written; no name stands twice.
    Object(Vec<Member>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub at: Position,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// The value of a field, where this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The fields, none where this is no object.
    pub fn members(&self) -> &[Member] {
        match &self.data {
            Data::Object(members) => members,
            _ => &[],
        }
    }

    /// The text, where this is one without a tag.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text { text, .. } if self.tag.is_none() => Some(text),
            _ => None,
        }
    }

    /// What it is, in words.
    pub fn words(&self) -> &'static str {
        match &self.data {
            Data::Null => "nothing",
            Data::Boolean(_) => "a boolean",
            Data::Number(_) => "a number",
            Data::Text { .. } => "a text",
            Data::List(_) => "a list",
            Data::Object(_) => "an object",
        }
    }

    /// Where the value of this JSON pointer stands, or the nearest around it that stands anywhere.
    pub fn find(&self, pointer: &str) -> Position {
        let mut place = self.at;
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            node = match &node.data {
                Data::Object(members) => {
                    let Some(member) = members.iter().find(|member| member.name == token) else {
                        break;
                    };
                    place = member.at;
                    &member.value
                }
                Data::List(elements) => {
                    let element = token.parse().ok().and_then(|index: usize| elements.get(index));
                    let Some(element) = element else { break };
                    place = element.at;
                    element
                }
                Data::Null | Data::Boolean(_) | Data::Number(_) | Data::Text { .. } => break,
            };
        }
        place
    }
}

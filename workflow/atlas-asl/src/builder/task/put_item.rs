//! `dynamodb:putItem`.

use serde_json::Value;

use super::Task;
use crate::builder::{Expr, kind::Kind, node::Node, operations::Number, step::PutItemError};

/// An item of a table, attribute by attribute, each with DynamoDB's type.
#[derive(Debug, Clone, Default)]
#[must_use = "an item does something once a task puts it"]
pub struct Item(Vec<(String, Node)>);

impl Item {
    /// No attribute yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text (`S`).
    pub fn text(self, attribute: &str, value: impl Into<Expr<String>>) -> Self {
        self.typed(attribute, "S", value.into().into_node())
    }

    /// A number (`N`), which DynamoDB takes as text.
    pub fn number<T: Number>(self, attribute: &str, value: Expr<T>) -> Self {
        let value = value.json_text().into_node();
        self.typed(attribute, "N", value)
    }

    /// A boolean (`BOOL`).
    pub fn boolean(self, attribute: &str, value: impl Into<Expr<bool>>) -> Self {
        self.typed(attribute, "BOOL", value.into().into_node())
    }

    fn typed(mut self, attribute: &str, tag: &str, value: Node) -> Self {
        let value = Node::Object(vec![(tag.to_owned(), value)]);
        self.0.push((attribute.to_owned(), value));
        self
    }
}

impl<K: Kind> Task<K> {
    /// Puts an item in a table; an item of the same key is replaced.
    pub fn put_item(table: impl Into<Expr<String>>, item: Item) -> Task<K, Value, PutItemError> {
        let arguments = Node::Object(vec![
            ("TableName".to_owned(), table.into().into_node()),
            ("Item".to_owned(), Node::Object(item.0)),
        ]);
        Task::calling("arn:aws:states:::dynamodb:putItem", arguments, None)
    }
}

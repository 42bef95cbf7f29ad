//! The fields that states of several types have: paths, expressions, templates, and what may be one of them
//! or a literal.

use atlas_asl::{
    jsonata::{self, Expression, JsonataTemplate},
    jsonpath::Path,
    model::{Count, PathOrNull, QueryLanguage, Text},
    payload_template::{self, PayloadTemplate},
};
use serde_json::Value;

use super::{
    super::{Number, ResultPath, Selector, Template, Words},
    Compiler,
};

impl Compiler {
    pub(super) fn selector(&mut self, path: Option<&PathOrNull>, at: &str) -> Selector {
        match path {
            None => Selector::Whole,
            Some(PathOrNull::Null) => Selector::Nothing,
            Some(PathOrNull::Path(path)) if path == "$" => Selector::Whole,
            Some(PathOrNull::Path(path)) => {
                self.path(path, at).map_or(Selector::Whole, Selector::Path)
            }
        }
    }

    pub(super) fn result_path(&mut self, path: Option<&PathOrNull>, at: &str) -> ResultPath {
        match path {
            None => ResultPath::Replace,
            Some(PathOrNull::Null) => ResultPath::Discard,
            Some(PathOrNull::Path(path)) if path == "$" => ResultPath::Replace,
            Some(PathOrNull::Path(path)) => {
                self.path(path, at).map_or(ResultPath::Replace, ResultPath::Place)
            }
        }
    }

    pub(super) fn count(&mut self, count: Option<&Count>, at: &str) -> Option<Number> {
        Some(match count? {
            Count::Literal(number) => Number::Literal(*number),
            Count::Jsonata(text) => Number::Jsonata(self.expression(text, at)?),
            Count::Path(path) => Number::Path(self.path(path, &format!("{at}Path"))?),
        })
    }

    pub(super) fn words(
        &mut self,
        text: &Text,
        language: QueryLanguage,
        at: &str,
    ) -> Option<Words> {
        Some(match text {
            Text::Literal(text)
                if language == QueryLanguage::Jsonata && jsonata::delimited(text).is_some() =>
            {
                Words::Jsonata(self.expression(text, at)?)
            }
            Text::Literal(text) => Words::Literal(text.clone()),
            Text::Path(text) => {
                Words::JsonPath(self.path_or_intrinsic(text, &format!("{at}Path"))?)
            }
        })
    }

    pub(super) fn path_or_intrinsic(
        &mut self,
        text: &str,
        at: &str,
    ) -> Option<payload_template::Expression> {
        payload_template::Expression::parse(text).map_err(|invalid| self.fault(at, &invalid)).ok()
    }

    pub(super) fn path(&mut self, text: &str, at: &str) -> Option<Path> {
        Path::parse(text).map_err(|invalid| self.fault(at, &invalid.to_string())).ok()
    }

    pub(super) fn expression(&mut self, text: &str, at: &str) -> Option<Expression> {
        let Some(source) = jsonata::delimited(text) else {
            self.fault(at, "the text is no JSONata expression, which stands between `{%` and `%}`");
            return None;
        };
        Expression::parse(source).map_err(|invalid| self.fault(at, &invalid.to_string())).ok()
    }

    pub(super) fn template(
        &mut self,
        value: &Value,
        language: QueryLanguage,
        at: &str,
    ) -> Option<Template> {
        match language {
            QueryLanguage::JsonPath => self.payload_template(value, at).map(Template::JsonPath),
            QueryLanguage::Jsonata => self.jsonata_template(value, at).map(Template::Jsonata),
        }
    }

    pub(super) fn payload_template(&mut self, value: &Value, at: &str) -> Option<PayloadTemplate> {
        PayloadTemplate::compile(value)
            .map_err(|faults| {
                for (pointer, message) in faults {
                    self.fault(&format!("{at}{pointer}"), &message);
                }
            })
            .ok()
    }

    pub(super) fn jsonata_template(&mut self, value: &Value, at: &str) -> Option<JsonataTemplate> {
        JsonataTemplate::compile(value)
            .map_err(|faults| {
                for (pointer, invalid) in faults {
                    self.fault(&format!("{at}{pointer}"), &invalid.to_string());
                }
            })
            .ok()
    }
}

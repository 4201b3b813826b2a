//! Answers as Amazon Connect reads them: flat texts (`STRING_MAP`), or JSON; at most 32 KiB
//! (<https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html>).

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, Serializer};
use serde_json::Value;

/// As many bytes as an answer may have.
pub const MOST_BYTES: usize = 32 * 1024;

/// In which of its two forms Connect is set to read an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Texts alone, none within another.
    #[default]
    StringMap,
    /// Whatever JSON there is.
    Json,
}

/// An answer. It may name people, and shows nothing of them when it is printed. What of it is longer than
/// is taken is cut, from the end of the longest list first and then from the longest text, and `truncated`
/// says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    form: Form,
    fields: BTreeMap<&'static str, Value>,
}

impl Answer {
    /// An answer of nothing yet.
    #[must_use]
    pub const fn new(form: Form) -> Self {
        Self {
            form,
            fields: BTreeMap::new(),
        }
    }

    /// In which form it is.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The same with a text. What is no text to be read aloud or shown, such as a line's end, is a space.
    #[must_use]
    pub fn text(self, name: &'static str, text: impl AsRef<str>) -> Self {
        self.with(name, printable(text.as_ref()).into())
    }

    /// The same with a text, if there is one.
    #[must_use]
    pub fn maybe(self, name: &'static str, text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// The same with yes or no: `true` or `false`.
    #[must_use]
    pub fn flag(self, name: &'static str, flag: bool) -> Self {
        self.with(name, flag.into())
    }

    /// The same with a number.
    #[must_use]
    pub fn number(self, name: &'static str, number: impl Into<u64>) -> Self {
        self.with(name, number.into().into())
    }

    /// The same with a list of texts. Among texts alone it is one, with commas between them.
    #[must_use]
    pub fn list<T: AsRef<str>>(
        self,
        name: &'static str,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        let texts = texts.into_iter().map(|text| printable(text.as_ref()));
        match self.form {
            Form::StringMap => {
                let texts: Vec<String> = texts.collect();
                self.with(name, texts.join(",").into())
            }
            Form::Json => self.with(name, texts.collect()),
        }
    }

    /// The same with what only JSON can hold; in texts alone it is left out.
    #[must_use]
    pub fn only_json(self, name: &'static str, value: Value) -> Self {
        match self.form {
            Form::StringMap => self,
            Form::Json => self.with(name, value),
        }
    }

    /// As it is sent.
    #[must_use]
    pub fn into_json(mut self) -> Value {
        let mut sent = self.sent();
        while sent.to_string().len() > MOST_BYTES {
            if !self.cut() {
                return Self::new(self.form).flag("truncated", true).sent();
            }
            self.fields.insert("truncated", true.into());
            sent = self.sent();
        }
        sent
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.fields.insert(name, value);
        self
    }

    fn sent(&self) -> Value {
        let fields = self.fields.iter().map(|(name, value)| {
            let value = match (self.form, value) {
                (Form::Json, value) | (Form::StringMap, value @ Value::String(_)) => value.clone(),
                (Form::StringMap, value) => value.to_string().into(),
            };
            ((*name).to_owned(), value)
        });
        Value::Object(fields.collect())
    }

    /// Cuts a little; whether there was anything left to cut.
    fn cut(&mut self) -> bool {
        let longest = |value: &Value| value.as_array().map_or(0, Vec::len);
        let list = self.fields.values_mut().max_by_key(|value| longest(value));
        if let Some(list) = list
            .and_then(Value::as_array_mut)
            .filter(|list| !list.is_empty())
        {
            list.pop();
            return true;
        }
        let length = |value: &Value| value.as_str().map_or(0, str::len);
        let text = self.fields.values_mut().max_by_key(|value| length(value));
        let Some(Value::String(text)) = text else {
            return false;
        };
        let half = (0..=text.len() / 2)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        let was = text.len();
        text.truncate(half.unwrap_or_default());
        text.len() < was
    }
}

fn printable(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.collect()
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.clone().into_json().serialize(serializer)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({:?}: ", self.form)?;
        f.debug_list().entries(self.fields.keys()).finish()?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests;

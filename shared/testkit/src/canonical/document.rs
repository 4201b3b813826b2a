//! A document, taken apart into what stays and what is replaced.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::scan::{Piece, is_epoch, pieces};

/// An id, by number.
pub(super) type Id = usize;

/// All ids of a state.
#[derive(Default)]
pub(super) struct Ids {
    numbers: BTreeMap<String, Id>,
    names: Vec<String>,
}

impl Ids {
    pub(super) fn all(&self) -> std::ops::Range<Id> {
        0..self.names.len()
    }

    pub(super) fn name(&self, id: Id) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    /// The id itself, if it is known.
    pub(super) fn known_name<'a>(&self, id: Id, known: &'a BTreeSet<String>) -> Option<&'a str> {
        known.get(self.name(id)).map(String::as_str)
    }

    pub(super) fn into_names(self) -> BTreeSet<String> {
        self.names.into_iter().collect()
    }

    fn number(&mut self, name: String) -> Id {
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            self.names.len() - 1
        })
    }
}

/// A document of a collection.
pub(super) struct Document {
    collection: String,
    root: Node,
}

enum Node {
    Text(Vec<Part>),
    List(Vec<Self>),
    /// Members in no order: an object's, or a set's.
    Map(Vec<(Vec<Part>, Self)>),
    Set(Vec<Self>),
    /// A text that is JSON itself.
    Nested(Box<Self>),
}

enum Part {
    Text(String),
    Id(Id),
    Time,
}

impl Document {
    pub(super) fn new(collection: &str, document: &Value, ids: &mut Ids) -> Self {
        Self {
            collection: collection.to_owned(),
            root: Node::new(document, ids),
        }
    }

    /// The document in one line, with each id as `name` has it.
    pub(super) fn render(&self, name: &impl Fn(Id) -> String) -> String {
        format!("{}: {}", self.collection, self.root.render(name))
    }

    /// Each occurrence of an id, with its place in the document.
    pub(super) fn occurrences(&self) -> Vec<(Id, String)> {
        let mut found = Vec::new();
        self.root
            .visit("", &mut |id, place| found.push((id, place)));
        found
    }
}

impl Node {
    fn new(value: &Value, ids: &mut Ids) -> Self {
        match value {
            Value::Object(members) => match set_of(value) {
                Some(set) => Self::Set(set.iter().map(|member| Self::new(member, ids)).collect()),
                None => Self::Map(
                    members
                        .iter()
                        .map(|(name, member)| (parts(name, ids), Self::new(member, ids)))
                        .collect(),
                ),
            },
            Value::Array(values) => {
                Self::List(values.iter().map(|value| Self::new(value, ids)).collect())
            }
            Value::String(text) if text.starts_with(['{', '[']) => match serde_json::from_str(text)
            {
                Ok(nested) => Self::Nested(Box::new(Self::new(&nested, ids))),
                Err(_) => Self::Text(quoted(parts(text, ids))),
            },
            Value::String(text) => Self::Text(quoted(parts(text, ids))),
            Value::Number(number) if is_time(number) => Self::Text(vec![Part::Time]),
            scalar => Self::Text(vec![Part::Text(scalar.to_string())]),
        }
    }

    fn render(&self, name: &impl Fn(Id) -> String) -> String {
        let list = |nodes: &[Self]| {
            nodes
                .iter()
                .map(|node| node.render(name))
                .collect::<Vec<_>>()
        };
        match self {
            Self::Text(parts) => render(parts, name),
            Self::Nested(node) => format!("json({})", node.render(name)),
            Self::List(nodes) => format!("[{}]", list(nodes).join(",")),
            Self::Set(nodes) => format!("set[{}]", sorted(list(nodes)).join(",")),
            Self::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, node)| format!("{}:{}", render(key, name), node.render(name)));
                format!("{{{}}}", sorted(members.collect()).join(","))
            }
        }
    }

    fn visit(&self, place: &str, found: &mut impl FnMut(Id, String)) {
        match self {
            Self::Text(parts) => visit_text(parts, place, found),
            Self::Nested(node) => node.visit(&format!("{place}()"), found),
            Self::Set(nodes) => nodes
                .iter()
                .for_each(|node| node.visit(&format!("{place}/*"), found)),
            Self::List(nodes) => {
                nodes
                    .iter()
                    .enumerate()
                    .for_each(|(index, node)| node.visit(&format!("{place}/{index}"), found));
            }
            Self::Map(members) => {
                for (key, node) in members {
                    let place = format!("{place}/{}", render(key, &|_| "id".to_owned()));
                    visit_text(key, &place, found);
                    node.visit(&place, found);
                }
            }
        }
    }
}

fn visit_text(parts: &[Part], place: &str, found: &mut impl FnMut(Id, String)) {
    for (index, part) in parts.iter().enumerate() {
        if let Part::Id(id) = part {
            found(*id, format!("{place}@{index}"));
        }
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

fn render(parts: &[Part], name: &impl Fn(Id) -> String) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Id(id) => format!("<{}>", name(*id)),
            Part::Time => "<time>".to_owned(),
        })
        .collect()
}

fn parts(text: &str, ids: &mut Ids) -> Vec<Part> {
    let part = |piece| match piece {
        Piece::Text(text) => Part::Text(text.to_owned()),
        Piece::Id(name) => Part::Id(ids.number(name)),
        Piece::Time => Part::Time,
    };
    pieces(text).into_iter().map(part).collect()
}

/// So that a text is told from a number.
fn quoted(parts: Vec<Part>) -> Vec<Part> {
    let quote = || Part::Text("\"".to_owned());
    std::iter::once(quote())
        .chain(parts)
        .chain(std::iter::once(quote()))
        .collect()
}

fn set_of(value: &Value) -> Option<&Vec<Value>> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    ["SS", "NS", "BS"]
        .iter()
        .find_map(|kind| members.get(*kind)?.as_array())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times are far from the limits"
)]
fn is_time(number: &serde_json::Number) -> bool {
    number
        .as_u64()
        .or_else(|| number.as_f64().map(|seconds| seconds as u64))
        .is_some_and(is_epoch)
}

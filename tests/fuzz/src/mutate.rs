//! Other inputs, made of those that are there: some by their bytes, some by what they are as JSON.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// No input is longer.
const LONGEST: usize = 32 * 1024;

/// How deep JSON is nested that is meant to be deep.
const DEPTHS: [usize; 4] = [5, 63, 66, 120];

/// What parsers trip over.
const TOKENS: [&[u8]; 58] = [
    b"\0",
    b"\r\n",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b";",
    b"=",
    b"%",
    b"%00",
    b"%e9",
    b"%F0%9F%98%80",
    b"#",
    b"/",
    b"@",
    b"+",
    b"-",
    b".",
    b"..",
    b"~",
    b"~1",
    b"null",
    b"true",
    b"NaN",
    b"-0",
    b"1e999",
    b"1e-999",
    b"0.1",
    b"00",
    b"-1",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551616",
    b"340282366920938463463374607431768211456",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    "\u{130}".as_bytes(),
    "\u{1f600}\u{301}".as_bytes(),
    "\u{202e}".as_bytes(),
    b"\"id\":1,",
    b"\"data\":{},",
    b"\"data_base64\":\"AA==\",",
    b"2026-01-15T09:00:00Z",
    b"2026-02-30T24:00:60+24:00",
    b"99999-12-31T23:59:60.9999999999Z",
    b"-009999-01-01",
    b"====",
    b"0000-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59",
];

const NUMBERS: [&str; 10] = [
    "0",
    "-1",
    "1e308",
    "-1.5",
    "255",
    "65536",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "4294967296",
];

/// Makes inputs; what it makes follows from its seed.
pub(crate) struct Mutator(Rng);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// Another input, made of one or two of `pool`.
    pub(crate) fn next(&mut self, pool: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.0.choice(pool).cloned().unwrap_or_default();
        for _ in 0..=self.0.u8(..4) {
            let is_by_meaning = self.0.bool();
            let changed = is_by_meaning.then(|| self.as_json(&input)).flatten();
            input = match changed {
                Some(changed) => changed,
                None => self.by_bytes(input, pool),
            };
        }
        input.truncate(LONGEST);
        input
    }

    fn by_bytes(&mut self, mut input: Vec<u8>, pool: &[Vec<u8>]) -> Vec<u8> {
        let random = &mut self.0;
        let (from, to) = range(random, input.len());
        match random.u8(..9) {
            0 if !input.is_empty() => {
                let place = random.usize(..input.len());
                input[place] ^= 1 << random.u8(..8);
            }
            1 if !input.is_empty() => {
                let place = random.usize(..input.len());
                input[place] = random.u8(..);
            }
            2 => drop(input.drain(from..to)),
            3 => {
                let part = input[from..to].to_vec();
                drop(input.splice(to..to, part));
            }
            4 => {
                let other = random.choice(pool).map_or(&[][..], Vec::as_slice);
                let (other_from, other_to) = range(random, other.len());
                drop(input.splice(from..to, other[other_from..other_to].iter().copied()));
            }
            5 => input.truncate(from),
            6 => {
                // Much of the same: long names, deep nesting.
                let token = random.choice(TOKENS).unwrap_or_default();
                let many = token.repeat(1 << random.u8(..12));
                drop(input.splice(from..from, many));
            }
            _ => {
                let token = random.choice(TOKENS).unwrap_or_default();
                let end = if random.bool() { to } else { from };
                drop(input.splice(from..end, token.iter().copied()));
            }
        }
        input
    }

    /// The input with one value changed, if it is JSON.
    fn as_json(&mut self, input: &[u8]) -> Option<Vec<u8>> {
        let mut value: Value = serde_json::from_slice(input).ok()?;
        let mut place = self.0.usize(..count(&value));
        self.change_at(&mut value, &mut place);
        serde_json::to_vec(&value).ok()
    }

    /// Changes the value at `place`, counted in the order of reading.
    fn change_at(&mut self, value: &mut Value, place: &mut usize) -> bool {
        if *place == 0 {
            self.change(value);
            return true;
        }
        *place -= 1;
        match value {
            Value::Array(values) => values.iter_mut().any(|each| self.change_at(each, place)),
            Value::Object(members) => members
                .iter_mut()
                .any(|(_, each)| self.change_at(each, place)),
            _ => false,
        }
    }

    fn change(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if self.0.u8(..4) > 0 => {
                // JSON is carried in texts of JSON.
                let inner = self.as_json(text.as_bytes());
                let changed = match inner {
                    Some(changed) => changed,
                    None => self.by_bytes(text.clone().into_bytes(), &[]),
                };
                *text = String::from_utf8_lossy(&changed).into_owned();
            }
            Value::Object(members) if self.0.u8(..4) > 0 => self.change_members(members),
            Value::Array(values) if self.0.u8(..4) > 0 && !values.is_empty() => {
                let place = self.0.usize(..values.len());
                if self.0.bool() {
                    values.remove(place);
                } else {
                    let many = vec![values[place].clone(); 1 << self.0.u8(..7)];
                    values.extend(many);
                }
            }
            _ => *value = self.anything(value),
        }
    }

    fn change_members(&mut self, members: &mut Map<String, Value>) {
        let names: Vec<String> = members.keys().cloned().collect();
        let Some(name) = self.0.choice(names) else {
            members.insert("id".to_owned(), Value::Null);
            return;
        };
        let value = members.remove(&name).unwrap_or_default();
        match self.0.u8(..3) {
            0 => {}
            1 => {
                let other = self.by_bytes(name.into_bytes(), &[]);
                members.insert(String::from_utf8_lossy(&other).into_owned(), value);
            }
            _ => {
                members.insert(name, self.anything(&value));
            }
        }
    }

    /// Some value, or several of `value`.
    fn anything(&mut self, value: &Value) -> Value {
        match self.0.u8(..9) {
            0 => Value::Null,
            1 => Value::Bool(self.0.bool()),
            2 => {
                let number = self.0.choice(NUMBERS).unwrap_or("0");
                serde_json::from_str(number).unwrap_or_default()
            }
            3 => {
                let token = self.0.choice(TOKENS).unwrap_or_default();
                let text = String::from_utf8_lossy(token);
                text.repeat(1 << self.0.u8(..10)).into()
            }
            4 => json!([]),
            5 => json!({}),
            6 => json!([value, value]),
            7 => json!({ "": value, "id": value }),
            _ => {
                let depth = self.0.choice(DEPTHS).unwrap_or_default();
                // Arrays alone, objects alone, or both by turns.
                let form = self.0.usize(..3);
                (0..depth).fold(value.clone(), |inner, level| {
                    if form == 0 || (form == 2 && level % 2 == 0) {
                        json!([inner])
                    } else {
                        json!({ "a": inner })
                    }
                })
            }
        }
    }
}

/// Two places of a text of `length` bytes, in their order and not far from each other.
fn range(random: &mut Rng, length: usize) -> (usize, usize) {
    let from = random.usize(..=length);
    let most = if random.bool() { 8 } else { length };
    let to = from + random.usize(..=most.min(length - from));
    (from, to)
}

/// How many values there are in `value`, itself included.
fn count(value: &Value) -> usize {
    let inner: usize = match value {
        Value::Array(values) => values.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    };
    inner + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_follows_from_the_seed_and_stays_short() {
        let pool = [
            br#"{"id":"1","data":{"a":[1,2]}}"#.to_vec(),
            b"text".to_vec(),
        ];
        let made = |seed| {
            let mut mutator = Mutator::new(seed);
            let made: Vec<Vec<u8>> = (0..500).map(|_| mutator.next(&pool)).collect();
            made
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert!(made(3).iter().all(|input| input.len() <= LONGEST));
    }

    #[test]
    fn of_json_some_stays_json_and_some_does_not() {
        let pool = [br#"{"id":"1","data":{"a":[1,2]}}"#.to_vec()];
        let mut mutator = Mutator::new(1);
        let inputs = (0..500).map(|_| mutator.next(&pool));
        let json = inputs.filter(|input| serde_json::from_slice::<Value>(input).is_ok());
        let json = json.count();
        assert!((50..450).contains(&json), "{json} of 500 are JSON");
    }
}

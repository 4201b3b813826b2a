//! One pass over the bytes, without recursion: depth costs no stack.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _};

use super::{Fault, Wrong};

/// A pointer that is longer is told only so far.
const LONGEST_POINTER: usize = 256;

pub(super) fn check(text: &[u8], depth: usize) -> Result<(), Fault> {
    let mut scanner = Scanner {
        text,
        at: 0,
        depth,
        open: Vec::new(),
    };
    scanner.document().map_err(|wrong| Fault {
        at: scanner.at,
        pointer: scanner.pointer(),
        wrong,
    })
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    open: Vec<Open<'a>>,
}

/// An array or object that is not over yet.
enum Open<'a> {
    Array {
        index: usize,
    },
    Object {
        names: BTreeSet<Cow<'a, str>>,
        name: Option<Cow<'a, str>>,
    },
}

impl<'a> Scanner<'a> {
    fn document(&mut self) -> Result<(), Wrong> {
        loop {
            let has_opened = self.value()?;
            if !has_opened && !self.goes_on()? {
                break;
            }
        }
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(Wrong::Syntax)
        }
    }

    /// Reads the value that begins here; of an array or object that is not empty, only up to where
    /// its first value begins, and then says so.
    fn value(&mut self) -> Result<bool, Wrong> {
        self.space();
        match self.peek() {
            Some(b'[') => self.array(),
            Some(b'{') => self.object(),
            Some(b'"') => self.string().map(|_| false),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            _ => self.word().map(|()| false),
        }
    }

    fn array(&mut self) -> Result<bool, Wrong> {
        self.descend()?;
        if self.take(b']') {
            return Ok(false);
        }
        self.open.push(Open::Array { index: 0 });
        Ok(true)
    }

    fn object(&mut self) -> Result<bool, Wrong> {
        self.descend()?;
        if self.take(b'}') {
            return Ok(false);
        }
        self.open.push(Open::Object {
            names: BTreeSet::new(),
            name: None,
        });
        self.name()?;
        Ok(true)
    }

    fn descend(&mut self) -> Result<(), Wrong> {
        if self.open.len() >= self.depth {
            return Err(Wrong::TooDeep);
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// What follows a value: whether that is another one.
    fn goes_on(&mut self) -> Result<bool, Wrong> {
        loop {
            self.space();
            let byte = self.peek();
            let Some(innermost) = self.open.last_mut() else {
                return Ok(false);
            };
            let close = match innermost {
                Open::Array { .. } => b']',
                Open::Object { .. } => b'}',
            };
            if byte == Some(b',') {
                self.at += 1;
                if let Open::Array { index } = innermost {
                    *index += 1;
                } else {
                    self.space();
                    self.name()?;
                }
                return Ok(true);
            }
            if byte != Some(close) {
                return Err(Wrong::Syntax);
            }
            self.at += 1;
            self.open.pop();
        }
    }

    fn name(&mut self) -> Result<(), Wrong> {
        if let Some(Open::Object { name, .. }) = self.open.last_mut() {
            *name = None;
        }
        let read = self.string()?;
        if let Some(Open::Object { name, names }) = self.open.last_mut() {
            *name = Some(read.clone());
            if !names.insert(read) {
                return Err(Wrong::Repeated);
            }
        }
        self.space();
        if self.take(b':') {
            Ok(())
        } else {
            Err(Wrong::Syntax)
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Wrong> {
        let text = self.text;
        let start = self.at;
        if !self.take(b'"') {
            return Err(Wrong::Syntax);
        }
        let mut is_plain = true;
        while self.peek() != Some(b'"') {
            match self.peek() {
                Some(b'\\') => {
                    is_plain = false;
                    self.escape()?;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(Wrong::Syntax),
            }
        }
        let inner = text.get(start + 1..self.at).unwrap_or_default();
        let inner = str::from_utf8(inner).map_err(|error| {
            self.at = start + 1 + error.valid_up_to();
            Wrong::NotUtf8
        })?;
        self.at += 1;
        if is_plain {
            return Ok(Cow::Borrowed(inner));
        }
        let quoted = text.get(start..self.at).unwrap_or_default();
        let unescaped = serde_json::from_slice(quoted).map_err(|_| Wrong::LoneSurrogate)?;
        Ok(Cow::Owned(unescaped))
    }

    fn escape(&mut self) -> Result<(), Wrong> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                match self.unit()? {
                    0xD800..=0xDBFF if self.take(b'\\') && self.take(b'u') => match self.unit()? {
                        0xDC00..=0xDFFF => Ok(()),
                        _ => Err(Wrong::LoneSurrogate),
                    },
                    0xD800..=0xDFFF => Err(Wrong::LoneSurrogate),
                    _ => Ok(()),
                }
            }
            _ => Err(Wrong::Syntax),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, Wrong> {
        let digits = self.text.get(self.at..).and_then(|rest| rest.get(..4));
        let digits = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| str::from_utf8(digits).ok())
            .ok_or(Wrong::Syntax)?;
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| Wrong::Syntax)
    }

    fn number(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        self.take(b'-');
        if self.starts_with(b"Infinity") || self.starts_with(b"NaN") {
            return Err(Wrong::NotANumber);
        }
        if !self.take(b'0') {
            self.digits()?;
        }
        let mut is_integer = true;
        if self.take(b'.') {
            is_integer = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_integer = false;
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let text = str::from_utf8(text).map_err(|_| Wrong::Syntax)?;
        let fits = if is_integer {
            text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
        } else {
            text.parse::<f64>().is_ok_and(f64::is_finite)
        };
        if fits {
            Ok(())
        } else {
            Err(Wrong::NumberOutOfRange)
        }
    }

    fn digits(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err(Wrong::Syntax)
        }
    }

    fn word(&mut self) -> Result<(), Wrong> {
        let words = ["true", "false", "null"].map(str::as_bytes);
        if let Some(word) = words.iter().find(|word| self.starts_with(word)) {
            self.at += word.len();
            return Ok(());
        }
        if self.starts_with(b"NaN") || self.starts_with(b"Infinity") {
            return Err(Wrong::NotANumber);
        }
        Err(Wrong::Syntax)
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(text))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        if is_there {
            self.at += 1;
        }
        is_there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for open in &self.open {
            let before = pointer.len();
            match open {
                Open::Array { index } => {
                    // Writing to a text can't fail.
                    let _ = write!(pointer, "/{index}");
                }
                Open::Object { name: None, .. } => break,
                Open::Object {
                    name: Some(name), ..
                } => {
                    pointer.push('/');
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
            }
            if pointer.len() > LONGEST_POINTER {
                pointer.truncate(before);
                break;
            }
        }
        pointer
    }
}

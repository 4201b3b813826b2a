//! What is forged: one genuine token for each kind of caller.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::tokens::{ACCESS_TOKEN_KEY, SigningKey, Token, sign};
use token::Verified;

/// The profile of the person.
pub(crate) const PROFILE: &str = "prf_01010101010171018101010101010101";

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person about themselves.
    Person,
    /// A partner's machine.
    Machine,
    /// An operator.
    Operator,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Person, Self::Machine, Self::Operator];

    /// The scope of the route that the forged tokens are sent to.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Person => "fairlead/profile.read",
            Self::Machine => "fairlead/events.write",
            Self::Operator => "fairlead/profile.merge",
        }
    }

    /// The claims that say who it is.
    #[must_use]
    pub const fn own_claims(self) -> &'static [&'static str] {
        match self {
            Self::Person | Self::Operator => &["fairlead:profile", "fairlead:tenant", "sub"],
            Self::Machine => &["fairlead:partner", "fairlead:agreement", "fairlead:tenant"],
        }
    }

    /// Whether a route for callers of this kind opens.
    #[must_use]
    pub fn is_let_in(self, verified: &Verified) -> bool {
        let scope = self.scope();
        match self {
            Self::Person => verified.person(scope).is_ok(),
            Self::Machine => verified.machine(scope).is_ok(),
            Self::Operator => verified.operator(scope).is_ok(),
        }
    }

    fn token(self, at: Timestamp) -> Token {
        match self {
            Self::Person => Token::person(at, PROFILE),
            Self::Machine => Token::machine(at, "harbour", "post", "parcels-2026"),
            Self::Operator => Token::operator(at, PROFILE),
        }
    }
}

/// A token that is let in, and the moment at which it is.
#[derive(Debug, Clone)]
pub struct Genuine {
    /// Whose it is.
    pub kind: Kind,
    /// The token.
    pub token: Token,
    /// The present, in seconds.
    pub now: i64,
}

impl Genuine {
    /// One for `kind`, made at the present.
    #[must_use]
    pub fn of(kind: Kind, present: Timestamp) -> Self {
        Self {
            kind,
            token: kind.token(present).scope(kind.scope()),
            now: present.as_second(),
        }
    }

    /// The token as the other kind would have it, with the scope of this one.
    #[must_use]
    pub fn of_another(&self, kind: Kind) -> Token {
        let at = Timestamp::from_second(self.now).expect("the present is a time");
        kind.token(at).scope(self.kind.scope())
    }

    /// With a claim changed, and signed by the user pool.
    #[must_use]
    pub fn claiming(&self, name: &str, value: impl Into<Value>) -> String {
        self.token.clone().claim(name, value).bearer()
    }

    /// With a member of the header changed, and signed by the user pool.
    #[must_use]
    pub fn headed(&self, name: &str, value: impl Into<Value>) -> String {
        self.token.clone().member(name, value).bearer()
    }

    /// The header's text.
    #[must_use]
    pub fn header(&self) -> String {
        json!(self.token.header).to_string()
    }

    /// The claims' text.
    #[must_use]
    pub fn claims(&self) -> String {
        json!(self.token.claims).to_string()
    }

    /// These very claims under the genuine header, signed by the user pool.
    #[must_use]
    pub fn with_claims(&self, claims: impl AsRef<[u8]>) -> String {
        bearer(&sign(self.header(), claims, &ACCESS_TOKEN_KEY))
    }

    /// This very header over the genuine claims, signed by the user pool.
    #[must_use]
    pub fn with_header(&self, header: impl AsRef<[u8]>) -> String {
        bearer(&sign(header, self.claims(), &ACCESS_TOKEN_KEY))
    }

    /// The genuine token with this header's members, signed by another key.
    #[must_use]
    pub fn signed_by(&self, key: &SigningKey, header: &Value) -> String {
        bearer(&sign(header.to_string(), self.claims(), key))
    }

    /// The three segments of the genuine token.
    #[must_use]
    pub fn segments(&self) -> [String; 3] {
        let token = self.token.signed();
        let segments: Vec<String> = token.split('.').map(str::to_owned).collect();
        segments.try_into().expect("a token has three segments")
    }

    /// The bytes of the genuine signature.
    #[must_use]
    pub fn signature(&self) -> Vec<u8> {
        let [.., signature] = self.segments();
        BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .expect("a signature is in base64url")
    }
}

/// The value of an `Authorization` header.
pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Bytes as a token's segment.
pub(crate) fn segment(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

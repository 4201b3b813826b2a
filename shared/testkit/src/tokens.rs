//! Access tokens as Cognito makes them, for people, machines and operators, and the public keys
//! that the simulated user pool shows for them.
//!
//! ```
//! use testkit::{World, tokens::Token};
//!
//! let world = World::new(1);
//! let token = Token::machine(world.clock().now(), "harbour", "post", "parcels-2026")
//!     .scope("fairlead/events.write");
//! let authorization_header = token.bearer();
//! assert!(authorization_header.starts_with("Bearer eyJ"));
//! ```

use std::sync::LazyLock;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    rsa::PublicKeyComponents,
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use serde_json::{Map, Value, json};

pub use crate::engine::{OPERATORS_CLIENT, TOKEN_ISSUER, USER_POOL, WEB_CLIENT};

/// The `sub` of every person's token that names no other.
pub const SUB: &str = "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11";

/// The app client of a partner's machine: an app client is one partner's alone.
#[must_use]
pub fn machine_client(tenant: &str, partner: &str) -> String {
    format!("3{tenant}_{partner}").replace('-', "_")
}

/// The key that signs access tokens. It was made for the tests and opens nothing.
pub static ACCESS_TOKEN_KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem("access+token/key=", include_str!("tokens/pool-key.pem"))
});

/// The pool's second key, which signs ID tokens.
pub static ID_TOKEN_KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem("id+token/key=", include_str!("tokens/id-token-key.pem"))
});

/// An RSA key pair and the name it has in the pool's key set.
pub struct SigningKey {
    /// Its `kid`.
    pub id: &'static str,
    pair: KeyPair,
}

impl SigningKey {
    /// A key from PKCS #8 in PEM.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn from_pem(id: &'static str, pem: &str) -> Self {
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        let der = BASE64_STANDARD
            .decode(lines.collect::<String>())
            .expect("a PEM file is in base64");
        let pair = KeyPair::from_pkcs8(&der).expect("the key is an RSA key in PKCS #8");
        Self { id, pair }
    }

    /// `RS256` over `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .expect("a buffer as long as the modulus takes the signature");
        signature
    }

    /// The modulus, big-endian.
    #[must_use]
    pub fn modulus(&self) -> Vec<u8> {
        PublicKeyComponents::<Vec<u8>>::from(self.pair.public()).n
    }

    /// The public key in DER (`RSAPublicKey`, PKCS #1).
    #[must_use]
    pub fn public_der(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// The public key as the pool's key set has it.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let n = BASE64_URL_SAFE_NO_PAD.encode(self.modulus());
        json!({ "alg": "RS256", "e": "AQAB", "kid": self.id, "kty": "RSA", "n": n, "use": "sig" })
    }
}

/// What the pool answers at `/.well-known/jwks.json`.
#[must_use]
pub fn key_set() -> Value {
    json!({ "keys": [ID_TOKEN_KEY.jwk(), ACCESS_TOKEN_KEY.jwk()] })
}

/// An access token that is not signed yet.
#[derive(Debug, Clone)]
pub struct Token {
    /// The members of its header.
    pub header: Map<String, Value>,
    /// Its claims.
    pub claims: Map<String, Value>,
}

impl Token {
    /// Of a person who signed in by the web client of the tenant `harbour`, for an hour from `at`.
    #[must_use]
    pub fn person(at: Timestamp, profile: &str) -> Self {
        Self::of(at, WEB_CLIENT, SUB)
            .claim("username", SUB)
            .claim("fairlead:profile", profile)
            .claim("fairlead:tenant", "harbour")
            .scope("openid email profile")
    }

    /// Of a person in the group `operators` who signed in by the operators' client.
    #[must_use]
    pub fn operator(at: Timestamp, profile: &str) -> Self {
        Self::person(at, profile)
            .claim("client_id", OPERATORS_CLIENT)
            .claim("cognito:groups", json!(["operators"]))
    }

    /// Of a program that runs for the operators of the tenant `harbour`.
    #[must_use]
    pub fn program(at: Timestamp) -> Self {
        Self::of(at, OPERATORS_CLIENT, OPERATORS_CLIENT).claim("fairlead:tenant", "harbour")
    }

    /// Of a partner's machine.
    #[must_use]
    pub fn machine(at: Timestamp, tenant: &str, partner: &str, agreement: &str) -> Self {
        let client = machine_client(tenant, partner);
        Self::of(at, &client, &client)
            .claim("fairlead:tenant", tenant)
            .claim("fairlead:partner", partner)
            .claim("fairlead:agreement", agreement)
    }

    /// The row of the directory by which a machine's token is believed: whose its app client is, and
    /// under which agreement.
    #[must_use]
    pub fn client_row(tenant: &str, partner: &str, agreement: &str) -> Value {
        json!({
            "tenant": format!("client#{}", machine_client(tenant, partner)),
            "part": "client",
            "owner_tenant": tenant,
            "partner": partner,
            "agreement": agreement,
        })
    }

    fn of(at: Timestamp, client: &str, sub: &str) -> Self {
        let now = at.as_second();
        let header = json!({ "kid": ACCESS_TOKEN_KEY.id, "alg": "RS256" });
        let claims = json!({
            "sub": sub,
            "iss": TOKEN_ISSUER,
            "version": 2,
            "client_id": client,
            "token_use": "access",
            "scope": "",
            "auth_time": now,
            "iat": now,
            "exp": now + 3_600,
            "jti": "9b2c5c0e-3d2a-4d3e-8a8f-2f6a4f0d7c55",
        });
        Self {
            header: members(header),
            claims: members(claims),
        }
    }

    /// The same with these scopes, in the form of the claim: separated by spaces.
    #[must_use]
    pub fn scope(self, scopes: &str) -> Self {
        self.claim("scope", scopes)
    }

    /// The same with a claim added or put in place of another.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// The same without a claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// The same with a member of the header added or put in place of another.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// The token as Cognito hands it out.
    #[must_use]
    pub fn signed(&self) -> String {
        let [header, claims] = [&self.header, &self.claims].map(|part| json!(part).to_string());
        sign(header, claims, &ACCESS_TOKEN_KEY)
    }

    /// The value of an `Authorization` header with it.
    #[must_use]
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.signed())
    }
}

/// A token of these very bytes, whatever they say.
#[must_use]
pub fn sign(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>, key: &SigningKey) -> String {
    let header = BASE64_URL_SAFE_NO_PAD.encode(header);
    let message = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

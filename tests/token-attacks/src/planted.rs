//! Bugs that are usual in code that verifies tokens. Each names a switch in the code under test.

/// All of them: the switch, and what it makes of the code.
pub const BUGS: [(&str, &str); 6] = [
    ("token-unsigned-taken", "the algorithm none is taken"),
    (
        "token-hs256-taken",
        "the public key is taken for a secret of HS256",
    ),
    ("token-issuer-ignored", "tokens of any issuer are taken"),
    (
        "gateway-issuer-ignored",
        "tokens of any issuer are taken once a gateway let them through",
    ),
    (
        "token-use-ignored",
        "an ID token is taken for an access token",
    ),
    ("token-expiry-ignored", "a token is taken for ever"),
];

//! Bugs that are usual in code that verifies tokens. Each names a switch in the code under test.

/// All of them: the switch, and what it makes of the code.
pub const BUGS: [(&str, &str); 10] = [
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
    (
        "token-client-ignored",
        "a person's token of any app client of the pool is taken",
    ),
    (
        "gateway-client-ignored",
        "the same once a gateway let it through",
    ),
    (
        "tenants-client-ignored",
        "a tenant's app client is taken for every tenant's",
    ),
    (
        "operators-client-ignored",
        "who is in the group is an operator, by whichever app client they came",
    ),
    ("token-expiry-ignored", "a token is taken for ever"),
];

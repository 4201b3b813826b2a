//! What the pages stand on.

use aws_types::SdkConfig;
use lambda_kit::{
    aws::{CallBudget, apply_budget},
    clock::Clock,
    config::{ConfigError, Environment},
    http_client::HttpClient,
    ids::IdSource,
};
use session::{Client, Jar, Randomness, Role, Scheme, SessionKeys};
use token::Verifier;

use crate::{api::Api, sign_in::PATH_BACK};

/// The longest answer of the hosted login that is read, in bytes: three tokens.
const LONGEST_ANSWER: usize = 65_536;

/// What is asked for in the name of a person.
const PEOPLES_SCOPES: &str = "openid fairlead/profile.read fairlead/profile.write";

/// The same of an operator. Whoever is none is granted nothing of it but the first.
const OPERATORS_SCOPES: &str = "openid fairlead/profile.read fairlead/profile.merge \
fairlead/receipts.read fairlead/events.write fairlead/directory.read fairlead/directory.write \
fairlead/dead-letters.read fairlead/dead-letters.redrive fairlead/operations.read fairlead/extensions.read fairlead/extensions.write";

/// What every page may use.
#[derive(Debug)]
pub(crate) struct Portal {
    /// Where browsers see these pages.
    pub(crate) origin: Origin,
    /// Where the hosted login is.
    pub(crate) login: Origin,
    /// The hosted login's endpoint for tokens.
    pub(crate) tokens: HttpClient,
    pub(crate) api: Api,
    pub(crate) keys: SessionKeys,
    pub(crate) verifier: Verifier,
    pub(crate) clock: Clock,
    pub(crate) ids: IdSource,
    pub(crate) random: Randomness,
    /// By which identity providers people get to the record of an address that those vouch for.
    pub(crate) providers: Vec<String>,
    people: Client,
    operators: Client,
}

/// `https://host`, or `http://` with a loopback address.
#[derive(Debug, Clone)]
pub(crate) struct Origin(String);

impl Portal {
    pub(crate) fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
        random: Randomness,
    ) -> Result<Self, ConfigError> {
        let login = Origin::read(environment, "LOGIN_ORIGIN")?;
        let client = |name, scopes| -> Result<Client, ConfigError> {
            let id = environment.required(name)?.to_owned();
            Ok(Client { id, scopes })
        };
        let secret = environment.required("SESSION_KEY_SECRET")?;
        let patient = apply_budget(sdk.clone().into_builder(), &CallBudget::PAGES).build();
        Ok(Self {
            origin: Origin::read(environment, "PORTAL_ORIGIN")?,
            tokens: HttpClient::new(sdk, "hosted-login", login.as_str(), LONGEST_ANSWER)?,
            login,
            api: Api::new(&patient, Origin::read(environment, "API_ORIGIN")?.as_str())?,
            keys: SessionKeys::new(sdk, secret, clock.clone()),
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            clock,
            ids,
            random,
            providers: providers(environment)?,
            people: client("PORTAL_CLIENT_ID", PEOPLES_SCOPES)?,
            operators: client("PORTAL_OPERATORS_CLIENT_ID", OPERATORS_SCOPES)?,
        })
    }

    /// The app client by which somebody signs in as `role`.
    pub(crate) const fn client(&self, role: Role) -> &Client {
        match role {
            Role::Person => &self.people,
            Role::Operator => &self.operators,
        }
    }

    /// Where the hosted login sends browsers back to.
    pub(crate) fn callback(&self) -> String {
        format!("{}{PATH_BACK}", self.origin.as_str())
    }

    /// The cookies of a session.
    pub(crate) fn session_jar(&self) -> Jar {
        Jar::of_session(self.origin.scheme())
    }

    /// The cookies of a sign-in that is under way.
    pub(crate) fn sign_in_jar(&self) -> Jar {
        Jar::of_sign_in(self.origin.scheme())
    }
}

/// What Cognito calls itself among the identity providers of an app client.
const NATIVE: &str = "COGNITO";

/// The other ones of the list, which has it first.
fn providers(environment: &Environment) -> Result<Vec<String>, ConfigError> {
    let list = environment.required("LINKING_PROVIDERS")?;
    let mut names = list.split(',');
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
    if names.next() != Some(NATIVE) || !names.clone().all(is_name) {
        return Err(ConfigError::Invalid {
            name: "LINKING_PROVIDERS",
            expected: "identity providers with commas between them, COGNITO first",
        });
    }
    Ok(names.map(str::to_owned).collect())
}

impl Origin {
    fn read(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        let text = environment.required(name)?;
        let host = text.strip_prefix("https://").or_else(|| {
            let host = text.strip_prefix("http://")?;
            let name = host.split(':').next()?;
            let is_loopback =
                name == "localhost" || name == "127.0.0.1" || name.ends_with(".localhost");
            is_loopback.then_some(host)
        });
        let is_host = |host: &str| {
            let mut bytes = host.bytes();
            !host.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b))
        };
        host.filter(|host| is_host(host))
            .map(|_| Self(text.to_owned()))
            .ok_or(ConfigError::Invalid {
                name,
                expected: "an origin: https://<host>, or http:// on the same machine",
            })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn scheme(&self) -> Scheme {
        if self.0.starts_with("https:") {
            Scheme::Https
        } else {
            Scheme::Http
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("COGNITO", Some(vec![]))]
    #[case("COGNITO,Google,Harbour ID", None)]
    #[case("COGNITO,Google,HarbourID", Some(vec!["Google", "HarbourID"]))]
    #[case("Google", None)]
    #[case("COGNITO,", None)]
    fn other_providers_are_listed_behind_the_own_one(
        #[case] list: &str,
        #[case] expected: Option<Vec<&str>>,
    ) {
        let environment = Environment::from_pairs([("LINKING_PROVIDERS", list)]);
        let found = providers(&environment).ok();
        let found = found
            .as_ref()
            .map(|names| names.iter().map(String::as_str).collect());
        assert_eq!(found, expected);
    }

    fn read(text: &str) -> Result<Origin, ConfigError> {
        let environment = Environment::from_pairs([("PORTAL_ORIGIN", text)]);
        Origin::read(&environment, "PORTAL_ORIGIN")
    }

    #[rstest]
    #[case("https://fairlead.example", Scheme::Https)]
    #[case("http://localhost:8080", Scheme::Http)]
    #[case("http://a1b2.execute-api.localhost:4566", Scheme::Http)]
    fn an_origin_is_taken(#[case] text: &str, #[case] scheme: Scheme) {
        assert_eq!(read(text).unwrap().scheme(), scheme);
    }

    #[rstest]
    #[case("fairlead.example")]
    #[case("http://fairlead.example")]
    #[case("https://fairlead.example/")]
    #[case("https://user@fairlead.example")]
    #[case("https://")]
    fn what_is_none_is_refused(#[case] text: &str) {
        assert!(read(text).is_err());
    }
}

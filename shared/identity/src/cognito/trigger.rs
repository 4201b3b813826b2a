//! The envelope that all triggers share.

use std::{collections::BTreeMap, fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use super::Attributes;

/// An event of a user-pool trigger. What we don't know of it is kept to the byte.
#[derive(Clone)]
pub struct Trigger {
    /// Why Cognito calls.
    pub source: TriggerSource,
    /// The shape of the event: `"1"`, and for token generation up to `"3"`.
    pub version: String,
    /// The app client by which the person or machine came.
    pub client_id: Option<String>,
    /// The pool that it is one of.
    pub user_pool_id: Option<String>,
    /// By what the pool knows the user, or what they typed for it.
    pub user_name: Option<Redacted<String>>,
    /// The user's attributes; none for a machine.
    pub attributes: Attributes,
    /// The groups and roles that the token would carry, as Cognito wrote them.
    pub group_configuration: Option<Box<RawValue>>,
    fields: BTreeMap<String, Box<RawValue>>,
}

/// Why Cognito calls, as far as Fairlead tells reasons apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerSource {
    /// `PreSignUp_SignUp`: a person signs up by themselves.
    PreSignUpSelf,
    /// `PreSignUp_AdminCreateUser`.
    PreSignUpAdmin,
    /// `PreSignUp_ExternalProvider`: first sign-in by another identity provider.
    PreSignUpExternal,
    /// `PostConfirmation_ConfirmSignUp`.
    ConfirmedSignUp,
    /// `PostConfirmation_ConfirmForgotPassword`.
    ConfirmedForgotPassword,
    /// `TokenGeneration_ClientCredentials`: a token for a machine.
    MachineToken,
    /// Any other `TokenGeneration_…`: a token for a person.
    PersonToken,
    /// `PostAuthentication_Authentication`: a person signed in.
    SignedIn,
    /// `UserMigration_Authentication`: someone whom the pool does not know signs in.
    MigratedSignIn,
    /// `UserMigration_ForgotPassword`: someone whom the pool does not know forgot their password.
    MigratedForgotPassword,
    /// `CustomMessage_…`: a message to a person.
    Message(MessageKind),
    /// One that this version does not know: it passes through unharmed.
    Other,
}

/// What a message to a person is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// `CustomMessage_SignUp`: the code by which a person confirms their account.
    SignUp,
    /// `CustomMessage_AdminCreateUser`: an operator made an account for a person.
    Invitation,
    /// `CustomMessage_ResendCode`.
    ResendCode,
    /// `CustomMessage_ForgotPassword`.
    ForgotPassword,
    /// `CustomMessage_UpdateUserAttribute`: the code for a contact that the person changed.
    ChangedContact,
    /// `CustomMessage_VerifyUserAttribute`: the code for a contact that they have.
    VerifyContact,
    /// `CustomMessage_Authentication`: the second factor.
    SecondFactor,
}

/// A text that is no kind of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are no messages of that kind")]
pub struct UnknownMessageKind;

impl MessageKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::SignUp,
        Self::Invitation,
        Self::ResendCode,
        Self::ForgotPassword,
        Self::ChangedContact,
        Self::VerifyContact,
        Self::SecondFactor,
    ];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::Invitation => "invitation",
            Self::ResendCode => "resend-code",
            Self::ForgotPassword => "forgot-password",
            Self::ChangedContact => "changed-contact",
            Self::VerifyContact => "verify-contact",
            Self::SecondFactor => "second-factor",
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MessageKind {
    type Err = UnknownMessageKind;

    fn from_str(text: &str) -> Result<Self, UnknownMessageKind> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.as_str() == text)
            .ok_or(UnknownMessageKind)
    }
}

impl From<&str> for TriggerSource {
    fn from(text: &str) -> Self {
        match text {
            "PreSignUp_SignUp" => Self::PreSignUpSelf,
            "PreSignUp_AdminCreateUser" => Self::PreSignUpAdmin,
            "PreSignUp_ExternalProvider" => Self::PreSignUpExternal,
            "PostConfirmation_ConfirmSignUp" => Self::ConfirmedSignUp,
            "PostConfirmation_ConfirmForgotPassword" => Self::ConfirmedForgotPassword,
            "TokenGeneration_ClientCredentials" => Self::MachineToken,
            "TokenGeneration_HostedAuth"
            | "TokenGeneration_Authentication"
            | "TokenGeneration_NewPasswordChallenge"
            | "TokenGeneration_AuthenticateDevice"
            | "TokenGeneration_RefreshTokens" => Self::PersonToken,
            "PostAuthentication_Authentication" => Self::SignedIn,
            "UserMigration_Authentication" => Self::MigratedSignIn,
            "UserMigration_ForgotPassword" => Self::MigratedForgotPassword,
            "CustomMessage_SignUp" => Self::Message(MessageKind::SignUp),
            "CustomMessage_AdminCreateUser" => Self::Message(MessageKind::Invitation),
            "CustomMessage_ResendCode" => Self::Message(MessageKind::ResendCode),
            "CustomMessage_ForgotPassword" => Self::Message(MessageKind::ForgotPassword),
            "CustomMessage_UpdateUserAttribute" => Self::Message(MessageKind::ChangedContact),
            "CustomMessage_VerifyUserAttribute" => Self::Message(MessageKind::VerifyContact),
            "CustomMessage_Authentication" => Self::Message(MessageKind::SecondFactor),
            _ => Self::Other,
        }
    }
}

/// What was delivered is no trigger event.
#[derive(Debug, thiserror::Error)]
#[error("the event is not one of a Cognito user-pool trigger")]
pub struct UnreadableTrigger;

/// What Cognito, and through it the person, is told when a trigger refuses or fails. The texts are
/// fixed: they reach the hosted login's users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TriggerFailure {
    /// The e-mail address can't be used.
    #[error("Please enter a valid e-mail address.")]
    Email,
    /// The telephone number can't be used.
    #[error("Please enter your telephone number with its country code, for example +49 30 901820.")]
    PhoneNumber,
    /// The event can't be read.
    #[error("Sign-in is not possible at the moment. Please try again later.")]
    Unreadable,
    /// What has to be known or done before the person may go on could not be.
    #[error("Sign-in is not possible at the moment. Please try again later.")]
    Unavailable,
    /// Nobody is known by that name and password, here or in the directory that people come from.
    #[error("Incorrect username or password.")]
    UnknownPerson,
    /// The account takes no further login.
    #[error(
        "Your account has as many ways to sign in as it can have. Please sign in by one of them."
    )]
    TooManyLogins,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallerContext {
    client_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    user_attributes: Attributes,
    #[serde(default)]
    group_configuration: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupConfiguration {
    groups_to_override: Option<Vec<String>>,
}

impl fmt::Debug for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trigger")
            .field("source", &self.source)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}

impl Trigger {
    /// Reads an event. Only its `triggerSource` has to be there.
    pub fn parse(event: &RawValue) -> Result<Self, UnreadableTrigger> {
        let fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(event.get()).map_err(|_| UnreadableTrigger)?;
        let source: String = field(&fields, "triggerSource")?.ok_or(UnreadableTrigger)?;
        let caller: Option<CallerContext> = field(&fields, "callerContext")?;
        let request: Option<Request> = field(&fields, "request")?;
        let (attributes, group_configuration) = request.map_or_else(Default::default, |request| {
            (request.user_attributes, request.group_configuration)
        });
        Ok(Self {
            source: source.as_str().into(),
            version: field(&fields, "version")?.unwrap_or_else(|| "1".to_owned()),
            client_id: caller.and_then(|caller| caller.client_id),
            user_pool_id: field(&fields, "userPoolId")?,
            user_name: field(&fields, "userName")?,
            attributes,
            group_configuration,
            fields,
        })
    }

    /// The groups that the person is in; none where they can't be read.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let configuration = self.group_configuration.as_deref().map(RawValue::get);
        let configuration: Option<GroupConfiguration> =
            configuration.and_then(|text| serde_json::from_str(text).ok());
        let groups = configuration.and_then(|configuration| configuration.groups_to_override);
        groups.unwrap_or_default()
    }

    /// What Cognito asks, as far as `T` knows it; `None` if it is not of that shape.
    #[must_use]
    pub fn request<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.fields.get("request")?.get()).ok()
    }

    /// The event as it came: nothing is to be changed.
    #[must_use]
    pub fn unchanged(self) -> Answer {
        Answer(self.fields)
    }

    /// The event with `response` in its place.
    #[must_use]
    pub fn respond(mut self, response: &impl Serialize) -> Answer {
        if let Ok(response) = to_raw_value(response) {
            self.fields.insert("response".to_owned(), response);
        }
        self.unchanged()
    }
}

fn field<T: for<'de> Deserialize<'de>>(
    fields: &BTreeMap<String, Box<RawValue>>,
    name: &str,
) -> Result<Option<T>, UnreadableTrigger> {
    let Some(raw) = fields.get(name) else {
        return Ok(None);
    };
    serde_json::from_str(raw.get()).map_err(|_| UnreadableTrigger)
}

/// The whole event again, with its `response`.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Answer(BTreeMap<String, Box<RawValue>>);

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

//! In comes Cognito's question what a message to a person should say; out go the words of the
//! tenant by whose client the person came, or that invites them, in the person's language.

mod builtin;
mod reader;

use std::time::Duration;

use aws_types::SdkConfig;
use identity::cognito::{Answer, MessageKind, Trigger, TriggerFailure, TriggerSource};
use lambda_kit::{
    Chain,
    clock::Clock,
    config::{ConfigError, Environment},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tenancy::{ClientReader, Inserts, LanguageCode, MessagePart, Template, TenantId};

use crate::{builtin::builtin, reader::TemplateReader};

/// How long the reading may take: a person waits for their code, and Cognito gives a trigger 5 s.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    clients: ClientReader,
    templates: TemplateReader,
}

impl App {
    /// Reads `DIRECTORY_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        Ok(Self {
            clients: ClientReader::new(sdk, directory, clock),
            templates: TemplateReader::new(sdk, directory),
        })
    }
}

/// What Cognito will put in the place of its placeholders, by their names, and what whoever called
/// Cognito sent along.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageRequest {
    code_parameter: Option<String>,
    username_parameter: Option<String>,
    /// Of whatever shape: a message must not fail by it.
    #[serde(default)]
    client_metadata: Value,
}

/// A part that is absent says what Cognito says by itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageResponse {
    sms_message: Option<String>,
    email_message: Option<String>,
    email_subject: Option<String>,
}

/// Words a message. Where the tenant is not known, or the directory can't be read, the event goes
/// back unchanged: then Cognito sends its own message, and the person gets their code all the same.
pub async fn handle(app: &App, event: &RawValue) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    let TriggerSource::Message(kind) = trigger.source else {
        return Ok(trigger.unchanged());
    };
    let wording = tokio::time::timeout(PATIENCE, word(app, &trigger, kind)).await;
    Ok(match wording {
        Ok(Some(message)) => trigger.respond(&message),
        Ok(None) => trigger.unchanged(),
        Err(_) => {
            tracing::error!("there is no time left: Cognito words the message");
            trigger.unchanged()
        }
    })
}

/// Whose words the message has. An account that is made by AWS's API comes by no client (Cognito names
/// `CLIENT_ID_NOT_APPLICABLE`, or none): who makes it says for which tenant. With the other messages an
/// app sends along what it likes, which names nobody.
async fn tenant(
    app: &App,
    trigger: &Trigger,
    kind: MessageKind,
    request: &MessageRequest,
) -> Option<TenantId> {
    if let Some(client) = app.clients.find(trigger.client_id.as_deref()).await {
        return Some(client.tenant);
    }
    if kind != MessageKind::Invitation {
        return None;
    }
    let named = request
        .client_metadata
        .get("tenant")?
        .as_str()?
        .parse::<TenantId>();
    named
        .inspect_err(|_| tracing::warn!("an invitation names a tenant that can't be one"))
        .ok()
}

async fn word(app: &App, trigger: &Trigger, kind: MessageKind) -> Option<MessageResponse> {
    let request: MessageRequest = trigger.request()?;
    let tenant = tenant(app, trigger, kind, &request).await?;
    let language = LanguageCode::of(trigger.attributes.get("locale"));
    // Boxed: three calls at once are three futures that reach deep into the SDK.
    let found = Box::pin(app.templates.find(&tenant, kind, &language)).await;
    let found = found
        .inspect_err(|error| tracing::error!(error = %Chain(error), "Cognito words the message"))
        .ok()?;
    let inserts = Inserts {
        tenant: &found.display_name,
        code: request.code_parameter.as_deref()?,
        username: request.username_parameter.as_deref(),
    };
    // The person's own language goes before the tenant's own words.
    let candidates = [
        found.own,
        builtin(kind, &language),
        found.english,
        builtin(kind, &LanguageCode::english()),
    ];
    let candidates: Vec<Template> = candidates.into_iter().flatten().collect();
    let worded = |part: MessagePart| {
        let mut usable = candidates
            .iter()
            .filter_map(|template| template.filled(part, &inserts));
        usable.next()
    };
    let (sms_message, email_message) = (worded(MessagePart::Sms), worded(MessagePart::Email));
    let email_subject = worded(MessagePart::Subject).filter(|_| email_message.is_some());
    Some(MessageResponse {
        sms_message,
        email_message,
        email_subject,
    })
}

//! A tenant's name and its own words, from the directory.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use aws_types::SdkConfig;
use identity::cognito::MessageKind;
use lambda_kit::{dynamodb::text, error::ServiceError};
use serde::{Deserialize, de::DeserializeOwned};
use tenancy::{LanguageCode, MessageName, Place, Template, TenantId};

/// Looks a tenant's words up: `dynamodb:GetItem` on the directory.
#[derive(Debug)]
pub(crate) struct TemplateReader {
    client: Client,
    table: String,
}

/// What a tenant has to say.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) display_name: String,
    /// Its message in the language that was asked for.
    pub(crate) own: Option<Template>,
    /// Its message in English, where that is another language.
    pub(crate) english: Option<Template>,
}

/// Why there is nothing to say.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("the directory can't be read")]
    Service(#[from] ServiceError),
    #[error("the directory has no display name of the tenant")]
    NoName,
}

/// Row `<tenant>` / `tenant` of the directory.
#[derive(Deserialize)]
struct TenantItem {
    display_name: String,
}

impl TemplateReader {
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The tenant's name, and its message of this kind where it has one. Up to three reads, at once.
    pub(crate) async fn find(
        &self,
        tenant: &TenantId,
        kind: MessageKind,
        language: &LanguageCode,
    ) -> Result<Found, TemplateError> {
        let message =
            |language: LanguageCode| Place::of_message(tenant, &MessageName { kind, language });
        let (tenant_row, own, english) = tokio::try_join!(
            self.row(Place::of_tenant(tenant)),
            self.row(message(language.clone())),
            async {
                if *language == LanguageCode::english() {
                    return Ok(None);
                }
                self.row(message(LanguageCode::english())).await
            },
        )?;
        let tenant_row: Option<TenantItem> = read(tenant_row, "tenant");
        Ok(Found {
            display_name: tenant_row.ok_or(TemplateError::NoName)?.display_name,
            own: read(own, "message"),
            english: read(english, "message"),
        })
    }

    async fn row(
        &self,
        place: Place,
    ) -> Result<Option<HashMap<String, AttributeValue>>, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("tenant", text(place.tenant()))
            .key("part", text(place.part()))
            .send()
            .await;
        let answer = answer.map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        Ok(answer.item)
    }
}

/// A row of another shape is logged and counts as none.
fn read<T: DeserializeOwned>(
    row: Option<HashMap<String, AttributeValue>>,
    what: &'static str,
) -> Option<T> {
    let read = serde_dynamo::from_item(row?).ok();
    if read.is_none() {
        tracing::error!(what, "a row of the directory can't be read");
    }
    read
}

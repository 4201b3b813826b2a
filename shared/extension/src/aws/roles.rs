//! Roles of tenants' functions.

use std::collections::BTreeMap;

use aws_sdk_iam::{
    Client,
    operation::{
        create_role::CreateRoleError, delete_role::DeleteRoleError,
        delete_role_policy::DeleteRolePolicyError, get_role::GetRoleError,
        get_role_policy::GetRolePolicyError,
    },
    types::Tag,
};
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError};
use serde_json::Value;

/// What the one policy of each role is called.
const POLICY: &str = "extension";

/// A role as it is to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WantedRole {
    pub(super) name: String,
    pub(super) trust: Value,
    pub(super) policy: Value,
    pub(super) boundary: String,
    pub(super) tags: BTreeMap<String, String>,
}

/// A role as it is.
struct Seen {
    arn: String,
    boundary: Option<String>,
}

/// Makes and removes roles within one permissions boundary: `iam:CreateRole`, `iam:TagRole`, `iam:GetRole`,
/// `iam:PutRolePermissionsBoundary`, `iam:PutRolePolicy`, `iam:GetRolePolicy`, `iam:DeleteRolePolicy` and
/// `iam:DeleteRole` on those of tenants.
#[derive(Debug, Clone)]
pub(super) struct RoleKeeper {
    client: Client,
}

impl RoleKeeper {
    /// A keeper.
    #[must_use]
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Makes the role, or makes it as it is to be; its ARN.
    pub(super) async fn make(&self, wanted: &WantedRole) -> Result<String, ServiceError> {
        let seen = match self.find(&wanted.name).await? {
            Some(seen) => seen,
            None => self.create(wanted).await?,
        };
        if seen.boundary.as_ref() != Some(&wanted.boundary) {
            self.client
                .put_role_permissions_boundary()
                .role_name(&wanted.name)
                .permissions_boundary(&wanted.boundary)
                .send()
                .await
                .map_err(|error| ServiceError::new("iam:PutRolePermissionsBoundary", &error))?;
        }
        if self.policy(&wanted.name).await?.as_ref() != Some(&wanted.policy) {
            self.client
                .put_role_policy()
                .role_name(&wanted.name)
                .policy_name(POLICY)
                .policy_document(wanted.policy.to_string())
                .send()
                .await
                .map_err(|error| ServiceError::new("iam:PutRolePolicy", &error))?;
        }
        Ok(seen.arn)
    }

    async fn create(&self, wanted: &WantedRole) -> Result<Seen, ServiceError> {
        let tags = wanted
            .tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build());
        let tags = tags
            .collect::<Result<Vec<Tag>, _>>()
            .map_err(|_| unmakeable())?;
        let made = self
            .client
            .create_role()
            .role_name(&wanted.name)
            .assume_role_policy_document(wanted.trust.to_string())
            .permissions_boundary(&wanted.boundary)
            .set_tags(Some(tags))
            .send()
            .await;
        match made {
            // What an answer that was lost had made is there by now.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateRoleError::is_entity_already_exists_exception) => {}
            made => {
                made.map_err(|error| ServiceError::new("iam:CreateRole", &error))?;
            }
        }
        self.find(&wanted.name).await?.ok_or_else(unmakeable)
    }

    /// What is wrong with the role; `None` if it is not there.
    pub(super) async fn look(
        &self,
        wanted: &WantedRole,
    ) -> Result<Option<Vec<String>>, ServiceError> {
        let Some(seen) = self.find(&wanted.name).await? else {
            return Ok(None);
        };
        let mut wrong = Vec::new();
        if seen.boundary.as_ref() != Some(&wanted.boundary) {
            wrong.push("the permissions boundary".to_owned());
        }
        if self.policy(&wanted.name).await?.as_ref() != Some(&wanted.policy) {
            wrong.push("the policy".to_owned());
        }
        Ok(Some(wrong))
    }

    /// Removes a role; one that is gone is removed.
    pub(super) async fn remove(&self, name: &str) -> Result<(), ServiceError> {
        let emptied = self
            .client
            .delete_role_policy()
            .role_name(name)
            .policy_name(POLICY);
        match emptied.send().await {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteRolePolicyError::is_no_such_entity_exception) => {}
            emptied => {
                emptied.map_err(|error| ServiceError::new("iam:DeleteRolePolicy", &error))?;
            }
        }
        match self.client.delete_role().role_name(name).send().await {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteRoleError::is_no_such_entity_exception) =>
            {
                Ok(())
            }
            removed => removed
                .map(|_| ())
                .map_err(|error| ServiceError::new("iam:DeleteRole", &error)),
        }
    }

    async fn find(&self, name: &str) -> Result<Option<Seen>, ServiceError> {
        let found = match self.client.get_role().role_name(name).send().await {
            Ok(found) => found,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetRoleError::is_no_such_entity_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(ServiceError::new("iam:GetRole", &error)),
        };
        Ok(found.role.map(|role| Seen {
            arn: role.arn,
            boundary: role
                .permissions_boundary
                .and_then(|boundary| boundary.permissions_boundary_arn),
        }))
    }

    /// What the role may do; `None` if that is not said.
    async fn policy(&self, name: &str) -> Result<Option<Value>, ServiceError> {
        let found = self
            .client
            .get_role_policy()
            .role_name(name)
            .policy_name(POLICY);
        match found.send().await {
            Ok(found) => Ok(decoded(&found.policy_document)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetRolePolicyError::is_no_such_entity_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(ServiceError::new("iam:GetRolePolicy", &error)),
        }
    }
}

/// IAM tells documents as they stand in an address (RFC 3986).
fn decoded(document: &str) -> Option<Value> {
    let bytes = percent_encoding::percent_decode_str(document);
    serde_json::from_str(&bytes.decode_utf8().ok()?).ok()
}

fn unmakeable() -> ServiceError {
    ServiceError {
        operation: "iam:CreateRole",
        code: "RequestCouldNotBeMade".to_owned(),
        retry: Retry::MayHelp,
    }
}

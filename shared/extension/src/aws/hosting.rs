//! Hosts of tenants as a whole, and functions that extensions have of their own: made as they are to be, looked
//! at, removed. Each is done step by step, and each step finds what is done of it: so whatever was cut off goes
//! on where it was.

use std::{collections::BTreeMap, fmt};

use aws_sdk_cloudwatchlogs::{
    Client as Logs,
    operation::{create_log_group::CreateLogGroupError, delete_log_group::DeleteLogGroupError},
};
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError, planted};
use tenancy::{ExtensionName, TenantId};

use super::{
    functions::{FunctionKeeper, WantedCode},
    queues::QueueKeeper,
    roles::RoleKeeper,
    template::{HostValues, Rendered, RenderedFunction, Template, Unfilled},
};
use crate::{
    Manifest,
    registry::{CodeAt, Names, Resources},
};

/// Makes and removes hosts, and functions of extensions' own: what [`RoleKeeper`], [`QueueKeeper`] and
/// [`FunctionKeeper`] may, and `logs:CreateLogGroup`, `logs:TagResource`, `logs:PutRetentionPolicy` and
/// `logs:DeleteLogGroup` on groups of tenants.
#[derive(Debug, Clone)]
pub struct HostKeeper {
    template: Template,
    arn: String,
    roles: RoleKeeper,
    queues: QueueKeeper,
    functions: FunctionKeeper,
    logs: Logs,
}

/// Looks whether hosts are as they are to be: `iam:GetRole`, `iam:GetRolePolicy`, `sqs:GetQueueUrl`,
/// `sqs:GetQueueAttributes`, `lambda:GetFunction` and `lambda:ListEventSourceMappings`.
#[derive(Debug, Clone)]
pub struct HostLooker(HostKeeper);

/// Something that is not as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// What it is.
    pub resource: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.resource, self.problem)
    }
}

/// Why a host is not as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostingError {
    /// The template can't be filled in.
    #[error(transparent)]
    Template(#[from] Unfilled),
    /// AWS did not do it.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl HostingError {
    /// Whether doing the same again may help.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Template(_) => Retry::Never,
            Self::Service(error) => error.retry,
        }
    }
}

impl HostKeeper {
    /// One that goes by `names` and by what the CDK app tells in `values`.
    pub fn new(sdk: &SdkConfig, names: Names, values: HostValues) -> Result<Self, Unfilled> {
        let template = Template::new(names, values)?;
        Ok(Self {
            arn: template.value("sqs_arn")?.to_owned(),
            template,
            roles: RoleKeeper::new(sdk),
            queues: QueueKeeper::new(sdk),
            functions: FunctionKeeper::new(sdk),
            logs: Logs::new(sdk),
        })
    }

    /// How things are called.
    #[must_use]
    pub const fn names(&self) -> &Names {
        self.template.names()
    }

    /// Of what the host of a tenant is to be made: another digest, another host.
    pub fn made_of(&self, tenant: &TenantId, ordered: bool) -> Result<String, Unfilled> {
        Ok(self.template.host(tenant, ordered)?.made_of)
    }

    /// Makes the host of a tenant as it is to be. Its function comes last but for what calls it, so that it finds
    /// all else.
    pub async fn make(&self, tenant: &TenantId, ordered: bool) -> Result<Resources, HostingError> {
        let host = self.template.host(tenant, ordered)?;
        self.log_group(&host.log_group, host.log_days, &host.tags)
            .await?;
        let role_arn = self.roles.make(&host.role).await?;
        let mut urls = BTreeMap::new();
        for queue in &host.queues {
            let url = self.queues.make(queue).await?;
            urls.insert(queue.name.clone(), url);
        }
        let function = self.template.function_of(tenant, &host, &urls)?;
        let made = self.functions.make(&function, &role_arn).await?;
        let resources = self.resources(tenant, ordered, &urls, (made.function_arn, role_arn));
        for queue in [Some(&resources.queue_arn), resources.fifo_arn.as_ref()]
            .into_iter()
            .flatten()
        {
            self.functions
                .map(queue, &function.name, host.mapping)
                .await?;
        }
        Ok(resources)
    }

    fn resources(
        &self,
        tenant: &TenantId,
        ordered: bool,
        urls: &BTreeMap<String, String>,
        (function_arn, role_arn): (Option<String>, String),
    ) -> Resources {
        let names = self.names();
        let url = |name: &str| urls.get(name).cloned().unwrap_or_default();
        let arn = |name: &str| format!("{}:{name}", self.arn);
        let (queue, dead, fifo) = (
            names.queue(tenant),
            names.dead_letters(tenant),
            names.fifo(tenant),
        );
        Resources {
            queue_url: url(&queue),
            queue_arn: arn(&queue),
            fifo_url: ordered.then(|| url(&fifo)),
            fifo_arn: ordered.then(|| arn(&fifo)),
            dead_letters_url: url(&dead),
            dead_letters_arn: arn(&dead),
            function_arn: function_arn.unwrap_or_default(),
            role_arn,
        }
    }

    /// Removes the host of a tenant, whatever there is of it. What calls the function goes first, so that nothing
    /// is taken from the queues any more, and the role last, since all else refers to it.
    pub async fn remove(&self, tenant: &TenantId) -> Result<(), ServiceError> {
        let names = self.names();
        let host = names.host(tenant);
        self.functions.unmap(&host).await?;
        self.functions.remove(&host).await?;
        if planted::is_on("host-removed-without-its-queues") {
            return self.roles.remove(&host).await;
        }
        for queue in [
            names.fifo(tenant),
            names.queue(tenant),
            names.fifo_dead_letters(tenant),
            names.dead_letters(tenant),
        ] {
            self.queues.remove(&queue).await?;
        }
        self.roles.remove(&host).await?;
        self.remove_logs(&names.log_group(&host)).await
    }

    /// Makes the function of an extension that has one of its own, of `code`, and publishes it;
    /// `None` if it has none.
    pub async fn make_function(
        &self,
        tenant: &TenantId,
        manifest: &Manifest,
        code: &WantedCode,
    ) -> Result<Option<CodeAt>, HostingError> {
        let wanted = self.template.function(tenant, manifest, code)?;
        let Some(RenderedFunction {
            tags,
            log_group,
            log_days,
            role,
            function,
        }) = wanted
        else {
            return Ok(None);
        };
        self.log_group(&log_group, log_days, &tags).await?;
        let role_arn = self.roles.make(&role).await?;
        let made = self.functions.make(&function, &role_arn).await?;
        let digest = made.code_sha256.unwrap_or_default();
        let function_arn = self.functions.publish(&function.name, &digest).await?;
        let code_key = code.key.clone();
        Ok(Some(CodeAt::Lambda {
            function_arn,
            code_key,
        }))
    }

    /// Removes the function of an extension with all that belongs to it. One that has none has nothing removed.
    pub async fn remove_function(
        &self,
        tenant: &TenantId,
        extension: &ExtensionName,
    ) -> Result<(), ServiceError> {
        let name = self.names().function(tenant, extension);
        self.functions.remove(&name).await?;
        self.roles.remove(&name).await?;
        self.remove_logs(&self.names().log_group(&name)).await
    }

    /// Removes a published version that nothing needs.
    pub async fn remove_version(&self, code: &CodeAt) -> Result<(), ServiceError> {
        match code {
            CodeAt::Lambda { function_arn, .. } => {
                self.functions.remove_version(function_arn).await
            }
            CodeAt::Wasm { .. } => Ok(()),
        }
    }

    async fn log_group(
        &self,
        name: &str,
        days: i32,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), ServiceError> {
        let made = self
            .logs
            .create_log_group()
            .log_group_name(name)
            .set_tags(Some(tags.clone().into_iter().collect()))
            .send()
            .await;
        match made {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateLogGroupError::is_resource_already_exists_exception) => {}
            made => {
                made.map_err(|error| ServiceError::new("logs:CreateLogGroup", &error))?;
            }
        }
        self.logs
            .put_retention_policy()
            .log_group_name(name)
            .retention_in_days(days)
            .send()
            .await
            .map_err(|error| ServiceError::new("logs:PutRetentionPolicy", &error))?;
        Ok(())
    }

    async fn remove_logs(&self, name: &str) -> Result<(), ServiceError> {
        match self
            .logs
            .delete_log_group()
            .log_group_name(name)
            .send()
            .await
        {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteLogGroupError::is_resource_not_found_exception) =>
            {
                Ok(())
            }
            removed => removed
                .map(|_| ())
                .map_err(|error| ServiceError::new("logs:DeleteLogGroup", &error)),
        }
    }
}

impl HostLooker {
    /// One that goes by `names` and by what the CDK app tells in `values`.
    pub fn new(sdk: &SdkConfig, names: Names, values: HostValues) -> Result<Self, Unfilled> {
        HostKeeper::new(sdk, names, values).map(Self)
    }

    /// How things are called.
    #[must_use]
    pub const fn names(&self) -> &Names {
        self.0.names()
    }

    /// What is not as it is to be of a tenant's host, of which `resources` is on record.
    pub async fn look(
        &self,
        tenant: &TenantId,
        ordered: bool,
        resources: &Resources,
    ) -> Result<Vec<Drift>, HostingError> {
        let keeper = &self.0;
        let host = keeper.template.host(tenant, ordered)?;
        let mut drift = Vec::new();
        note(
            &mut drift,
            &host.role.name,
            keeper.roles.look(&host.role).await?,
            "role",
        );
        for queue in &host.queues {
            note(
                &mut drift,
                &queue.name,
                keeper.queues.look(queue).await?,
                "queue",
            );
        }
        let urls = self.urls(tenant, &host, resources);
        let function = keeper.template.function_of(tenant, &host, &urls)?;
        let looked = keeper
            .functions
            .look(&function, &resources.role_arn)
            .await?;
        note(&mut drift, &function.name, looked, "function");
        for queue in [Some(&resources.queue_arn), resources.fifo_arn.as_ref()] {
            let Some(queue) = queue else { continue };
            if !keeper.functions.is_mapped(queue, &function.name).await? {
                let resource = format!("event source mapping of {queue}");
                let problem = "it is not there".to_owned();
                drift.push(Drift { resource, problem });
            }
        }
        Ok(drift)
    }

    /// Whether the function of an extension is there that has one of its own, and as it is to be.
    pub async fn look_at_function(
        &self,
        tenant: &TenantId,
        manifest: &Manifest,
    ) -> Result<Vec<Drift>, HostingError> {
        let keeper = &self.0;
        let code = WantedCode {
            bucket: String::new(),
            key: String::new(),
        };
        let mut drift = Vec::new();
        if let Some(wanted) = keeper.template.function(tenant, manifest, &code)? {
            let looked = keeper.roles.look(&wanted.role).await?;
            note(&mut drift, &wanted.role.name, looked, "role");
            if keeper
                .functions
                .find(&wanted.function.name)
                .await?
                .is_none()
            {
                note(&mut drift, &wanted.function.name, None, "function");
            }
        }
        Ok(drift)
    }

    fn urls(
        &self,
        tenant: &TenantId,
        host: &Rendered,
        resources: &Resources,
    ) -> BTreeMap<String, String> {
        // Of the queues of one account, the addresses differ in the names alone.
        let own = self.names().queue(tenant);
        let base = resources.queue_url.strip_suffix(&own).unwrap_or_default();
        let names = host.queues.iter().map(|queue| &queue.name);
        names
            .map(|name| (name.clone(), format!("{base}{name}")))
            .collect()
    }
}

fn note(drift: &mut Vec<Drift>, name: &str, looked: Option<Vec<String>>, kind: &str) {
    let problems = match looked {
        None => vec!["it is not there".to_owned()],
        Some(wrong) => wrong
            .into_iter()
            .map(|what| format!("{what} is another one"))
            .collect(),
    };
    let resource = format!("{kind} {name}");
    drift.extend(problems.into_iter().map(|problem| Drift {
        resource: resource.clone(),
        problem,
    }));
}

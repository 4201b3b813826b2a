//! What a host and a function are made of: `cdk/extension-host.json`, with the names of a stage, a tenant and an
//! extension in the places that are left for them.

use std::collections::BTreeMap;

use lambda_kit::config::{ConfigError, Environment};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tenancy::{ExtensionName, TenantId};

use super::{
    functions::{WantedCode, WantedFunction},
    queues::WantedQueue,
    roles::WantedRole,
};
use crate::{
    Code, Manifest,
    registry::{Names, Quotas, hex},
};

/// The template, from the one file that also the CDK app reads.
const TEMPLATE: &str = include_str!("../../../../cdk/extension-host.json");

/// What marks the place of a value, and its end.
const PLACE: (&str, &str) = ("${", "}");

/// The longest that an extension's function may run beyond what its manifest says, to answer that it did not.
const SLACK_SECONDS: i32 = 1;

/// What is the same for all hosts of a stage, by name, as the CDK app tells it.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct HostValues(BTreeMap<String, String>);

/// The template, with what is the same for all hosts.
#[derive(Debug, Clone)]
pub(super) struct Template {
    names: Names,
    values: HostValues,
    described: Described,
}

/// What has no place in a template, or a place for which nothing is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template of hosts can't be filled in: {0}")]
pub struct Unfilled(String);

/// What the CDK app tells does not fill the template in.
const UNREADABLE: ConfigError = ConfigError::Invalid {
    name: "EXTENSION_HOSTS",
    expected: "what fills in cdk/extension-host.json",
};

impl From<Unfilled> for ConfigError {
    fn from(_: Unfilled) -> Self {
        UNREADABLE
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Described {
    trust: Value,
    log_days: i32,
    host: DescribedHost,
    function: DescribedFunction,
}

#[derive(Debug, Clone, Deserialize)]
struct DescribedHost {
    policy: Value,
    queue: BTreeMap<String, String>,
    dead_letters: BTreeMap<String, String>,
    receives: u32,
    function: Size,
    environment: BTreeMap<String, String>,
    mapping: DescribedMapping,
}

#[derive(Debug, Clone, Deserialize)]
struct DescribedFunction {
    policy: Value,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Size {
    memory: i32,
    seconds: i32,
}

/// How a host is called with what lies in its queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct DescribedMapping {
    pub(super) batch: i32,
    pub(super) concurrency: i32,
}

/// What a host is to be, but for what its queues are found at.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) log_group: String,
    pub(super) log_days: i32,
    pub(super) role: WantedRole,
    /// Dead letters first, since the others refer to them.
    pub(super) queues: Vec<WantedQueue>,
    pub(super) function: WantedFunction,
    pub(super) mapping: DescribedMapping,
    /// Of what it is made: another digest, another host.
    pub made_of: String,
}

/// What a function of an extension's own is to be, with its role.
#[derive(Debug, Clone)]
pub(super) struct RenderedFunction {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) log_group: String,
    pub(super) log_days: i32,
    pub(super) role: WantedRole,
    pub(super) function: WantedFunction,
}

impl HostValues {
    /// Reads `EXTENSION_HOSTS`: what the CDK app tells.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let told = environment.required("EXTENSION_HOSTS")?;
        serde_json::from_str(told).map_err(|_| UNREADABLE)
    }

    fn get(&self, name: &str) -> Result<&str, Unfilled> {
        let value = self.0.get(name).map(String::as_str);
        value.ok_or_else(|| Unfilled(format!("{name} is not told")))
    }
}

impl Template {
    /// The template of a stage.
    pub(super) fn new(names: Names, values: HostValues) -> Result<Self, Unfilled> {
        let described = serde_json::from_str(TEMPLATE);
        let described = described.map_err(|error| Unfilled(error.to_string()))?;
        Ok(Self {
            names,
            values,
            described,
        })
    }

    pub(super) fn value(&self, name: &str) -> Result<&str, Unfilled> {
        self.values.get(name)
    }

    /// How things are called.
    #[must_use]
    pub(super) const fn names(&self) -> &Names {
        &self.names
    }

    /// What the host of a tenant is to be, with a queue in order if some extension asks for that.
    pub(super) fn host(&self, tenant: &TenantId, ordered: bool) -> Result<Rendered, Unfilled> {
        let host = &self.described.host;
        let name = self.names.host(tenant);
        let filling = self.of_host(tenant, &name);
        let policy = filled(&host.policy, &filling)?;
        let tags = tags_of(tenant, None);
        let code = WantedCode {
            bucket: self.values.get("host_code_bucket")?.to_owned(),
            key: self.values.get("host_code_key")?.to_owned(),
        };
        let mut rendered = Rendered {
            log_group: self.names.log_group(&name),
            log_days: self.described.log_days,
            role: self.role(&name, policy, &tags)?,
            queues: self.queues(tenant, ordered, &tags)?,
            function: WantedFunction {
                name: name.clone(),
                runtime: "provided.al2023".to_owned(),
                handler: "bootstrap".to_owned(),
                code,
                architecture: self.values.get("architecture")?.to_owned(),
                memory: host.function.memory,
                seconds: host.function.seconds,
                environment: host.environment.clone(),
                log_group: self.names.log_group(&name),
                tags: tags.clone(),
                reserved: None,
            },
            mapping: host.mapping,
            tags,
            made_of: String::new(),
        };
        rendered.made_of = hex(&Sha256::digest(format!("{rendered:?}")));
        Ok(rendered)
    }

    /// The same with its function told where its queues are.
    pub(super) fn function_of(
        &self,
        tenant: &TenantId,
        host: &Rendered,
        urls: &BTreeMap<String, String>,
    ) -> Result<WantedFunction, Unfilled> {
        let mut filling = self.of_host(tenant, &host.function.name);
        for (place, name) in [
            ("queue_url", self.names.queue(tenant)),
            ("fifo_url", self.names.fifo(tenant)),
            ("dead_letters_url", self.names.dead_letters(tenant)),
            (
                "fifo_dead_letters_url",
                self.names.fifo_dead_letters(tenant),
            ),
        ] {
            let url = urls.get(&name).cloned().unwrap_or_default();
            filling.insert(place.to_owned(), url);
        }
        let variables = host.function.environment.iter();
        let variables = variables.map(|(name, value)| Ok((name.clone(), fill(value, &filling)?)));
        // Lambda takes no variable that says nothing.
        let told: BTreeMap<String, String> = variables.collect::<Result<_, Unfilled>>()?;
        let environment = told.into_iter().filter(|(_, value)| !value.is_empty());
        Ok(WantedFunction {
            environment: environment.collect(),
            ..host.function.clone()
        })
    }

    /// What the function of an extension is to be that has one of its own: it can do nothing but write its logs.
    pub(super) fn function(
        &self,
        tenant: &TenantId,
        manifest: &Manifest,
        package: &WantedCode,
    ) -> Result<Option<RenderedFunction>, Unfilled> {
        let Code::Lambda { runtime, handler } = manifest.code() else {
            return Ok(None);
        };
        let name = self.names.function(tenant, manifest.name());
        let mut filling = self.values.0.clone();
        filling.insert("log_group".to_owned(), self.names.log_group(&name));
        let policy = filled(&self.described.function.policy, &filling)?;
        let tags = tags_of(tenant, Some(manifest.name()));
        let millis = i32::try_from(manifest.timeout_ms()).unwrap_or(i32::MAX);
        let seconds = millis.div_euclid(1_000) + i32::from(millis % 1_000 > 0);
        Ok(Some(RenderedFunction {
            log_group: self.names.log_group(&name),
            log_days: self.described.log_days,
            role: self.role(&name, policy, &tags)?,
            function: WantedFunction {
                log_group: self.names.log_group(&name),
                name,
                runtime: runtime.as_str().to_owned(),
                handler: handler.as_str().to_owned(),
                code: package.clone(),
                architecture: self.values.get("architecture")?.to_owned(),
                memory: i32::try_from(manifest.memory_mib()).unwrap_or(128),
                seconds: seconds + SLACK_SECONDS,
                environment: BTreeMap::new(),
                tags: tags.clone(),
                reserved: Some(Quotas::CONCURRENCY),
            },
            tags,
        }))
    }

    fn role(
        &self,
        name: &str,
        policy: Value,
        tags: &BTreeMap<String, String>,
    ) -> Result<WantedRole, Unfilled> {
        Ok(WantedRole {
            name: name.to_owned(),
            trust: self.described.trust.clone(),
            policy,
            boundary: self.values.get("boundary")?.to_owned(),
            tags: tags.clone(),
        })
    }

    fn queues(
        &self,
        tenant: &TenantId,
        ordered: bool,
        tags: &BTreeMap<String, String>,
    ) -> Result<Vec<WantedQueue>, Unfilled> {
        let host = &self.described.host;
        let sqs = self.values.get("sqs_arn")?;
        let pair = |dead: String, queue: String, is_fifo: bool| {
            let mut dead_letters = host.dead_letters.clone();
            let mut attributes = host.queue.clone();
            let redrive = serde_json::json!({
                "deadLetterTargetArn": format!("{sqs}:{dead}"), "maxReceiveCount": host.receives,
            });
            attributes.insert("RedrivePolicy".to_owned(), redrive.to_string());
            if is_fifo {
                for attributes in [&mut dead_letters, &mut attributes] {
                    attributes.insert("FifoQueue".to_owned(), "true".to_owned());
                }
            }
            let wanted = |name, attributes| WantedQueue {
                name,
                attributes,
                tags: tags.clone(),
            };
            [wanted(dead, dead_letters), wanted(queue, attributes)]
        };
        let names = &self.names;
        let mut queues = pair(names.dead_letters(tenant), names.queue(tenant), false).to_vec();
        if ordered {
            queues.extend(pair(
                names.fifo_dead_letters(tenant),
                names.fifo(tenant),
                true,
            ));
        }
        Ok(queues)
    }

    fn of_host(&self, tenant: &TenantId, host: &str) -> BTreeMap<String, String> {
        let names = &self.names;
        let mut filling = self.values.0.clone();
        filling.extend(
            [
                ("tenant", tenant.to_string()),
                ("log_group", names.log_group(host)),
                ("queue", names.queue(tenant)),
                ("fifo", names.fifo(tenant)),
                ("dead_letters", names.dead_letters(tenant)),
                ("fifo_dead_letters", names.fifo_dead_letters(tenant)),
                ("functions", names.functions(tenant)),
            ]
            .map(|(place, value)| (place.to_owned(), value)),
        );
        filling
    }
}

fn tags_of(tenant: &TenantId, extension: Option<&ExtensionName>) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::from([("fairlead:tenant".to_owned(), tenant.to_string())]);
    if let Some(extension) = extension {
        tags.insert("fairlead:extension".to_owned(), extension.to_string());
    }
    tags
}

/// The document with each place filled in.
fn filled(value: &Value, filling: &BTreeMap<String, String>) -> Result<Value, Unfilled> {
    Ok(match value {
        Value::String(text) => fill(text, filling)?.into(),
        Value::Array(items) => {
            let items = items.iter().map(|item| filled(item, filling));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| Ok((name.clone(), filled(value, filling)?)));
            Value::Object(members.collect::<Result<_, Unfilled>>()?)
        }
        other => other.clone(),
    })
}

fn fill(text: &str, filling: &BTreeMap<String, String>) -> Result<String, Unfilled> {
    let (mut told, mut rest) = (String::new(), text);
    while let Some((before, behind)) = rest.split_once(PLACE.0) {
        let (place, after) = behind
            .split_once(PLACE.1)
            .ok_or_else(|| Unfilled(format!("{text} has no end")))?;
        let value = filling.get(place);
        let value = value.ok_or_else(|| Unfilled(format!("{place} is not told")))?;
        told.push_str(before);
        told.push_str(value);
        rest = after;
    }
    told.push_str(rest);
    Ok(told)
}

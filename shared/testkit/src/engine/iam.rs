//! IAM: roles with inline policies and permissions boundaries, in the query protocol.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::clock::Clock;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    answer::{self, escape},
    names::ACCOUNT,
};
use crate::Call;

/// What a role's name may have at most.
const LONGEST_NAME: usize = 64;
/// How many characters the inline policies of a role have together, without white space.
const LONGEST_POLICIES: usize = 10_240;
/// How long it takes until other services see a role that was made.
const UNSEEN: Duration = Duration::from_secs(5);

/// A role.
#[derive(Debug, Clone)]
struct Role {
    path: String,
    trust: Value,
    boundary: Option<String>,
    tags: BTreeMap<String, String>,
    policies: BTreeMap<String, Value>,
    made_at: Timestamp,
}

pub(super) struct Iam {
    clock: Clock,
    roles: Mutex<BTreeMap<String, Role>>,
}

/// An HTTP status, an error code and a message.
type Refusal = (StatusCode, &'static str, String);

impl Iam {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            roles: Mutex::new(BTreeMap::new()),
        }
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let input = &call.input;
        let answered = match call.operation.as_str() {
            "CreateRole" => self.create(input),
            "GetRole" => self.show(input),
            "ListRoles" => Ok(self.list(input)),
            "DeleteRole" => self.delete(input),
            "PutRolePolicy" => self.put_policy(input),
            "PutRolePermissionsBoundary" => self.put_boundary(input),
            "GetRolePolicy" => self.show_policy(input),
            "DeleteRolePolicy" => self.delete_policy(input),
            other => {
                let message = format!("testkit's IAM has no {other}");
                Err((StatusCode::BAD_REQUEST, "InvalidAction", message))
            }
        };
        match answered {
            Ok(result) => {
                let operation = &call.operation;
                answer::xml(
                    StatusCode::OK,
                    format!(
                        "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{operation}Result>\
                         {result}</{operation}Result><ResponseMetadata><RequestId>simulated</RequestId>\
                         </ResponseMetadata></{operation}Response>"
                    ),
                )
            }
            Err((status, code, message)) => answer::xml_error(status, code, &message),
        }
    }

    /// Why Lambda can't take on the role of that ARN, if it can't.
    pub(super) fn why_unseen(&self, arn: &str) -> Option<&'static str> {
        let now = self.clock.now();
        let roles = self.roles();
        let found = roles.iter().find(|(name, role)| arn_of(name, role) == arn);
        let unseen = SignedDuration::try_from(UNSEEN).unwrap_or_default();
        match found {
            Some((_, role)) if now.duration_since(role.made_at) >= unseen => None,
            _ => Some("The role defined for the function cannot be assumed by Lambda."),
        }
    }

    /// What roles there are, as a test compares them.
    pub(super) fn described(&self) -> Vec<Value> {
        let roles = self.roles();
        let told = roles.iter().map(|(name, role)| {
            json!({
                "name": name, "path": role.path, "trust": role.trust, "boundary": role.boundary,
                "tags": role.tags, "policies": role.policies,
            })
        });
        told.collect()
    }

    /// Somebody changes what a role may do, or removes it, by hand.
    pub(super) fn put_by_hand(&self, role: &str, policy: &str, document: Option<&Value>) {
        let mut roles = self.roles();
        let role = roles.get_mut(role).expect("there is such a role");
        match document {
            Some(document) => role.policies.insert(policy.to_owned(), document.clone()),
            None => role.policies.remove(policy),
        };
    }

    fn roles(&self) -> MutexGuard<'_, BTreeMap<String, Role>> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(&self, input: &Value) -> Result<String, Refusal> {
        let name = text(input, "RoleName");
        let well_formed = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(well_formed) {
            return Err(invalid("The specified value for roleName is invalid"));
        }
        let mut roles = self.roles();
        if roles.contains_key(name) {
            let message = format!("Role with name {name} already exists.");
            return Err((StatusCode::CONFLICT, "EntityAlreadyExists", message));
        }
        let path = Some(text(input, "Path")).filter(|path| !path.is_empty());
        let boundary = Some(text(input, "PermissionsBoundary")).filter(|arn| !arn.is_empty());
        let role = Role {
            path: path.unwrap_or("/").to_owned(),
            trust: document(input, "AssumeRolePolicyDocument")?,
            boundary: boundary.map(str::to_owned),
            tags: tags(input),
            policies: BTreeMap::new(),
            made_at: self.clock.now(),
        };
        let told = shown(name, &role);
        roles.insert(name.to_owned(), role);
        Ok(told)
    }

    fn show(&self, input: &Value) -> Result<String, Refusal> {
        let (name, roles) = (text(input, "RoleName"), self.roles());
        Ok(shown(name, role_of(&roles, name)?))
    }

    fn list(&self, input: &Value) -> String {
        let prefix = text(input, "PathPrefix");
        let roles = self.roles();
        let found = roles
            .iter()
            .filter(|(_, role)| role.path.starts_with(prefix));
        let members = found.fold(String::new(), |mut all, (name, role)| {
            let role = shown(name, role).replace("<Role>", "<member>");
            all.push_str(&role.replace("</Role>", "</member>"));
            all
        });
        format!("<IsTruncated>false</IsTruncated><Roles>{members}</Roles>")
    }

    fn delete(&self, input: &Value) -> Result<String, Refusal> {
        let name = text(input, "RoleName");
        let mut roles = self.roles();
        if !role_of(&roles, name)?.policies.is_empty() {
            let message = "Cannot delete entity, must delete policies first.".to_owned();
            return Err((StatusCode::CONFLICT, "DeleteConflict", message));
        }
        roles.remove(name);
        Ok(String::new())
    }

    fn put_policy(&self, input: &Value) -> Result<String, Refusal> {
        let name = text(input, "RoleName");
        let policy = document(input, "PolicyDocument")?;
        let mut roles = self.roles();
        let role = roles.get_mut(name).ok_or_else(|| no_such_role(name))?;
        role.policies
            .insert(text(input, "PolicyName").to_owned(), policy);
        let length: usize = role
            .policies
            .values()
            .map(|each| each.to_string().len())
            .sum();
        if length > LONGEST_POLICIES {
            let message =
                format!("Maximum policy size of {LONGEST_POLICIES} bytes exceeded for role {name}");
            return Err((StatusCode::CONFLICT, "LimitExceeded", message));
        }
        Ok(String::new())
    }

    fn put_boundary(&self, input: &Value) -> Result<String, Refusal> {
        let name = text(input, "RoleName");
        let mut roles = self.roles();
        let role = roles.get_mut(name).ok_or_else(|| no_such_role(name))?;
        role.boundary = Some(text(input, "PermissionsBoundary").to_owned());
        Ok(String::new())
    }

    fn show_policy(&self, input: &Value) -> Result<String, Refusal> {
        let (name, policy) = (text(input, "RoleName"), text(input, "PolicyName"));
        let roles = self.roles();
        let found = role_of(&roles, name)?.policies.get(policy);
        let found = found.ok_or_else(|| no_such_policy(policy))?.to_string();
        let found = utf8_percent_encode(&found, NON_ALPHANUMERIC);
        Ok(format!(
            "<RoleName>{name}</RoleName><PolicyName>{policy}</PolicyName><PolicyDocument>{found}</PolicyDocument>"
        ))
    }

    fn delete_policy(&self, input: &Value) -> Result<String, Refusal> {
        let (name, policy) = (text(input, "RoleName"), text(input, "PolicyName"));
        let mut roles = self.roles();
        role_of(&roles, name)?;
        let removed = roles
            .get_mut(name)
            .and_then(|role| role.policies.remove(policy));
        removed
            .map(|_| String::new())
            .ok_or_else(|| no_such_policy(policy))
    }
}

fn role_of<'a>(roles: &'a BTreeMap<String, Role>, name: &str) -> Result<&'a Role, Refusal> {
    roles.get(name).ok_or_else(|| no_such_role(name))
}

fn no_such_role(name: &str) -> Refusal {
    let message = format!("The role with name {name} cannot be found.");
    (StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

fn no_such_policy(policy: &str) -> Refusal {
    let message = format!("The role policy with name {policy} cannot be found.");
    (StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

fn arn_of(name: &str, role: &Role) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role{}{name}", role.path)
}

fn shown(name: &str, role: &Role) -> String {
    let mut told = format!(
        "<Role><Path>{}</Path><RoleName>{name}</RoleName><RoleId>AROA{}</RoleId><Arn>{}</Arn>\
         <CreateDate>{}</CreateDate><AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>",
        role.path,
        name.to_uppercase(),
        arn_of(name, role),
        role.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        utf8_percent_encode(&role.trust.to_string(), NON_ALPHANUMERIC),
    );
    if let Some(boundary) = &role.boundary {
        _ = write!(
            told,
            "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
             <PermissionsBoundaryArn>{boundary}</PermissionsBoundaryArn></PermissionsBoundary>"
        );
    }
    let tags = role
        .tags
        .iter()
        .fold(String::new(), |mut all, (key, value)| {
            let (key, value) = (escape(key), escape(value));
            _ = write!(
                all,
                "<member><Key>{key}</Key><Value>{value}</Value></member>"
            );
            all
        });
    _ = write!(told, "<Tags>{tags}</Tags></Role>");
    told
}

/// `Tags.member.1.Key`, and so on.
fn tags(input: &Value) -> BTreeMap<String, String> {
    (1..)
        .map_while(|n| {
            let part = |part: &str| text(input, &format!("Tags.member.{n}.{part}"));
            (!part("Key").is_empty()).then(|| (part("Key").to_owned(), part("Value").to_owned()))
        })
        .collect()
}

fn document(input: &Value, name: &str) -> Result<Value, Refusal> {
    let read = serde_json::from_str(text(input, name)).ok();
    let read: Option<Value> = read.filter(|document: &Value| document.get("Statement").is_some());
    read.ok_or_else(|| {
        let message = "Syntax errors in policy.".to_owned();
        (StatusCode::BAD_REQUEST, "MalformedPolicyDocument", message)
    })
}

fn invalid(message: &str) -> Refusal {
    (
        StatusCode::BAD_REQUEST,
        "ValidationError",
        message.to_owned(),
    )
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

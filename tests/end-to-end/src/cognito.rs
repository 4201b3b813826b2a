//! Signing up and confirming as a person does, and what only an operator may do.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::aws::{Aws, JsonService};
use crate::http::Http;
use crate::stack::Stack;
use crate::wait;

/// A user pool and its web client.
#[derive(Clone, Debug)]
pub struct UserPool {
    aws: Aws,
    http: Http,
    endpoint: String,
    pool: String,
    web_client: String,
}

/// An app client that gets tokens for itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MachineClient {
    /// The client's id.
    pub id: String,
    /// The client's secret.
    pub secret: String,
}

impl UserPool {
    /// The user pool of `stack`.
    pub fn of(stack: &Stack, aws: &Aws, http: &Http) -> Result<Self> {
        Ok(Self {
            aws: aws.clone(),
            http: http.clone(),
            endpoint: stack.endpoint.clone(),
            pool: stack.output("UserPoolId")?.to_owned(),
            web_client: stack.output("WebClientId")?.to_owned(),
        })
    }

    /// `SignUp`, as a browser calls it.
    pub fn sign_up(&self, email: &str, password: &str, attributes: &[(&str, &str)]) -> Result<()> {
        let body = json!({
            "ClientId": self.web_client,
            "Username": email,
            "Password": password,
            "UserAttributes": attribute_list(attributes),
        });
        self.aws
            .call_unsigned(JsonService::Cognito, "SignUp", &body)
            .map(drop)
    }

    /// `ConfirmSignUp` with the code that the person finds in their mail.
    pub fn confirm(&self, email: &str, code: &str) -> Result<()> {
        let body =
            json!({ "ClientId": self.web_client, "Username": email, "ConfirmationCode": code });
        self.aws
            .call_unsigned(JsonService::Cognito, "ConfirmSignUp", &body)
            .map(drop)
    }

    /// The code in the last mail to `email`, read from the local stack's list of what it sent.
    pub fn mailed_code(&self, email: &str) -> Result<String> {
        wait::until(
            &format!("a confirmation mail to {email}"),
            wait::PATIENCE,
            || {
                let sent = self
                    .http
                    .get(&format!("{}/_ministack/ses/messages", self.endpoint))?
                    .expect(200)?
                    .json()?;
                let mails = sent
                    .get("messages")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten();
                let mail = mails
                    .flat_map(|(_, mails)| mails.as_array().into_iter().flatten())
                    .rfind(|mail| mail.get("To").is_some_and(|to| to == &json!([email])));
                let text = mail
                    .and_then(|mail| mail.get("BodyText"))
                    .and_then(Value::as_str);
                Ok(text
                    .and_then(|text| text.rsplit(' ').next())
                    .map(str::to_owned))
            },
        )
    }

    /// `AdminCreateUser` and `AdminSetUserPassword`: a person whom the operator brings in.
    pub fn create_confirmed(
        &self,
        email: &str,
        password: &str,
        attributes: &[(&str, &str)],
    ) -> Result<()> {
        let body = json!({
            "UserPoolId": self.pool,
            "Username": email,
            "MessageAction": "SUPPRESS",
            "UserAttributes": attribute_list(attributes),
        });
        self.aws
            .call(JsonService::Cognito, "AdminCreateUser", &body)?;
        let body = json!({ "UserPoolId": self.pool, "Username": email, "Password": password, "Permanent": true });
        self.aws
            .call(JsonService::Cognito, "AdminSetUserPassword", &body)
            .map(drop)
    }

    /// `AdminAddUserToGroup`.
    pub fn add_to_group(&self, email: &str, group: &str) -> Result<()> {
        let body = json!({ "UserPoolId": self.pool, "Username": email, "GroupName": group });
        self.aws
            .call(JsonService::Cognito, "AdminAddUserToGroup", &body)
            .map(drop)
    }

    /// `AdminUpdateUserAttributes`.
    pub fn set_attributes(&self, email: &str, attributes: &[(&str, &str)]) -> Result<()> {
        let body = json!({
            "UserPoolId": self.pool,
            "Username": email,
            "UserAttributes": attribute_list(attributes),
        });
        self.aws
            .call(JsonService::Cognito, "AdminUpdateUserAttributes", &body)
            .map(drop)
    }

    /// The event with which Cognito calls its post-confirmation trigger for this person.
    pub fn post_confirmation_event(&self, email: &str, region: &str) -> Result<Value> {
        let body = json!({ "UserPoolId": self.pool, "Username": email });
        let user = self.aws.call(JsonService::Cognito, "AdminGetUser", &body)?;
        let list = user
            .get("UserAttributes")
            .and_then(Value::as_array)
            .context("a user has attributes")?;
        let mut attributes: Map<String, Value> = list
            .iter()
            .filter_map(|pair| {
                Some((
                    pair.get("Name")?.as_str()?.to_owned(),
                    pair.get("Value")?.clone(),
                ))
            })
            .collect();
        attributes.insert("cognito:user_status".to_owned(), json!("CONFIRMED"));
        Ok(json!({
            "version": "1",
            "triggerSource": "PostConfirmation_ConfirmSignUp",
            "region": region,
            "userPoolId": self.pool,
            "userName": user.get("Username"),
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": self.web_client },
            "request": { "userAttributes": attributes },
            "response": {},
        }))
    }

    /// The first address that the web client's login may send people back to.
    pub fn callback_url(&self) -> Result<String> {
        let body = json!({ "UserPoolId": self.pool, "ClientId": self.web_client });
        let answer = self
            .aws
            .call(JsonService::Cognito, "DescribeUserPoolClient", &body)?;
        let url = answer
            .pointer("/UserPoolClient/CallbackURLs/0")
            .and_then(Value::as_str);
        url.map(str::to_owned)
            .context("the web client has no callback URL")
    }

    /// `CreateUserPoolClient` for a partner's machine.
    pub fn create_machine_client(&self, name: &str, scopes: &str) -> Result<MachineClient> {
        let body = json!({
            "UserPoolId": self.pool,
            "ClientName": name,
            "GenerateSecret": true,
            "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": scopes.split(' ').collect::<Vec<_>>(),
        });
        let answer = self
            .aws
            .call(JsonService::Cognito, "CreateUserPoolClient", &body)?;
        let field = |name: &str| {
            let value = answer
                .pointer(&format!("/UserPoolClient/{name}"))
                .and_then(Value::as_str);
            value
                .map(str::to_owned)
                .with_context(|| format!("a new app client has no {name}"))
        };
        Ok(MachineClient {
            id: field("ClientId")?,
            secret: field("ClientSecret")?,
        })
    }
}

/// A machine's token, by the client-credentials grant with the secret in the `Authorization` header.
pub fn machine_token(
    http: &Http,
    login_url: &str,
    client: &MachineClient,
    scope: &str,
) -> Result<String> {
    let basic = BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret));
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", scope)
        .finish();
    let request = Request::post(format!("{login_url}/oauth2/token"))
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.into_bytes())?;
    let answer = http
        .send(request)?
        .expect(200)
        .context("the machine got no token")?
        .json()?;
    let token = answer.get("access_token").and_then(Value::as_str);
    token
        .map(str::to_owned)
        .context("the token endpoint gave no access_token")
}

fn attribute_list(attributes: &[(&str, &str)]) -> Value {
    attributes
        .iter()
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect()
}

//! The Salesforce on this machine, as an operator and whoever breaks its flows use it.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::fairlead::Fairlead;
use crate::http::Http;
use crate::json::text;
use crate::running::Running;
use crate::wait;

/// By what it knows its reader. It opens nothing but a server on the loopback interface of this machine.
pub const CLIENT: (&str, &str) = ("fairlead", "fairlead-local-secret");

/// The user who makes an edit, unless another one is named.
pub const OPERATOR: &str = "005fl0000004OlgAAE";

/// An operator's side of it.
#[derive(Clone, Debug)]
pub struct Salesforce {
    http: Http,
    url: String,
}

/// A record with what became of its latest edit, as it shows it.
#[derive(Clone, Debug)]
pub struct Shown(Value);

impl Salesforce {
    /// The one beside a running stack.
    pub fn of(running: &Running) -> Result<Self> {
        let url = running.salesforce.clone();
        let url = url.context("there is no Salesforce beside this stack")?;
        Ok(Self {
            http: Http::new(),
            url,
        })
    }

    /// Makes a record; gives its id.
    pub fn make(&self, object: &str, fields: &[(&str, &str)]) -> Result<String> {
        self.edit(&[("object", object)], fields)
    }

    /// Changes a record: what is empty is emptied.
    pub fn change(&self, id: &str, fields: &[(&str, &str)]) -> Result<()> {
        self.edit(&[("records", id)], fields).map(drop)
    }

    /// Deletes a record.
    pub fn delete(&self, id: &str) -> Result<()> {
        self.edit(&[("records", id), ("action", "delete")], &[])
            .map(drop)
    }

    /// Does what `how` says, with these values in fields; gives the id of the first record that it was of.
    pub fn edit(&self, how: &[(&str, &str)], fields: &[(&str, &str)]) -> Result<String> {
        let fields: Vec<(String, &str)> = fields
            .iter()
            .map(|(name, value)| (format!("field.{name}"), *value))
            .collect();
        let fields = fields.iter().map(|(name, value)| (name.as_str(), *value));
        let form: Vec<(&str, &str)> = how.iter().copied().chain(fields).collect();
        let edited = self.post("/local/records", &form)?;
        Ok(text(&edited, "/records/0")?.to_owned())
    }

    /// A record.
    pub fn record(&self, id: &str) -> Result<Shown> {
        let shown = self.get(&format!("/local/records/{id}"))?;
        Ok(Shown(shown))
    }

    /// All records.
    pub fn records(&self) -> Result<Vec<Shown>> {
        let records = self.get("/local/records")?;
        let records = records.as_array().context("records are a list")?;
        Ok(records.iter().cloned().map(Shown).collect())
    }

    /// Waits until an outcome stands on a record for which `wanted` holds.
    pub fn outcome(&self, id: &str, what: &str, wanted: impl Fn(&Shown) -> bool) -> Result<Shown> {
        let what = format!("{what} on {id} in Salesforce");
        wait::until(&what, wait::PATIENCE, || {
            let shown = self.record(id)?;
            Ok(wanted(&shown).then_some(shown))
        })
    }

    /// The flows, with how far they are.
    pub fn flows(&self) -> Result<Vec<Value>> {
        let flows = self.get("/local/flows")?;
        let flows = flows.as_array().context("flows are a list")?;
        Ok(flows.clone())
    }

    /// How far a flow is: `Active`, `Suspended`, `Errored`.
    pub fn status(&self, flow: &str) -> Result<String> {
        let flows = self.flows()?;
        let found = flows
            .iter()
            .find(|each| each.get("name") == Some(&flow.into()));
        let found = found.with_context(|| format!("there is no flow {flow}"))?;
        Ok(text(found, "/status")?.to_owned())
    }

    /// Breaks a flow, where that is of some rows, files, runs or events of so many.
    pub fn break_flow(&self, flow: &str, trouble: &str, times: usize) -> Result<()> {
        let times = times.to_string();
        let form = [("trouble", trouble), ("times", times.as_str())];
        self.post(&format!("/local/flows/{flow}"), &form).map(drop)
    }

    fn get(&self, path: &str) -> Result<Value> {
        let answer = self.http.get(&format!("{}{path}", self.url))?;
        answer.expect(200)?.json()
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Value> {
        let answer = self.http.post_form(&format!("{}{path}", self.url), form)?;
        answer.expect(200)?.json()
    }
}

impl Shown {
    /// All that is shown.
    #[must_use]
    pub const fn all(&self) -> &Value {
        &self.0
    }

    /// `Success` or `Fail`; empty without an outcome.
    #[must_use]
    pub fn result(&self) -> &str {
        self.of_outcome("Result__c")
    }

    /// `created`, `updated` or `deleted`; empty without an outcome.
    #[must_use]
    pub fn action(&self) -> &str {
        self.of_outcome("Action__c")
    }

    /// Why; empty if there is nothing to say.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.of_outcome("Reason__c")
    }

    /// When the outcome was decided; empty without one.
    #[must_use]
    pub fn time(&self) -> &str {
        self.of_outcome("Time__c")
    }

    fn of_outcome(&self, name: &str) -> &str {
        let found = self.0.pointer(&format!("/outcome/{name}"));
        found.and_then(Value::as_str).unwrap_or_default()
    }
}

/// What a look-up of the contact centre tells a flow that sends these parameters, of a contact from `caller`.
pub fn look_up(
    fairlead: &Fairlead,
    function: &str,
    caller: Option<&str>,
    parameters: &Value,
) -> Result<Value> {
    let function = fairlead.stack.output(function)?;
    fairlead.aws.invoke(function, &contact(caller, parameters))
}

/// What Amazon Connect invokes a function with.
fn contact(caller: Option<&str>, parameters: &Value) -> Value {
    let endpoint =
        caller.map(|number| serde_json::json!({ "Address": number, "Type": "TELEPHONE_NUMBER" }));
    serde_json::json!({
        "Details": {
            "ContactData": {
                "Attributes": {},
                "Channel": "VOICE",
                "ContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "CustomerEndpoint": endpoint,
                "CustomerId": null,
                "InitialContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "InitiationMethod": "INBOUND",
                "InstanceARN": "arn:aws:connect:eu-central-1:000000000000:instance/local",
                "LanguageCode": "en-US",
                "MediaStreams": { "Customer": { "Audio": null } },
                "PreviousContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "Queue": null,
                "SystemEndpoint": null,
            },
            "Parameters": parameters,
        },
        "Name": "ContactFlowEvent",
    })
}

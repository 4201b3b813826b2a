//! The local stack below: the bus that events go to, the bucket that outcomes come from, and the function
//! that is told how the flows are.

use anyhow::{Context as _, Result, ensure};
use fairlead_end_to_end::aws::{Aws, JsonService};
use fairlead_end_to_end::http::Http;
use fairlead_end_to_end::stack::Stack;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::appflow::Report;
use crate::wire::Event;

/// The outputs of the CDK app that say where these are.
const BUS: &str = "SalesforceEventBusName";
const OUTCOMES: &str = "SalesforceOutcomesBucket";
const REPAIR: &str = "SalesforceFlowRepairFunctionName";

/// Below it lie the files of outcomes.
const PREFIX: &str = "outcomes/";

/// Below it lies what of them Salesforce did not take.
const REJECTED: &str = "rejected/";

/// A file of outcomes, as it was last written: one that is written again is a new one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct File {
    /// First, so that the oldest comes first.
    modified: String,
    key: String,
}

#[derive(Debug)]
pub(super) struct Cloud {
    stack: Stack,
    aws: Aws,
}

impl Cloud {
    pub(super) fn of(stack: Stack) -> Result<Self> {
        for name in [BUS, OUTCOMES, REPAIR] {
            stack.output(name)?;
        }
        let aws = Aws::new(Http::new(), stack.clone());
        Ok(Self { stack, aws })
    }

    /// Puts an event on the partner event bus.
    pub(super) fn put(&self, event: &Event) -> Result<()> {
        let entry = json!({
            "EventBusName": self.stack.output(BUS)?,
            "Source": event.source,
            "DetailType": event.detail_type,
            "Detail": event.detail.to_string(),
        });
        let entries = json!({ "Entries": [entry] });
        let answer = self
            .aws
            .call(JsonService::EventBridge, "PutEvents", &entries)?;
        let failed = answer.get("FailedEntryCount").and_then(Value::as_u64);
        ensure!(failed == Some(0), "the bus refused an event: {answer}");
        Ok(())
    }

    /// Tells how a flow is. The local stack lets nobody say `aws.appflow` on its bus: so the function is
    /// invoked as the rule there would do it.
    pub(super) fn tell(&self, report: &Report) -> Result<()> {
        let event = report.envelope(&self.stack.account, &self.stack.region);
        let function = self.stack.output(REPAIR)?;
        self.aws.invoke(function, &event).map(drop)
    }

    /// The files that there are.
    pub(super) fn outcomes(&self) -> Result<Vec<File>> {
        let bucket = self.stack.output(OUTCOMES)?;
        let mut files = Vec::new();
        let mut more = String::new();
        loop {
            let prefix = PREFIX.replace('/', "%2F");
            let path = format!("{bucket}?list-type=2&prefix={prefix}{more}");
            let page = self.aws.get_object(&path)?.expect(200)?.text();
            for held in between(&page, "<Contents>", "</Contents>") {
                let text = |name: &str| {
                    let found = between(held, &format!("<{name}>"), &format!("</{name}>"));
                    found.into_iter().next().map(str::to_owned)
                };
                let key = text("Key").context("an object has a key")?;
                let modified = text("LastModified").context("an object has a time")?;
                files.push(File { modified, key });
            }
            let next = between(&page, "<NextContinuationToken>", "</NextContinuationToken>");
            let Some(next) = next.first() else {
                return Ok(files);
            };
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            more = format!("&continuation-token={next}");
        }
    }

    pub(super) fn read(&self, file: &File) -> Result<Vec<u8>> {
        let path = format!("{}/{}", self.stack.output(OUTCOMES)?, file.key);
        Ok(self.aws.get_object(&path)?.expect(200)?.body)
    }

    /// Puts what was rejected where AppFlow does.
    pub(super) fn keep_rejected(&self, rows: &[u8], at: Timestamp) -> Result<()> {
        let bucket = self.stack.output(OUTCOMES)?;
        let moment = at.strftime("%Y-%m-%dT%H-%M-%S%.3f");
        let path = format!("{bucket}/{REJECTED}{moment}.csv");
        self.aws.put_object(&path, "text/csv", rows)
    }

    /// The flows that there have to be, as the function knows that mends them.
    pub(super) fn described_flows(&self) -> Result<Value> {
        let function = self.stack.output(REPAIR)?;
        let told = self.aws.function_configuration(function)?;
        let described = told.pointer("/Environment/Variables/SALESFORCE_FLOWS");
        let described = described.and_then(Value::as_str);
        let described = described.context("the function that mends flows knows which there are")?;
        serde_json::from_str(described).context("the flows are described in JSON")
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    let pieces = text.split(before).skip(1);
    pieces
        .filter_map(|piece| piece.split(after).next())
        .collect()
}

//! Pages of partners with an SDK: they tell what people do whom nobody knows yet, and somewhen who those
//! are.

use std::collections::BTreeMap;

use fastrand::Rng;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

use crate::{
    cast::{Key, Partner, Planned},
    sender::Outcome,
};

/// A partner's page.
#[derive(Debug)]
pub struct Page {
    partner: Partner,
    /// What is still to be answered for good, in the order of sending.
    pending: Vec<Planned>,
    /// What was answered.
    answered: Vec<Planned>,
}

/// A batch on its way.
#[derive(Debug)]
pub struct Batch {
    partner: Partner,
    messages: Vec<Planned>,
}

impl Page {
    /// A page of `partner` that has these messages to send.
    #[must_use]
    pub const fn new(partner: Partner, messages: Vec<Planned>) -> Self {
        Self {
            partner,
            pending: messages,
            answered: Vec::new(),
        }
    }

    /// Whether everything is answered for good.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.pending.is_empty()
    }

    /// The next batch of at most `most` messages, among which is one that was answered before now and
    /// then; `None` if there is nothing to send.
    pub fn next(&mut self, random: &mut Rng, most: usize) -> Option<Batch> {
        let count = random.usize(1..=most).min(self.pending.len());
        let mut messages: Vec<Planned> = self.pending.drain(..count).collect();
        if random.u8(..4) == 0 {
            messages.extend(random.choice(&self.answered).cloned());
        }
        if messages.is_empty() {
            return None;
        }
        random.shuffle(&mut messages);
        let partner = self.partner;
        Some(Batch { partner, messages })
    }

    /// Takes that a batch was answered, or that it is to be sent again.
    pub fn takes(&mut self, batch: Batch, is_taken: bool) {
        let is_new = |message: &Planned| !self.answered.contains(message);
        let messages: Vec<Planned> = batch.messages.into_iter().filter(is_new).collect();
        if is_taken {
            self.answered.extend(messages);
        } else {
            self.pending.extend(messages);
        }
    }

    /// What was answered, as the model asks for it.
    #[must_use]
    pub fn outcomes(&self) -> BTreeMap<(Key, u8), Outcome> {
        let answered = self.answered.iter();
        let kept = answered.map(|message| ((message.key.clone(), message.version), Outcome::Kept));
        kept.collect()
    }
}

impl Batch {
    /// Sends it, again as a client does; whether it was answered as SDKs take it.
    pub async fn is_sent(&self, world: &World) -> bool {
        let messages: Value = self.messages.iter().map(Planned::message).collect();
        let body = json!({ "batch": messages, "writeKey": self.partner.write_key() });
        let request = json!({
            "routeKey": "POST /v1/batch",
            "headers": { "content-type": "application/json" },
            "body": body.to_string(),
            "requestContext": { "requestId": "" },
        });
        let answer = delivery::http_client(world, &request, async |request, invocation| {
            use partner_segment::{App, handle};
            let sdk = world.sdk_config(&CallBudget::HTTP);
            let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
                .expect("the environment is whole");
            handle(&app, request, invocation).await
        });
        let Ok(answer) = answer.await else {
            return false;
        };
        let is_taken = answer["statusCode"] == 200;
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(
            !is_taken || !body.contains("refused"),
            "a sound message is refused: {body}"
        );
        is_taken
    }
}

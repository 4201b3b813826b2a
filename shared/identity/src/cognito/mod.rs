//! Cognito's user-pool triggers: lenient in, exact out, unknown fields kept.
//!
//! The `aws_lambda_events` crate's types strip the groups of every user to whom a claim is added,
//! refuse the events of machine tokens and drop fields they don't know; hence these. Shapes:
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>

mod attributes;
mod token;
mod trigger;

pub use attributes::Attributes;
pub use token::{TokenClaims, answer_token_generation, scopes_to_suppress};
pub use trigger::{
    Answer, MessageKind, Trigger, TriggerFailure, TriggerSource, UnknownMessageKind,
    UnreadableTrigger,
};

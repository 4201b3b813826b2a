//! Fairlead from outside, on a running local stack: the real binaries under their real roles, real
//! tokens, real queues and streams. Every test brings its own people and shares nothing else.

mod audiences;
mod authority;
mod claim_check;
mod command_line;
mod consents;
mod contact_centre;
mod datasets;
mod erasure;
mod flows;
mod front;
mod hosted_login;
mod operations;
mod personal_data;
mod profile_api;
mod receivers;
mod routes;
mod self_service;
mod senders;
mod tenants;
mod visitor;

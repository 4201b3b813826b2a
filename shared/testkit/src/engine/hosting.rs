//! What is made and removed while the world goes on: functions, roles, queues and groups of logs.

use jiff::Timestamp;
use serde_json::Value;

use super::{Engines, Functions};

impl Engines {
    /// Lambda's functions, which do what they are told to.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        self.0.lambda.functions()
    }

    /// The roles that were made, with what they may do.
    #[must_use]
    pub fn roles(&self) -> Vec<Value> {
        self.0.iam.described()
    }

    /// Somebody changes by hand what a role may do, or takes it away.
    pub fn put_role_policy(&self, role: &str, policy: &str, document: Option<&Value>) {
        self.0.iam.put_by_hand(role, policy, document);
    }

    /// The groups of logs that were made.
    #[must_use]
    pub fn log_groups(&self) -> Vec<Value> {
        self.0.logs.described()
    }

    /// A function writes a line into a group that was made.
    pub fn write_log(&self, group: &str, at: Timestamp, line: &str) {
        self.0.logs.write(group, at, line);
    }

    /// Makes a queue as if it had always been there.
    pub fn make_queue(&self, queue: &str) {
        self.0.sqs.make(queue);
    }

    /// Somebody removes a queue by hand.
    pub fn remove_queue(&self, queue: &str) {
        self.0.sqs.remove(queue);
    }

    /// Somebody changes a setting of a queue by hand.
    pub fn set_queue(&self, queue: &str, name: &str, value: &str) {
        self.0.sqs.set(queue, name, value);
    }

    /// The queues that were made, with what they were told.
    #[must_use]
    pub fn made_queues(&self) -> Vec<Value> {
        self.0.sqs.described()
    }
}

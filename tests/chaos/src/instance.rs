//! A place in which a function runs.

use std::sync::Arc;

use serde_json::Value;
use testkit::runtime_host::{FunctionError, RuntimeHost, Services};

use crate::executables::Executables;

/// One process of a function after another, as Lambda keeps an instance: the next invocation after the
/// death of one is another one's first.
pub(crate) struct Instance {
    function: &'static str,
    executables: Executables,
    services: Arc<Services>,
    host: Option<RuntimeHost>,
}

impl Instance {
    /// A place beside `services` in which nothing runs yet.
    pub(crate) fn new(
        function: &'static str,
        executables: &Executables,
        services: Arc<Services>,
    ) -> Self {
        Self {
            function,
            executables: executables.clone(),
            services,
            host: None,
        }
    }

    /// Invokes the function.
    pub(crate) fn invoke(&mut self, event: &Value) -> Result<Value, FunctionError> {
        let host = self.host.take().unwrap_or_else(|| self.start());
        let answer = host.invoke(event);
        let is_over = matches!(
            answer,
            Err(FunctionError::Ended { .. } | FunctionError::TimedOut { .. })
        );
        self.host = (!is_over).then_some(host);
        answer
    }

    fn start(&self) -> RuntimeHost {
        let executable = self.executables.path(self.function);
        let environment = self.executables.environment(self.function);
        RuntimeHost::start_beside(&self.services, executable, environment)
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

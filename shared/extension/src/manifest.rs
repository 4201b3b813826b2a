//! `extension.toml`: what a package says of itself.

mod document;
mod problem;
mod reading;
mod wanted;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::{EventTypeName, ExtensionName, Purpose};

pub(crate) use self::problem::shown;
pub use self::{
    problem::{InvalidManifest, Problem},
    wanted::WantedType,
};
use crate::{
    Filter, TraitName, Version,
    text::{Handler, Runtime},
};

/// As many bytes as a manifest has.
pub const LONGEST_MANIFEST: usize = 64 * 1024;

/// How code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// WebAssembly, in our own host.
    Wasm,
    /// A function of its own in a managed runtime of Lambda's.
    Lambda,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A command of WASI preview 1.
    Wasm {
        /// Which file of the package is the module.
        module: String,
        /// What of the world it is given beside its event.
        needs: Needs,
    },
    /// All files of the package but the manifest, in a managed runtime.
    Lambda {
        /// In which.
        runtime: Runtime,
        /// What Lambda calls.
        handler: Handler,
    },
}

/// What of the world a module is given beside its event; without it, it sees a clock that stands at the time of
/// its event, and randomness that follows from the event's id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// The time.
    pub clock: bool,
    /// Randomness.
    pub random: bool,
}

/// What it may answer with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// Events of these types.
    pub events: Vec<EventTypeName>,
    /// What it may tell of the person whom its event is about.
    pub traits: Vec<TraitName>,
    /// What its `output` is, as a JSON Schema 2020-12; one that can be held to.
    pub schema: Option<Value>,
}

/// What a package says of itself, within the limits. It is kept as JSON, in the form that it has as TOML.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    name: ExtensionName,
    version: Version,
    code: Code,
    events: Vec<WantedType>,
    purpose: Option<Purpose>,
    ordered: bool,
    filter: Option<Filter>,
    timeout_ms: u32,
    memory_mib: u32,
    output: Output,
}

impl Manifest {
    /// Reads `extension.toml`. Everything that is wrong is told, not only what is found first.
    pub fn parse(text: &str) -> Result<Self, InvalidManifest> {
        reading::manifest(&document::from_toml(text)?)
    }

    /// What the extension is called; it is pushed under that name and no other.
    #[must_use]
    pub const fn name(&self) -> &ExtensionName {
        &self.name
    }

    /// Which version the package is.
    #[must_use]
    pub const fn version(&self) -> &Version {
        &self.version
    }

    /// What is run.
    #[must_use]
    pub const fn code(&self) -> &Code {
        &self.code
    }

    /// Whether it does the same for the same event each time.
    #[must_use]
    pub fn is_deterministic(&self) -> bool {
        matches!(&self.code, Code::Wasm { needs, .. } if *needs == Needs::default())
    }

    /// How it is run.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.code {
            Code::Wasm { .. } => Kind::Wasm,
            Code::Lambda { .. } => Kind::Lambda,
        }
    }

    /// On which types of events; each once, and one at least.
    #[must_use]
    pub fn events(&self) -> &[WantedType] {
        &self.events
    }

    /// For which purpose the tenant processes what the events say of a person. There is one wherever an event is
    /// the platform's, since those are about people; without one, events that name a person are withheld.
    #[must_use]
    pub const fn purpose(&self) -> Option<&Purpose> {
        self.purpose.as_ref()
    }

    /// Whether the events of a person are run one after the other, in the order in which they came.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        self.ordered
    }

    /// Which events of those types.
    #[must_use]
    pub const fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// For how long it may run on an event, in milliseconds.
    #[must_use]
    pub const fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// How much memory it has, in MiB.
    #[must_use]
    pub const fn memory_mib(&self) -> u32 {
        self.memory_mib
    }

    /// What it may answer with.
    #[must_use]
    pub const fn output(&self) -> &Output {
        &self.output
    }
}

impl Serialize for Manifest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        document::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Value::deserialize(deserializer)?;
        reading::manifest(&document).map_err(serde::de::Error::custom)
    }
}

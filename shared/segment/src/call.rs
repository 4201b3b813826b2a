//! What can be called, and what a message can say.

/// What is called: the last part of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// One message of this kind.
    One(Kind),
    /// Many messages, each with its kind.
    Batch,
    /// Many messages of earlier times, whose clocks are taken as they are.
    Import,
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Who somebody is.
    Identify,
    /// What they did.
    Track,
    /// Which page they saw.
    Page,
    /// Which screen they saw.
    Screen,
    /// Where they belong.
    Group,
    /// Which id they had before.
    Alias,
}

impl Call {
    /// The call of this name, as in `/v1/track`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "batch" => Some(Self::Batch),
            "import" => Some(Self::Import),
            name => Kind::from_name(name).map(Self::One),
        }
    }
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 6] = [
        Self::Identify,
        Self::Track,
        Self::Page,
        Self::Screen,
        Self::Group,
        Self::Alias,
    ];

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name, in paths and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }

    /// The `type` of the events that its messages become.
    #[must_use]
    pub fn event_type(self) -> String {
        format!("dev.fairlead.segment.{}.v1", self.name())
    }
}

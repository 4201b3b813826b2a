//! What decisions look like on the wire.

use crate::{DecisionId, Language, Recorded, Ruling, SchemaVersion, State};

openapi::texts! {
    DecisionId: "The id of a decision.", "^dec_[0-9a-f]{32}$", "dec_0198f2a1b3c47d5e8f90a1b2c3d4e5a4";
    Language: "A language tag of the shape of BCP 47.", "^(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "de-CH";
}

openapi::choices! {
    Ruling: "What a person says.", [Self::Granted, Self::Withdrawn];
    Recorded: "What a record is of.", [Self::Granted, Self::Withdrawn, Self::Expired];
    State: "What the decisions so far come to.", [Self::NeverDecided, Self::Granted, Self::Withdrawn, Self::Expired];
    SchemaVersion: "The shape of the record of a decision.", [Self::V1];
}

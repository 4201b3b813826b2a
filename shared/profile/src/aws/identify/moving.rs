//! The id that a device goes on by where the one that it has is somebody else's, or was erased.

use event::Cause;
use identity::{AnonymousId, IdentifierKind};
use lambda_kit::planted;

use super::{Identified, IdentifyStore, IfTaken};
use crate::{Assertion, IdentifierRules, ProfileError, ProfilePatch};

/// How many ids of a device are passed over at once. Each was answered here before, and somebody came to
/// be known by it while the caller went on by an older one.
const MOST_MOVES: u32 = 4;

impl IdentifyStore {
    /// Takes over what a partner's machine says, as [`identify`](Self::identify) does. But where the
    /// device is somebody else's, all of it is taken as said of the device by its next id, which stands
    /// in the answer: of whoever uses it now nothing is lost, and nothing gets to whoever did before.
    ///
    /// The next id follows from the one before and from who speaks of whom. So whoever repeats it, or goes
    /// on by the old id, comes to the same one, and to the same profile.
    ///
    /// Of what was erased nothing is made under another id either; the device gets one all the same.
    ///
    /// # Errors
    /// As [`identify`](Self::identify) has them.
    pub async fn identify_moving(
        &self,
        assertion: &Assertion,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<Identified, ProfileError> {
        let mut said = assertion.clone();
        let mut next_device = None;
        for _ in 0..MOST_MOVES {
            let identified = self.identify_as(&said, IfTaken::SayAgain, rules, cause);
            // Boxed: it reaches deep into the SDK and is kilobytes.
            let identified = Box::pin(identified).await?;
            if identified.is_device_taken {
                next_device = self.move_on(&mut said);
            }
            if !identified.is_device_taken || identified.is_of_the_erased {
                return Ok(Identified {
                    next_device,
                    ..identified
                });
            }
        }
        let identified = Box::pin(self.identify(&said, rules, cause)).await?;
        Ok(Identified {
            next_device,
            ..identified
        })
    }

    /// Gives the device of `assertion` the id that it has instead of the one that is named, for whoever
    /// speaks or is spoken of.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] if no device is named, and what [`identify`](Self::identify) has.
    pub async fn reissue(
        &self,
        assertion: &Assertion,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<AnonymousId, ProfileError> {
        let mut said = Assertion {
            traits: ProfilePatch::default(),
            segments: None,
            said_at: None,
            ..assertion.clone()
        };
        let is_whose = |kind| matches!(kind, IdentifierKind::Anonymous | IdentifierKind::External);
        said.identifiers.retain(|each| is_whose(each.kind()));
        let reissued = self.move_on(&mut said).ok_or(ProfileError::Unknown)?;
        Box::pin(self.identify(&said, rules, cause)).await?;
        Ok(reissued)
    }

    fn move_on(&self, said: &mut Assertion) -> Option<AnonymousId> {
        let holder = if planted::is_on("device-moved-anew") {
            self.ids.uuid().to_string()
        } else {
            said.holder()
        };
        said.move_on(&holder, &self.writes.key)
    }
}

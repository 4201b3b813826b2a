//! What a merge would do.

use identity::ProfileId;
use tokio::try_join;

use super::{MergeError, Merger, each};
use crate::{
    FieldName, Profile,
    aws::ProfileError,
    merge::{Owned, State},
};

/// What a merge would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The id under which the person would go.
    pub profile_id: ProfileId,
    /// The root that would be absorbed; `None` if the two are one already.
    pub absorbed: Option<ProfileId>,
    /// The fields in which the two differ.
    pub fields: Vec<PreviewedChange<FieldName>>,
    /// The parts of the consents in which the two differ, `consent#<tenant>#<purpose>`.
    pub consents: Vec<PreviewedChange<String>>,
    /// How many identifiers would be re-pointed; `None` if those who would be absorbed are so many that
    /// they are not read.
    pub identifiers: Option<usize>,
}

/// Something in which the two differ, and whose would stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedChange<T> {
    /// What.
    pub what: T,
    /// The root of the side from which it would come.
    pub from: ProfileId,
}

impl Merger {
    /// What [`join`](Self::join) would do, without doing any of it.
    ///
    /// # Errors
    /// [`ProfileError::Settling`] while one of the two is being merged or split.
    pub async fn preview(&self, one: ProfileId, other: ProfileId) -> Result<Preview, MergeError> {
        let (left, right) = try_join!(self.reader.root(one), self.reader.root(other))?;
        if left.closed.is_some() || right.closed.is_some() {
            return Err(ProfileError::Settling.into());
        }
        let profile_id = left.profile_id.min(right.profile_id);
        if left.profile_id == right.profile_id {
            return Ok(Preview {
                profile_id,
                absorbed: None,
                fields: Vec::new(),
                consents: Vec::new(),
                identifiers: Some(0),
            });
        }
        let absorbed = left.profile_id.max(right.profile_id);
        let (one, other, members) = try_join!(
            self.reader.consents(left.profile_id),
            self.reader.consents(right.profile_id),
            self.reader.members(absorbed),
        )?;
        let identifiers = if self.are_few(&members) {
            let keys = each(&members, |member| self.reader.identifiers(member, "")).await?;
            Some(keys.iter().map(Vec::len).sum::<usize>())
        } else {
            None
        };
        let one = shown(&left).fold(one.view_of(left.profile_id));
        let other = shown(&right).fold(other.view_of(right.profile_id));
        let view = one.clone().fold(other.clone());
        let side = |is_left| {
            if is_left {
                left.profile_id
            } else {
                right.profile_id
            }
        };
        let changed = |name: &FieldName| {
            let text = |state: &State<_>| {
                let register = state.fields.get(name).map(|field| &field.what);
                register.and_then(|register| Some((register.value.clone()?, register.verified)))
            };
            (text(&one) != text(&other)).then(|| PreviewedChange {
                what: *name,
                from: side(one.fields.get(name) == view.fields.get(name)),
            })
        };
        let decided = |part: &String| {
            let decision = |state: &State<_>| {
                let consent: Option<&Owned<_>> = state.consents.get(part);
                consent.map(|consent: &Owned<crate::merge::Decision<_>>| consent.what.is_withdrawn)
            };
            (decision(&one) != decision(&other)).then(|| PreviewedChange {
                what: part.clone(),
                from: side(one.consents.get(part) == view.consents.get(part)),
            })
        };
        Ok(Preview {
            profile_id,
            absorbed: Some(absorbed),
            fields: view.fields.keys().filter_map(changed).collect(),
            consents: view.consents.keys().filter_map(decided).collect(),
            identifiers,
        })
    }
}

fn shown(profile: &Profile) -> State<super::rows::Row> {
    State::of(profile.shown())
}

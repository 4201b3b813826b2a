//! Deciding on a purpose: what may be decided, and what then holds.

use event::Surface;
use identity::ProfileId;
use jiff::{SignedDuration, Timestamp};
use tenancy::{LegalBasis, PurposeDefinition, TextDigest, TextVersion};

use crate::{Consent, Language, Ruling, State, part};

/// By how much a grant has to outlive the standing one to count as its renewal. Repeating a request
/// whose answer was lost renews nothing.
const RENEWAL: SignedDuration = SignedDuration::from_hours(24);

/// A decision as it is put forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Yes or no.
    pub ruling: Ruling,
    /// Which text the person saw. A withdrawal may leave it out: it then speaks of the text of the
    /// decision before it.
    pub text_version: Option<TextVersion>,
    /// In which language, where that is known.
    pub language: Option<Language>,
    /// Where they decide.
    pub surface: Surface,
    /// Whether they grant in spite of their Global Privacy Control, having been told.
    pub overrides_gpc: bool,
    /// When they said so, where it is carried out later: what they decided since then stands.
    pub said_at: Option<Timestamp>,
}

/// Why a decision can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The processing does not depend on the person in this way.
    #[error("the purpose is not a matter of consent")]
    NotAMatterOfConsent,
    /// A grant is on a text.
    #[error("a grant names the version of its text")]
    TextVersionNeeded,
    /// The purpose has no such text.
    #[error("the purpose has no text of that version")]
    UnknownTextVersion,
    /// Only granting a sale or a sharing conflicts with Global Privacy Control.
    #[error("there is no Global Privacy Control to override")]
    NothingToOverride,
}

impl Decision {
    /// What a Global Privacy Control signal says.
    #[must_use]
    pub const fn by_gpc() -> Self {
        Self {
            ruling: Ruling::Withdrawn,
            text_version: None,
            language: None,
            surface: Surface::GlobalPrivacyControl,
            overrides_gpc: false,
            said_at: None,
        }
    }

    /// What holds for `profile_id` after this decision at `now`, where `before` was the latest one;
    /// `None` if nothing changes.
    pub fn settle(
        &self,
        profile_id: ProfileId,
        definition: &PurposeDefinition,
        before: Option<&Consent>,
        now: Timestamp,
    ) -> Result<Option<Consent>, Refusal> {
        if self.surface == Surface::GlobalPrivacyControl
            && !contradicts_gpc(definition, before, now)
        {
            return Ok(None);
        }
        if self.is_outdated(before) {
            return Ok(None);
        }
        self.is_open_to_the_person(definition)?;
        let text_version = self.text(definition, before)?;
        let after = Consent {
            profile_id,
            part: part(definition.tenant(), definition.purpose()),
            tenant: definition.tenant().clone(),
            purpose: definition.purpose().clone(),
            ruling: self.ruling,
            text_sha256: self.digest(&text_version, definition, before),
            text_version,
            language: self.language.clone(),
            surface: self.surface,
            decided_at: now,
            expires_at: match self.ruling {
                Ruling::Granted => definition.valid_until(now),
                Ruling::Withdrawn => None,
            },
            overrides_gpc: self.overrides_gpc,
            ended: false,
            version: before.map_or(0, |before| before.version) + 1,
            member: None,
        };
        let is_news = before.is_none_or(|before| after.is_news_after(before));
        Ok(is_news.then_some(after))
    }

    /// Whether something else was decided after it was said.
    fn is_outdated(&self, before: Option<&Consent>) -> bool {
        let decided = before.map(|before| before.decided_at);
        self.said_at
            .zip(decided)
            .is_some_and(|(said, decided)| decided > said)
    }

    /// Consent can be given and withdrawn (GDPR Art. 7). Legitimate interests can be objected to
    /// (Art. 21), not agreed to: who asks for a yes that does not count deceives. The other bases
    /// leave the person no say.
    fn is_open_to_the_person(&self, definition: &PurposeDefinition) -> Result<(), Refusal> {
        match (definition.legal_basis(), self.ruling) {
            (LegalBasis::Consent, _) | (LegalBasis::LegitimateInterests, Ruling::Withdrawn) => {}
            _ => return Err(Refusal::NotAMatterOfConsent),
        }
        let may_override = self.ruling == Ruling::Granted && definition.sale_or_sharing();
        if self.overrides_gpc && !may_override {
            return Err(Refusal::NothingToOverride);
        }
        Ok(())
    }

    fn text(
        &self,
        definition: &PurposeDefinition,
        before: Option<&Consent>,
    ) -> Result<TextVersion, Refusal> {
        let latest = before.map(|before| &before.text_version);
        let text = match (&self.text_version, self.ruling) {
            (None, Ruling::Granted) => return Err(Refusal::TextVersionNeeded),
            (None, Ruling::Withdrawn) => latest.or_else(|| definition.current_text()),
            (Some(seen), ruling) => {
                // What was granted can be withdrawn, though the tenant no longer shows its text.
                let is_known = definition.text_versions().contains(seen)
                    || (ruling == Ruling::Withdrawn && latest == Some(seen));
                is_known.then_some(seen)
            }
        };
        text.cloned().ok_or(Refusal::UnknownTextVersion)
    }

    /// The digest of the text: of the one that is taken back, where that is what a withdrawal speaks
    /// of; the tenant may no longer have it.
    fn digest(
        &self,
        text_version: &TextVersion,
        definition: &PurposeDefinition,
        before: Option<&Consent>,
    ) -> Option<TextDigest> {
        let taken_back = before.filter(|before| {
            self.ruling == Ruling::Withdrawn && before.text_version == *text_version
        });
        match taken_back {
            Some(before) => before.text_sha256.clone(),
            None => definition
                .notice(text_version)
                .map(|notice| notice.sha256.clone()),
        }
    }
}

/// Whether a Global Privacy Control signal has something to withdraw: a sale or a sharing that is
/// permitted, unless the person granted it in spite of the signal.
fn contradicts_gpc(
    definition: &PurposeDefinition,
    latest: Option<&Consent>,
    now: Timestamp,
) -> bool {
    let basis = definition.legal_basis();
    let is_overridden = latest.is_some_and(|consent| consent.overrides_gpc);
    definition.sale_or_sharing()
        && basis.depends_on_the_person()
        && State::of(latest, now).permits(basis)
        && !is_overridden
}

impl Consent {
    /// Whether it says more than `before`, or for longer. What a person does not mention, a
    /// language or an override, is no news.
    fn is_news_after(&self, before: &Self) -> bool {
        let now = self.decided_at;
        let outlives = match (before.expires_at, self.expires_at) {
            (Some(old), Some(new)) => new.duration_since(old) >= RENEWAL,
            (old, new) => old.is_some() != new.is_some(),
        };
        self.state_at(now) != before.state_at(now)
            || self.text_version != before.text_version
            || (self.text_sha256.is_some() && self.text_sha256 != before.text_sha256)
            || (self.language.is_some() && self.language != before.language)
            || (self.overrides_gpc && !before.overrides_gpc)
            || outlives
    }
}

#[cfg(test)]
mod tests;

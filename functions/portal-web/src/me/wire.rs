//! What the API answers people about themselves, as far as pages show it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::Deserialize;

/// `GET /v1/me`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ProfileResponse {
    #[serde(flatten)]
    pub(crate) fields: BTreeMap<String, Redacted<serde_json::Value>>,
}

impl ProfileResponse {
    /// What a field says; empty if that is not known.
    pub(crate) fn field(&self, name: &str) -> &str {
        let value = self.fields.get(name).map(Redacted::expose);
        value
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    }
}

/// `GET /v1/me/consents`.
#[derive(Debug, Deserialize)]
pub(crate) struct ConsentsResponse {
    pub(crate) tenant: String,
    pub(crate) purposes: Vec<PurposeResponse>,
}

/// Where the person stands on one purpose; with its `history` in `GET /v1/me/consents/{purpose}`.
#[derive(Debug, Deserialize)]
pub(crate) struct PurposeResponse {
    pub(crate) purpose: String,
    pub(crate) display_name: String,
    pub(crate) legal_basis: String,
    #[serde(default)]
    pub(crate) text_versions: Vec<String>,
    #[serde(default)]
    pub(crate) notices: Vec<NoticeResponse>,
    #[serde(default)]
    pub(crate) sale_or_sharing: bool,
    pub(crate) state: String,
    pub(crate) permitted: bool,
    #[serde(default)]
    pub(crate) latest: Option<DecisionResponse>,
    #[serde(default)]
    pub(crate) history: Vec<DecisionResponse>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

impl PurposeResponse {
    /// The version of the text that is to be shown now.
    pub(crate) fn current_text(&self) -> &str {
        self.text_versions.last().map_or("", String::as_str)
    }

    /// What the tenant says beside a version of the text.
    pub(crate) fn notice(&self, version: &str) -> Option<&NoticeResponse> {
        self.notices
            .iter()
            .find(|notice| notice.text_version == version)
    }

    /// Whether the person has a say in it.
    pub(crate) fn is_for_the_person(&self) -> bool {
        ["consent", "legitimate_interests"].contains(&self.legal_basis.as_str())
    }

    pub(crate) fn is_granted(&self) -> bool {
        self.state == "granted"
    }
}

/// Where a version of the text is read, and what it says in short.
#[derive(Debug, Deserialize)]
pub(crate) struct NoticeResponse {
    pub(crate) text_version: String,
    #[serde(default)]
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) recipients: Vec<String>,
    #[serde(default)]
    pub(crate) retention: Option<String>,
}

impl NoticeResponse {
    /// Where the text is read, if that is a page of the web: no other address becomes a link.
    pub(crate) fn link(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        url.starts_with("https://").then_some(url)
    }
}

/// A decision of the person's.
#[derive(Debug, Deserialize)]
pub(crate) struct DecisionResponse {
    pub(crate) decision: String,
    #[serde(default)]
    pub(crate) text_version: Option<String>,
    #[serde(default)]
    pub(crate) surface: String,
    pub(crate) decided_at: Timestamp,
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
}

/// `GET /v1/me/notices`.
#[derive(Debug, Deserialize)]
pub(crate) struct NoticesResponse {
    pub(crate) ways: Vec<WayResponse>,
    #[serde(default)]
    pub(crate) tested_at: Option<Timestamp>,
}

impl NoticesResponse {
    /// Whether a notice would go by any way.
    pub(crate) fn is_open(&self) -> bool {
        self.ways.iter().any(|way| way.open)
    }

    /// Whether something is still on its way.
    pub(crate) fn is_waiting(&self) -> bool {
        let mut ways = self.ways.iter();
        ways.any(|way| way.test.as_deref() == Some("waiting"))
    }
}

/// A way by which notices go.
#[derive(Debug, Deserialize)]
pub(crate) struct WayResponse {
    pub(crate) way: String,
    pub(crate) open: bool,
    /// Why it is not open.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// What became of the last test.
    #[serde(default)]
    pub(crate) test: Option<String>,
}

/// `GET /v1/me/receipts`.
#[derive(Debug, Deserialize)]
pub(crate) struct ReceiptsResponse {
    pub(crate) receipts: Vec<ReceiptResponse>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

/// Somebody asked for something of the person.
#[derive(Debug, Deserialize)]
pub(crate) struct ReceiptResponse {
    pub(crate) at: Timestamp,
    pub(crate) tenant: String,
    pub(crate) partner: String,
    #[serde(default)]
    pub(crate) partner_name: Option<String>,
    pub(crate) purpose: String,
    #[serde(default)]
    pub(crate) legal_basis: Option<String>,
    #[serde(default)]
    pub(crate) reason: Option<Redacted<String>>,
    pub(crate) outcome: String,
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    #[serde(default)]
    pub(crate) withheld: BTreeMap<String, String>,
}

impl ReceiptResponse {
    /// Who asked, by the name that people know, if there is one.
    pub(crate) fn who(&self) -> &str {
        self.partner_name.as_deref().unwrap_or(&self.partner)
    }
}

/// `GET /v1/me/logins`.
#[derive(Debug, Deserialize)]
pub(crate) struct LoginsResponse {
    pub(crate) logins: Vec<LoginResponse>,
}

/// By what the person gets in.
#[derive(Debug, Deserialize)]
pub(crate) struct LoginResponse {
    pub(crate) login: String,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) provider: Option<String>,
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
    #[serde(default)]
    pub(crate) last_sign_in_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) removable: bool,
}

/// `POST /v1/me/export`.
#[derive(Debug, Deserialize)]
pub(crate) struct ExportResponse {
    pub(crate) url: Redacted<String>,
    pub(crate) expires_at: Timestamp,
}

/// `GET /v1/me/erasure`, `GET /v1/erasures/{erasure_id}`.
#[derive(Debug, Deserialize)]
pub(crate) struct ErasureResponse {
    pub(crate) erasure_id: String,
    pub(crate) state: String,
    pub(crate) requested_at: Timestamp,
    #[serde(default)]
    pub(crate) removal_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) told: usize,
    #[serde(default)]
    pub(crate) acknowledged: usize,
    #[serde(default)]
    pub(crate) logins_removed_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) data_removed_at: Option<Timestamp>,
}

impl ErasureResponse {
    /// Whether it may still be taken back.
    pub(crate) fn may_be_withdrawn(&self) -> bool {
        ["requested", "frozen"].contains(&self.state.as_str())
    }
}

/// `GET /v1/erasures/{erasure_id}/certificate`.
#[derive(Debug, Deserialize)]
pub(crate) struct CertificateResponse {
    pub(crate) issued_at: Timestamp,
    #[serde(default)]
    pub(crate) erased: BTreeMap<String, u64>,
    #[serde(default)]
    pub(crate) kept: Vec<String>,
    #[serde(default)]
    pub(crate) recipients: Vec<RecipientResponse>,
}

/// A partner who had been given something.
#[derive(Debug, Deserialize)]
pub(crate) struct RecipientResponse {
    pub(crate) tenant: String,
    pub(crate) partner: String,
    #[serde(default)]
    pub(crate) acknowledged_at: Option<Timestamp>,
}

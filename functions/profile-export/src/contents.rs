//! What is held on a person: all that lies in their partitions, whatever it is, to which audiences
//! they belong, which erasures they asked for, who read them, and what the user pool says of them.

use std::collections::BTreeSet;

use access::ReceiptError;
use audience::AudienceError;
use erasure::ErasureError;
use identity::{CognitoSub, IDENTIFIER_PREFIX, IdentifierKind, ProfileId};
use lambda_kit::{Invocation, error::ServiceError};
use profile::{MergeError, Part, Pointed, ProfileError, Stretch};
use serde_json::{Map, Value, json};

use crate::{
    App,
    archive::Archive,
    export_id::ExportId,
    left_out::{LEFT_OUT, is_left_out},
};

/// By these a merge says which operators made and undid it, and an erasure which one asked for it;
/// [`LEFT_OUT`] says why they are left out.
const OPERATORS: [&str; 2] = ["by_operator", "undone_by_operator"];

/// As much time is kept for the end of the archive and for the answer.
const RESERVE: std::time::Duration = std::time::Duration::from_secs(5);

/// As many receipts as are read at once.
const RECEIPTS: usize = 500;

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The person can't be read.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Under which ids they went can't be read.
    #[error(transparent)]
    Trail(#[from] MergeError),
    /// The receipts can't be read.
    #[error(transparent)]
    Receipts(#[from] ReceiptError),
    /// To which audiences they belong can't be read.
    #[error(transparent)]
    Audiences(#[from] AudienceError),
    /// Which erasures they asked for can't be read.
    #[error(transparent)]
    Erasures(#[from] ErasureError),
    /// What the user pool says of them can't be read.
    #[error("the user pool can't be read")]
    UserPool(#[source] ServiceError),
    /// The bucket did not take it.
    #[error("the archive can't be stored")]
    Bucket(#[from] ServiceError),
    /// It can't be written.
    #[error("the archive can't be written")]
    Archive(#[from] std::io::Error),
    /// There is more than there is time for.
    #[error("there is more than can be exported in one go")]
    OutOfTime,
}

impl From<zip::result::ZipError> for ExportError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Archive(error.into())
    }
}

type Row = Map<String, Value>;

/// What goes into one export.
pub(crate) struct Contents<'a> {
    app: &'a App,
    export_id: ExportId,
    invocation: &'a Invocation,
}

impl<'a> Contents<'a> {
    pub(crate) const fn new(app: &'a App, export_id: ExportId, invocation: &'a Invocation) -> Self {
        Self {
            app,
            export_id,
            invocation,
        }
    }

    /// The members of the person, the root first.
    pub(crate) async fn members(&self, id: ProfileId) -> Result<Vec<ProfileId>, ExportError> {
        Ok(self.app.partitions.members(id).await?)
    }

    /// Writes everything, page by page.
    pub(crate) async fn write(
        &self,
        members: &[ProfileId],
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        let about = json!({
            "export_id": self.export_id,
            "made_at": self.app.clock.now(),
            "members": members,
            "left_out": LEFT_OUT,
        });
        archive.add("export.json", &about).await?;
        let mut logins = Vec::new();
        for member in members {
            logins.extend(self.write_partition(*member, archive).await?);
        }
        self.write_audiences(members, archive).await?;
        if let Some(root) = members.first() {
            let trail = self.app.trails.of(*root).await?;
            self.write_erasures(&trail, archive).await?;
            self.write_receipts(&trail, archive).await?;
        }
        self.write_logins(&logins, archive).await
    }

    /// Writes all parts of a member, and says by what the user pool knows its logins.
    async fn write_partition(
        &self,
        member: ProfileId,
        archive: &mut Archive,
    ) -> Result<Vec<CognitoSub>, ExportError> {
        let mut logins = Vec::new();
        let mut start = None;
        loop {
            let page = self.app.partitions.page(member, "", start).await?;
            let rows = page.parts.into_iter().map(Part::read);
            let mut rows = rows.collect::<Result<Vec<Row>, _>>()?;
            self.tell_of_identifiers(&mut rows).await?;
            for row in &mut rows {
                row.retain(|name, _| !OPERATORS.contains(&name.as_str()));
            }
            for row in &rows {
                logins.extend(login_of(row)?);
            }
            for row in rows {
                let Some(group) = group_of(&row).map(str::to_owned) else {
                    continue;
                };
                let file = format!("{member}/{group}.json");
                archive.add(&file, &in_order(row)).await?;
            }
            start = page.next;
            if start.is_none() {
                return Ok(logins);
            }
            self.check_time()?;
        }
    }

    /// What the other table knows of a page's identifiers: of which kind, whether proven, and if
    /// not, on whose word.
    async fn tell_of_identifiers(&self, rows: &mut [Row]) -> Result<(), ExportError> {
        let key_of = |row: &Row| {
            let key = row.get("part")?.as_str()?.strip_prefix(IDENTIFIER_PREFIX)?;
            Some(key.to_owned())
        };
        let keys: Vec<String> = rows.iter().filter_map(key_of).collect();
        let pointed = self.app.identifiers.pointed(&keys).await?;
        for row in rows {
            let Some(key) = key_of(row) else { continue };
            let kind = key.split('#').next().unwrap_or_default();
            row.insert("kind".to_owned(), kind.into());
            if let Some(Pointed::At(owner)) = pointed.get(&key) {
                row.insert("verified".to_owned(), owner.verified.into());
                let asserted_by = owner.asserted_by.as_ref();
                row.extend(asserted_by.map(|by| ("asserted_by".to_owned(), json!(by))));
            }
        }
        Ok(())
    }

    /// To which audiences each member belongs.
    async fn write_audiences(
        &self,
        members: &[ProfileId],
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        for member in members {
            let rows: Vec<Row> = self.app.memberships.of(*member).await?;
            for row in rows {
                archive.add("audiences.json", &in_order(row)).await?;
            }
            self.check_time()?;
        }
        Ok(())
    }

    /// The erasures that were asked for along the trail, each once. Of somebody who is there they
    /// were taken back.
    async fn write_erasures(
        &self,
        trail: &[Stretch],
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        let mut erasures = BTreeSet::new();
        for stretch in trail {
            erasures.extend(self.app.erasures.of(*stretch).await?);
            self.check_time()?;
        }
        for erasure in &erasures {
            let rows: Vec<Row> = self.app.erasures.rows(erasure).await?;
            for mut row in rows {
                row.retain(|name, _| !OPERATORS.contains(&name.as_str()));
                archive.add("erasures.json", &in_order(row)).await?;
            }
            self.check_time()?;
        }
        Ok(())
    }

    /// What the user pool says of each login, but for those that it knows no more.
    async fn write_logins(
        &self,
        logins: &[CognitoSub],
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        for sub in logins {
            let user = self.app.users.with_sub(&self.app.user_pool, sub);
            // Boxed: it reaches deep into the SDK and is kilobytes.
            let user = Box::pin(user).await.map_err(ExportError::UserPool)?;
            if let Some(user) = user {
                archive.add("user-pool.json", &user).await?;
            }
            self.check_time()?;
        }
        Ok(())
    }

    /// The receipts along the trail: those too of a while in which they were one with somebody
    /// else.
    async fn write_receipts(
        &self,
        trail: &[Stretch],
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        let mut cursor = None;
        loop {
            let page = self.app.receipts.of_person(trail, cursor, RECEIPTS).await?;
            for receipt in page.receipts {
                let receipt = receipt.for_the_person();
                archive.add("receipts.json", &receipt).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
            self.check_time()?;
        }
    }

    fn check_time(&self) -> Result<(), ExportError> {
        if self.invocation.is_running_out(&self.app.clock, RESERVE) {
            return Err(ExportError::OutOfTime);
        }
        Ok(())
    }
}

/// What a part is one of: its name up to its first `#`. Those of a group come one after the other.
/// `None` for what is left out.
fn group_of(row: &Row) -> Option<&str> {
    let part = row.get("part")?.as_str()?;
    (!is_left_out(part)).then(|| part.split('#').next().unwrap_or_default())
}

/// By what the user pool knows the login that a row identifies; `None` where it identifies none.
fn login_of(row: &Row) -> Result<Option<CognitoSub>, ProfileError> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = text("part").strip_prefix(IDENTIFIER_PREFIX);
    let kind = key.and_then(|key| key.split('#').next());
    if kind != Some(IdentifierKind::CognitoSub.as_str()) {
        return Ok(None);
    }
    let sub = text("value").parse::<CognitoSub>();
    sub.map(Some).map_err(|_| ProfileError::Malformed)
}

/// A row, always as the same text: the table's maps have an order of chance.
fn in_order(row: Row) -> Value {
    let mut row = Value::from(row);
    row.sort_all_objects();
    row
}

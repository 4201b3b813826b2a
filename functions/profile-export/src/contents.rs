//! What is held on a person: all that lies in their partitions, whatever it is, and who read it.

use access::ReceiptError;
use identity::{IDENTIFIER_PREFIX, ProfileId};
use lambda_kit::{Invocation, error::ServiceError};
use profile::{MergeError, Part, Pointed, ProfileError};
use serde_json::{Map, Value, json};

use crate::{App, archive::Archive, export_id::ExportId};

/// As much time is kept for the end of the archive and for the answer.
const RESERVE: std::time::Duration = std::time::Duration::from_secs(5);

/// As many receipts as are read at once.
const RECEIPTS: usize = 500;

/// The parts that are left out, and why.
const LEFT_OUT: [(&str, &str); 1] = [(
    "outbox#",
    "Messages to other systems that are still on their way. They say that something changed, and \
     hold nothing of it.",
)];

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
        let left_out = LEFT_OUT.map(|(part, because)| json!({ "part": part, "because": because }));
        let about = json!({
            "export_id": self.export_id,
            "made_at": self.app.clock.now(),
            "members": members,
            "left_out": left_out,
        });
        archive.add("export.json", &about).await?;
        for member in members {
            self.write_partition(*member, archive).await?;
        }
        match members.first() {
            Some(root) => self.write_receipts(*root, archive).await,
            None => Ok(()),
        }
    }

    async fn write_partition(
        &self,
        member: ProfileId,
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        let mut start = None;
        loop {
            let page = self.app.partitions.page(member, "", start).await?;
            let rows = page.parts.into_iter().map(Part::read);
            let mut rows = rows.collect::<Result<Vec<Row>, _>>()?;
            self.tell_of_identifiers(&mut rows).await?;
            for row in rows {
                let Some(group) = group_of(&row).map(str::to_owned) else {
                    continue;
                };
                // The table's maps have an order of chance, and the same row is the same text.
                let mut row = Value::from(row);
                row.sort_all_objects();
                archive.add(&format!("{member}/{group}.json"), &row).await?;
            }
            start = page.next;
            if start.is_none() {
                return Ok(());
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

    /// The receipts along the trail of `root`: those too of a while in which they were one with
    /// somebody else.
    async fn write_receipts(
        &self,
        root: ProfileId,
        archive: &mut Archive,
    ) -> Result<(), ExportError> {
        let trail = self.app.trails.of(root).await?;
        let mut cursor = None;
        loop {
            let page = self
                .app
                .receipts
                .of_person(&trail, cursor, RECEIPTS)
                .await?;
            for receipt in &page.receipts {
                archive.add("receipts.json", receipt).await?;
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
    let is_left_out = LEFT_OUT.iter().any(|(prefix, _)| part.starts_with(prefix));
    (!is_left_out).then(|| part.split('#').next().unwrap_or_default())
}

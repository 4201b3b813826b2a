//! Listing datasets, and pulling what changed.

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::{clock::Clock, dynamodb::text, error::ServiceError};
use profile::PROFILE_PART;

use super::{
    Cursor, Dataset, DatasetError, Record,
    partition::{Partitions, Row, read},
    rows::{DATASETS, DatasetItem, Head, ValueItem, dataset_part, values_at},
};
use crate::{DatasetName, RecordValue, Version, is_full_sync_needed};

/// Sorts behind every part that it is the end of: digits and `#` come before it.
const END: &str = "~";

/// Reads datasets: `dynamodb:BatchGetItem` and `dynamodb:Query` on the profiles.
#[derive(Debug, Clone)]
pub struct DatasetReader {
    pub(super) partitions: Partitions,
    clock: Clock,
}

/// What changed in a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// What the device knows everything up to, once it has the last page.
    pub version: Version,
    /// The device has to pull everything, and to drop what is not there.
    pub full_sync_needed: bool,
    /// The keys that changed, in the order in which they did.
    pub records: Vec<Record>,
    /// Where the next page begins, if this is not the last one.
    pub next: Option<Cursor>,
}

impl DatasetReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        let client = Client::new(sdk);
        let table = table.into();
        Self {
            partitions: Partitions { client, table },
            clock,
        }
    }

    /// That the member is there, and may be told of what is kept for them.
    ///
    /// # Errors
    /// [`DatasetError::UnknownProfile`] if it is not, or is being erased, and
    /// [`DatasetError::Settling`] while it is being merged or split.
    pub async fn expect_open(&self, member: ProfileId) -> Result<(), DatasetError> {
        let part = PROFILE_PART.to_owned();
        self.partitions.rows(member, [part]).await?.check_open()
    }

    /// The member's datasets, by name: 20 rows at most, one read unit or two.
    pub async fn list(&self, member: ProfileId) -> Result<Vec<Dataset>, DatasetError> {
        self.expect_open(member).await?;
        let answer = self
            .partitions
            .client
            .query()
            .table_name(&self.partitions.table)
            .key_condition_expression("profile_id = :member AND begins_with(part, :datasets)")
            .expression_attribute_values(":member", text(member))
            .expression_attribute_values(":datasets", text(DATASETS))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        let datasets: Result<Vec<DatasetItem>, _> = rows.map(read).collect();
        let shown = datasets?.into_iter().filter(|dataset| !dataset.deleting);
        Ok(shown.map(Dataset::from).collect())
    }

    /// A page of what changed in a dataset after `since`, or behind the `cursor` of the page before.
    ///
    /// It costs a read unit for the profile, one for the dataset, and one for each 4 KB of what did
    /// change: what did not is not touched.
    pub async fn pull(
        &self,
        member: ProfileId,
        name: &DatasetName,
        since: Version,
        cursor: Option<Cursor>,
    ) -> Result<Pulled, DatasetError> {
        let parts = [PROFILE_PART.to_owned(), dataset_part(name)];
        // Read before its rows: up to this version there is nothing that they do not tell.
        let mut rows = self.partitions.rows(member, parts).await?;
        rows.check_open()?;
        let dataset: Option<DatasetItem> = rows.take(&dataset_part(name))?;
        let dataset = dataset.filter(|dataset| !dataset.deleting);
        let bounds = dataset.map(|dataset| (dataset.floor, dataset.version));
        let version = bounds.map_or(Version::NONE, |(_, version)| version);
        let is_lost = |cursor: Cursor| {
            bounds
                .is_none_or(|(floor, version)| cursor.version <= floor || cursor.version > version)
        };
        let mut pulled = Pulled {
            version,
            full_sync_needed: cursor.is_some_and(is_lost)
                || is_full_sync_needed(since, bounds, self.clock.now()),
            records: Vec::new(),
            next: None,
        };
        if !pulled.full_sync_needed && since < version {
            let after = match cursor {
                Some(Cursor { version, place }) => {
                    format!("{}#{place:02}#{END}", values_at(name, version))
                }
                None => format!("{}#{END}", values_at(name, since)),
            };
            let until = format!("{}#{END}", values_at(name, version));
            (pulled.records, pulled.next) = self.page(member, after, until).await?;
        }
        Ok(pulled)
    }

    /// The records between two parts, as many as a call reads, and one at least if there is one.
    async fn page(
        &self,
        member: ProfileId,
        after: String,
        until: String,
    ) -> Result<(Vec<Record>, Option<Cursor>), DatasetError> {
        let mut gathered = Gathered::default();
        let mut start = None;
        loop {
            let answer = self
                .partitions
                .client
                .query()
                .table_name(&self.partitions.table)
                .key_condition_expression("profile_id = :member AND part BETWEEN :after AND :until")
                .expression_attribute_values(":member", text(member))
                .expression_attribute_values(":after", text(&*after))
                .expression_attribute_values(":until", text(&*until))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
            gathered.add(answer.items.unwrap_or_default())?;
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok((gathered.records, None));
            }
            if let Some(last) = gathered.last {
                return Ok((gathered.records, Some(last)));
            }
        }
    }
}

/// Records put together from their rows. One whose rows are not all there was changed while they
/// were read, or goes on behind them: it is not shown, and comes with what follows.
#[derive(Default)]
struct Gathered {
    records: Vec<Record>,
    /// Where the last whole record stands.
    last: Option<Cursor>,
    begun: Option<(Head, String, usize)>,
}

impl Gathered {
    fn add(&mut self, rows: Vec<Row>) -> Result<(), DatasetError> {
        for row in rows {
            let ValueItem { head, text, .. } = read(row)?;
            if let Some(head) = head {
                self.begun = Some((head, String::new(), 0));
            }
            let Some((head, mut value, rows)) = self.begun.take() else {
                continue;
            };
            let is_removed = text.is_none();
            value.push_str(text.as_ref().map_or("", |text| text.expose()));
            if rows + 1 < head.chunks {
                self.begun = Some((head, value, rows + 1));
                continue;
            }
            self.last = Some(Cursor {
                version: head.version,
                place: head.place,
            });
            self.records
                .push(record(head, (!is_removed).then_some(value))?);
        }
        Ok(())
    }
}

fn record(head: Head, value: Option<String>) -> Result<Record, DatasetError> {
    let value = value.map(RecordValue::try_from).transpose();
    Ok(Record {
        key: head.key,
        value: value.map_err(|_| DatasetError::Malformed)?,
        version: head.version,
        modified_at: Some(head.modified_at),
        device: head.device,
    })
}

//! Deleting a dataset with all its rows: more than one transaction takes.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{TransactionFailure, number, text, transact, unmakeable},
    error::ServiceError,
};
use profile::PROFILE_PART;

use super::{
    DatasetError, DatasetWriter,
    partition::{key, part_of},
    rows::{COUNT_PART, CountItem, DatasetItem, dataset_part, keys_of, values_of},
};
use crate::DatasetName;

/// How often a deletion that met a push is tried.
const ATTEMPTS: u32 = 4;

/// How many rows go at once: a transaction has 100 items, and one of them is its condition.
const AT_ONCE: i32 = 99;

impl DatasetWriter {
    /// Deletes a dataset; one that is not there is deleted already.
    ///
    /// First its row is marked, and from then on nobody sees it; then its other rows go, and its
    /// own row last. Cut off in between, the mark is there: the next deletion or push goes on.
    pub async fn delete(&self, member: ProfileId, name: &DatasetName) -> Result<(), DatasetError> {
        for _ in 0..ATTEMPTS {
            let parts = [PROFILE_PART.to_owned(), dataset_part(name)];
            let mut rows = self.partitions.rows(member, parts).await?;
            rows.check_open()?;
            let Some(dataset) = rows.take::<DatasetItem>(&dataset_part(name))? else {
                return Ok(());
            };
            if dataset.deleting {
                return self.finish_deleting(&dataset).await;
            }
            if let Some(marked) = self.mark_as_deleting(&dataset).await? {
                return self.finish_deleting(&marked).await;
            }
        }
        Err(DatasetError::Contended)
    }

    /// Marks a dataset; `None` if it is no longer what it was.
    async fn mark_as_deleting(
        &self,
        dataset: &DatasetItem,
    ) -> Result<Option<DatasetItem>, DatasetError> {
        let now = self.clock.now();
        let marked = DatasetItem {
            version: dataset.version.next(now),
            modified_at: now,
            deleting: true,
            ..dataset.clone()
        };
        let items = vec![
            self.partitions.is_open(dataset.profile_id)?,
            self.partitions.replace_dataset(&marked, Some(dataset))?,
        ];
        match transact(&self.partitions.client, items).await {
            Ok(()) => Ok(Some(marked)),
            Err(TransactionFailure::Refused(_)) => Ok(None),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// Deletes what is left of a dataset that is marked, be it that somebody else does so too.
    pub(super) async fn finish_deleting(&self, dataset: &DatasetItem) -> Result<(), DatasetError> {
        for parts in [keys_of(&dataset.name), values_of(&dataset.name)] {
            while self.delete_some(dataset, &parts).await? {}
        }
        let member = dataset.profile_id;
        for _ in 0..ATTEMPTS {
            let parts = [PROFILE_PART.to_owned(), COUNT_PART.to_owned()];
            let mut rows = self.partitions.rows(member, parts).await?;
            rows.check_open()?;
            let before: CountItem = rows.take(COUNT_PART)?.ok_or(DatasetError::Malformed)?;
            let items = vec![
                self.delete_marked(dataset)?,
                self.partitions.is_open(member)?,
                self.one_less(dataset, &before)?,
            ];
            match transact(&self.partitions.client, items).await {
                Ok(()) => return Ok(()),
                // Somebody else finished it.
                Err(TransactionFailure::Refused(places)) if places.contains(&0) => return Ok(()),
                Err(TransactionFailure::Refused(_)) => {}
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            }
        }
        Err(DatasetError::Contended)
    }

    fn delete_marked(&self, dataset: &DatasetItem) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.partitions.table)
            .set_key(Some(key(dataset.profile_id, dataset_part(&dataset.name))))
            .condition_expression("#version = :marked")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":marked", number(dataset.version.number()))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    fn one_less(
        &self,
        dataset: &DatasetItem,
        before: &CountItem,
    ) -> Result<TransactWriteItem, ServiceError> {
        let after = CountItem::new(
            dataset.profile_id,
            before.count.saturating_sub(1),
            before.floor.max(dataset.version),
        );
        self.partitions.replace_count(&after, Some(before))
    }

    /// Deletes up to 99 rows whose part begins with `parts`, as long as the dataset is marked; says
    /// whether there were any.
    async fn delete_some(&self, dataset: &DatasetItem, parts: &str) -> Result<bool, DatasetError> {
        let answer = self
            .partitions
            .client
            .query()
            .table_name(&self.partitions.table)
            .key_condition_expression("profile_id = :member AND begins_with(part, :parts)")
            .expression_attribute_values(":member", text(dataset.profile_id))
            .expression_attribute_values(":parts", text(parts))
            .projection_expression("part")
            .consistent_read(true)
            .limit(AT_ONCE)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let found = answer.items.unwrap_or_default();
        if found.is_empty() {
            return Ok(false);
        }
        let mut items = vec![self.is_marked(dataset)?];
        for part in found.iter().filter_map(part_of) {
            items.push(self.partitions.delete(dataset.profile_id, part)?);
        }
        match transact(&self.partitions.client, items).await {
            Ok(()) => Ok(true),
            // Somebody else finished it.
            Err(TransactionFailure::Refused(_)) => Ok(false),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// A condition of a transaction: the dataset still is the one that was marked.
    fn is_marked(&self, dataset: &DatasetItem) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.partitions.table)
            .set_key(Some(key(dataset.profile_id, dataset_part(&dataset.name))))
            .condition_expression("#version = :marked")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":marked", number(dataset.version.number()))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

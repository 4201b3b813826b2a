//! What a push writes: each row if it still is what it was.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{number, put, transact_put},
    error::ServiceError,
    planted,
};

use super::{
    DatasetError, MAX_DATASETS,
    partition::Partitions,
    rows::{CountItem, DatasetItem, KeyItem, Written, value_part},
};
use crate::Version;

impl Partitions {
    /// Counts a dataset that is made.
    pub(super) fn one_more(
        &self,
        member: ProfileId,
        before: Option<&CountItem>,
    ) -> Result<TransactWriteItem, DatasetError> {
        let count = before.map_or(0, |before| before.count);
        let floor = before.map_or(Version::NONE, |before| before.floor);
        if count >= MAX_DATASETS {
            return Err(DatasetError::TooMany);
        }
        let after = CountItem::new(member, count + 1, floor);
        Ok(self.replace_count(&after, before)?)
    }

    /// Counts anew if nobody else did.
    pub(super) fn replace_count(
        &self,
        after: &CountItem,
        before: Option<&CountItem>,
    ) -> Result<TransactWriteItem, ServiceError> {
        let put = put(&self.table, after)?;
        transact_put(match before {
            None => put.condition_expression("attribute_not_exists(part)"),
            Some(before) => put
                .condition_expression("#count = :count AND #floor = :floor")
                .expression_attribute_names("#count", "count")
                .expression_attribute_names("#floor", "floor")
                .expression_attribute_values(":count", number(before.count))
                .expression_attribute_values(":floor", version(before.floor)),
        })
    }

    /// Replaces a dataset's row if it still is what it was.
    pub(super) fn replace_dataset(
        &self,
        after: &DatasetItem,
        before: Option<&DatasetItem>,
    ) -> Result<TransactWriteItem, ServiceError> {
        let put = put(&self.table, after)?;
        transact_put(match before {
            None => put.condition_expression("attribute_not_exists(part)"),
            Some(before) => put
                .condition_expression("#version = :expected")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":expected", version(before.version)),
        })
    }

    /// Replaces a key's row, if it still is what it was, and the rows of its value.
    pub(super) fn replace_record(
        &self,
        written: &Written<'_>,
        old: Option<&KeyItem>,
    ) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let table = &self.table;
        let key = put(table, &written.key_item())?;
        let key = match old {
            None => key.condition_expression("attribute_not_exists(part)"),
            Some(_) if planted::is_on("dataset-pushed-at-any-version") => key,
            Some(old) => key
                .condition_expression("#version = :expected")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":expected", version(old.version)),
        };
        let mut items = vec![transact_put(key)?];
        if let Some(old) = old {
            for chunk in 0..old.chunks {
                let part = value_part(written.dataset, old.version, old.place, chunk);
                items.push(self.delete(written.member, part)?);
            }
        }
        for row in written.value_items() {
            let row = put(table, &row)?.condition_expression("attribute_not_exists(part)");
            items.push(transact_put(row)?);
        }
        Ok(items)
    }
}

fn version(version: Version) -> AttributeValue {
    number(version.number())
}

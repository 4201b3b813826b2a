//! Functions of tenants that there are, whatever is on record.

use std::collections::BTreeSet;

use aws_types::SdkConfig;
use extension::{FunctionLister, Owned, registry::Names};
use lambda_kit::{Invocation, batch::RESERVE, clock::Clock, error::ServiceError};
use tenancy::{ExtensionName, TenantId};

/// Finds functions that bear tenants' names: `lambda:ListFunctions`.
#[derive(Debug)]
pub(crate) struct OrphanFinder {
    lister: FunctionLister,
    names: Names,
}

/// Whose functions there are.
#[derive(Debug, Default)]
pub(crate) struct Orphans {
    pub(crate) hosts: BTreeSet<TenantId>,
    pub(crate) functions: BTreeSet<(TenantId, ExtensionName)>,
}

impl OrphanFinder {
    pub(crate) fn new(sdk: &SdkConfig, names: Names) -> Self {
        Self {
            lister: FunctionLister::new(sdk),
            names,
        }
    }

    /// Whose functions there are, as far as there is time to see. A host is as good as its function: it comes last of
    /// what is made, but for what calls it, and goes first; whatever else is left has a row that knows of it.
    pub(crate) async fn find(
        &self,
        invocation: &Invocation,
        clock: &Clock,
    ) -> Result<Orphans, ServiceError> {
        let mut orphans = Orphans::default();
        let mut next = None;
        loop {
            let page = self.lister.page(&self.names, next).await?;
            for Owned { tenant, extension } in page.found {
                match extension {
                    Some(extension) => _ = orphans.functions.insert((tenant, extension)),
                    None => _ = orphans.hosts.insert(tenant),
                }
            }
            next = page.next;
            if next.is_none() || invocation.is_running_out(clock, RESERVE) {
                return Ok(orphans);
            }
        }
    }
}

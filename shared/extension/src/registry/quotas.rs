//! How much of its own code a tenant may have.

/// What a tenant may have. They hold for every tenant alike.
#[derive(Debug, Clone, Copy)]
pub struct Quotas;

impl Quotas {
    /// As many extensions as a tenant has.
    pub const EXTENSIONS: u32 = 20;
    /// As many versions of an extension as are kept. The oldest go, but for those that run or are gone back to.
    pub const VERSIONS: usize = 10;
    /// As many bytes as an upload has.
    pub const UPLOAD: u64 = 20 * 1024 * 1024;
    /// As many runs at once as a function has that is an extension's own, so that none takes what others need.
    pub const CONCURRENCY: i32 = 2;
}

//! By what partners come.

use clap::Subcommand;

/// What is done with app clients.
#[derive(Debug, Subcommand)]
pub enum Clients {
    /// All app clients of a partner, those that are gone, too
    List {
        /// Whose
        partner: String,
    },
    /// Make one, and print its secret, which is not told again
    Create {
        /// For whom
        partner: String,
        /// Under which agreement
        #[arg(long)]
        agreement: String,
        /// What its tokens may be granted; may be repeated
        #[arg(
            long = "scope",
            value_name = "SCOPE",
            default_value = "fairlead/profile.read"
        )]
        scopes: Vec<String>,
    },
    /// Remove one
    Delete {
        /// Whose
        partner: String,
        /// Which one, as `list` has it: `pcl_…`
        client: String,
    },
}

/// What is done with write keys.
#[derive(Debug, Subcommand)]
pub enum WriteKeys {
    /// All keys of a partner by what they begin with, those that were revoked, too
    List {
        /// Whose
        partner: String,
    },
    /// Make one, and print it, which is not told again
    Create {
        /// For whom
        partner: String,
    },
    /// Have nothing taken by one any more
    Revoke {
        /// Whose
        partner: String,
        /// Which one, as `list` has it: `wky_…`
        id: String,
    },
}

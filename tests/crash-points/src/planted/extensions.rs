//! Those in what runs tenants' own code.

use super::Bug;

pub(super) const BUGS: &[Bug] = &[Bug {
    name: "compiled-code-taken-for-ours",
    what: "code that nobody compiled here counts as compiled",
    exposed_by: "module-compiled",
}];

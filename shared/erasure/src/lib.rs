//! Erasing a person: from the moment on which they ask for it nobody reads or writes them, and in the
//! end nothing is left but marks that keep them away, and a certificate. In come the steps' orders;
//! out go rows that are gone, and how far the erasure is.

mod aws;
mod case;
mod certificate;
mod ids;
mod notice;
#[cfg(feature = "openapi")]
mod openapi;
mod recipient;
mod record;
mod step;
mod terms;

pub use aws::{
    Acknowledgements, CertificateReader, Certifier, DataEraser, ErasureError, ErasureReader,
    ErasureRequester, EventRemover, ExportRemover, Freezer, LoginRemover, OpenErasures,
    PartnerTeller, PersonErasures, RecipientReader, RefusedRemover, Releaser, Reminder, Requesting,
    SagaStarter, Standing,
};
pub use case::{Case, InvalidCase};
pub use certificate::Certificate;
pub use ids::ErasureIdSource;
pub use notice::ErasureNotice;
pub use recipient::Recipient;
pub use record::{Erasure, ErasureState};
pub use step::{Order, Progress};
pub use terms::Term;

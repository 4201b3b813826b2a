//! Sessions of people at their browsers. In comes what a browser and the hosted login send; out go the
//! address to sign in at, the session as its browser keeps it, and whether a form is one of ours.
//!
//! Nothing of a session lies on a server: its tokens travel in cookies that this house alone can open.
//! Whoever ends a session ends it at the user pool, by whose tokens alone anything is opened.

mod aws;
mod cookies;
mod local_path;
mod random;
mod sealing;
mod sign_in;
mod signed_in;

pub use aws::SessionKeys;
pub use cookies::{Jar, LIFETIME, Scheme};
pub use local_path::{InvalidPath, LocalPath};
pub use random::{NoRandomness, Randomness};
pub use sealing::{InvalidKey, Key, Keys, Unopened, Unsealable, Use};
pub use sign_in::{Attempt, Client, LASTS, NotThisSignIn, Returned, Role, challenge};
pub use signed_in::{FormToken, Session};

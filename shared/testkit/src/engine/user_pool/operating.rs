//! What operators do to users, and what `ListUsers` leaves out for a while.

use super::UserPool;

impl UserPool {
    /// An operator deletes a user, and all their logins with them; nobody is told of it.
    ///
    /// # Panics
    /// If there is no such user.
    pub fn delete(&self, username: &str) {
        self.remove(username).expect("the user is in the pool");
    }

    /// An operator disables a user.
    ///
    /// # Panics
    /// If there is no such user.
    pub fn disable(&self, username: &str) {
        self.change(username, |user| {
            user.enabled = false;
            Ok(())
        })
        .expect("the user is in the pool");
    }

    /// From now on `ListUsers` tells of a user or does not: it may lag behind what is known of them.
    ///
    /// # Panics
    /// If there is no such user.
    pub fn list(&self, username: &str, is_told: bool) {
        self.change(username, |user| {
            user.is_untold = !is_told;
            Ok(())
        })
        .expect("the user is in the pool");
    }
}

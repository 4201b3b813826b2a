//! Code that is loaded already.

use std::collections::HashMap;

use crate::{CodeId, Loaded};

/// What was loaded, by whose and which it is: the code that was not used for the longest makes room for other code.
#[derive(Debug)]
pub struct Shelf {
    most: usize,
    uses: u64,
    loaded: HashMap<CodeId, (u64, Loaded)>,
}

impl Shelf {
    /// With room for as many codes.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most,
            uses: 0,
            loaded: HashMap::new(),
        }
    }

    /// The code, if it is there.
    pub fn get(&mut self, id: &CodeId) -> Option<Loaded> {
        self.uses += 1;
        let (used, loaded) = self.loaded.get_mut(id)?;
        *used = self.uses;
        Some(loaded.clone())
    }

    /// Puts code there, under what it was sealed as.
    pub fn put(&mut self, loaded: Loaded) {
        self.uses += 1;
        let id = loaded.id().clone();
        if self.loaded.len() >= self.most && !self.loaded.contains_key(&id) {
            let oldest = self.loaded.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                self.loaded.remove(&oldest);
            }
        }
        self.loaded.insert(id, (self.uses, loaded));
    }
}

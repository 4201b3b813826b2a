//! Names of files, which lead nowhere but into the package.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::{Problem, manifest::shown};

/// As many bytes as a name has, with its folders.
const LONGEST_NAME: usize = 200;

/// In as many folders a file lies.
const DEEPEST: usize = 16;

/// The names of a package, as the least able of file systems would tell them apart.
#[derive(Default)]
pub(super) struct Names {
    /// Whether each is a folder; folders that only stand before a name are there too.
    seen: HashMap<String, Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    File,
    Folder { is_listed: bool },
}

impl Names {
    /// Adds a name, if it is safe and no other one is the same.
    pub(super) fn add(&mut self, name: &str) -> Result<(), Problem> {
        if let Some(problem) = wrong(name) {
            return Err(Problem::new(shown(name), problem));
        }
        let twice = || {
            Problem::new(
                shown(name),
                "it is there twice, or differs from another name by its case alone: leave one out",
            )
        };
        let (path, listed) = match name.strip_suffix('/') {
            Some(folder) => (folder, Seen::Folder { is_listed: true }),
            None => (name, Seen::File),
        };
        let path: String = path.nfkc().flat_map(char::to_lowercase).collect();
        for (at, _) in path.match_indices('/') {
            let folder = path.get(..at).unwrap_or_default().to_owned();
            let implied = Seen::Folder { is_listed: false };
            if *self.seen.entry(folder).or_insert(implied) == Seen::File {
                return Err(twice());
            }
        }
        match self.seen.insert(path, listed) {
            None => Ok(()),
            Some(Seen::Folder { is_listed: false }) if listed != Seen::File => Ok(()),
            Some(_) if lambda_kit::planted::is_on("package-names-twice") => Ok(()),
            Some(_) => Err(twice()),
        }
    }
}

fn wrong(name: &str) -> Option<&'static str> {
    let path = name.strip_suffix('/').unwrap_or(name);
    if path.is_empty() {
        return Some("a file without a name");
    }
    if name.len() > LONGEST_NAME || path.matches('/').count() > DEEPEST {
        return Some("its name is too long: 200 bytes and 16 folders at most");
    }
    let is_odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '\0') || is_invisible(c);
    if name.chars().any(is_odd) {
        return Some(
            "its name has a backslash, a colon or a character that nobody sees: rename it",
        );
    }
    let leads_out = |part: &str| matches!(part, "" | "." | "..");
    if path.split('/').any(leads_out) && !lambda_kit::planted::is_on("package-names-lead-out") {
        return Some("its name leads out of the package: pack it by a name below its folder");
    }
    let ends_oddly =
        |part: &str| part.ends_with('.') || part.ends_with(' ') || part.starts_with(' ');
    path.split('/')
        .filter(|part| !leads_out(part))
        .any(ends_oddly)
        .then_some("its name begins or ends with a space, or ends with a dot: rename it")
}

/// Marks that change how a name is read and show nothing themselves.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

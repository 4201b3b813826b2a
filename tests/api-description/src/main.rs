//! Writes docs/openapi.json anew.

use std::{fs, io};

use fairlead_api_description::{PATH, rendered, root};

fn main() -> io::Result<()> {
    fs::write(root().join(PATH), rendered())
}

//! Writes docs/openapi.json anew; or, into the folder that is named, both forms of the description.

use std::{env, fs, io, path::Path};

use fairlead_api_description::{PATH, generated, rendered, root};

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1) else {
        return fs::write(root().join(PATH), rendered());
    };
    let folder = Path::new(&folder);
    fs::write(folder.join("openapi-3.1.json"), rendered())?;
    let older = docs_api::as_3_0(generated());
    fs::write(folder.join("openapi-3.0.json"), older.to_string())
}

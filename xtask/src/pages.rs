//! The way to the pages of a local stack: an address of their own, as an API's domain is on AWS. The local stack
//! has the API below a path, where no page would find another.

use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result};
use fairlead_end_to_end::http::Http;
use fairlead_end_to_end::listener::{Call, Listener, Reply};

/// The port that is taken when nobody names one.
pub(crate) const PORT: u16 = 4570;

/// What is said of one connection and not of what is asked by it (RFC 9110, section 7.6.1), and what each
/// connection says by itself.
const OF_A_CONNECTION: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
];

/// A front door on the loopback interface; it ends with this value.
pub(crate) struct Pages {
    listener: Listener,
    api: Arc<OnceLock<String>>,
}

impl Pages {
    /// Starts to listen. Whoever comes before it [leads](Self::lead_to) anywhere is hung up on.
    pub(crate) fn start(port: u16) -> Result<Self> {
        let api: Arc<OnceLock<String>> = Arc::default();
        let behind = Arc::clone(&api);
        let http = Http::new();
        let listener = Listener::on((std::net::Ipv4Addr::LOCALHOST, port), move |call| {
            passed_on(&http, behind.get()?, call)
                .inspect_err(|error| eprintln!("the way to the pages: {error:#}"))
                .ok()
        })
        .with_context(|| format!("the port {port} cannot be had"))?;
        Ok(Self { listener, api })
    }

    /// Where browsers see the pages, without a path.
    pub(crate) fn url(&self) -> String {
        self.listener.url()
    }

    /// From now on it leads to the API at `url`.
    pub(crate) fn lead_to(&self, url: String) {
        // There is one deployment, and so one API.
        _ = self.api.set(url);
    }
}

fn passed_on(http: &Http, api: &str, call: Call) -> Result<Reply> {
    let (mut head, body) = call.into_parts();
    let asked = head.uri.path_and_query();
    let asked = asked.map_or("/", |asked| asked.as_str());
    head.uri = format!("{api}{asked}").parse()?;
    for name in OF_A_CONNECTION {
        head.headers.remove(name);
    }
    let answer = http.send(Call::from_parts(head, body))?;
    let mut reply = Reply::new(answer.body);
    *reply.status_mut() = answer.status.try_into()?;
    *reply.headers_mut() = answer.headers;
    for name in OF_A_CONNECTION {
        reply.headers_mut().remove(name);
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_comes_to_the_api_and_its_answer_back() {
        let api = Listener::start(|call| {
            let is_whole = call.uri() == "/_aws/api/$default/me?a=b"
                && call.headers().get("cookie").is_some_and(|it| it == "a=1");
            let mut reply = Reply::new(call.into_body());
            *reply.status_mut() = if is_whole { 303 } else { 404 }.try_into().ok()?;
            for cookie in ["one=1", "two=2"] {
                reply
                    .headers_mut()
                    .append("set-cookie", cookie.parse().ok()?);
            }
            Some(reply)
        })
        .unwrap();
        let pages = Pages::start(0).unwrap();
        let http = Http::new();
        assert!(http.get(&pages.url()).is_err(), "it leads nowhere yet");
        pages.lead_to(format!("{}/_aws/api/$default", api.url()));
        let mut call = Call::new(b"given_name=Ada".to_vec());
        *call.method_mut() = "POST".parse().unwrap();
        *call.uri_mut() = format!("{}/me?a=b", pages.url()).parse().unwrap();
        call.headers_mut().insert("cookie", "a=1".parse().unwrap());
        let answer = http.send(call).unwrap();
        assert_eq!(
            (answer.status, answer.text()),
            (303, "given_name=Ada".to_owned())
        );
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 2);
    }
}

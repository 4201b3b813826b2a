//! Serves the pages on this machine's loopback, over the functions of the API on a simulated AWS, for a real
//! browser: `serve-pages` prints the two addresses, of the pages and of a hosted login where one chooses who one
//! is. It answers one request after another, until it is ended.

use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::mpsc::{Sender, channel},
    thread,
    time::Duration,
};

use fairlead_portal::{
    Asked, House, Seen, Who,
    scene::{self, JANE, JOAN},
};
use serde_json::{Map, Value};

/// As much of a request as is read.
const LONGEST: u64 = 1024 * 1024;

/// How long a connection may be silent: browsers open some that they do not use.
const PATIENCE: Duration = Duration::from_secs(2);

/// A request as it came.
struct Request {
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Which of the two is asked.
#[derive(Clone, Copy)]
enum Door {
    Pages,
    Login,
}

fn main() -> io::Result<()> {
    let pages = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let login = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let origins = (origin(&pages)?, origin(&login)?);
    let house = House::at(1, &origins.0, &origins.1);
    scene::set(&house);
    scene::let_operators_look_up(&house);
    scene::put_extension(&house);
    scene::put_figures(&house);
    scene::put_broken_flow(&house);
    scene::put_identifiers(&house);
    for (n, (outcome, partner)) in (1..).zip([
        ("allowed", "chandlery"),
        ("partly", "chandlery"),
        ("refused", "chandlery"),
        ("allowed", "chandlery"),
    ]) {
        scene::put_receipt(&house, n, outcome, partner, &format!("order {n}"));
    }
    println!("{} {}", origins.0, origins.1);
    // The house stands on one thread; each connection is listened to on one of its own.
    let (sender, requests) = channel();
    for (door, listener) in [(Door::Pages, pages), (Door::Login, login)] {
        let sender = sender.clone();
        thread::spawn(move || listen(&listener, door, &sender));
    }
    drop(sender);
    for (door, request, mut stream) in requests {
        let seen = match door {
            Door::Pages => page(&house, &request),
            Door::Login => choice(&house, &request, &origins.0),
        };
        // A browser that has gone needs no answer.
        _ = write(&mut stream, &seen);
    }
    Ok(())
}

fn origin(listener: &TcpListener) -> io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

fn listen(listener: &TcpListener, door: Door, sender: &Sender<(Door, Request, TcpStream)>) {
    for stream in listener.incoming().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            if let Ok(request) = read(&stream) {
                // There is nobody to be told once the house is gone.
                _ = sender.send((door, request, stream));
            }
        });
    }
}

fn read(stream: &TcpStream) -> io::Result<Request> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.take(LONGEST));
    let mut line = String::new();
    let mut next = |reader: &mut BufReader<io::Take<&TcpStream>>| {
        line.clear();
        reader.read_line(&mut line)?;
        Ok::<String, io::Error>(line.trim_end().to_owned())
    };
    let first = next(&mut reader)?;
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut headers = BTreeMap::new();
    loop {
        let header = next(&mut reader)?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = String::new();
    reader
        .take(length.unwrap_or_default())
        .read_to_string(&mut body)?;
    Ok(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        body,
    })
}

fn page(house: &House, request: &Request) -> Seen {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let cookies = request
        .headers
        .get("cookie")
        .map(|header| header.split("; ").map(str::to_owned).collect());
    let headers = request.headers.iter().filter(|(name, _)| *name != "cookie");
    let headers: Map<String, Value> = headers
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let has_body = !request.body.is_empty();
    house.see(&Asked {
        method: &request.method,
        path,
        query,
        cookies: cookies.unwrap_or_default(),
        headers,
        body: has_body.then(|| request.body.clone()),
    })
}

/// The hosted login: two links, by which somebody is Jane or Joan; or the way back after a logout.
fn choice(house: &House, request: &Request, pages: &str) -> Seen {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let who = match path {
        "/as/jane" => Who::Person(JANE.to_owned()),
        "/as/joan" => Who::Operator(JOAN.to_owned()),
        // Browsers ask for it by themselves, and tell in their console if it is not there.
        "/favicon.ico" => return seen(204, "", String::new()),
        "/logout" => return seen(303, &format!("{pages}/"), String::new()),
        "/oauth2/authorize" => {
            let query = query.replace('&', "&amp;");
            let html = format!(
                "<!doctype html><html lang=\"en\"><title>Sign in</title><h1>Sign in</h1>\
                 <p><a href=\"/as/jane?{query}\">Jane</a></p><p><a href=\"/as/joan?{query}\">Joan</a></p></html>"
            );
            return seen(200, "", html);
        }
        _ => return seen(404, "", String::new()),
    };
    let back = house.let_in(who, query);
    seen(
        303,
        &format!("{pages}/sign-in/callback?{back}"),
        String::new(),
    )
}

fn seen(status: u16, location: &str, html: String) -> Seen {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("location", location),
    ];
    let headers = headers.iter().filter(|(_, value)| !value.is_empty());
    Seen {
        status,
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        cookies: Vec::new(),
        html,
    }
}

fn write(stream: &mut TcpStream, seen: &Seen) -> io::Result<()> {
    let others = seen
        .headers
        .iter()
        .filter(|(name, _)| *name != "content-length");
    let headers = others.map(|(name, value)| format!("{name}: {value}\r\n"));
    let cookies = seen
        .cookies
        .iter()
        .map(|cookie| format!("set-cookie: {cookie}\r\n"));
    let head: String = headers.chain(cookies).collect();
    let (status, length) = (seen.status, seen.html.len());
    write!(
        stream,
        "HTTP/1.1 {status} \r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{}",
        seen.html,
    )
}

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, TcpListener},
    thread,
    time::Duration,
};

use ::http::{Request, Response};
use lambda_kit::outside::{NoAnswer, Outside};
use testkit::{Call, Fault, Service, World};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn post(url: &str) -> Request<Vec<u8>> {
    Request::builder()
        .method("POST")
        .uri(url)
        .header("webhook-id", "msg_1")
        .body(b"{}".to_vec())
        .unwrap()
}

/// What becomes of a request that is sent here, and what came.
fn send_here(url: &str, answer: &'static str) -> (Result<Response<()>, NoAnswer>, String) {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    let url = url.replace("PORT", &listener.local_addr().unwrap().port().to_string());
    let receiving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut came = vec![0; 4_096];
        let length = stream.read(&mut came).unwrap();
        came.truncate(length);
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(came).unwrap()
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outside = Outside::internet();
    let sent = outside.send(HERE, post(&url), Duration::from_secs(10));
    let answered = runtime.block_on(sent);
    (answered, receiving.join().unwrap())
}

#[test]
fn a_request_goes_to_the_address_whatever_its_name_leads_to() {
    let answer = "HTTP/1.1 204 No Content\r\nretry-after: 7\r\n\r\n";
    let (answered, came) = send_here("http://nowhere.invalid:PORT/hooks", answer);
    let answered = answered.unwrap();
    assert_eq!(answered.status(), 204);
    assert_eq!(answered.headers()["retry-after"], "7");
    let came = came.to_lowercase();
    assert!(came.starts_with("post /hooks http/1.1\r\n"), "{came}");
    assert!(came.contains("host: nowhere.invalid:"), "{came}");
    assert!(came.contains("webhook-id: msg_1"), "{came}");
}

#[test]
fn a_redirect_is_an_answer_and_leads_nowhere() {
    let answer = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let (answered, _) = send_here("http://nowhere.invalid:PORT/", answer);
    assert_eq!(answered.unwrap().status(), 302);
}

#[test]
fn what_is_no_http_is_no_answer() {
    let (answered, _) = send_here("http://nowhere.invalid:PORT/", "who are you?\r\n\r\n");
    assert_eq!(answered.unwrap_err(), NoAnswer);
}

#[test]
fn whoever_says_nothing_is_waited_for_that_long_and_no_longer() {
    let world = World::new(1);
    let is_outside = |call: &Call| call.service == Service::Receiver;
    world.faults().always(Fault::BlackHole, is_outside);
    let began = world.clock().now();
    let outside = world.outside();
    let limit = Duration::from_secs(15);
    let sent = outside.send(HERE, post("https://example.com/"), limit);
    assert_eq!(world.block_on(sent).unwrap_err(), NoAnswer);
    let waited = world.clock().now().duration_since(began).unsigned_abs();
    let a_moment = Duration::from_millis(10);
    assert!((limit..limit + a_moment).contains(&waited), "{waited:?}");
}

#[test]
fn a_name_leads_to_all_of_its_addresses_or_is_nobodys() {
    let world = World::new(1);
    world.engines().put_host("example.com", &[HERE]);
    let outside = world.outside();
    assert_eq!(
        world.block_on(outside.look_up("example.com")),
        Ok(vec![HERE])
    );
    assert_eq!(
        world.block_on(outside.look_up("example.org")),
        Err(NoAnswer)
    );
}

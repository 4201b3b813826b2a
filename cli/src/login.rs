//! Signing in: Cognito's hosted login by authorization code and PKCE (RFC 7636, RFC 8252), or a
//! machine's client credentials.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    time::Duration,
};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use http::Request;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    api::agent,
    args::Login,
    failure::{self, Failure, Problem},
    settings::Settings,
};

/// What an operator's browser asks for, unless something else is named.
const OPERATORS_SCOPES: &str = "openid fairlead/profile.read fairlead/profile.merge fairlead/profile.erase \
fairlead/receipts.read fairlead/events.write fairlead/directory.read fairlead/directory.write fairlead/extensions.read fairlead/extensions.write fairlead/identifier-rules.write \
fairlead/dead-letters.read fairlead/dead-letters.redrive";

/// As much of a browser's request as is read.
const LONGEST_REQUEST: u64 = 16 * 1024;

/// How long a connection of the browser may be silent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Signs in, and returns the access token.
pub(crate) fn login(
    settings: &Settings,
    how: &Login,
    told: &mut impl Write,
) -> Result<String, Failure> {
    let url = settings.login_url.as_deref();
    let url = url.ok_or_else(|| failure::missing("login-url", "FAIRLEAD_LOGIN_URL"))?;
    let client = settings.client_id.as_deref();
    let client = client.ok_or_else(|| failure::missing("client-id", "FAIRLEAD_CLIENT_ID"))?;
    let url = url.trim_end_matches('/');
    if how.client_credentials {
        let secret = settings.client_secret.as_deref();
        let secret = secret.ok_or_else(|| {
            Failure::Usage("Set FAIRLEAD_CLIENT_SECRET to the app client's secret.".to_owned())
        })?;
        let mut fields = vec![("grant_type", "client_credentials")];
        // Without it the login gives all that the app client may have (RFC 6749, section 3.3).
        fields.extend(how.scopes.as_deref().map(|scopes| ("scope", scopes)));
        return token(url, &fields, Some(&format!("{client}:{secret}")));
    }
    let scopes = how.scopes.as_deref().unwrap_or(OPERATORS_SCOPES);
    let (verifier, state) = (secret()?, secret()?);
    let redirect = format!("http://localhost:{}/callback", how.port);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, how.port)).map_err(Failure::file(
        format!("port {} can't be listened at", how.port),
    ))?;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", &redirect)
        .append_pair("scope", scopes)
        .append_pair("state", &state)
        .append_pair("code_challenge", &challenge(&verifier))
        .append_pair("code_challenge_method", "S256")
        .finish();
    writeln!(
        told,
        "Open this address in a browser:\n\n  {url}/oauth2/authorize?{query}\n"
    )
    .map_err(Failure::file("the address can't be printed"))?;
    let code = awaited(&listener, &state)?;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("redirect_uri", redirect.as_str()),
        ("code", code.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    token(url, &fields, None)
}

/// Waits for the browser to come back with a code.
fn awaited(listener: &TcpListener, state: &str) -> Result<String, Failure> {
    loop {
        let (mut browser, _) = listener
            .accept()
            .map_err(Failure::file("the browser can't be listened to"))?;
        // What is no answer of the login, a favicon for instance, is none of ours.
        let Some(answer) = target(&browser)
            .as_deref()
            .and_then(|target| came_back(target, state))
        else {
            reply(&mut browser, "404 Not Found", "");
            continue;
        };
        let text = match &answer {
            Ok(_) => "You are signed in. You may close this page.",
            Err(_) => "You are not signed in. The terminal says why.",
        };
        reply(&mut browser, "200 OK", text);
        return answer;
    }
}

/// What a browser asks for: `/callback?code=…`.
fn target(browser: &TcpStream) -> Option<String> {
    browser.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut line = String::new();
    BufReader::new(browser.take(LONGEST_REQUEST))
        .read_line(&mut line)
        .ok()?;
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    Some(target.to_owned())
}

/// The code with which the login sent the browser back, or why it did without; `None` if it was not
/// the login, or another sign-in.
fn came_back(target: &str, state: &str) -> Option<Result<String, Failure>> {
    let query = target.strip_prefix("/callback?")?;
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    };
    if value("state").as_deref() != Some(state) {
        return None;
    }
    Some(value("code").ok_or_else(|| {
        let why = value("error_description").or_else(|| value("error"));
        let why = why.unwrap_or_else(|| "it does not say why".to_owned());
        Failure::NotSignedIn(format!("The login did not let you in: {why}."))
    }))
}

fn reply(browser: &mut TcpStream, status: &str, text: &str) {
    // The browser may be gone by now: what it was to be told is told in the terminal, too.
    _ = write!(
        browser,
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len(),
    );
}

/// Buys an access token.
fn token(url: &str, fields: &[(&str, &str)], basic: Option<&str>) -> Result<String, Failure> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let mut request = Request::post(format!("{url}/oauth2/token"))
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(basic) = basic {
        let basic = BASE64_STANDARD.encode(basic);
        request = request.header("authorization", format!("Basic {basic}"));
    }
    let unmakeable =
        |error: http::Error| Failure::Usage(format!("The login can't be asked: {error}."));
    let request = request.body(body.into_bytes()).map_err(unmakeable)?;
    let lost =
        |error: ureq::Error| Failure::Unreachable(format!("{url} does not answer: {error}."));
    let mut response = agent().run(request).map_err(lost)?;
    let answer = response.body_mut().read_to_vec().map_err(lost)?;
    let status = response.status().as_u16();
    let read: Value = serde_json::from_slice(&answer).unwrap_or_default();
    if let Some(token) = read.get("access_token").and_then(Value::as_str) {
        return Ok(token.to_owned());
    }
    match read.get("error").and_then(Value::as_str) {
        Some(error) => Err(Failure::NotSignedIn(format!(
            "The login gives no token: {error}. Look whether client id, secret and scopes are right."
        ))),
        None => Err(Failure::Problem(Problem::read(status, &answer))),
    }
}

/// RFC 7636, section 4.2: S256.
fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// 32 random bytes in base64url.
pub(crate) fn secret() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Usage(format!("The system has no randomness: {error}.")))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn only_the_answer_to_this_sign_in_is_taken() {
        let code = came_back("/callback?code=a%2Fb&state=s1", "s1");
        assert_eq!(code.unwrap().unwrap(), "a/b");
        for target in [
            "/callback?code=c&state=s2",
            "/callback?code=c",
            "/favicon.ico",
        ] {
            assert!(came_back(target, "s1").is_none(), "{target}");
        }
        let refused = came_back("/callback?error=access_denied&state=s1", "s1");
        let failure = refused.unwrap().unwrap_err();
        assert!(failure.to_string().contains("access_denied"), "{failure}");
        assert_eq!(failure.exit_code(), 3);
    }

    #[test]
    fn a_browser_that_comes_back_is_listened_to() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let browser = std::thread::spawn(move || {
            let mut answers = Vec::new();
            for target in ["/favicon.ico", "/callback?code=c&state=s1"] {
                let mut stream = TcpStream::connect(address).unwrap();
                write!(stream, "GET {target} HTTP/1.1\r\n\r\n").unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).unwrap();
                answers.push(answer);
            }
            answers
        });
        assert_eq!(awaited(&listener, "s1").unwrap(), "c");
        let answers = browser.join().unwrap();
        assert!(answers[0].starts_with("HTTP/1.1 404"), "{answers:?}");
        assert!(
            answers[1].ends_with("You may close this page."),
            "{answers:?}"
        );
    }
}

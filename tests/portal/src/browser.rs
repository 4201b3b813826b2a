//! Somebody's browser: it keeps cookies, follows links and sends forms with what stands in them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    house::{House, LOGIN, ORIGIN},
    login::Who,
};

/// A browser without scripts.
pub struct Browser<'a> {
    house: &'a House,
    /// What it keeps.
    pub cookies: BTreeMap<String, String>,
    /// What it sends with every request.
    pub headers: BTreeMap<&'static str, String>,
}

/// What a browser got to see.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// What it was told to keep.
    pub cookies: Vec<String>,
    /// The page.
    pub html: String,
}

impl Seen {
    /// A header; empty if it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Where the browser is sent.
    #[must_use]
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The value of a hidden field, as the first form that has one says it.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let value = self
            .html
            .split(&start)
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let value = value.unwrap_or_default();
        value.replace("&#34;", "\"").replace("&quot;", "\"")
    }

    /// Whether the page says this.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

impl<'a> Browser<'a> {
    /// A new one, which keeps nothing yet.
    #[must_use]
    pub const fn new(house: &'a House) -> Self {
        Self {
            house,
            cookies: BTreeMap::new(),
            headers: BTreeMap::new(),
        }
    }

    /// One at which `who` has signed in.
    #[must_use]
    pub fn signed_in(house: &'a House, who: &Who) -> Self {
        let mut browser = Self::new(house);
        let seen = browser.sign_in(who);
        assert_eq!(seen.status, 303, "{}", seen.html);
        browser
    }

    /// Signs in, and comes back.
    pub fn sign_in(&mut self, who: &Who) -> Seen {
        let role = match who {
            Who::Person(_) => "person",
            Who::Operator(_) => "operator",
        };
        let away = self.get(&format!("/sign-in?as={role}"));
        let back = self.come_back(&away, who);
        self.get(&back)
    }

    /// The address with which the hosted login sends a browser back that was sent there.
    #[must_use]
    pub fn come_back(&self, away: &Seen, who: &Who) -> String {
        let query = away
            .location()
            .strip_prefix(LOGIN)
            .and_then(|path| path.split_once('?'));
        let (_, query) = query.expect("a browser is sent to the hosted login");
        let back = self.house.let_in(who.clone(), query);
        format!("/sign-in/callback?{back}")
    }

    /// Has the hosted login say this in the ID tokens to come.
    pub fn forge(&self, claim: &str, value: &str) {
        self.house
            .login()
            .forged
            .insert(claim.to_owned(), value.into());
    }

    /// Follows a link.
    pub fn get(&mut self, path: &str) -> Seen {
        self.ask("GET", path, None, &BTreeMap::new())
    }

    /// Opens `page`, and sends its form to `action` with what is hidden in it and these fields.
    pub fn send(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Seen {
        let page = self.get(page);
        let hidden = ["form_token", "key", "version", "text_version"];
        let hidden: Vec<(&str, String)> = hidden
            .iter()
            .map(|name| (*name, page.field(name)))
            .collect();
        let own = hidden.iter().map(|(name, value)| (*name, value.as_str()));
        let own = own.filter(|(name, _)| !fields.iter().any(|(field, _)| field == name));
        let all: Vec<(&str, &str)> = own.chain(fields.iter().copied()).collect();
        self.post(action, &all, &same_origin())
    }

    /// Sends a form of any make.
    pub fn post(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &BTreeMap<&'static str, String>,
    ) -> Seen {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.ask("POST", path, Some(body), headers)
    }

    fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: Option<String>,
        headers: &BTreeMap<&'static str, String>,
    ) -> Seen {
        let (raw_path, query) = path.split_once('?').unwrap_or((path, ""));
        let own = self.headers.iter().chain(headers);
        let mut all: Map<String, Value> = own
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect();
        all.insert("host".to_owned(), "portal.example".into());
        all.insert("x-forwarded-proto".to_owned(), "https".into());
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let asked = Asked {
            method,
            path: raw_path,
            query,
            cookies,
            headers: all,
            body,
        };
        let seen = self.house.see(&asked);
        self.keep(&seen.cookies);
        seen
    }

    fn keep(&mut self, cookies: &[String]) {
        for cookie in cookies {
            let pair = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name");
            if cookie.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// What a browser asks for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The query, without its question mark.
    pub query: &'a str,
    /// The cookies that are sent along.
    pub cookies: Vec<String>,
    /// The headers, their names in lower case.
    pub headers: Map<String, Value>,
    /// The form that is sent.
    pub body: Option<String>,
}

impl Asked<'_> {
    /// The event by which API Gateway delivers it.
    fn event(&self) -> Value {
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "cookies": self.cookies,
            "headers": self.headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "portal",
                "domainName": "portal.example",
                "domainPrefix": "portal",
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "a browser",
                },
                "requestId": "request-of-a-browser",
                "routeKey": "$default",
                "stage": "$default",
                "time": "15/Jan/2026:09:00:00 +0000",
                "timeEpoch": 1_768_467_600_000_u64,
            },
            "body": self.body,
            "isBase64Encoded": false,
        })
    }
}

impl House {
    /// What a browser gets to see that asks for this.
    #[must_use]
    pub fn see(&self, asked: &Asked<'_>) -> Seen {
        read(&self.answer(&asked.event()))
    }
}

/// What a browser says of a form of our own.
#[must_use]
pub(crate) fn same_origin() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("origin", ORIGIN.to_owned()),
        ("sec-fetch-site", "same-origin".to_owned()),
        (
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        ),
    ])
}

fn read(answer: &Value) -> Seen {
    let headers = answer
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let headers =
        headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    let cookies = answer
        .get("cookies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let cookies = cookies.map(|cookie| cookie.as_str().unwrap_or_default().to_owned());
    let status = answer
        .get("statusCode")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    Seen {
        status: u16::try_from(status).expect("a status is a status"),
        headers: headers.collect(),
        cookies: cookies.collect(),
        html: answer
            .get("body")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    }
}

//! How a sealed text lies at a browser: in as many cookies as it takes.

use jiff::SignedDuration;

/// How long a browser keeps a session: as long as the user pool's refresh tokens are good.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What one cookie bears, in characters: browsers take 4,096 bytes with its name and attributes.
const PART: usize = 3_800;

/// The most that a text takes. API Gateway lets 10,240 bytes of headers through, all in all.
const MOST_PARTS: usize = 2;

/// Whether pages travel by TLS. Without it, which is for a developer's own machine, browsers keep no
/// cookie that is `Secure`, and none with a prefix that vouches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// By TLS.
    Https,
    /// Without.
    Http,
}

/// The cookies of one name, as a browser keeps them and sends them back.
#[derive(Debug, Clone, Copy)]
pub struct Jar {
    name: &'static str,
    scheme: Scheme,
}

impl Jar {
    /// Those of a session.
    #[must_use]
    pub const fn of_session(scheme: Scheme) -> Self {
        let name = "fairlead-session";
        Self { name, scheme }
    }

    /// Those of a sign-in that is under way.
    #[must_use]
    pub const fn of_sign_in(scheme: Scheme) -> Self {
        let name = "fairlead-sign-in";
        Self { name, scheme }
    }

    /// The text in a `Cookie` header (RFC 6265, section 4.2), if one of this name is there.
    #[must_use]
    pub fn read(&self, header: &str) -> Option<String> {
        let value = |part: usize| {
            let name = self.name_of(part);
            let mut pairs = header.split(';').map(str::trim);
            pairs.find_map(|pair| pair.strip_prefix(name.as_str())?.strip_prefix('='))
        };
        let parts = (0..MOST_PARTS).map_while(value);
        let text: String = parts.collect();
        (!text.is_empty()).then_some(text)
    }

    /// The values of `Set-Cookie` by which a browser keeps `text` for so long, and what it had of this
    /// name no longer. `None` if it is too long to be kept.
    #[must_use]
    pub fn keep(&self, text: &str, lasts: SignedDuration) -> Option<Vec<String>> {
        if text.len() > PART * MOST_PARTS || !text.is_ascii() {
            return None;
        }
        let cookie = |part: usize| {
            let from = text.len().min(part * PART);
            let to = text.len().min((part + 1) * PART);
            match text.get(from..to).unwrap_or_default() {
                "" => self.cookie(part, "", 0),
                value => self.cookie(part, value, lasts.as_secs()),
            }
        };
        Some((0..MOST_PARTS).map(cookie).collect())
    }

    /// The values of `Set-Cookie` by which a browser forgets it.
    #[must_use]
    pub fn forget(&self) -> Vec<String> {
        (0..MOST_PARTS)
            .map(|part| self.cookie(part, "", 0))
            .collect()
    }

    /// With the prefix, a browser takes the cookie by TLS alone, and from no other host of the domain
    /// (RFC 6265bis, section 4.1.3.2): nobody else can plant one.
    fn name_of(&self, part: usize) -> String {
        let prefix = match self.scheme {
            Scheme::Https => "__Host-",
            Scheme::Http => "",
        };
        format!("{prefix}{}-{part}", self.name)
    }

    fn cookie(&self, part: usize, value: &str, seconds: i64) -> String {
        let name = self.name_of(part);
        let secure = match self.scheme {
            Scheme::Https => "; Secure",
            Scheme::Http => "",
        };
        // The hosted login sends browsers back by a link, with which `Strict` would send nothing.
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAR: Jar = Jar::of_session(Scheme::Https);

    /// What a browser sends back of what it was told to keep.
    fn sent_back(cookies: &[String]) -> String {
        let pairs = cookies
            .iter()
            .filter(|cookie| !cookie.contains("Max-Age=0;"));
        let pairs = pairs.filter_map(|cookie| cookie.split(';').next());
        pairs.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_text_comes_back_whole_however_many_cookies_it_takes() {
        for length in [1, 100, PART, PART + 1, PART * 2] {
            let text = "a".repeat(length);
            let cookies = JAR.keep(&text, LIFETIME).unwrap();
            assert_eq!(cookies.len(), MOST_PARTS);
            assert!(cookies.iter().all(|cookie| cookie.len() <= 4_096));
            let header = format!("theme=dark; {}", sent_back(&cookies));
            assert_eq!(JAR.read(&header), Some(text));
        }
    }

    #[test]
    fn what_is_too_long_is_not_kept_in_part() {
        assert_eq!(JAR.keep(&"a".repeat(PART * 2 + 1), LIFETIME), None);
    }

    #[test]
    fn a_shorter_text_leaves_nothing_of_a_longer_one() {
        let cookies = JAR.keep("short", LIFETIME).unwrap();
        assert!(cookies[1].starts_with("__Host-fairlead-session-1=; Path=/; Max-Age=0;"));
    }

    #[test]
    fn scripts_other_sites_and_other_hosts_get_at_no_cookie() {
        for cookie in JAR
            .keep("text", LIFETIME)
            .unwrap()
            .iter()
            .chain(&JAR.forget())
        {
            assert!(cookie.starts_with("__Host-"), "{cookie}");
            for attribute in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    }

    #[test]
    fn a_cookie_whose_name_only_begins_or_ends_alike_is_another() {
        let others =
            "__Host-fairlead-session-00=a; x__Host-fairlead-session-0=b; fairlead-session-0=c";
        assert_eq!(JAR.read(others), None);
    }

    #[test]
    fn without_tls_a_browser_still_keeps_it() {
        let jar = Jar::of_sign_in(Scheme::Http);
        let cookies = jar.keep("text", LIFETIME).unwrap();
        assert!(cookies[0].starts_with("fairlead-sign-in-0=text;"));
        assert!(!cookies[0].contains("Secure"));
    }
}

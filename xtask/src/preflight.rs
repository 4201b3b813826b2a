//! What has to be there beforehand. Each check fails with one sentence that says what to do.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use anyhow::{Result, anyhow, bail};

/// Major and minor.
pub(crate) type Version = (u32, u32);

const NODE: Version = (20, 0);
const PYTHON: Version = (3, 10);

/// Node.js with its package manager.
pub(crate) fn node() -> Result<()> {
    let Some(found) = printed_version("node", &["--version"]) else {
        bail!(
            "Node.js is not on the PATH: install Node.js {} or newer from https://nodejs.org and run this again",
            NODE.0
        );
    };
    if found < NODE {
        bail!(
            "Node.js {}.{} is too old: install Node.js {} or newer from https://nodejs.org and run this again",
            found.0,
            found.1,
            NODE.0
        );
    }
    if printed_version("npm", &["--version"]).is_none() {
        bail!(
            "npm, which belongs to Node.js, is not on the PATH: install Node.js with npm and run this again"
        );
    }
    Ok(())
}

/// The Python to use: the first on the PATH that is new enough.
pub(crate) fn python() -> Result<String> {
    let named = (PYTHON.1..20).rev().map(|minor| format!("python3.{minor}"));
    let candidates: Vec<String> = ["python3", "python"]
        .map(str::to_owned)
        .into_iter()
        .chain(named)
        .collect();
    let mut newest: Option<Version> = None;
    for candidate in candidates {
        let found = printed_version(&candidate, &["--version"]);
        if found >= Some(PYTHON) {
            return Ok(candidate);
        }
        newest = newest.max(found);
    }
    let (major, minor) = PYTHON;
    Err(match newest {
        None => anyhow!(
            "Python is not on the PATH: install Python {major}.{minor} or newer and run this again"
        ),
        Some(found) => anyhow!(
            "Python {}.{} is too old: install Python {major}.{minor} or newer and run this again",
            found.0,
            found.1
        ),
    })
}

/// A port of the loopback interface to listen on.
pub(crate) fn port_is_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!(
            "port {port} of 127.0.0.1 cannot be used ({error}): end what listens there, or choose another port with --port"
        ),
    }
}

/// A port that nobody listens on at the moment.
pub(crate) fn any_free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// The version that a program prints; none if it cannot be run.
pub(crate) fn printed_version(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<Version> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// The first `<major>.<minor>` in a text such as `v20.20.2` or `Python 3.11.7`.
fn parse_version(text: &str) -> Option<Version> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let mut numbers = text
        .get(start..)?
        .trim_end()
        .split('.')
        .map_while(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_tools_print_them() {
        assert_eq!(parse_version("v20.20.2\n"), Some((20, 20)));
        assert_eq!(parse_version("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(parse_version("11.19.1\n"), Some((11, 19)));
        assert_eq!(parse_version("Python 3.14.0rc2\n"), Some((3, 14)));
        assert_eq!(parse_version("no version"), None);
    }

    #[test]
    fn a_port_in_use_is_named_with_what_to_do() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = port_is_free(port).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("port {port} of 127.0.0.1 cannot be used")),
            "{error}"
        );
        assert!(
            error.ends_with("choose another port with --port"),
            "{error}"
        );
    }
}

//! Where the API is and who asks: from flags, else from the environment, else from a file.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::PathBuf,
};

use serde::Deserialize;

use crate::{args::Global, failure::Failure};

/// What may be set.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where the API is, without a path: `https://….execute-api.eu-central-1.amazonaws.com`.
    pub url: Option<String>,
    /// Where the hosted login is, without a path.
    pub login_url: Option<String>,
    /// The app client to sign in by.
    pub client_id: Option<String>,
    /// Its secret, if it has one.
    pub client_secret: Option<String>,
    /// Whose directory is meant, if it is not that of the token.
    pub tenant: Option<String>,
    /// An access token, in place of the one that `login` kept.
    pub token: Option<String>,
}

/// The folder of settings and token.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Settings {
    pub(crate) fn read(
        flags: &Global,
        variable: &impl Fn(&str) -> Option<String>,
        home: Option<&Home>,
    ) -> Result<Self, Failure> {
        let file = home.map(Home::settings).transpose()?.unwrap_or_default();
        let first = |flag: &Option<String>, name: &str, file: Option<String>| {
            flag.clone().or_else(|| variable(name)).or(file)
        };
        let token = variable("FAIRLEAD_TOKEN").or(file.token);
        let kept = home.map(Home::token).transpose()?.flatten();
        Ok(Self {
            url: first(&flags.url, "FAIRLEAD_URL", file.url),
            login_url: first(&flags.login_url, "FAIRLEAD_LOGIN_URL", file.login_url),
            client_id: first(&flags.client_id, "FAIRLEAD_CLIENT_ID", file.client_id),
            // A secret in a flag would be seen in the list of processes.
            client_secret: variable("FAIRLEAD_CLIENT_SECRET").or(file.client_secret),
            tenant: first(&flags.tenant, "FAIRLEAD_TENANT", file.tenant),
            token: token.or(kept),
        })
    }
}

impl Home {
    /// `FAIRLEAD_HOME`, else `fairlead` in the folder of settings that the system has.
    pub(crate) fn find(variable: &impl Fn(&str) -> Option<String>) -> Option<Self> {
        let own = variable("FAIRLEAD_HOME").map(PathBuf::from);
        let of_system = || {
            let xdg = variable("XDG_CONFIG_HOME").map(PathBuf::from);
            let config = xdg.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")));
            config.map(|config| config.join("fairlead"))
        };
        own.or_else(of_system).map(Self)
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let path = self.0.join("config.json");
        let Some(text) = self.text("config.json")? else {
            return Ok(Settings::default());
        };
        serde_json::from_str(&text)
            .map_err(|error| Failure::Usage(format!("{} can't be read: {error}.", path.display())))
    }

    fn token(&self) -> Result<Option<String>, Failure> {
        let text = self.text("token")?;
        Ok(text.map(|text| text.trim().to_owned()))
    }

    fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        let path = self.0.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::file(path.display().to_string())(error)),
        }
    }

    /// Keeps a token for its owner's eyes alone.
    pub(crate) fn keep_token(&self, token: &str) -> Result<(), Failure> {
        let path = self.0.join("token");
        let failed = || Failure::file(format!("{} can't be written", path.display()));
        fs::create_dir_all(&self.0).map_err(failed())?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&path).map_err(failed())?;
        // A file that was there keeps the mode that it had.
        let own = fs::Permissions::from_mode(0o600);
        file.set_permissions(own).map_err(failed())?;
        file.write_all(token.as_bytes()).map_err(failed())
    }

    pub(crate) fn forget_token(&self) -> Result<(), Failure> {
        let path = self.0.join("token");
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Failure::file(path.display().to_string())(error))
            }
            _ => Ok(()),
        }
    }
}

/// There is no folder to keep a token in.
pub(crate) fn no_home() -> Failure {
    Failure::Usage("There is no folder to keep the token in: set FAIRLEAD_HOME.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_comes_before_the_environment_and_that_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = r#"{ "url": "https://file", "tenant": "file", "client_id": "file" }"#;
        fs::write(folder.path().join("config.json"), file).unwrap();
        let home = Home(folder.path().to_owned());
        let flags = Global {
            url: Some("https://flag".to_owned()),
            ..Global::default()
        };
        let variable = |name: &str| {
            let of_environment = ["FAIRLEAD_URL", "FAIRLEAD_TENANT"].contains(&name);
            of_environment.then(|| "environment".to_owned())
        };
        let read = Settings::read(&flags, &variable, Some(&home)).unwrap();
        assert_eq!(read.url.as_deref(), Some("https://flag"));
        assert_eq!(read.tenant.as_deref(), Some("environment"));
        assert_eq!(read.client_id.as_deref(), Some("file"));
    }

    #[test]
    fn a_token_is_for_its_owner_alone_and_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home(folder.path().join("fairlead"));
        assert_eq!(home.token().unwrap(), None);
        fs::create_dir_all(&home.0).unwrap();
        fs::write(home.0.join("token"), "an older one").unwrap();
        home.keep_token("a token").unwrap();
        let mode = fs::metadata(home.0.join("token"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(home.token().unwrap().as_deref(), Some("a token"));
        home.forget_token().unwrap();
        home.forget_token().unwrap();
        assert_eq!(home.token().unwrap(), None);
    }

    #[test]
    fn a_file_that_can_not_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.json"), r#"{ "host": 1 }"#).unwrap();
        let home = Home(folder.path().to_owned());
        let read = Settings::read(&Global::default(), &|_: &str| None, Some(&home));
        let failure = read.err().unwrap();
        assert!(failure.to_string().contains("config.json"), "{failure}");
        assert_eq!(failure.exit_code(), 2);
    }
}

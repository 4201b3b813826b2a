//! What messages say where a tenant has no words of its own.

use std::borrow::Cow;

use identity::cognito::MessageKind;
use tenancy::{LanguageCode, Template};

/// Subject, e-mail and text message.
type Words = [&'static str; 3];

/// The built-in message of a kind; `None` if there is none in that language.
pub(crate) fn builtin(kind: MessageKind, language: &LanguageCode) -> Option<Template> {
    let [subject, email, sms] = match language.as_str() {
        "en" => english(kind),
        "de" => german(kind),
        _ => return None,
    };
    Some(Template {
        subject: Some(Cow::Borrowed(subject)),
        email: Some(Cow::Borrowed(email)),
        sms: Some(Cow::Borrowed(sms)),
    })
}

const fn english(kind: MessageKind) -> Words {
    match kind {
        MessageKind::SignUp | MessageKind::ResendCode => [
            "Your code for {tenant}",
            "<p>Welcome to {tenant}.</p><p>Your code is <b>{####}</b>. Enter it to confirm your account.</p>",
            "Your code for {tenant} is {####}.",
        ],
        MessageKind::Invitation => [
            "Your account at {tenant}",
            "<p>{tenant} made an account for you.</p><p>Sign in as <b>{username}</b> with the password <b>{####}</b>, and choose your own.</p>",
            "{tenant}: sign in as {username} with the password {####}",
        ],
        MessageKind::ForgotPassword => [
            "A new password for {tenant}",
            "<p>Your code is <b>{####}</b>. Enter it to choose a new password for {tenant}.</p><p>If you did not ask for it, nothing needs to be done.</p>",
            "Your code for a new password at {tenant} is {####}.",
        ],
        MessageKind::ChangedContact | MessageKind::VerifyContact => [
            "Confirm your contact at {tenant}",
            "<p>Your code is <b>{####}</b>. Enter it to confirm that {tenant} reaches you here.</p>",
            "Your code to confirm this number at {tenant} is {####}.",
        ],
        MessageKind::SecondFactor => [
            "Your sign-in at {tenant}",
            "<p>Your code to sign in at {tenant} is <b>{####}</b>.</p><p>Never tell it to anybody.</p>",
            "Your code to sign in at {tenant} is {####}.",
        ],
    }
}

const fn german(kind: MessageKind) -> Words {
    match kind {
        MessageKind::SignUp | MessageKind::ResendCode => [
            "Ihr Code für {tenant}",
            "<p>Willkommen bei {tenant}.</p><p>Ihr Code ist <b>{####}</b>. Geben Sie ihn ein, um Ihr Konto zu bestätigen.</p>",
            "Ihr Code für {tenant} ist {####}.",
        ],
        MessageKind::Invitation => [
            "Ihr Konto bei {tenant}",
            "<p>{tenant} hat ein Konto für Sie angelegt.</p><p>Melden Sie sich als <b>{username}</b> mit dem Passwort <b>{####}</b> an und wählen Sie ein eigenes.</p>",
            "{tenant}: Anmeldung als {username} mit dem Passwort {####}",
        ],
        MessageKind::ForgotPassword => [
            "Ein neues Passwort für {tenant}",
            "<p>Ihr Code ist <b>{####}</b>. Geben Sie ihn ein, um ein neues Passwort für {tenant} zu wählen.</p><p>Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.</p>",
            "Ihr Code für ein neues Passwort bei {tenant} ist {####}.",
        ],
        MessageKind::ChangedContact | MessageKind::VerifyContact => [
            "Bestätigen Sie Ihren Kontakt bei {tenant}",
            "<p>Ihr Code ist <b>{####}</b>. Geben Sie ihn ein, um zu bestätigen, dass {tenant} Sie hier erreicht.</p>",
            "Ihr Code zur Bestätigung dieser Nummer bei {tenant} ist {####}.",
        ],
        MessageKind::SecondFactor => [
            "Ihre Anmeldung bei {tenant}",
            "<p>Ihr Code für die Anmeldung bei {tenant} ist <b>{####}</b>.</p><p>Geben Sie ihn an niemanden weiter.</p>",
            "Ihr Code für die Anmeldung bei {tenant} ist {####}.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use tenancy::{Inserts, MessagePart};

    use super::*;

    #[test]
    fn every_built_in_message_is_one_that_cognito_takes() {
        for kind in MessageKind::ALL {
            let inserts = Inserts {
                tenant: &"N".repeat(40),
                code: "{####}",
                username: (kind == MessageKind::Invitation).then_some("{username}"),
            };
            for language in ["en", "de"] {
                let template = builtin(kind, &LanguageCode::of(Some(language))).unwrap();
                for part in MessagePart::ALL {
                    let filled = template.filled(part, &inserts);
                    assert!(filled.is_some(), "{kind:?} {language} {part:?}");
                }
            }
        }
    }
}

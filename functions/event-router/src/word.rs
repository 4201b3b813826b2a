//! What an SDK's traits say, in the words of the record.

use identity::Identifier;
use profile::{FieldName, FieldText, ProfilePatch};
use serde_json::{Map, Value};

/// Where a field stands in Segment's reserved traits.
const FIELDS: [(&str, FieldName); 7] = [
    ("/firstName", FieldName::GivenName),
    ("/lastName", FieldName::FamilyName),
    ("/name", FieldName::DisplayName),
    ("/birthday", FieldName::Birthdate),
    ("/address/country", FieldName::Country),
    ("/locale", FieldName::Locale),
    ("/timezone", FieldName::TimeZone),
];

/// The fields that traits name and that take what stands there. Everything else stays in the event.
pub(crate) fn patch(traits: &Map<String, Value>) -> ProfilePatch {
    let traits = Value::Object(traits.clone());
    let mut fields = Map::new();
    for (place, field) in FIELDS {
        let text = traits.pointer(place).and_then(Value::as_str);
        // Birthdays come with a time of day.
        let text = text.and_then(|text| match field {
            FieldName::Birthdate => text.split('T').next(),
            _ => Some(text),
        });
        if let Some(text) = text.filter(|text| FieldText::new(field, text).is_ok()) {
            fields.insert(field.as_str().to_owned(), text.into());
        }
    }
    let json = Value::Object(fields).to_string();
    ProfilePatch::parse(json.as_bytes()).unwrap_or_default()
}

/// The contacts that traits name: unverified, on the sender's word.
pub(crate) fn contacts(traits: &Map<String, Value>) -> Vec<Identifier> {
    let find = |name: &str| traits.get(name).and_then(Value::as_str);
    let email = find("email").and_then(|text| text.parse().ok());
    let phone = find("phone").and_then(|text| text.parse().ok());
    let contacts = [email.map(Identifier::Email), phone.map(Identifier::Phone)];
    contacts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn traits(json: &Value) -> Map<String, Value> {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn what_a_field_takes_is_taken_and_the_rest_left_out() {
        let traits = traits(&json!({
            "firstName": "Jane", "lastName": 7, "name": "", "plan": "gold",
            "birthday": "1990-12-31T00:00:00.000Z", "address": { "country": "ch", "city": "Bern" },
            "locale": "german", "email": "no address", "phone": "+49 30 901820",
        }));
        let names: Vec<FieldName> = patch(&traits).names().collect();
        assert_eq!(
            names,
            [
                FieldName::GivenName,
                FieldName::Birthdate,
                FieldName::Country
            ]
        );
        let contacts = contacts(&traits);
        assert!(matches!(contacts.as_slice(), [Identifier::Phone(_)]));
    }

    #[test]
    fn traits_that_say_nothing_of_the_record_change_nothing() {
        let traits = traits(&json!({ "plan": "gold", "notices_by_sms": "yes", "address": "Bern" }));
        assert_eq!(patch(&traits), ProfilePatch::default());
        assert!(contacts(&traits).is_empty());
    }
}

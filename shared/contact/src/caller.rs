//! Who calls, by their number.

use identity::PhoneNumber;

/// What networks send in place of a number that is withheld: `anonymous`, `restricted`, `unavailable`,
/// `unknown`, `private` and `blocked` as they are spelled on a telephone's keys. None of them is anybody's:
/// each is too short or too long for the country that it would be in.
const SPELLED: [&str; 6] = [
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+8656696",
    "+7748283",
    "+2562533",
];

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Somebody by this number. It is what the network says, which is no proof of who is speaking.
    By(PhoneNumber),
    /// Somebody who withholds their number, or who has none.
    Withheld,
}

impl Caller {
    /// Who calls by what Connect says of their number.
    #[must_use]
    pub fn of(number: Option<&str>) -> Self {
        let number: Option<PhoneNumber> = number.and_then(|number| number.parse().ok());
        match number {
            Some(number) if !SPELLED.contains(&number.as_str()) => Self::By(number),
            Some(_) | None => Self::Withheld,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None)]
    #[case(Some(""))]
    #[case(Some("anonymous"))]
    #[case(Some("Restricted"))]
    #[case(Some("+266696687"))]
    #[case(Some("+2 6669-6687"))]
    #[case(Some("030 901820"))]
    #[case(Some("sip:jane@example.com"))]
    fn what_is_nobodys_number_is_withheld(#[case] number: Option<&str>) {
        assert_eq!(Caller::of(number), Caller::Withheld);
    }

    #[test]
    fn a_number_is_somebodys_and_is_not_printed() {
        let caller = Caller::of(Some("+49 30 901820"));
        assert_eq!(caller, Caller::By("+4930901820".parse().unwrap()));
        assert!(!format!("{caller:?}").contains("901820"));
    }
}

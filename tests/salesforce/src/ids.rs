//! Salesforce's ids of records: three characters for the object, twelve for the record, and three by
//! which the other fifteen can be told from each other where upper and lower case are not.

/// What an id is made of.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What the last three characters are made of.
const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The id of the record of that number, of the object of that number.
#[must_use]
pub fn record_id(object: u32, number: u64) -> String {
    let object = in_digits(u64::from(object), 2);
    // Something before the number, so that an id has capitals in it as those of an org have.
    let short = format!("a{object}Wx000{}", in_digits(number, 7));
    with_suffix(&short)
}

/// An id of fifteen characters with the three that follow from it
/// (<https://help.salesforce.com/s/articleView?id=000385008>).
#[must_use]
pub fn with_suffix(short: &str) -> String {
    let suffix = short.as_bytes().chunks(5).filter_map(|chunk| {
        let capitals = chunk.iter().enumerate();
        let bits = capitals.fold(0_usize, |bits, (n, byte)| {
            bits | (usize::from(byte.is_ascii_uppercase()) << n)
        });
        SUFFIX.get(bits).copied().map(char::from)
    });
    short.chars().chain(suffix).collect()
}

fn in_digits(mut number: u64, width: usize) -> String {
    let mut digits = Vec::with_capacity(width);
    for _ in 0..width {
        let place = usize::try_from(number % 62).unwrap_or_default();
        digits.extend(DIGITS.get(place).copied().map(char::from));
        number /= 62;
    }
    digits.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_is_salesforces_own() {
        // Both are in Salesforce's own examples.
        assert_eq!(with_suffix("0015f00002J9YYE"), "0015f00002J9YYEAA3");
        assert_eq!(with_suffix("0055f000005mc66"), "0055f000005mc66AAA");
    }

    #[test]
    fn ids_differ_and_have_eighteen_characters() {
        let ids: Vec<String> = (0..100).map(|number| record_id(3, number)).collect();
        assert!(ids.iter().all(|id| id.len() == 18));
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
    }
}

//! Where nothing is sent to, however it is spelled.

use std::net::IpAddr;

use proptest::prelude::*;
use rstest::rstest;
use webhook::{InvalidTarget, Target, all_public, is_public};

/// Hosts that are not on the internet, each as a URL may have it.
const INSIDE: [&str; 101] = [
    // IPv4 as it is usually written.
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    // In fewer parts.
    "127.1",
    "127.0.1",
    "10.1",
    "0",
    "169.254.43518",
    "192.168.257",
    // Decimal.
    "2130706433",
    "2852039166",
    "3232235521",
    "167772161",
    // Hexadecimal.
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0x7f.1",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0x0a000001",
    "0x",
    // Octal.
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "0251.0376.0251.0376",
    "012.0.0.1",
    "00000177.0.0.1",
    // Mixed.
    "0x7f.0.0.01",
    "169.0xfe.0251.254",
    // Percent-encoded, and in other characters that stand for digits and full stops.
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "%30",
    // With the full stop of the root.
    "127.0.0.1.",
    "localhost.",
    "example.com.",
    // IPv6.
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[FD00:EC2::254]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[5f00::1]",
    // IPv6 that holds an address of IPv4: mapped, compatible, translated, 6to4, Teredo, ISATAP's link.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:8.8.8.8]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::10.0.0.1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[fe80::5efe:127.0.0.1]",
    // Of IPv6 what is for protocols and documents.
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[3ffe::1]",
    "[2620:4f:8000::1]",
    // Names that lead nowhere on the internet.
    "localhost",
    "LOCALHOST",
    "printer",
    "metadata.google.internal",
    "1.0.0.127.in-addr.arpa",
];

#[test]
fn nothing_is_sent_to_the_inside_however_it_is_spelled() {
    for host in INSIDE {
        let outcome = Target::parse(&format!("https://{host}/hook"), &[]);
        assert_eq!(outcome, Err(InvalidTarget::Host), "{host}");
    }
}

#[rstest]
#[case("8.8.8.8")]
#[case("1.1.1.1")]
#[case("9.255.255.255")]
#[case("11.0.0.0")]
#[case("100.63.255.255")]
#[case("100.128.0.0")]
#[case("126.255.255.255")]
#[case("128.0.0.0")]
#[case("169.253.255.255")]
#[case("169.255.0.0")]
#[case("172.15.255.255")]
#[case("172.32.0.0")]
#[case("192.167.255.255")]
#[case("192.169.0.0")]
#[case("198.17.255.255")]
#[case("198.20.0.0")]
#[case("223.255.255.255")]
#[case("2606:4700:4700::1111")]
#[case("2a00:1450:4001:81b::200e")]
#[case("2001:4860:4860::8888")]
#[case("2001:200::1")]
fn what_is_beside_it_is_the_internet_s(#[case] address: &str) {
    let address: IpAddr = address.parse().unwrap();
    assert!(is_public(address));
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let target = Target::parse(&format!("https://{host}"), &[]).unwrap();
    assert_eq!(target.address(), Some(address));
}

#[rstest]
#[case("http://example.com/", InvalidTarget::Scheme)]
#[case("ftp://example.com/", InvalidTarget::Scheme)]
#[case("file:///etc/passwd", InvalidTarget::Scheme)]
#[case("javascript:alert(1)", InvalidTarget::Scheme)]
#[case("example.com", InvalidTarget::Url)]
#[case("", InvalidTarget::Url)]
#[case("//example.com", InvalidTarget::Url)]
#[case("https://", InvalidTarget::Url)]
#[case("https://user@example.com/", InvalidTarget::User)]
#[case("https://user:password@example.com/", InvalidTarget::User)]
#[case("https://:password@example.com/", InvalidTarget::User)]
#[case("https://@example.com/", InvalidTarget::User)]
#[case("https://example.com@127.0.0.1/", InvalidTarget::User)]
#[case("https://example.com/#fragment", InvalidTarget::Fragment)]
#[case("https://example.com:80/", InvalidTarget::Port)]
#[case("https://example.com:22/", InvalidTarget::Port)]
#[case("https://example.com:0/", InvalidTarget::Port)]
#[case("https://example.com:65536/", InvalidTarget::Url)]
#[case("https://exa mple.com/", InvalidTarget::Url)]
#[case(" https://example.com/", InvalidTarget::Url)]
#[case("https://example.com/\n", InvalidTarget::Url)]
#[case("https://exam\tple.com/", InvalidTarget::Url)]
#[case("https:\\\\example.com/", InvalidTarget::Url)]
#[case("https://example.com\\@127.0.0.1/", InvalidTarget::Url)]
#[case("https://１２７.0.0.1/", InvalidTarget::Url)]
#[case("https://127。0。0。1/", InvalidTarget::Url)]
#[case("https://exämple.com/", InvalidTarget::Url)]
#[case("https://256.256.256.256/", InvalidTarget::Url)]
#[case("https://1.2.3.4.5/", InvalidTarget::Url)]
#[case("https://[::1/", InvalidTarget::Url)]
#[case("https://[fe80::1%25eth0]/", InvalidTarget::Url)]
fn what_is_no_target_is_told_why(#[case] text: &str, #[case] expected: InvalidTarget) {
    assert_eq!(Target::parse(text, &[]), Err(expected), "{text}");
}

#[test]
fn a_target_is_shown_as_it_is_called() {
    let target = Target::parse("HTTPS://Hooks.Example.COM:443/a/../b?key=secret", &[]).unwrap();
    assert_eq!(target.as_str(), "https://hooks.example.com/b?key=secret");
    assert_eq!((target.host(), target.port()), ("hooks.example.com", 443));
    assert_eq!(target.address(), None);
    assert!(!format!("{target:?}").contains("secret"));
    let target = Target::parse("https://example.com:8443/", &[8443]).unwrap();
    assert_eq!(target.port(), 8443);
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    assert_eq!(Target::parse(&long, &[]), Err(InvalidTarget::Url));
}

#[test]
fn a_name_with_one_address_inside_leads_nowhere() {
    let addresses = |texts: &[&str]| -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    };
    let public = addresses(&["8.8.8.8", "2606:4700:4700::1111"]);
    assert_eq!(all_public(&public).unwrap(), public);
    assert!(all_public(&addresses(&["8.8.8.8", "10.0.0.1"])).is_err());
    assert!(all_public(&addresses(&["::ffff:127.0.0.1"])).is_err());
    assert!(all_public(&[]).is_err());
}

proptest! {
    #[test]
    fn whatever_is_taken_is_public(text in "\\PC{0,40}", host in "[0-9a-fx.:%\\[\\]]{1,20}") {
        for text in [text, format!("https://{host}/")] {
            if let Ok(target) = Target::parse(&text, &[]) {
                prop_assert!(target.as_str().starts_with("https://"));
                prop_assert!(target.address().is_none_or(is_public));
            }
        }
    }

    #[test]
    fn an_address_of_ipv4_is_one_however_it_is_written(bits in any::<u32>()) {
        let address = IpAddr::V4(bits.into());
        let [a, b, c, d] = bits.to_be_bytes();
        let spellings = [
            format!("{bits}"),
            format!("{bits:#x}"),
            format!("0{bits:o}"),
            format!("{a}.{b}.{c}.{d}"),
            format!("{a:#x}.0{b:o}.{}", u16::from_be_bytes([c, d])),
        ];
        for host in spellings {
            let outcome = Target::parse(&format!("https://{host}/"), &[]);
            prop_assert_eq!(outcome.is_ok(), is_public(address), "{}", host);
        }
    }
}

//! Packages that lead out of themselves, are larger than they seem, or say one thing to one reader and another to the
//! next.

mod manifests;

use extension::{LARGEST_PACKAGE, Package};

use crate::{
    archive::{File, archive},
    attack::{Attack, Room, Stopped, refused_for},
    neighbour,
};

const MANIFEST: &str = r#"
name = "greeter"
version = "1"
kind = "wasm"
code = "greeter.wasm"
events = ["com.acme.order.placed.v1"]
"#;

/// All of them.
pub(crate) fn all() -> Vec<Attack> {
    [names(), kinds(), sizes(), readers(), manifests::all()].concat()
}

/// The files of a package that is as it should be.
fn good() -> Vec<File> {
    vec![
        File::new("extension.toml", MANIFEST.as_bytes()),
        File::new("greeter.wasm", &neighbour::module()),
    ]
}

fn package(name: &'static str, told: &'static str, bytes: Vec<u8>) -> Attack {
    Attack::new(name, Room::Packages, move |_| match Package::read(&bytes) {
        Ok(_) => Err("it was taken".to_owned()),
        Err(problems) => {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            refused_for(&problems, told)
        }
    })
}

/// A package with these files more.
fn with(name: &'static str, told: &'static str, more: Vec<File>) -> Attack {
    package(name, told, archive(&[good(), more].concat(), None))
}

fn names() -> Vec<Attack> {
    let out = "its name leads out of the package";
    let odd = "its name has a backslash, a colon or a character that nobody sees";
    let twice = "it is there twice";
    let named = |name, told, file: &str| with(name, told, vec![File::new(file, b"x")]);
    let both = |name, one: &str, other: &str| {
        with(
            name,
            twice,
            vec![File::new(one, b"x"), File::new(other, b"y")],
        )
    };
    let mut nameless = File::new("x", b"x");
    nameless.name.clear();
    nameless.local_name.clear();
    vec![
        named("a file above the package", out, "../../etc/cron.d/x"),
        named(
            "a file above, by a way through a folder",
            out,
            "lib/../../x",
        ),
        named("a file at the root of the disk", out, "/etc/passwd"),
        named("a file by a name of one dot", out, "lib/./x"),
        named("a folder without a name", out, "lib//x"),
        named("a file of another drive", odd, "C:\\x"),
        named("a file above, by backslashes", odd, "..\\..\\x"),
        named("a name that ends early for some", odd, "x.wasm\0.txt"),
        named("a name that a terminal obeys", odd, "\u{1b}[2Jx"),
        named("a name that reads backwards", odd, "x\u{202e}txt.exe"),
        named("a name that Windows cuts", "ends with a dot", "lib./x"),
        named(
            "a name of a thousand letters",
            "its name is too long",
            &"a".repeat(1000),
        ),
        named(
            "a hundred folders",
            "its name is too long",
            &format!("{}x", "a/".repeat(40)),
        ),
        with(
            "a file without a name",
            "a file without a name",
            vec![nameless],
        ),
        both("a name twice", "a", "a"),
        both("a name in two cases", "readme", "README"),
        both(
            "a name in two forms of one letter",
            "caf\u{e9}",
            "cafe\u{301}",
        ),
        both("a file that is a folder too", "a", "a/b"),
        both("a folder that is a file too", "a/b", "A"),
    ]
}

fn kinds() -> Vec<Attack> {
    let kind = |name, mode, content: &[u8]| {
        let file = File {
            mode,
            ..File::new("x", content)
        };
        with(name, "it is a link or a device", vec![file])
    };
    vec![
        kind("a link to a file of the host", 0o120_777, b"/etc/passwd"),
        kind("a link to its own folder", 0o120_777, b"."),
        kind("a device", 0o020_666, b""),
        kind("a pipe", 0o010_666, b""),
        kind("a socket", 0o140_666, b""),
    ]
}

fn sizes() -> Vec<Attack> {
    let zeroes = vec![0; 70 * 1024 * 1024];
    let large = File::new("zeroes", &zeroes);
    let lying = |size| File {
        size,
        ..large.clone()
    };
    let mut mebibytes: Vec<File> = (0..65)
        .map(|n| File::new(&format!("{n}"), &zeroes[..1024 * 1024]))
        .collect();
    let honest = mebibytes.clone();
    for file in &mut mebibytes {
        file.size = 1000;
    }
    let nested = archive(std::slice::from_ref(&large), None);
    vec![
        with(
            "70 MiB of nothing, packed",
            "make it 67108864 at most",
            vec![large.clone()],
        ),
        with(
            "70 MiB that are said to be 10 bytes",
            "it is damaged",
            vec![lying(10)],
        ),
        with("65 files of a MiB each", "make it 67108864 at most", honest),
        with(
            "65 files of a MiB that are said to be small",
            "it is damaged",
            mebibytes,
        ),
        with(
            "a file that is smaller than it is said to be",
            "it is not as large as the archive says",
            vec![File {
                size: 1 << 20,
                ..File::new("x", b"x")
            }],
        ),
        with(
            "five thousand files",
            "make it 2000 at most",
            (0..5000).map(|n| File::new(&format!("{n}"), b"")).collect(),
        ),
        package(
            "a package of 20 MiB and a byte",
            "make it 20971520 at most",
            vec![0; LARGEST_PACKAGE + 1],
        ),
        Attack::new(
            "an archive within the archive, of 70 MiB",
            Room::Packages,
            move |_| {
                let bytes = archive(
                    &[good(), vec![File::new("nested.zip", &nested)]].concat(),
                    None,
                );
                let package = Package::read(&bytes).map_err(|problems| format!("{problems:?}"))?;
                let kept = package.files().get("nested.zip").map(Vec::len);
                if kept == Some(nested.len()) {
                    Ok(Stopped::before("nobody looks into it"))
                } else {
                    Err(format!("{kept:?} bytes are there of it"))
                }
            },
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table: a line or two for each")]
fn readers() -> Vec<Attack> {
    let whole = archive(&good(), None);
    let broken = "it is no ZIP archive that every reader reads alike";
    let plain = || File::new("x", b"x");
    let overlapping = {
        let mut files = good();
        files.push(File {
            at: Some(0),
            local_name: b"extension.toml".to_vec(),
            ..File::new("extension.toml2", MANIFEST.as_bytes())
        });
        archive(&files, None)
    };
    let changed = |at: usize, to: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= to;
        bytes
    };
    vec![
        with(
            "another name where it lies",
            "it has two names in the archive",
            vec![File {
                local_name: b"y".to_vec(),
                ..plain()
            }],
        ),
        with(
            "another name beside it",
            broken,
            vec![File {
                extra: b"\x75\x70\x06\0\x01\0\0\0\0y".to_vec(),
                ..plain()
            }],
        ),
        with(
            "another size beside it",
            broken,
            vec![File {
                extra: b"\x01\0\x08\0\0\0\0\0\x01\0\0\0".to_vec(),
                ..plain()
            }],
        ),
        with(
            "fields beside it that end early",
            broken,
            vec![File {
                extra: b"\x99\x99\xff\xff".to_vec(),
                ..plain()
            }],
        ),
        with(
            "an encrypted file",
            "it is encrypted",
            vec![File {
                flags: 1,
                ..plain()
            }],
        ),
        with(
            "another way of packing",
            "packed by something else",
            vec![File {
                method: 12,
                ..plain()
            }],
        ),
        with(
            "a name in an unknown alphabet",
            "its name is not said to be in UTF-8",
            vec![File {
                flags: 0,
                ..File::new("ä", b"x")
            }],
        ),
        with(
            "a checksum of something else",
            "it is damaged",
            vec![File {
                checksum: 1,
                ..plain()
            }],
        ),
        package("two files in the same bytes", broken, overlapping),
        package(
            "more files than are said",
            broken,
            archive(&good(), Some(1)),
        ),
        package(
            "fewer files than are said",
            broken,
            archive(&good(), Some(3)),
        ),
        package(
            "something before the archive",
            broken,
            [b"#!/bin/sh\n".to_vec(), whole.clone()].concat(),
        ),
        package(
            "something after the archive",
            "something follows after its end",
            [whole.clone(), whole[..30].to_vec()].concat(),
        ),
        package(
            "an archive that ends early",
            "something follows after its end",
            whole[..whole.len() - 5].to_vec(),
        ),
        package(
            "no archive at all",
            "it is no ZIP archive",
            b"\x1f\x8b\x08 and so on, in another form".to_vec(),
        ),
        package("nothing at all", broken, Vec::new()),
        package(
            "an archive on two disks",
            broken,
            changed(whole.len() - 18, 1),
        ),
    ]
}

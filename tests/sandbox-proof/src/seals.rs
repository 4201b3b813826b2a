//! Code that is said to be compiled already: only what was compiled here, for this, is ever loaded.

use sandbox::{CodeId, OpenError};
use testkit::engine::EXTENSION_MAC_KEY;

use crate::{
    attack::{Attack, Room, Stopped, Tried},
    ground::{Ground, id},
    neighbour,
};

/// How long a mark and an authentication code are.
const SEAL: usize = 6 + 32;

type Forge = fn(&Ground, &CodeId, &[u8]) -> Vec<u8>;

/// All of them. The first can be loaded where nobody looks at seals, and does no harm there.
pub(crate) fn all() -> Vec<Attack> {
    let forged: [(&str, Forge); 12] = [
        ("code of another tenant's", |ground, _, code| {
            ground.seal(&id("trent", &neighbour::module()), code)
        }),
        ("code of another extension", |ground, id, code| {
            let other = CodeId {
                extension: "other".to_owned(),
                ..id.clone()
            };
            ground.seal(&other, code)
        }),
        ("code of another module", |ground, id, code| {
            let other = CodeId {
                module: "0".repeat(64),
                ..id.clone()
            };
            ground.seal(&other, code)
        }),
        ("names that are cut at another place", |ground, id, code| {
            let tenant = format!("{}/{}", id.tenant, id.extension);
            let other = CodeId {
                tenant,
                extension: String::new(),
                module: id.module.clone(),
            };
            ground.seal(&other, code)
        }),
        ("code under a key of one's own", |ground, id, code| {
            let sealed = ground.sealer("arn:aws:kms:eu-central-1:999999999999:key/mallory");
            ground
                .world
                .block_on(sealed.seal(id, code))
                .expect("KMS is there")
        }),
        ("code without a seal", |_, _, code| code.to_vec()),
        ("code under zeroes", |_, _, code| {
            [b"FLSC1\0", &[0; 32][..], code].concat()
        }),
        ("code with a byte changed", |ground, id, code| {
            let mut sealed = ground.seal(id, code);
            let middle = SEAL + code.len() / 2;
            sealed[middle] ^= 1;
            sealed
        }),
        ("code that ends early", |ground, id, code| {
            let mut sealed = ground.seal(id, code);
            sealed.truncate(sealed.len() - 1);
            sealed
        }),
        ("code with something behind it", |ground, id, code| {
            [ground.seal(id, code), b"x".to_vec()].concat()
        }),
        ("the seal alone", |ground, id, code| {
            ground.seal(id, code)[..SEAL].to_vec()
        }),
        ("a program of this machine", |_, _, _| {
            b"\x7fELF\x02\x01\x01 and so on".to_vec()
        }),
    ];
    forged
        .map(|(name, forge)| Attack::new(name, Room::Seals, move |ground| load(ground, forge)))
        .into()
}

fn load(ground: &Ground, forge: Forge) -> Tried {
    let module = neighbour::module();
    let id = id("mallory", &module);
    let code = sandbox::compile(&module).map_err(|refusal| refusal.to_string())?;
    let sealed = forge(ground, &id, &code);
    match ground.load(id.clone(), &sealed) {
        Err(OpenError::Broken(of)) if of == id => {
            Ok(Stopped::before("it is under no seal of ours"))
        }
        Err(error) => Err(format!("it was not loaded, but not for its seal: {error}")),
        Ok(_) => Err("it was loaded".to_owned()),
    }
}

/// Whether what is under a whole seal is loaded: were it not, nothing above would prove anything.
#[must_use]
pub fn whole_is_loaded(ground: &Ground) -> bool {
    let module = neighbour::module();
    let id = id("mallory", &module);
    let code = sandbox::compile(&module).expect("it is a command");
    let sealed = ground.seal(&id, &code);
    assert_eq!(
        sealed.len(),
        SEAL + code.len(),
        "sealed under {EXTENSION_MAC_KEY}"
    );
    ground.load(id, &sealed).is_ok()
}

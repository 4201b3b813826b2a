//! A few actors at once, in every order of their calls.

/// What one actor does. Persons go by their place, merges by theirs among those made before.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Two become one.
    Join(usize, usize),
    /// A merge that was made before is undone.
    Split(usize),
    /// A login writes its name.
    Write(usize, &'static str),
    /// A login agrees.
    Decide(usize),
    /// A login proves a telephone number, the same for all.
    Prove(usize),
    /// A login is used on the device of a visitor.
    LogIn(usize, usize),
}

/// What is there, and who does what at once.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// What it is called.
    pub name: &'static str,
    /// How many persons there are.
    pub persons: usize,
    /// Who was merged before.
    pub merged: &'static [(usize, usize)],
    /// Who does what.
    pub acts: &'static [Act],
    /// How many writes a transaction takes.
    pub limit: usize,
    /// Who of them is a visitor: known by a device, and by no login.
    pub visitors: &'static [usize],
    /// Whose login proved the telephone number before.
    pub proved: &'static [usize],
}

/// The scenes: merges in any order, writes between them, splits between both, small ones and ones
/// that take several transactions; and sign-ins that make two one meanwhile.
pub const SCENES: [Scene; 21] = [
    scene(
        "the same two, twice",
        2,
        &[],
        &[Act::Join(0, 1), Act::Join(1, 0)],
    ),
    scene(
        "a chain from both ends",
        3,
        &[],
        &[Act::Join(0, 1), Act::Join(1, 2)],
    ),
    scene(
        "a merge and a write",
        2,
        &[],
        &[Act::Join(0, 1), Act::Write(1, "Bob")],
    ),
    scene(
        "a split and a write",
        2,
        &[(0, 1)],
        &[Act::Split(0), Act::Write(1, "Bob")],
    ),
    scene(
        "a split and a merge",
        3,
        &[(0, 1)],
        &[Act::Split(0), Act::Join(1, 2)],
    ),
    scene(
        "two splits",
        3,
        &[(1, 2), (0, 1)],
        &[Act::Split(0), Act::Split(1)],
    ),
    Scene {
        limit: 6,
        ..scene(
            "a large merge and a write",
            2,
            &[],
            &[Act::Join(0, 1), Act::Write(1, "Bob")],
        )
    },
    Scene {
        limit: 6,
        ..scene(
            "a large merge, twice",
            2,
            &[],
            &[Act::Join(0, 1), Act::Join(0, 1)],
        )
    },
    scene(
        "three, around in a circle",
        3,
        &[],
        &[Act::Join(0, 1), Act::Join(1, 2), Act::Join(2, 0)],
    ),
    scene(
        "a merge and a decision of the older",
        2,
        &[],
        &[Act::Join(0, 1), Act::Decide(0)],
    ),
    scene(
        "a merge and a decision of the younger",
        2,
        &[],
        &[Act::Join(0, 1), Act::Decide(1)],
    ),
    scene(
        "a split and a decision",
        2,
        &[(0, 1)],
        &[Act::Split(0), Act::Decide(1)],
    ),
    Scene {
        limit: 6,
        ..scene(
            "a large merge and a decision",
            2,
            &[],
            &[Act::Join(0, 1), Act::Decide(1)],
        )
    },
    Scene {
        limit: 6,
        ..scene(
            "a large split and a write",
            2,
            &[(0, 1)],
            &[Act::Split(0), Act::Write(1, "Bob")],
        )
    },
    Scene {
        limit: 6,
        ..scene(
            "a large split, twice",
            3,
            &[(1, 2), (0, 1)],
            &[Act::Split(1), Act::Split(1)],
        )
    },
    scene(
        "two who prove the same number",
        2,
        &[],
        &[Act::Prove(0), Act::Prove(1)],
    ),
    Scene {
        proved: &[2],
        ..scene(
            "a merge and a proof",
            3,
            &[],
            &[Act::Join(0, 1), Act::Prove(1)],
        )
    },
    Scene {
        proved: &[2],
        ..scene(
            "a split and a proof",
            3,
            &[(0, 1)],
            &[Act::Split(0), Act::Prove(1)],
        )
    },
    Scene {
        visitors: &[2],
        ..scene(
            "two on the device of a visitor",
            3,
            &[],
            &[Act::LogIn(0, 2), Act::LogIn(1, 2)],
        )
    },
    Scene {
        visitors: &[0],
        ..scene(
            "a merge and the device of an older visitor",
            3,
            &[],
            &[Act::LogIn(1, 0), Act::Join(1, 2)],
        )
    },
    Scene {
        visitors: &[2],
        ..scene(
            "a split and the device of a visitor",
            3,
            &[(0, 1)],
            &[Act::Split(0), Act::LogIn(1, 2)],
        )
    },
];

const fn scene(
    name: &'static str,
    persons: usize,
    merged: &'static [(usize, usize)],
    acts: &'static [Act],
) -> Scene {
    let limit = 100;
    Scene {
        name,
        persons,
        merged,
        acts,
        limit,
        visitors: &[],
        proved: &[],
    }
}

/// What an exploration found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many runs there were.
    pub runs: usize,
    /// How many profiles there were in all of them.
    pub profiles: usize,
    /// What was not as it should be.
    pub violations: Vec<String>,
    /// How many splits there were, and how many left what they should.
    pub splits: (usize, usize),
}

impl Found {
    /// Adds what another exploration found.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.profiles += other.profiles;
        self.violations.extend(other.violations);
        self.splits.0 += other.splits.0;
        self.splits.1 += other.splits.1;
    }
}

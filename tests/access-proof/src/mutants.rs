//! Changes of the policies' text, each of which makes other rules of them.

/// Changed policies.
pub(crate) struct Mutant {
    /// What was changed.
    pub(crate) what: String,
    /// The policies with that change.
    pub(crate) text: String,
}

/// What may stand in a condition, and what makes another condition of it.
const TURNS: [(&str, &str); 12] = [
    (" >= ", " > "),
    (" >= ", " < "),
    (" != ", " == "),
    (" == Fairlead::LegalBasis", " != Fairlead::LegalBasis"),
    (" == Fairlead::Record", " != Fairlead::Record"),
    (" == Fairlead::Decision", " != Fairlead::Decision"),
    (" == principal.tenant", " != principal.tenant"),
    (" || ", " && "),
    ("!context.", "context."),
    ("!(context has", "(context has"),
    ("unless {", "when {"),
    ("fairlead/profile.read", "fairlead/profile.write"),
];

/// Legal bases on which an agreement suffices.
const BASES: [&str; 5] = [
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
    "legitimate_interests",
];

/// Every policy left out in turn, every turn made at every place, and every basis taken for consent.
pub(crate) fn all(policies: &str) -> Vec<Mutant> {
    let mut mutants = without_one(policies);
    for (from, to) in TURNS {
        let turned = policies.match_indices(from).map(|(place, _)| Mutant {
            what: format!(
                "line {}: `{}` for `{}`",
                line(policies, place),
                to.trim(),
                from.trim()
            ),
            text: replaced(policies, place, from, to),
        });
        mutants.extend(turned);
    }
    for basis in BASES {
        let basis = format!("Fairlead::LegalBasis::\"{basis}\"");
        let Some(place) = policies.find(&basis) else {
            continue;
        };
        mutants.push(Mutant {
            what: format!("line {}: consent for {basis}", line(policies, place)),
            text: replaced(policies, place, &basis, "Fairlead::LegalBasis::\"consent\""),
        });
    }
    mutants
}

/// The policies with each of them left out in turn.
fn without_one(policies: &str) -> Vec<Mutant> {
    let starts: Vec<usize> = policies
        .match_indices("@id(")
        .map(|(place, _)| place)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([policies.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let (before, rest) = policies.split_at(*start);
            let (policy, after) = rest.split_at(end - start);
            Mutant {
                what: format!("without {}", policy.lines().next().unwrap_or_default()),
                text: format!("{before}{after}"),
            }
        })
        .collect()
}

fn replaced(policies: &str, place: usize, from: &str, to: &str) -> String {
    let (before, rest) = policies.split_at(place);
    let after = rest.strip_prefix(from).unwrap_or(rest);
    format!("{before}{to}{after}")
}

fn line(policies: &str, place: usize) -> usize {
    policies.split_at(place).0.lines().count()
}

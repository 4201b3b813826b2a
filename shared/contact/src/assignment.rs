//! Who is sent text messages while they are on call.

use std::collections::BTreeSet;

use identity::PhoneNumber;
use lambda_kit::planted;

/// What has to be done so that whoever is on call is sent text messages. Numbers that somebody subscribed
/// by hand are nobody's business here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// What is on record as ours before anything is done: whatever is subscribed is to be found again.
    pub ours: BTreeSet<PhoneNumber>,
    /// Whom to subscribe.
    pub subscribe: BTreeSet<PhoneNumber>,
    /// Whom to unsubscribe.
    pub unsubscribe: BTreeSet<PhoneNumber>,
    /// What is on record as ours once all is done.
    pub left: BTreeSet<PhoneNumber>,
}

/// What has to be done, where `ours` are the numbers that were subscribed here before.
#[must_use]
pub fn assign(
    on_shift: &BTreeSet<PhoneNumber>,
    subscribed: &BTreeSet<PhoneNumber>,
    ours: &BTreeSet<PhoneNumber>,
) -> Assignment {
    let subscribe: BTreeSet<PhoneNumber> = on_shift.difference(subscribed).cloned().collect();
    let ours: BTreeSet<PhoneNumber> = ours.union(&subscribe).cloned().collect();
    let is_ours = |number: &&PhoneNumber| {
        ours.contains(*number) || planted::is_on("oncall-unsubscribes-others")
    };
    let unsubscribe = subscribed.difference(on_shift).filter(is_ours).cloned();
    Assignment {
        unsubscribe: unsubscribe.collect(),
        left: ours.intersection(on_shift).cloned().collect(),
        subscribe,
        ours,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = BTreeSet<PhoneNumber>> {
        let number = (0_u8..8).prop_map(|n| format!("+493090182{n}").parse().unwrap());
        prop::collection::btree_set(number, 0..8)
    }

    /// Who is subscribed once all is done.
    fn done(subscribed: &BTreeSet<PhoneNumber>, assignment: &Assignment) -> BTreeSet<PhoneNumber> {
        let kept = subscribed.difference(&assignment.unsubscribe);
        kept.chain(&assignment.subscribe).cloned().collect()
    }

    proptest! {
        #[test]
        fn whoever_is_on_call_is_subscribed_and_of_ours_nobody_else(
            on_shift in numbers(), subscribed in numbers(), ours in numbers(),
        ) {
            let assignment = assign(&on_shift, &subscribed, &ours);
            let after = done(&subscribed, &assignment);
            prop_assert!(on_shift.is_subset(&after));
            prop_assert!(after.intersection(&ours).all(|number| on_shift.contains(number)));
        }

        #[test]
        fn whom_somebody_else_subscribed_stays(
            on_shift in numbers(), subscribed in numbers(), ours in numbers(),
        ) {
            let assignment = assign(&on_shift, &subscribed, &ours);
            let after = done(&subscribed, &assignment);
            prop_assert!(subscribed.difference(&ours).all(|number| after.contains(number)));
            // Also those of them who were on call meanwhile.
            let free = assign(&BTreeSet::new(), &after, &assignment.left);
            let at_last = done(&after, &free);
            prop_assert!(subscribed.difference(&ours).all(|number| at_last.contains(number)));
        }

        #[test]
        fn wherever_it_is_cut_off_the_next_run_ends_alike(
            on_shift in numbers(), subscribed in numbers(), ours in numbers(), cut in 0_usize..16,
        ) {
            let whole = assign(&on_shift, &subscribed, &ours);
            let mut now = subscribed.clone();
            let subscribing = whole.subscribe.iter().map(|number| (true, number));
            let unsubscribing = whole.unsubscribe.iter().map(|number| (false, number));
            for (is_added, number) in subscribing.chain(unsubscribing).take(cut) {
                if is_added {
                    now.insert(number.clone());
                } else {
                    now.remove(number);
                }
            }
            let again = assign(&on_shift, &now, &whole.ours);
            prop_assert_eq!(done(&now, &again), done(&subscribed, &whole));
            prop_assert_eq!(again.left, whole.left);
        }
    }
}

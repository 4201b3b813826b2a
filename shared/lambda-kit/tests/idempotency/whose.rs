use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use testkit::World;

use crate::{KEY, Route, kind, request, store};

#[test]
fn what_was_kept_is_given_only_while_they_are_there_of_whom_it_tells() {
    let (world, route) = (World::new(1), Route::default());
    let asked = request(Some(KEY), "{}");
    let send_while = |is_there: bool| {
        let store = store(&world);
        let gone = || Problem::new(404, "no-such-profile", "There is no such profile");
        let answer = store.once_while(
            &asked,
            "jane",
            async || is_there.then_some(()).ok_or_else(gone),
            async |request: &Request| Ok::<_, Problem>(route.answer(request, 200)),
        );
        world.block_on(answer).unwrap_or_else(Response::from)
    };
    // Whether they are there is for the route to find out while nothing is kept.
    let first = send_while(false);
    assert_eq!(first.status_code, 200);
    assert_eq!(send_while(true).body, first.body);
    let refused = send_while(false);
    assert_eq!(refused.status_code, 404);
    assert_eq!(kind(&refused), "no-such-profile");
    assert_eq!(route.calls(), 1);
    assert_eq!(send_while(true).body, first.body);
}

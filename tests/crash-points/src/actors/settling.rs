//! Operators whose merges and splits are left to the queue, since those whom they concern are many.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

use super::operators_request;

/// An operator asks for a merge or a split of persons of whom profile-merge reads none itself, again until
/// it is begun. Returns the problem that tells them to come again.
pub async fn begins(world: &World, route: &str, id: &str, body: Value) -> Value {
    let request = operators_request(world, "merge", route, id, &body);
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use profile_merge::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        let answer = handle(&app.reading_at_most(0), request, invocation).await?;
        let mut answer = serde_json::to_value(answer).expect("an answer is JSON");
        // They are content with that: the rest is the queue's.
        if problem(&answer).is_some_and(|problem| problem.ends_with("/settling"))
            && let Some(status) = answer.get_mut("statusCode")
        {
            *status = 200.into();
        }
        Ok::<_, profile_merge::UnreadableRequest>(answer)
    });
    let answer = answer.await.expect("the API answers");
    json!(problem(&answer))
}

/// The type of the problem that an answer tells of.
fn problem(answer: &Value) -> Option<String> {
    let body: Value = serde_json::from_str(answer.get("body")?.as_str()?).ok()?;
    Some(body.get("type")?.as_str()?.to_owned())
}

use fairlead_end_to_end::http::{Answer, Http};
use http::Request;
use serde_json::{Value, json};

use super::{LocalSalesforce, Settings};

const CLIENT: (&str, &str) = ("client", "secret");

fn start() -> LocalSalesforce {
    let settings = Settings {
        port: 0,
        account: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        client: CLIENT,
    };
    let salesforce = LocalSalesforce::start(&settings).unwrap();
    // As the functions of a stack are told.
    let described = json!({
        "prefix": "fairlead-test-", "profile": "fairlead-test-salesforce",
        "event_source": "aws.partner/appflow/salesforce.com/1/crm", "events_bucket": "events",
        "changes": { "salesforce-holiday-changes": "Holiday__ChangeEvent" },
        "outcomes": {
            "name": "salesforce-outcomes", "object": "Fairlead_Outcome__c", "bucket": "outcomes",
            "errors_bucket": "outcomes", "schedule": "rate(1minutes)",
        },
    });
    salesforce.shared.state().attach(&described).unwrap();
    salesforce
}

fn post(salesforce: &LocalSalesforce, path: &str, form: &[(&str, &str)]) -> Answer {
    let url = format!("{}{path}", salesforce.url());
    Http::new().post_form(&url, form).unwrap()
}

fn get(salesforce: &LocalSalesforce, path: &str) -> Answer {
    Http::new()
        .get(&format!("{}{path}", salesforce.url()))
        .unwrap()
}

fn make(salesforce: &LocalSalesforce, name: &str) -> String {
    let form = [
        ("object", "Holiday__c"),
        ("field.Name", name),
        ("field.Every_Year__c", "true"),
    ];
    let made = post(salesforce, "/local/records", &form)
        .expect(200)
        .unwrap();
    let made = made.json().unwrap();
    made["records"][0].as_str().unwrap().to_owned()
}

#[test]
fn an_edit_is_kept_with_its_types_and_can_be_read_by_the_rest_api() {
    let salesforce = start();
    let id = make(&salesforce, "New Year");
    let shown = get(&salesforce, &format!("/local/records/{id}"))
        .json()
        .unwrap();
    assert_eq!(shown["fields"]["Every_Year__c"], true);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT.0),
        ("client_secret", CLIENT.1),
    ];
    let token = post(&salesforce, "/services/oauth2/token", &form)
        .json()
        .unwrap();
    let path = format!(
        "{}/services/data/v64.0/sobjects/Holiday__c/{id}",
        salesforce.url()
    );
    let token = token["access_token"].as_str().unwrap();
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let read = Http::new().send(request.body(Vec::new()).unwrap()).unwrap();
    assert_eq!(
        read.expect(200).unwrap().json().unwrap()["Name"],
        "New Year"
    );
}

#[test]
fn a_flow_is_broken_and_started_again_by_appflows_own_api() {
    let salesforce = start();
    let flow = "fairlead-test-salesforce-holiday-changes";
    let path = format!("/local/flows/{flow}");
    post(&salesforce, &path, &[("trouble", "suspended")])
        .expect(200)
        .unwrap();
    let call = |operation: &str| -> Value {
        let body = json!({ "flowName": flow }).to_string().into_bytes();
        let url = format!("{}/{operation}", salesforce.url());
        let answer = Http::new()
            .send(Request::post(url).body(body).unwrap())
            .unwrap();
        answer.expect(200).unwrap().json().unwrap()
    };
    assert_eq!(call("describe-flow")["flowStatus"], "Suspended");
    call("start-flow");
    assert_eq!(call("describe-flow")["flowStatus"], "Active");
}

#[test]
fn what_is_typed_in_is_text_on_the_page() {
    let salesforce = start();
    make(&salesforce, "<script>\"'&");
    let page = get(&salesforce, "/").expect(200).unwrap().text();
    assert!(page.contains("&lt;script&gt;&quot;&#39;&amp;"), "{page}");
    assert!(!page.contains("<script>"), "{page}");
}

#[test]
fn pages_of_others_get_nothing() {
    let salesforce = start();
    for (name, value) in [("origin", "https://example.com"), ("host", "example.com")] {
        let url = format!("{}/local/records", salesforce.url());
        let request = Request::post(url).header(name, value);
        let answer = Http::new().send(request.body(Vec::new()).unwrap()).unwrap();
        assert_eq!(answer.status, 403, "{name}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    let salesforce = start();
    let nothing = post(&salesforce, "/local/records", &[]);
    assert_eq!(nothing.status, 400);
    let unknown = post(
        &salesforce,
        "/local/flows/another",
        &[("trouble", "errored")],
    );
    assert!(unknown.text().contains("there is no flow another"));
    let deleted = [("records", "a00"), ("action", "delete")];
    assert_eq!(post(&salesforce, "/local/records", &deleted).status, 400);
}

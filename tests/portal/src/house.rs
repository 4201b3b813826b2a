//! Everything below the pages, and the way there.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use http::{Request, Response};
use lambda_kit::aws::CallBudget;
use portal_web::{App, handle};
use serde_json::{Value, value::to_raw_value};
use session::Randomness;
use testkit::World;
use tokio::sync::{mpsc, oneshot};

use crate::{api::Api, login::Login};

/// Where browsers see the pages.
pub const ORIGIN: &str = "https://portal.example";
/// Where the API is asked.
pub const API: &str = "https://api.example";
/// Where the hosted login is.
pub const LOGIN: &str = "https://login.example";
/// The name of the secret with the key of sessions.
pub const SESSION_KEY: &str = "fairlead/test/session-key";

/// A request that the pages make, and where its answer is waited for.
type Asked = (Request<String>, oneshot::Sender<Response<String>>);

/// A simulated account with the pages, the API and the hosted login in it.
pub struct House {
    /// The account.
    pub world: World,
    app: App,
    asked: tokio::sync::Mutex<mpsc::UnboundedReceiver<Asked>>,
    login: Mutex<Login>,
}

impl House {
    /// An empty account whose randomness comes from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let world = World::new(seed);
        world.engines().put_secret(SESSION_KEY, &"k".repeat(64));
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let (asking, asked) = mpsc::unbounded_channel();
        let way = Way {
            aws: sdk.http_client().expect("a world has a client"),
            asking,
        };
        let sdk = sdk.into_builder().http_client(way).build();
        let random = Mutex::new(seed.to_be_bytes());
        let random = Randomness::from_fn(move || {
            let mut state = random.lock().unwrap_or_else(PoisonError::into_inner);
            *state = u64::from_be_bytes(*state)
                .wrapping_add(0x9e37_79b9_7f4a_7c15)
                .to_be_bytes();
            Some([*state; 4].concat().try_into().expect("four times eight"))
        });
        let app = App::new(
            &world.environment(),
            &sdk,
            world.clock(),
            world.ids(),
            random,
        );
        Self {
            app: app.expect("the pages have all that they read"),
            asked: tokio::sync::Mutex::new(asked),
            login: Mutex::default(),
            world,
        }
    }

    /// What the pages answer to an event of API Gateway, in a process of its own.
    pub(crate) fn answer(&self, event: &Value) -> Value {
        let event = to_raw_value(event).expect("JSON is JSON");
        let invocation = self.world.invocation(Duration::from_secs(30));
        let answer = self.world.block_on(async {
            tokio::select! {
                biased;
                answer = handle(&self.app, &event, invocation) => answer,
                () = self.serve() => unreachable!("the house serves for ever"),
            }
        });
        let answer = answer.expect("every request has a page");
        serde_json::to_value(answer).expect("an answer is JSON")
    }

    /// The hosted login.
    pub(crate) fn login(&self) -> MutexGuard<'_, Login> {
        self.login.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what the pages ask, one after another.
    async fn serve(&self) {
        let api = Api::new(&self.world);
        let mut asked = self.asked.lock().await;
        while let Some((request, answer)) = asked.recv().await {
            let host = request.uri().host().unwrap_or_default().to_owned();
            let response = match format!("https://{host}").as_str() {
                LOGIN => self.login().answer(&request, self.world.clock().now()),
                API => api.answer(&request).await,
                other => unreachable!("the pages ask nobody at {other}"),
            };
            // Whoever asked may have given up.
            _ = answer.send(response);
        }
    }
}

/// The way out of the pages: to the API and the hosted login, and otherwise to AWS.
#[derive(Debug, Clone)]
struct Way<C> {
    aws: C,
    asking: mpsc::UnboundedSender<Asked>,
}

impl HttpClient for Way<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Way {
            aws: self.aws.http_connector(settings, components),
            asking: self.asking.clone(),
        })
    }
}

impl HttpConnector for Way<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let is_ours = [API, LOGIN]
            .iter()
            .any(|origin| request.uri().starts_with(origin));
        if !is_ours {
            return self.aws.call(request);
        }
        let asking = self.asking.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x();
            let request = request.map_err(|error| ConnectorError::user(error.into()))?;
            let text = |body: SdkBody| {
                let bytes = body.bytes().unwrap_or_default();
                String::from_utf8_lossy(bytes).into_owned()
            };
            let (told, answer) = oneshot::channel();
            let gone = || ConnectorError::io("nobody serves".into());
            asking.send((request.map(text), told)).map_err(|_| gone())?;
            let answer = answer.await.map_err(|_| gone())?;
            HttpResponse::try_from(answer.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

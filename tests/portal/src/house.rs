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
use lambda_kit::{aws::CallBudget, config::Environment};
use portal_web::{App, handle};
use serde_json::{Value, value::to_raw_value};
use session::Randomness;
use testkit::World;
use tokio::sync::{mpsc, oneshot};

use crate::{
    api::Api,
    login::{Login, Who},
};

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
    login_origin: String,
}

impl House {
    /// An empty account whose randomness comes from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::at(seed, ORIGIN, LOGIN)
    }

    /// The same with pages that browsers see at `origin`, and with a hosted login at `login`.
    #[must_use]
    pub fn at(seed: u64, origin: &str, login: &str) -> Self {
        let world = World::new(seed);
        world.engines().put_secret(SESSION_KEY, &"k".repeat(64));
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let (asking, asked) = mpsc::unbounded_channel();
        let way = Way {
            aws: sdk.http_client().expect("a world has a client"),
            asking,
            outside: [API.to_owned(), login.to_owned()],
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
        let own = [("PORTAL_ORIGIN", origin), ("LOGIN_ORIGIN", login)];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all = testkit::engine::resource_environment().into_iter();
        let app = App::new(
            &Environment::from_pairs(all.chain(own)),
            &sdk,
            world.clock(),
            world.ids(),
            random,
        );
        Self {
            app: app.expect("the pages have all that they read"),
            asked: tokio::sync::Mutex::new(asked),
            login: Mutex::default(),
            login_origin: login.to_owned(),
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

    /// Lets `who` in at the hosted login, whose browser came there with `query`; the query with which it is
    /// sent back.
    #[must_use]
    pub fn let_in(&self, who: Who, query: &str) -> String {
        self.login().let_in(who, query)
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
            let is_for = |origin: &str| request.uri().to_string().starts_with(origin);
            let response = if is_for(&self.login_origin) {
                self.login().answer(&request, self.world.clock().now())
            } else {
                assert!(is_for(API), "the pages ask nobody at {}", request.uri());
                api.answer(&request).await
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
    /// Whoever is asked there and is none of AWS's: the API and the hosted login.
    outside: [String; 2],
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
            outside: self.outside.clone(),
        })
    }
}

impl HttpConnector for Way<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut outside = self.outside.iter();
        let is_ours = outside.any(|origin| request.uri().starts_with(origin.as_str()));
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

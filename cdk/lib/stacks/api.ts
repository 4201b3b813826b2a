import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import { LogGroup } from 'aws-cdk-lib/aws-logs';

import { ContextStack, type Deployment } from '../context-stack';
import type { FairleadFunction } from '../fairlead-function';
import { PROFILE_READ, PROFILE_WRITE } from './identity';

/** How long a function that answers a request may take. */
export const API_TIMEOUT = Duration.seconds(10);

const { DELETE, GET, PATCH, POST, PUT } = apigateway.HttpMethod;
const CORS_METHODS = [GET, POST, PUT, PATCH, DELETE].map((method) => apigateway.CorsHttpMethod[method]);

/** A route for people about themselves: the gateway checks their token and its scope. */
interface PersonRoute {
  readonly method: apigateway.HttpMethod;
  readonly path: string;
  readonly scope: string;
  readonly by: FairleadFunction;
}

/**
 * A route without an authorizer: for operators or machines, whose token its function verifies, for whoever has a write
 * key or signs, or for whoever knows an id that is beyond guessing.
 */
interface UnauthorizedRoute {
  readonly method: apigateway.HttpMethod;
  readonly path: string;
  readonly by: FairleadFunction;
}

interface Dependencies {
  readonly userPool: cognito.IUserPool;
  readonly webClients: readonly cognito.IUserPoolClient[];
  readonly identityLogins: FairleadFunction;
  readonly profileApi: FairleadFunction;
  readonly profileExport: FairleadFunction;
  readonly profileIdentify: FairleadFunction;
  readonly profileDatasets: FairleadFunction;
  readonly receiptApi: FairleadFunction;
  readonly profileMerge: FairleadFunction;
  readonly partnerApi: FairleadFunction;
  readonly erasureApi: FairleadFunction;
  readonly partnerList: FairleadFunction;
  readonly partnerChanges: FairleadFunction;
  readonly eventData: FairleadFunction;
  readonly directoryApi: FairleadFunction;
  readonly directoryClients: FairleadFunction;
  readonly partnerIngest: FairleadFunction;
  readonly partnerSegment: FairleadFunction;
  readonly partnerHooks: FairleadFunction;
  readonly eventUploads: FairleadFunction;
  readonly eventUploaded: FairleadFunction;
  readonly eventRejected: FairleadFunction;
  readonly eventTypes: FairleadFunction;
  readonly partnerSubscriptions: FairleadFunction;
  readonly deadLettersApi: FairleadFunction;
  readonly operationsApi: FairleadFunction;
  readonly extensionApi: FairleadFunction;
  readonly docsApi: FairleadFunction;
  /** On a stage that has pages. */
  readonly portalWeb: FairleadFunction | undefined;
}

/** The one HTTP API: every route, the scope it asks for, and the function that answers it. */
export class ApiStack extends ContextStack {
  private readonly integrations = new Map<FairleadFunction, HttpLambdaIntegration>();

  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'api', 'Fairlead: the HTTP API');
    const { userPool, webClients, profileApi, profileIdentify, profileDatasets, profileMerge } = dependencies;
    const { identityLogins, profileExport, receiptApi, erasureApi } = dependencies;
    const { partnerApi, partnerList, partnerChanges, eventData, docsApi } = dependencies;
    const { directoryApi, directoryClients } = dependencies;
    const { partnerIngest, partnerSegment, partnerHooks, eventRejected, eventTypes } = dependencies;
    const { eventUploads, eventUploaded, partnerSubscriptions, deadLettersApi, extensionApi } = dependencies;
    const { operationsApi } = dependencies;
    const api = new apigateway.HttpApi(this, 'api', {
      apiName: `fairlead-${deployment.stage.name}`,
      createDefaultStage: false,
      // What SDKs and tenants' own pages send, from anybody's page. No cookie is looked at, so that a page gets no
      // further than with the key or the token that it has.
      corsPreflight: {
        allowOrigins: ['*'],
        allowMethods: CORS_METHODS,
        allowHeaders: ['anonymousid', 'authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
        exposeHeaders: ['etag', 'fairlead-receipt', 'idempotency-replayed', 'location', 'retry-after'],
        maxAge: Duration.hours(2),
      },
      // Its issuer is the pool's address on AWS, which the local stack's tokens carry as well.
      defaultAuthorizer: new HttpUserPoolAuthorizer('people', userPool, { userPoolClients: [...webClients] }),
    });
    this.addPersonRoutes(api, [
      { method: GET, path: '/v1/me', scope: PROFILE_READ, by: profileApi },
      { method: PATCH, path: '/v1/me', scope: PROFILE_WRITE, by: profileApi },
      { method: GET, path: '/v1/me/consents', scope: PROFILE_READ, by: profileApi },
      { method: GET, path: '/v1/me/consents/{purpose}', scope: PROFILE_READ, by: profileApi },
      { method: PUT, path: '/v1/me/consents/{purpose}', scope: PROFILE_WRITE, by: profileApi },
      { method: GET, path: '/v1/me/notices', scope: PROFILE_READ, by: profileApi },
      { method: POST, path: '/v1/me/notices/test', scope: PROFILE_WRITE, by: profileApi },
      { method: GET, path: '/v1/me/events', scope: PROFILE_READ, by: profileApi },
      { method: GET, path: '/v1/me/traits', scope: PROFILE_READ, by: profileApi },
      { method: GET, path: '/v1/me/datasets', scope: PROFILE_READ, by: profileDatasets },
      { method: GET, path: '/v1/me/datasets/{name}', scope: PROFILE_READ, by: profileDatasets },
      { method: PATCH, path: '/v1/me/datasets/{name}', scope: PROFILE_WRITE, by: profileDatasets },
      { method: DELETE, path: '/v1/me/datasets/{name}', scope: PROFILE_WRITE, by: profileDatasets },
      { method: POST, path: '/v1/me/export', scope: PROFILE_READ, by: profileExport },
      { method: GET, path: '/v1/me/logins', scope: PROFILE_READ, by: identityLogins },
      { method: DELETE, path: '/v1/me/logins/{login}', scope: PROFILE_WRITE, by: identityLogins },
      { method: GET, path: '/v1/me/receipts', scope: PROFILE_READ, by: receiptApi },
      { method: DELETE, path: '/v1/me', scope: PROFILE_WRITE, by: erasureApi },
      { method: GET, path: '/v1/me/erasure', scope: PROFILE_READ, by: erasureApi },
      { method: DELETE, path: '/v1/me/erasure', scope: PROFILE_WRITE, by: erasureApi },
    ]);
    this.addVerifyingRoutes(api, [
      { method: POST, path: '/v1/identify', by: profileIdentify },
      { method: POST, path: '/v1/profiles/merge', by: profileMerge },
      { method: GET, path: '/v1/profiles/{profile_id}/merges', by: profileMerge },
      { method: GET, path: '/v1/profiles/{profile_id}/identifiers', by: profileMerge },
      { method: POST, path: '/v1/profiles/{profile_id}/split', by: profileMerge },
      { method: POST, path: '/v1/profiles/{profile_id}/erasure', by: erasureApi },
      { method: GET, path: '/v1/receipts', by: receiptApi },
      { method: GET, path: '/v1/receipts/summary', by: receiptApi },
      { method: GET, path: '/v1/directory', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/partners', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/partners/{partner}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/partners/{partner}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/purposes', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/purposes/{purpose}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/purposes/{purpose}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/agreements', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/agreements/{agreement}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/agreements/{agreement}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/notification-rules', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/notification-rules/{type}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/notification-rules/{type}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/messages', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/messages/{kind}/{language}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/messages/{kind}/{language}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/partners/{partner}/write-keys', by: directoryApi },
      { method: POST, path: '/v1/directory/{tenant}/partners/{partner}/write-keys', by: directoryApi },
      { method: DELETE, path: '/v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/hooks', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/hooks/{partner}/{source}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/hooks/{partner}/{source}', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/fan-outs', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/fan-outs/{partner}', by: directoryApi },
      { method: PUT, path: '/v1/directory/{tenant}/fan-outs/{partner}', by: directoryApi },
      { method: GET, path: '/v1/identifier-rules', by: directoryApi },
      { method: PUT, path: '/v1/identifier-rules', by: directoryApi },
      { method: GET, path: '/v1/directory/{tenant}/partners/{partner}/clients', by: directoryClients },
      { method: POST, path: '/v1/directory/{tenant}/partners/{partner}/clients', by: directoryClients },
      { method: DELETE, path: '/v1/directory/{tenant}/partners/{partner}/clients/{client}', by: directoryClients },
      { method: GET, path: '/v1/directory/{tenant}/extensions', by: extensionApi },
      { method: GET, path: '/v1/directory/{tenant}/extensions/{extension}', by: extensionApi },
      { method: DELETE, path: '/v1/directory/{tenant}/extensions/{extension}', by: extensionApi },
      { method: POST, path: '/v1/directory/{tenant}/extensions/{extension}/uploads', by: extensionApi },
      { method: GET, path: '/v1/directory/{tenant}/extensions/{extension}/uploads/{upload_id}', by: extensionApi },
      { method: POST, path: '/v1/directory/{tenant}/extensions/{extension}/activate', by: extensionApi },
      { method: POST, path: '/v1/directory/{tenant}/extensions/{extension}/rollback', by: extensionApi },
      { method: POST, path: '/v1/directory/{tenant}/extensions/{extension}/disable', by: extensionApi },
      { method: POST, path: '/v1/directory/{tenant}/extensions/{extension}/enable', by: extensionApi },
      { method: GET, path: '/v1/directory/{tenant}/extensions/{extension}/logs', by: extensionApi },
      { method: GET, path: '/v1/directory/{tenant}/extensions/{extension}/usage', by: extensionApi },
      { method: GET, path: '/v1/profiles', by: partnerList },
      { method: GET, path: '/v1/changes', by: partnerChanges },
      { method: GET, path: '/v1/profiles/{profile_id}', by: partnerApi },
      { method: GET, path: '/v1/profiles/{profile_id}/events', by: partnerApi },
      { method: POST, path: '/v1/profiles/resolve', by: partnerApi },
      { method: POST, path: '/v1/profiles/batch', by: partnerApi },
      { method: GET, path: '/v1/event-types', by: eventTypes },
      { method: GET, path: '/v1/event-types/{type}', by: eventTypes },
      { method: PUT, path: '/v1/event-types/{type}', by: eventTypes },
      { method: POST, path: '/v1/events', by: partnerIngest },
      { method: POST, path: '/v1/uploads', by: eventUploads },
      { method: POST, path: '/v1/uploads/{upload_id}/complete', by: eventUploaded },
      { method: GET, path: '/v1/events/{event}/data', by: eventData },
      { method: GET, path: '/v1/events/rejected', by: eventRejected },
      { method: GET, path: '/v1/events/rejected/{rejected_id}', by: eventRejected },
      { method: POST, path: '/v1/events/rejected/{rejected_id}/resubmit', by: eventRejected },
      { method: GET, path: '/v1/subscriptions', by: partnerSubscriptions },
      { method: POST, path: '/v1/subscriptions', by: partnerSubscriptions },
      { method: GET, path: '/v1/subscriptions/{subscription_id}', by: partnerSubscriptions },
      { method: PUT, path: '/v1/subscriptions/{subscription_id}', by: partnerSubscriptions },
      { method: DELETE, path: '/v1/subscriptions/{subscription_id}', by: partnerSubscriptions },
      { method: POST, path: '/v1/subscriptions/{subscription_id}/secret', by: partnerSubscriptions },
      { method: GET, path: '/v1/subscriptions/{subscription_id}/deliveries', by: partnerSubscriptions },
      { method: POST, path: '/v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry', by: partnerSubscriptions },
      { method: GET, path: '/v1/dead-letters', by: deadLettersApi },
      { method: GET, path: '/v1/dead-letters/{queue}', by: deadLettersApi },
      { method: POST, path: '/v1/dead-letters/{queue}/redrive', by: deadLettersApi },
      { method: GET, path: '/v1/operations/house', by: operationsApi },
      { method: GET, path: '/v1/operations/flows', by: operationsApi },
      { method: GET, path: '/v1/erasures', by: erasureApi },
      { method: POST, path: '/v1/erasures/{erasure_id}/ack', by: erasureApi },
      // Open to everyone; a token that comes along is verified, and opens more of the description.
      { method: GET, path: '/docs', by: docsApi },
      { method: GET, path: '/openapi.json', by: docsApi },
      { method: GET, path: '/openapi-3.0.json', by: docsApi },
    ]);
    this.addWriteKeyRoutes(api, [
      { method: POST, path: '/v1/track', by: partnerSegment },
      { method: POST, path: '/v1/page', by: partnerSegment },
      { method: POST, path: '/v1/screen', by: partnerSegment },
      { method: POST, path: '/v1/group', by: partnerSegment },
      { method: POST, path: '/v1/alias', by: partnerSegment },
      { method: POST, path: '/v1/batch', by: partnerSegment },
      { method: POST, path: '/v1/import', by: partnerSegment },
    ]);
    this.addSignedRoutes(api, [{ method: POST, path: '/v1/hooks/{partner}/{source}', by: partnerHooks }]);
    this.addOpenRoutes(api, [
      { method: GET, path: '/v1/erasures/{erasure_id}', by: erasureApi },
      { method: GET, path: '/v1/erasures/{erasure_id}/certificate', by: erasureApi },
    ]);
    if (dependencies.portalWeb !== undefined) this.addPages(api, dependencies.portalWeb);
    this.addAnythingElse(api, docsApi);
    this.addLiveStage(api);
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
  }

  private addPersonRoutes(api: apigateway.HttpApi, routes: readonly PersonRoute[]): void {
    for (const { method, path, scope, by } of routes) {
      api.addRoutes({ path, methods: [method], integration: this.integration(by), authorizationScopes: [scope] });
    }
  }

  private addVerifyingRoutes(api: apigateway.HttpApi, routes: readonly UnauthorizedRoute[]): void {
    this.addRoutes(api, routes, 'Its function verifies the token itself and by stricter rules: docs/decisions/0025.');
  }

  private addWriteKeyRoutes(api: apigateway.HttpApi, routes: readonly UnauthorizedRoute[]): void {
    this.addRoutes(api, routes, 'Its function looks the write key up, which is all that SDKs have: docs/decisions/0095.');
  }

  private addSignedRoutes(api: apigateway.HttpApi, routes: readonly UnauthorizedRoute[]): void {
    this.addRoutes(api, routes, 'Its function checks the signature of the body: docs/decisions/0086.');
  }

  private addOpenRoutes(api: apigateway.HttpApi, routes: readonly UnauthorizedRoute[]): void {
    this.addRoutes(api, routes, 'It tells nothing personal, and only to whoever has an id of 128 random bits.');
  }

  /** What browsers ask for: nothing below `/v1`, of which each route is named. */
  private addPages(api: apigateway.HttpApi, by: FairleadFunction): void {
    const read = ['/', '/language', '/sign-in', '/sign-in/callback', '/erasures/{erasure_id}', '/assets/{proxy+}'];
    const pages = ['/me', '/me/{proxy+}', '/ops', '/ops/{proxy+}'];
    const changed = ['/sign-out', '/me/{proxy+}', '/ops/{proxy+}'];
    const routes = [
      ...[...read, ...pages].map((path) => ({ method: GET, path, by })),
      ...changed.map((path) => ({ method: POST, path, by })),
    ];
    this.addRoutes(api, routes, 'Its function opens the session that the browser keeps: docs/decisions/0241.');
  }

  /** What no route matches is answered by a problem document like any other's, and not by the gateway. */
  private addAnythingElse(api: apigateway.HttpApi, by: FairleadFunction): void {
    const route = new apigateway.HttpRoute(this, 'anything-else', {
      httpApi: api,
      routeKey: apigateway.HttpRouteKey.DEFAULT,
      integration: this.integration(by),
      authorizer: new apigateway.HttpNoneAuthorizer(),
    });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'It tells which routes there are, and nothing else: docs/http-api.md does as well.',
    });
  }

  private addRoutes(api: apigateway.HttpApi, routes: readonly UnauthorizedRoute[], reason: string): void {
    for (const { method, path, by } of routes) {
      const authorizer = new apigateway.HttpNoneAuthorizer();
      for (const route of api.addRoutes({ path, methods: [method], integration: this.integration(by), authorizer })) {
        Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
      }
    }
  }

  private integration(by: FairleadFunction): HttpLambdaIntegration {
    const integration = this.integrations.get(by) ?? new HttpLambdaIntegration(by.node.id, by);
    this.integrations.set(by, integration);
    return integration;
  }

  private addLiveStage(api: apigateway.HttpApi): void {
    const accessLog = new LogGroup(this, 'api-access-log', {
      // Under this prefix AWS delivers logs without growing the account's one log resource policy.
      logGroupName: `/aws/vendedlogs/fairlead/${this.deployment.stage.name}/api-access`,
      retention: this.deployment.stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new apigateway.HttpStage(this, 'live', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: this.deployment.stage.throttle,
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        // The route and not the path, and no address of the caller: nothing here tells of a person.
        format: AccessLogFormat.custom(
          JSON.stringify({
            'request.id': '$context.requestId',
            'request.time': '$context.requestTime',
            route: '$context.routeKey',
            status: '$context.status',
            duration_ms: '$context.responseLatency',
            'integration.duration_ms': '$context.integrationLatency',
            'integration.error': '$context.integrationErrorMessage',
            'authorizer.error': '$context.authorizer.error',
          }),
        ),
      },
    });
  }
}

import { describe, expect, it } from 'vitest';

import { OPERATORS_SCOPES } from '../lib/scopes';
import { stageNamed } from '../lib/stages';
import { STAGES, Synthesised } from './synthesised';

/** The routes of browsers, in the order in which they are made. */
const PAGES = [
  'GET /',
  'GET /language',
  'GET /sign-in',
  'GET /sign-in/callback',
  'GET /erasures/{erasure_id}',
  'GET /assets/{proxy+}',
  'GET /me',
  'GET /me/{proxy+}',
  'GET /ops',
  'GET /ops/{proxy+}',
  'POST /sign-out',
  'POST /me/{proxy+}',
  'POST /ops/{proxy+}',
];

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);
  const [pool] = all.ofType('AWS::Cognito::UserPool');
  const clients = all.ofType('AWS::Cognito::UserPoolClient');
  const client = clients.find(({ properties }) => properties.ClientName === 'web');
  const operators = clients.find(({ properties }) => properties.ClientName === 'operators');
  const [api] = all.ofType('AWS::ApiGatewayV2::Authorizer');
  const say = (value: unknown, resource = pool) => all.say(value, resource?.stack ?? '');

  it('Cognito calls its triggers, and token generation for machine tokens too', () => {
    const { PreTokenGenerationConfig, ...triggers } = pool?.properties.LambdaConfig;
    expect(Object.keys(triggers).sort()).toEqual(['CustomMessage', 'PostAuthentication', 'PostConfirmation', 'PreSignUp']);
    const { PreSignUp, PostConfirmation, PostAuthentication, CustomMessage } = triggers;
    const called = [PreSignUp, PostConfirmation, PostAuthentication, CustomMessage, PreTokenGenerationConfig.LambdaArn];
    expect(called.map((arn) => say(arn))).toEqual([
      '<identity-pre-sign-up.Arn>',
      '<identity-post-confirmation.Arn>',
      '<identity-post-authentication.Arn>',
      '<identity-custom-message.Arn>',
      '<identity-pre-token-generation.Arn>',
    ]);
    expect(PreTokenGenerationConfig.LambdaVersion).toBe('V3_0');
    expect(pool?.properties.UserPoolTier).toBe('ESSENTIALS');
  });

  it('the web client keeps no secret and signs in by authorisation code alone', () => {
    expect(client?.properties).toMatchObject({
      AllowedOAuthFlows: ['code'],
      // That of the pages beside it, where there are any.
      CallbackURLs: [
        'http://localhost:8400/callback',
        ...(stage === 'local' ? ['http://127.0.0.1:4570/sign-in/callback'] : []),
      ],
      ClientName: 'web',
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(client?.properties.AllowedOAuthScopes.map((scope: unknown) => say(scope, client))).toEqual([
      'openid',
      'email',
      'profile',
      '<people/fairlead>/profile.read',
      '<people/fairlead>/profile.write',
    ]);
    expect(all.ofType('AWS::Cognito::UserPoolResourceServer')[0]?.properties.Identifier).toBe('fairlead');
  });

  it('the operators sign in by a client of their own, and only it may ask for their scopes', () => {
    expect(operators?.properties).toMatchObject({ AllowedOAuthFlows: ['code'], GenerateSecret: false });
    const scopes = (of: typeof client) => of?.properties.AllowedOAuthScopes.map((scope: unknown) => say(scope, of));
    const theirs = OPERATORS_SCOPES.map((name) => `<people/fairlead>/${name}`);
    expect(scopes(operators)).toEqual(expect.arrayContaining(theirs));
    expect(scopes(client)).not.toEqual(expect.arrayContaining([expect.stringMatching(/merge|erase|receipts|events|directory|identifier-rules|dead-letters|operations/)]));
    const groups = all.ofType('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties.GroupName);
    expect(groups).toEqual(['operators']);
  });

  it('the resource server knows every scope that a route may ask for', () => {
    const [server] = all.ofType('AWS::Cognito::UserPoolResourceServer');
    const names = server?.properties.Scopes.map(({ ScopeName }: { ScopeName: string }) => ScopeName);
    expect(names).toEqual([
      'profile.read',
      'profile.write',
      'profile.identify',
      'profile.merge',
      'profile.erase',
      'receipts.read',
      'events.write',
      'directory.read',
      'directory.write',
      'identifier-rules.write',
      'dead-letters.read',
      'dead-letters.redrive',
      'operations.read',
      'subscriptions.write',
      'extensions.read',
      'extensions.write',
    ]);
  });

  it('the API takes the tokens that the pool gave to the app clients of people', () => {
    expect(api?.properties.AuthorizerType).toBe('JWT');
    const { Issuer, Audience } = api?.properties.JwtConfiguration;
    expect(say(Issuer, api)).toBe('https://cognito-idp.<AWS::Region>.amazonaws.com/<people>');
    expect(Audience.map((audience: unknown) => say(audience, api))).toEqual([
      '<people/web>',
      ...stageNamed(stage).peopleOf.map(({ tenant }) => `<people/web-${tenant}>`),
    ]);
  });

  it('every route asks for its scope, or its function verifies the token', () => {
    const routes = all
      .ofType('AWS::ApiGatewayV2::Route')
      .map(({ properties }) => [properties.RouteKey, properties.AuthorizationType, properties.AuthorizationScopes]);
    expect(routes).toEqual([
      ['GET /v1/me', 'JWT', ['fairlead/profile.read']],
      ['PATCH /v1/me', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/consents', 'JWT', ['fairlead/profile.read']],
      ['GET /v1/me/consents/{purpose}', 'JWT', ['fairlead/profile.read']],
      ['PUT /v1/me/consents/{purpose}', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/notices', 'JWT', ['fairlead/profile.read']],
      ['POST /v1/me/notices/test', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/events', 'JWT', ['fairlead/profile.read']],
      ['GET /v1/me/traits', 'JWT', ['fairlead/profile.read']],
      ['GET /v1/me/datasets', 'JWT', ['fairlead/profile.read']],
      ['GET /v1/me/datasets/{name}', 'JWT', ['fairlead/profile.read']],
      ['PATCH /v1/me/datasets/{name}', 'JWT', ['fairlead/profile.write']],
      ['DELETE /v1/me/datasets/{name}', 'JWT', ['fairlead/profile.write']],
      ['POST /v1/me/export', 'JWT', ['fairlead/profile.read']],
      ['GET /v1/me/logins', 'JWT', ['fairlead/profile.read']],
      ['DELETE /v1/me/logins/{login}', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/receipts', 'JWT', ['fairlead/profile.read']],
      ['DELETE /v1/me', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/erasure', 'JWT', ['fairlead/profile.read']],
      ['DELETE /v1/me/erasure', 'JWT', ['fairlead/profile.write']],
      // Their functions verify the token, its scope and whose it is.
      ['POST /v1/identify', 'NONE', undefined],
      ['POST /v1/profiles/merge', 'NONE', undefined],
      ['GET /v1/profiles/{profile_id}/merges', 'NONE', undefined],
      ['GET /v1/profiles/{profile_id}/identifiers', 'NONE', undefined],
      ['POST /v1/profiles/{profile_id}/split', 'NONE', undefined],
      ['POST /v1/profiles/{profile_id}/erasure', 'NONE', undefined],
      ['GET /v1/receipts', 'NONE', undefined],
      ['GET /v1/receipts/summary', 'NONE', undefined],
      ['GET /v1/directory', 'NONE', undefined],
      ['GET /v1/directory/{tenant}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/partners', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/partners/{partner}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/partners/{partner}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/purposes', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/purposes/{purpose}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/purposes/{purpose}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/agreements', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/agreements/{agreement}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/agreements/{agreement}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/notification-rules', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/notification-rules/{type}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/notification-rules/{type}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/messages', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/messages/{kind}/{language}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/messages/{kind}/{language}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/partners/{partner}/write-keys', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/partners/{partner}/write-keys', 'NONE', undefined],
      ['DELETE /v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/hooks', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/hooks/{partner}/{source}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/hooks/{partner}/{source}', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/fan-outs', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/fan-outs/{partner}', 'NONE', undefined],
      ['PUT /v1/directory/{tenant}/fan-outs/{partner}', 'NONE', undefined],
      ['GET /v1/identifier-rules', 'NONE', undefined],
      ['PUT /v1/identifier-rules', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/partners/{partner}/clients', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/partners/{partner}/clients', 'NONE', undefined],
      ['DELETE /v1/directory/{tenant}/partners/{partner}/clients/{client}', 'NONE', undefined],
      // extension-api verifies the operator's token and its scope.
      ['GET /v1/directory/{tenant}/extensions', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/extensions/{extension}', 'NONE', undefined],
      ['DELETE /v1/directory/{tenant}/extensions/{extension}', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/extensions/{extension}/uploads', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/extensions/{extension}/uploads/{upload_id}', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/extensions/{extension}/activate', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/extensions/{extension}/rollback', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/extensions/{extension}/disable', 'NONE', undefined],
      ['POST /v1/directory/{tenant}/extensions/{extension}/enable', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/extensions/{extension}/logs', 'NONE', undefined],
      ['GET /v1/directory/{tenant}/extensions/{extension}/usage', 'NONE', undefined],
      // partner-api verifies the machine's token and its scope.
      ['GET /v1/profiles', 'NONE', undefined],
      ['GET /v1/changes', 'NONE', undefined],
      ['GET /v1/profiles/{profile_id}', 'NONE', undefined],
      ['GET /v1/profiles/{profile_id}/events', 'NONE', undefined],
      ['POST /v1/profiles/resolve', 'NONE', undefined],
      ['POST /v1/profiles/batch', 'NONE', undefined],
      // partner-ingest verifies the machine's token and its scope.
      ['GET /v1/event-types', 'NONE', undefined],
      ['GET /v1/event-types/{type}', 'NONE', undefined],
      ['PUT /v1/event-types/{type}', 'NONE', undefined],
      ['POST /v1/events', 'NONE', undefined],
      ['POST /v1/uploads', 'NONE', undefined],
      ['POST /v1/uploads/{upload_id}/complete', 'NONE', undefined],
      // event-data verifies the machine's token and its scope.
      ['GET /v1/events/{event}/data', 'NONE', undefined],
      ['GET /v1/events/rejected', 'NONE', undefined],
      ['GET /v1/events/rejected/{rejected_id}', 'NONE', undefined],
      ['POST /v1/events/rejected/{rejected_id}/resubmit', 'NONE', undefined],
      // partner-subscriptions verifies the machine's token and its scope.
      ['GET /v1/subscriptions', 'NONE', undefined],
      ['POST /v1/subscriptions', 'NONE', undefined],
      ['GET /v1/subscriptions/{subscription_id}', 'NONE', undefined],
      ['PUT /v1/subscriptions/{subscription_id}', 'NONE', undefined],
      ['DELETE /v1/subscriptions/{subscription_id}', 'NONE', undefined],
      ['POST /v1/subscriptions/{subscription_id}/secret', 'NONE', undefined],
      ['GET /v1/subscriptions/{subscription_id}/deliveries', 'NONE', undefined],
      ['POST /v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry', 'NONE', undefined],
      // dead-letters-api verifies the operator's token and its scope.
      ['GET /v1/dead-letters', 'NONE', undefined],
      ['GET /v1/dead-letters/{queue}', 'NONE', undefined],
      ['POST /v1/dead-letters/{queue}/redrive', 'NONE', undefined],
      // operations-api verifies the operator's token and its scope.
      ['GET /v1/operations/house', 'NONE', undefined],
      ['GET /v1/operations/flows', 'NONE', undefined],
      ['GET /v1/erasures', 'NONE', undefined],
      ['POST /v1/erasures/{erasure_id}/ack', 'NONE', undefined],
      // docs-api shows everyone what they can use: without a token what is open, with one what it opens.
      ['GET /docs', 'NONE', undefined],
      ['GET /openapi.json', 'NONE', undefined],
      ['GET /openapi-3.0.json', 'NONE', undefined],
      // partner-segment looks the write key up.
      ['POST /v1/track', 'NONE', undefined],
      ['POST /v1/page', 'NONE', undefined],
      ['POST /v1/screen', 'NONE', undefined],
      ['POST /v1/group', 'NONE', undefined],
      ['POST /v1/alias', 'NONE', undefined],
      ['POST /v1/batch', 'NONE', undefined],
      ['POST /v1/import', 'NONE', undefined],
      // partner-hooks checks the signature.
      ['POST /v1/hooks/{partner}/{source}', 'NONE', undefined],
      // Whoever has the id may ask: docs/decisions/0031.
      ['GET /v1/erasures/{erasure_id}', 'NONE', undefined],
      ['GET /v1/erasures/{erasure_id}/certificate', 'NONE', undefined],
      // Browsers have a session instead of a token: portal.test.ts says for which routes.
      ...(stage === 'local' ? PAGES.map((route) => [route, 'NONE', undefined]) : []),
      // Whatever no other route matches: docs-api answers that there is none.
      ['$default', 'NONE', undefined],
    ]);
  });

  it('pages of anybody may call the API with what they have, and with no cookie', () => {
    const [http] = all.ofType('AWS::ApiGatewayV2::Api');
    expect(http?.properties.CorsConfiguration).toEqual({
      AllowOrigins: ['*'],
      AllowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      AllowHeaders: ['anonymousid', 'authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
      ExposeHeaders: ['etag', 'fairlead-receipt', 'idempotency-replayed', 'location', 'retry-after'],
      MaxAge: 7_200,
    });
  });

  it('the API is throttled and its access log holds nothing of a person', () => {
    const [live] = all.ofType('AWS::ApiGatewayV2::Stage');
    expect(live?.properties.DefaultRouteSettings).toMatchObject({
      ThrottlingBurstLimit: 4_000,
      ThrottlingRateLimit: 2_000,
    });
    expect(live?.properties.AccessLogSettings.Format).not.toMatch(/sourceIp|userAgent|claims|\$context\.path/);
  });
});

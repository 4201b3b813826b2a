import { describe, expect, it } from 'vitest';

import { STAGES, Synthesised } from './synthesised';

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);
  const [pool] = all.ofType('AWS::Cognito::UserPool');
  const [client] = all.ofType('AWS::Cognito::UserPoolClient');
  const [api] = all.ofType('AWS::ApiGatewayV2::Authorizer');
  const say = (value: unknown, resource = pool) => all.say(value, resource?.stack ?? '');

  it('Cognito calls the three triggers, the last one for machine tokens too', () => {
    const { PreSignUp, PostConfirmation, PreTokenGenerationConfig } = pool?.properties.LambdaConfig;
    expect([PreSignUp, PostConfirmation, PreTokenGenerationConfig.LambdaArn].map((arn) => say(arn))).toEqual([
      '<identity-pre-sign-up.Arn>',
      '<identity-post-confirmation.Arn>',
      '<identity-pre-token-generation.Arn>',
    ]);
    expect(PreTokenGenerationConfig.LambdaVersion).toBe('V3_0');
    expect(pool?.properties.UserPoolTier).toBe('ESSENTIALS');
  });

  it('the web client keeps no secret and signs in by authorisation code alone', () => {
    expect(client?.properties).toMatchObject({
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['http://localhost:8400/callback'],
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

  it('the API takes the tokens that the pool gave to the web client', () => {
    expect(api?.properties.AuthorizerType).toBe('JWT');
    const { Issuer, Audience } = api?.properties.JwtConfiguration;
    expect(say(Issuer, api)).toBe('https://cognito-idp.<AWS::Region>.amazonaws.com/<people>');
    expect(Audience.map((audience: unknown) => say(audience, api))).toEqual(['<people/web>']);
  });

  it('every route asks for its scope', () => {
    const routes = all
      .ofType('AWS::ApiGatewayV2::Route')
      .map(({ properties }) => [properties.RouteKey, properties.AuthorizationType, properties.AuthorizationScopes]);
    expect(routes).toEqual([
      ['GET /v1/me', 'JWT', ['fairlead/profile.read']],
      ['PATCH /v1/me', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/consents', 'JWT', ['fairlead/profile.read']],
      ['GET /v1/me/consents/{purpose}', 'JWT', ['fairlead/profile.read']],
      ['PUT /v1/me/consents/{purpose}', 'JWT', ['fairlead/profile.write']],
      ['GET /v1/me/receipts', 'JWT', ['fairlead/profile.read']],
      // receipt-api verifies the operator's token and its scope.
      ['GET /v1/receipts', 'NONE', undefined],
      ['GET /v1/receipts/summary', 'NONE', undefined],
      // partner-api verifies the machine's token and its scope.
      ['GET /v1/profiles/{profile_id}', 'NONE', undefined],
      ['POST /v1/profiles/resolve', 'NONE', undefined],
      ['POST /v1/profiles/batch', 'NONE', undefined],
    ]);
  });

  it('the API is throttled and its access log holds nothing of a person', () => {
    const [live] = all.ofType('AWS::ApiGatewayV2::Stage');
    expect(live?.properties.DefaultRouteSettings).toMatchObject({
      ThrottlingBurstLimit: 200,
      ThrottlingRateLimit: 100,
    });
    expect(live?.properties.AccessLogSettings.Format).not.toMatch(/sourceIp|userAgent|claims|\$context\.path/);
  });
});

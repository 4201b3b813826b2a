import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';

import { Synthesised, WITH_PAGES, appWith } from './synthesised';

const ORIGIN = 'https://fairlead.example.com';
const all = Synthesised.of(appWith('portal', WITH_PAGES));
const [web] = all.ofType('AWS::Lambda::Function').filter(({ construct }) => construct === 'portal-web');
const say = (value: unknown, resource = web) => all.say(value, resource?.stack ?? '');

it('the AwsSolutions rules find nothing', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(appWith('portal-nag', WITH_PAGES));
  expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

it('pages know where they are, whom to ask, and by which app clients people and operators sign in', () => {
  const variables = Object.entries(web?.properties.Environment.Variables);
  expect(Object.fromEntries(variables.map(([name, value]) => [name, say(value)]))).toEqual({
    API_ORIGIN: ORIGIN,
    LINKING_PROVIDERS: 'COGNITO,Believed',
    LOGIN_ORIGIN: expect.stringMatching(/^https:\/\/.*\.auth\.<AWS::Region>\.amazoncognito\.com$/),
    OPERATORS_CLIENT_IDS: '<people/operators>',
    PORTAL_CLIENT_ID: '<people/web>',
    PORTAL_OPERATORS_CLIENT_ID: '<people/operators>',
    PORTAL_ORIGIN: ORIGIN,
    SESSION_KEY_SECRET: '<session-key.Id>',
    TOKEN_ISSUER: 'https://cognito-idp.<AWS::Region>.amazonaws.com/<people>',
    WEB_CLIENT_IDS: '<people/web>',
  });
  expect(web?.properties).toMatchObject({ MemorySize: 256, Runtime: 'provided.al2023', Timeout: 30 });
});

it('pages may read the key of their sessions, and nothing else in the account', () => {
  const policies = all.ofType('AWS::IAM::Policy').filter(({ construct }) => construct.startsWith('portal-web-role/'));
  const statements = policies.flatMap(({ properties }) => properties.PolicyDocument.Statement);
  const others = statements.filter(({ Action }: any) => !/^(logs|xray):/.test([Action].flat()[0]));
  expect(others.map(({ Action, Resource }: any) => [Action, say(Resource)])).toEqual([
    ['secretsmanager:GetSecretValue', '<session-key.Id>'],
  ]);
});

it('the hosted login sends browsers to the pages, and operators and people alike', () => {
  const clients = all.ofType('AWS::Cognito::UserPoolClient');
  for (const name of ['web', 'operators']) {
    const client = clients.find(({ properties }) => properties.ClientName === name);
    expect(client?.properties.CallbackURLs).toContain(`${ORIGIN}/sign-in/callback`);
    expect(client?.properties.LogoutURLs).toContain(`${ORIGIN}/`);
  }
});

it('browsers reach the pages and nothing else of the API changes hands', () => {
  const routes = all.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey as string);
  const pages = routes.filter((route) => !/ \/(v1|docs|openapi)/.test(route) && route !== '$default');
  expect(pages.sort()).toEqual([
    'GET /',
    'GET /assets/{proxy+}',
    'GET /erasures/{erasure_id}',
    'GET /language',
    'GET /me',
    'GET /me/{proxy+}',
    'GET /ops',
    'GET /ops/{proxy+}',
    'GET /sign-in',
    'GET /sign-in/callback',
    'POST /me/{proxy+}',
    'POST /ops/{proxy+}',
    'POST /sign-out',
  ]);
});

it('a stage that names no address of its pages has none', () => {
  const without = Synthesised.stage('development');
  expect(without.resources.filter(({ construct }) => construct.startsWith('portal-web'))).toEqual([]);
  expect(without.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey)).not.toContain('GET /');
});

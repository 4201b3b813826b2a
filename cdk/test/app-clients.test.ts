import { expect, it } from 'vitest';

import { Artefacts } from '../lib/artefacts';
import { buildFairlead } from '../lib/fairlead';
import { OPERATORS_SCOPES, PROGRAMS_SCOPES } from '../lib/scopes';
import { type Stage, stageNamed } from '../lib/stages';
import { STAGES, Synthesised, emptyApp } from './synthesised';

const AIRPORTS_PAGES = { callbackUrls: ['https://airport.example.com/in'], logoutUrls: ['https://airport.example.com'] };

/** A stage in which one more tenant has people and operators of its own, and a program looks after dead letters. */
function withOneMore(tenant: string): Synthesised {
  const app = emptyApp(`one-more-${tenant}`);
  const stage: Stage = {
    ...stageNamed('production'),
    peopleOf: [{ tenant, ...AIRPORTS_PAGES }],
    operatorsOf: [tenant],
    programs: [{ name: 'night-watch', scopes: ['dead-letters.read', 'dead-letters.redrive'] }],
  };
  buildFairlead({ app, stage, artefacts: Artefacts.placeholders() });
  return Synthesised.of(app);
}

const all = withOneMore('airport');

const namesOf = (made: Synthesised) =>
  made.ofType('AWS::Cognito::UserPoolClient').map(({ properties }) => properties.ClientName);

it.each(STAGES)('stage %s has the app clients that its entry asks for, and no other', (stage) => {
  const { peopleOf, programs } = stageNamed(stage);
  const others = peopleOf.map(({ tenant }) => `web-${tenant}`);
  const ofPrograms = programs.map(({ name }) => `program-${name}`);
  expect(namesOf(Synthesised.stage(stage)).sort()).toEqual(['operators', ...ofPrograms, 'web', ...others]);
});

it('the people of a further tenant come by an app client of its own, from its own pages, to the same routes', () => {
  const [client] = all
    .ofType('AWS::Cognito::UserPoolClient')
    .filter(({ properties }) => properties.ClientName === 'web-airport');
  expect(client?.properties).toMatchObject({
    CallbackURLs: AIRPORTS_PAGES.callbackUrls,
    LogoutURLs: AIRPORTS_PAGES.logoutUrls,
  });
  expect(Object.values(all.outputs())).toContain('<people/web-airport>');
  const [authorizer] = all.ofType('AWS::ApiGatewayV2::Authorizer');
  const audience = authorizer?.properties.JwtConfiguration.Audience;
  const taken = audience.map((client: unknown) => all.say(client, authorizer?.stack ?? ''));
  expect(taken).toEqual(['<people/web>', '<people/web-airport>']);
});

it('the operators of a tenant have an app client that may ask for nothing which is of no tenant', () => {
  expect(namesOf(all).sort()).toEqual(['operators', 'operators-airport', 'program-night-watch', 'web', 'web-airport']);
  const [client] = all
    .ofType('AWS::Cognito::UserPoolClient')
    .filter(({ properties }) => properties.ClientName === 'operators-airport');
  const scopes = client?.properties.AllowedOAuthScopes.map((scope: unknown) => all.say(scope, client?.stack ?? ''));
  const theirs = OPERATORS_SCOPES.filter((name) => !/dead-letters|identifier-rules/.test(name));
  expect(scopes).toEqual([
    'openid',
    'email',
    'profile',
    ...['profile.read', ...theirs].map((name) => `<people/fairlead>/${name}`),
  ]);
  expect(Object.values(all.outputs())).toContain('<people/operators-airport>');
});

it('a program of operators gets tokens by its secret alone, for little of what operators may ask for', () => {
  const [client] = all
    .ofType('AWS::Cognito::UserPoolClient')
    .filter(({ properties }) => properties.ClientName === 'program-night-watch');
  expect(client?.properties).toMatchObject({ AllowedOAuthFlows: ['client_credentials'], GenerateSecret: true });
  expect(client?.properties.CallbackURLs).toBeUndefined();
  const scopes = client?.properties.AllowedOAuthScopes.map((scope: unknown) => all.say(scope, client?.stack ?? ''));
  expect(scopes).toEqual(['<people/fairlead>/dead-letters.read', '<people/fairlead>/dead-letters.redrive']);
  expect(Object.values(all.outputs())).toContain('<people/program-night-watch>');
  // Nothing of it defines, merges or reports.
  expect(PROGRAMS_SCOPES.filter((name) => /write|merge/.test(name))).toEqual([]);
});

it('every function that takes tokens is told by which app clients all operators and people come', () => {
  const taking = all
    .ofType('AWS::Lambda::Function')
    .filter(({ properties }) => 'TOKEN_ISSUER' in (properties.Environment?.Variables ?? {}));
  expect(taking.length).toBeGreaterThan(20);
  for (const { construct, stack, properties } of taking) {
    const { WEB_CLIENT_IDS, OPERATORS_CLIENT_IDS } = properties.Environment.Variables;
    expect.soft(all.say(WEB_CLIENT_IDS, stack), construct).toBe('<people/web>,<people/web-airport>');
    const operators = '<people/operators>,<people/operators-airport>,<people/program-night-watch>';
    expect.soft(all.say(OPERATORS_CLIENT_IDS, stack), construct).toBe(operators);
  }
});

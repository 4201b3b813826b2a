import { expect, it } from 'vitest';

import { Artefacts } from '../lib/artefacts';
import { buildFairlead } from '../lib/fairlead';
import { OPERATORS_SCOPES } from '../lib/scopes';
import { stageNamed } from '../lib/stages';
import { STAGES, Synthesised, emptyApp } from './synthesised';

/** A stage in which one tenant has operators of its own. */
function withOperatorsOf(tenant: string): Synthesised {
  const app = emptyApp(`operators-of-${tenant}`);
  const stage = { ...stageNamed('production'), operatorsOf: [tenant] };
  buildFairlead({ app, stage, artefacts: Artefacts.placeholders() });
  return Synthesised.of(app);
}

const all = withOperatorsOf('airport');

const namesOf = (made: Synthesised) =>
  made.ofType('AWS::Cognito::UserPoolClient').map(({ properties }) => properties.ClientName);

it.each(STAGES)('stage %s has an app client for people and one for operators, and no other', (stage) => {
  expect(namesOf(Synthesised.stage(stage)).sort()).toEqual(['operators', 'web']);
});

it('the operators of a tenant have an app client that may ask for nothing which is of no tenant', () => {
  expect(namesOf(all).sort()).toEqual(['operators', 'operators-airport', 'web']);
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

it('every function that takes tokens is told by which app clients all operators and people come', () => {
  const taking = all
    .ofType('AWS::Lambda::Function')
    .filter(({ properties }) => 'TOKEN_ISSUER' in (properties.Environment?.Variables ?? {}));
  expect(taking.length).toBeGreaterThan(20);
  for (const { construct, stack, properties } of taking) {
    const { WEB_CLIENT_ID, OPERATORS_CLIENT_IDS } = properties.Environment.Variables;
    expect.soft(all.say(WEB_CLIENT_ID, stack), construct).toBe('<people/web>');
    const operators = '<people/operators>,<people/operators-airport>';
    expect.soft(all.say(OPERATORS_CLIENT_IDS, stack), construct).toBe(operators);
  }
});

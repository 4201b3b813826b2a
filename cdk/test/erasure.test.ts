import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import definition from '../erasure.asl.json';
import { stageNamed } from '../lib/stages';
import { STAGES, Synthesised } from './synthesised';

/** A state of the definition, of which each test says what it expects. */
type State = any;

const states: [string, State][] = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const next = (name: string): string[] => {
  const state: State = definition.States[name as keyof typeof definition.States];
  const choices = (state.Choices ?? []).map((choice: State) => choice.Next);
  return [state.Next, state.Default, ...choices].filter((each) => each !== undefined);
};

it('the steps go from freezing to the certificate, and nothing is removed before the time is up', () => {
  const way = ['Freeze', 'IsFrozen', 'Grace', 'Logins', 'AreLoginsGone', 'Data', 'IsDataGone', 'Partners'];
  way.push('AreAllTold', 'Reminders', 'HaveAllAcknowledged', 'Certify', 'Certified');
  expect(definition.StartAt).toBe('Freeze');
  for (const [place, name] of way.slice(0, -1).entries()) expect.soft(next(name), name).toContain(way[place + 1]);
  const before = (name: string) => states.map(([each]) => each).filter((each) => next(each).includes(name));
  expect(before('Logins').sort()).toEqual(['AreLoginsGone', 'Grace']);
  expect(before('RemainingLogins')).toEqual(['IsReleased']);
  expect(before('Data').sort()).toEqual(['AreLoginsGone', 'IsDataGone']);
  expect(before('Reminders').sort()).toEqual(['AreAllTold', 'NextLook']);
});

it('every state leads somewhere that there is', () => {
  const names = states.map(([name]) => name);
  const caught = tasks.flatMap(([, { Catch }]) => (Catch ?? []).map((each: State) => each.Next));
  expect(names).toEqual(expect.arrayContaining([...names.flatMap(next), ...caught]));
});

it('every task is tried again with growing pauses; who can go back does, and who can not stops where a redrive goes on', () => {
  expect(tasks.length).toBe(8);
  for (const [name, { Retry, Catch, TimeoutSeconds }] of tasks) {
    expect.soft(Retry, name).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'], BackoffRate: 2 })]);
    expect.soft(Retry[0].MaxAttempts, name).toBeGreaterThanOrEqual(8);
    expect.soft(TimeoutSeconds, name).toBeGreaterThan(60);
    const revocable = ['Freeze', 'Logins'].includes(name);
    const back = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Release' }];
    expect.soft(Catch, name).toEqual(revocable ? back : undefined);
  }
});

it('what was taken back after a failure ends as a failure, and what can be taken back no more is finished', () => {
  expect(next('IsReleased').sort()).toEqual(['Compensated', 'RemainingLogins', 'Withdrawn']);
  expect(definition.States.Compensated.Type).toBe('Fail');
});

it('every task is a function, and every function of the erasure but two is a task', () => {
  const resources = tasks.map(([, { Resource }]) => Resource.replace(/^\$\{(.*)\}$/, '$1'));
  const folders = readdirSync(join(__dirname, '../../functions')).filter((name) => name.startsWith('erasure-'));
  const elsewhere = ['erasure-api', 'erasure-start'];
  expect([...new Set(resources)].sort()).toEqual(folders.filter((name) => !elsewhere.includes(name)).sort());
});

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);
  const [machine] = all.ofType('AWS::StepFunctions::StateMachine');

  it('the state machine calls its functions and may call nothing else', () => {
    const deployed = JSON.parse(all.say(machine?.properties.DefinitionString, machine?.stack ?? ''));
    const called = [...new Set(Object.values<State>(deployed.States).flatMap(({ Resource }) => Resource ?? []))];
    const named = tasks.map(([, { Resource }]) => Resource.replace(/^\$\{(.*)\}$/, '<$1.Arn>'));
    expect(called.sort()).toEqual([...new Set(named)].sort());
    const policies = all.ofType('AWS::IAM::Policy').filter(({ construct }) => construct.startsWith('erasure-role/'));
    const statements = policies.flatMap(({ properties }) => properties.PolicyDocument.Statement);
    const [invokes, ...others] = statements.filter(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(others).toEqual([]);
    const invoked = invokes.Resource.map((resource: unknown) => all.say(resource, machine?.stack ?? ''));
    expect(invoked.sort()).toEqual(called.sort());
  });

  it('its log holds nothing of what it was given', () => {
    expect(machine?.properties.LoggingConfiguration).toMatchObject({ IncludeExecutionData: false, Level: 'ALL' });
  });

  it('an alarm goes off when an erasure fails, and when a partner does not acknowledge in time', () => {
    const alarms = all.ofType('AWS::CloudWatch::Alarm').filter(({ stack }) => stack === machine?.stack);
    const watched = alarms.map(({ properties }) => properties.MetricName);
    const expected = ['ExecutionsFailed', 'ExecutionsAborted', 'ExecutionsTimedOut', 'erasures_unacknowledged'];
    expect(watched).toEqual(expect.arrayContaining(expected));
  });

  it('erasures are started from a queue that is fed by nothing else', () => {
    const [rule] = all.ofType('AWS::Events::Rule').filter(({ construct }) => construct === 'erasure-requests');
    expect(rule?.properties.EventPattern).toEqual({
      source: ['dev.fairlead.erasure'],
      'detail-type': ['dev.fairlead.erasure.requested.v1'],
    });
  });
});

it('an erasure is over within a month, and can be taken back for longer than any request takes', () => {
  const { grace, deadline, reminders } = stageNamed('production').erasure;
  const days = grace.toDays() + deadline.toDays() + reminders.toDays();
  expect(days).toBeLessThan(30);
  expect(grace.toSeconds()).toBeGreaterThan(60);
});

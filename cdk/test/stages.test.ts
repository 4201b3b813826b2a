import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import cdk from '../cdk.json';
import { Artefacts } from '../lib/artefacts';
import { stageNamed } from '../lib/stages';
import { Synthesised } from './synthesised';

afterEach(() => vi.unstubAllEnvs());

it('every context is a stack named after the stage', () => {
  expect(
    Synthesised.stage('production')
      .stacks.map(({ name }) => name)
      .sort(),
  ).toEqual([
    'fairlead-production-access',
    'fairlead-production-alarms',
    'fairlead-production-api',
    'fairlead-production-data',
    'fairlead-production-dead-letters',
    'fairlead-production-directory',
    'fairlead-production-docs',
    'fairlead-production-erasure',
    'fairlead-production-events',
    'fairlead-production-extension',
    'fairlead-production-house',
    'fairlead-production-identity',
    'fairlead-production-intake',
    'fairlead-production-notification',
    'fairlead-production-partner',
    'fairlead-production-profile',
    'fairlead-production-webhooks',
  ]);
});

it('what is for Salesforce and the contact centre is only where there is Salesforce', () => {
  const names = (all: Synthesised) => all.stacks.map(({ name }) => name);
  const more = names(Synthesised.connected()).filter(
    (name) => !names(Synthesised.stage('production')).includes(name),
  );
  expect(more.sort()).toEqual([
    'fairlead-production-contact',
    'fairlead-production-operations',
    'fairlead-production-salesforce',
  ]);
  for (const name of ['production', 'development', 'blue-2']) expect(stageNamed(name).salesforce).toBeUndefined();
});

it.each(['blue-2', 'constructor'])('a stage that has no entry, like %s, is one on AWS that keeps its data', (name) => {
  const stage = stageNamed(name);
  expect(stage).toEqual({ ...stageNamed('production'), name });
  expect(stage.deletionProtection).toBe(true);
});

it('webhooks of a stage on AWS reach the internet alone', () => {
  for (const name of ['production', 'development', 'blue-2']) {
    expect(stageNamed(name).webhookReach).toBe('internet');
  }
});

it.each([undefined, ''])('no stage at all (%j) asks for one', (name) => {
  expect(() => stageNamed(name)).toThrow('no stage given: add `-c stage=local`');
});

it.each(['Prod', '1st', 'a_b', 'a--b', 'a-', 'a b', '../x', 'a'.repeat(21)])('`%s` is refused as a stage', (name) => {
  expect(() => stageNamed(name)).toThrow(`\`${name}\` can't name a stage: use at most 20 of a-z, 0-9`);
});

it('a name that Cognito would refuse is refused here', () => {
  expect(() => stageNamed('aws-test')).toThrow('must not contain aws, amazon or cognito');
});

describe('an artefact that is not there', () => {
  it('is named, with the folder it should be in and the command that builds it', () => {
    const folder = join(__dirname, 'nothing-is-built-here');
    vi.stubEnv('FAIRLEAD_ARTEFACTS', folder);
    expect(() => Artefacts.of(stageNamed('local')).code('profile-api')).toThrow(
      `profile-api is not built: there is no ${join(folder, 'profile-api', 'bootstrap')}; run \`cargo xtask up\``,
    );
    expect(() => Artefacts.of(stageNamed('production')).code('profile-api')).toThrow(
      'run `cargo lambda build --release --arm64`',
    );
  });

  it('is looked for in the folder of the stage if the environment names none', () => {
    vi.stubEnv('FAIRLEAD_ARTEFACTS', '');
    expect(() => Artefacts.of(stageNamed('production')).code('no-such-function')).toThrow(
      '/target/lambda/no-such-function/bootstrap',
    );
  });
});

it('the command line answers a bad stage with one sentence', () => {
  const [program = '', ...args] = cdk.app.split(' ');
  const { status, stderr } = spawnSync(program, args, {
    cwd: join(__dirname, '..'),
    encoding: 'utf8',
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ stage: 'Prod' }) },
  });
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining("`Prod` can't name a stage")]);
});

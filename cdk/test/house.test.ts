import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type App, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { expect, it } from 'vitest';

import type { DescribedHouse } from '../lib/house';
import { nameOfRule } from '../lib/rules';
import { SIMULATED, type Resource, Synthesised, appWith, emptyApp } from './synthesised';
import { ContextStack } from '../lib/context-stack';
import { Artefacts } from '../lib/artefacts';

const app = appWith('house', SIMULATED);
const house = houseIn(app);
const all = Synthesised.of(app);

/** What lies beside the function that tells of the house. */
function houseIn(of: App): DescribedHouse {
  const functions = of.node.findAll().filter((node) => node instanceof CfnFunction);
  const [api] = functions.filter(({ functionName }) => functionName === `fairlead-${SIMULATED.name}-operations-api`);
  const { s3Key } = Stack.of(api!).resolve(api!.code);
  return JSON.parse(readFileSync(join(of.assetOutdir, `asset.${s3Key.replace('.zip', '')}`, 'house.json'), 'utf8'));
}

/** The parts of a kind: what CloudWatch counts them as. */
const counted = (kind: string) =>
  Object.entries(house.parts)
    .filter(([id]) => id.startsWith(`${kind}/`))
    .map(([, part]) => part.counted_as);

const properties = (type: string, name: string) => all.ofType(type).map((resource) => resource.properties[name]);

it('every function, queue and rule is a part, by the name by which it is counted', () => {
  const own = (name: unknown) => String(name).startsWith('fairlead-');
  expect(counted('function').sort()).toEqual(properties('AWS::Lambda::Function', 'FunctionName').filter(own).sort());
  const queues = [...counted('queue'), ...counted('dead-letters')];
  expect(queues.sort()).toEqual(properties('AWS::SQS::Queue', 'QueueName').sort());
  const rules = [...counted('rule'), ...counted('schedule')];
  expect(rules.sort()).toEqual(properties('AWS::Events::Rule', 'Name').sort());
  expect(rules.length).toBeGreaterThan(20);
});

it('whatever has a queue, a stream or a rule read is fed by it', () => {
  /** The construct that a value refers to: `events-in` of `<events-in.Arn>`. */
  const named = (value: unknown, { stack }: Resource) => all.say(value, stack).replace(/^<|(\.\w+)?>$/g, '');
  const fed = (from: string) => (house.feeds[from] ?? []).map((id) => id.split('/')[1]);
  for (const mapping of all.ofType('AWS::Lambda::EventSourceMapping')) {
    const source = named(mapping.properties.EventSourceArn, mapping);
    const from = [`queue/${source}`, `table/${source}`].flatMap(fed);
    expect.soft(from, source).toContain(named(mapping.properties.FunctionName, mapping));
  }
  for (const rule of all.ofType('AWS::Events::Rule')) {
    const from = [`rule/${rule.construct}`, `schedule/${rule.construct}`].flatMap(fed);
    expect.soft(from, rule.construct).toEqual(rule.properties.Targets.map(({ Arn }: { Arn: unknown }) => named(Arn, rule)));
  }
});

it('what fails in a queue ends where its template says', () => {
  for (const { construct, properties: { RedrivePolicy }, stack } of all.ofType('AWS::SQS::Queue')) {
    if (RedrivePolicy === undefined) continue;
    const ends = all.say(RedrivePolicy.deadLetterTargetArn, stack);
    expect.soft(house.parts[`queue/${construct}`]?.dead_letters).toBe(`dead-letters/${ends.replace(/^<|\.Arn>$/g, '')}`);
  }
});

it('whoever answers the API is fed by it, and whoever writes feeds what it writes', () => {
  expect(house.feeds['api/http']).toEqual(expect.arrayContaining(['function/operations-api', 'function/portal-web']));
  expect(house.feeds['function/event-router']).toEqual(expect.arrayContaining(['queue/notification', 'table/profiles']));
  expect(house.feeds['function/profile-stream']).toContain('bus/events');
  expect(house.feeds['user-pool/people']).toContain('function/identity-pre-sign-up');
  expect(house.feeds['state-machine/erasure']).toContain('function/erasure-data');
});

it('whatever feeds and is fed is a part', () => {
  const ids = [...Object.keys(house.feeds), ...Object.values(house.feeds).flat()];
  const others = Object.values(house.parts).flatMap(({ bus, dead_letters }) => [bus ?? [], dead_letters ?? []].flat());
  expect([...ids, ...others].filter((id) => !(id in house.parts))).toEqual([]);
});

it('only what has its name once it is deployed is told by a variable', () => {
  const [api] = all.ofType('AWS::Lambda::Function').filter(({ construct }) => construct === 'operations-api');
  const names = all.say(api?.properties.Environment.Variables.HOUSE_NAMES, api!.stack);
  expect(names).toBe('{"bus/salesforce":"aws.partner/appflow/salesforce.com/<AWS::AccountId>/fairlead-simulated"}');
});

// After a change: npx vitest run test/house.test.ts -u
it('tests of what reads it have the house as it is', async () => {
  const fixture = '../../shared/testkit/src/engine/house.json';
  await expect(`${JSON.stringify(house, null, 2)}\n`).toMatchFileSnapshot(fixture);
});

it('a name that EventBridge would not take is cut, and no two are the same', () => {
  const stack = new ContextStack({ app: emptyApp('rules'), stage: SIMULATED, artefacts: Artefacts.placeholders() }, 'x', 'x');
  const names = ['a', 'b'].map((end) => nameOfRule(new CfnRule(stack, `${'long-'.repeat(12)}${end}`)));
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^fairlead-simulated-long-[a-z-]+-[0-9a-f]{8}$/);
  for (const name of names) expect(name).toHaveLength(64);
});

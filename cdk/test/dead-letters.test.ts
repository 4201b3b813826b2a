import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DEAD_LETTER_QUEUE_MARK, deadLettersOf } from '../lib/queues';
import { OPERATORS_SCOPES } from '../lib/scopes';
import { type Stage, stageNamed } from '../lib/stages';
import { CONNECTED, PUBLISHING, type Resource, STAGES, Synthesised, publishing } from './synthesised';

/** The stages that are held to it, one on which partners have queues of their own, and one with Salesforce. */
const DEPLOYED = [
  ...STAGES.map((name) => ({ what: name, stage: stageNamed(name), all: Synthesised.stage(name) })),
  { what: 'production, publishing', stage: PUBLISHING, all: Synthesised.of(publishing('dead-letters')) },
  { what: 'production, connected', stage: CONNECTED, all: Synthesised.connected() },
];

describe.each(DEPLOYED)('on stage $what', ({ stage, all }) => {
  const described = Object.fromEntries(
    Object.entries(deadLettersOf(stage)).map(([id, { with: _, ...letters }]) => [id, letters]),
  );
  const queues = all.ofType('AWS::SQS::Queue');
  const mappings = all.ofType('AWS::Lambda::EventSourceMapping');
  const rules = all.ofType('AWS::Events::Rule');
  const functions = all.ofType('AWS::Lambda::Function').map(({ construct }) => construct);
  /** The construct that a value refers to: `events-in` of `<events-in.Arn>`. */
  const named = (value: unknown, { stack }: Resource) => all.say(value, stack).replace(/^<|(\.\w+)?>$/g, '');
  /** The function that takes from the queue `source`. */
  const readerOf = (source: string) => {
    const [reader] = mappings.filter((mapping) => named(mapping.properties.EventSourceArn, mapping) === source);
    return reader && named(reader.properties.FunctionName, reader);
  };

  it('every dead-letter queue is described: what fills it, whose work it was and where it goes back', () => {
    const filled = new Map<string, object>();
    for (const queue of queues.filter(({ properties }) => 'RedrivePolicy' in properties)) {
      const back = queue.construct;
      const letters = { filled_by: 'queue', function: readerOf(back), back };
      filled.set(named(queue.properties.RedrivePolicy.deadLetterTargetArn, queue), letters);
    }
    for (const rule of rules) {
      for (const target of rule.properties.Targets) {
        const to = named(target.Arn, rule);
        // What a function is started for by a rule or by the time, the next run does that looks at all.
        const letters =
          functions.includes(to)
            ? { filled_by: 'schedule', function: to }
            : { filled_by: 'rule', function: readerOf(to), back: to };
        filled.set(named(target.DeadLetterConfig.Arn, rule), letters);
      }
    }
    for (const mapping of mappings.filter(({ properties }) => 'DestinationConfig' in properties)) {
      const table = named(mapping.properties.EventSourceArn, mapping);
      const letters = { filled_by: 'stream', function: named(mapping.properties.FunctionName, mapping), table };
      filled.set(named(mapping.properties.DestinationConfig.OnFailure.Destination, mapping), letters);
    }
    expect(Object.fromEntries(filled)).toEqual(described);
    const marked = queues.filter(({ metadata }) => metadata[DEAD_LETTER_QUEUE_MARK] === true);
    expect(marked.map(({ construct }) => construct).sort()).toEqual(Object.keys(described).sort());
  });

  it('a run that fails leaves its dead letter where one leaves it that could not be started', () => {
    const failed = all
      .ofType('AWS::Lambda::EventInvokeConfig')
      .map((config) => [
        named(config.properties.DestinationConfig.OnFailure.Destination, config),
        { filled_by: 'schedule', function: named(config.properties.FunctionName, config) },
      ]);
    const scheduled = Object.entries(described).filter(([, { filled_by }]) => filled_by === 'schedule');
    expect(Object.fromEntries(failed)).toEqual(Object.fromEntries(scheduled));
  });

  it('a queue is found by the name of its construct', () => {
    for (const { construct, properties } of queues) {
      expect.soft(properties.QueueName).toBe(`fairlead-${stage.name}-${construct}`);
      // The longest name of a stage has twenty letters, and a queue's name eighty.
      expect.soft(`fairlead-${'s'.repeat(20)}-${construct}`.length, construct).toBeLessThanOrEqual(80);
    }
  });
});

it('the scopes of operators are those that nobody else is granted', () => {
  const source = readFileSync(join(__dirname, '../../shared/identity/src/cognito/token.rs'), 'utf8');
  const [, suppressed = ''] = /const OPERATORS_SCOPES: \[&str; \d+\] = \[([^\]]*)\];/.exec(source) ?? [];
  const names = [...suppressed.matchAll(/"fairlead\/([^"]+)"/g)].map(([, name]) => name);
  expect(names).toEqual([...OPERATORS_SCOPES]);
});

it('a stage without Salesforce has none of its queues, and every other one has them', () => {
  const onlyWith = (stage: Stage) => Object.values(deadLettersOf(stage)).filter((letters) => 'with' in letters);
  expect(onlyWith(stageNamed('production'))).toEqual([]);
  expect(onlyWith(CONNECTED).length).toBeGreaterThan(5);
  expect(onlyWith(stageNamed('local'))).toEqual(onlyWith(CONNECTED));
});

import { describe, expect, it } from 'vitest';

import { DEAD_LETTER_QUEUE_MARK } from '../lib/queues';
import { type Resource, STAGES, Synthesised } from './synthesised';

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

const refusesPlainHttp = (statement: any): boolean =>
  statement.Effect === 'Deny' && statement.Condition?.Bool?.['aws:SecureTransport'] === 'false';

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);
  const queues = all.ofType('AWS::SQS::Queue');
  const isDeadLetterQueue = (queue: Resource) => queue.metadata[DEAD_LETTER_QUEUE_MARK] === true;
  const say = (value: unknown, { stack }: Resource) => all.say(value, stack);

  it('every queue has a dead-letter queue or is one', () => {
    expect(queues.length).toBeGreaterThan(0);
    for (const queue of queues) {
      expect.soft('RedrivePolicy' in queue.properties, queue.construct).toBe(!isDeadLetterQueue(queue));
    }
  });

  it('a message is delivered at least five times before it is given up', () => {
    for (const queue of queues.filter((each) => !isDeadLetterQueue(each))) {
      expect.soft(queue.properties.RedrivePolicy.maxReceiveCount, queue.construct).toBeGreaterThanOrEqual(5);
    }
  });

  it('a dead-letter queue keeps what it holds for fourteen days', () => {
    for (const queue of queues.filter(isDeadLetterQueue)) {
      expect.soft(queue.properties.MessageRetentionPeriod, queue.construct).toBe(FOURTEEN_DAYS);
    }
  });

  it('a message stays hidden for at least six times the time limit of the function that reads it', () => {
    const mappings = all
      .ofType('AWS::Lambda::EventSourceMapping')
      .map((mapping) => [
        say(mapping.properties.EventSourceArn, mapping),
        say(mapping.properties.FunctionName, mapping),
      ]);
    const read = queues.flatMap((queue) =>
      mappings.filter(([source]) => source === `<${queue.construct}.Arn>`).map(([, reader]) => ({ queue, reader })),
    );
    expect(read.length).toBeGreaterThan(0);
    for (const { queue, reader } of read) {
      const timeout = all.ofType('AWS::Lambda::Function').find(({ construct }) => `<${construct}>` === reader)
        ?.properties.Timeout;
      expect.soft(queue.properties.VisibilityTimeout, queue.construct).toBeGreaterThanOrEqual(6 * timeout);
    }
  });

  it('every queue is encrypted', () => {
    for (const queue of queues) expect.soft(queue.properties.SqsManagedSseEnabled, queue.construct).toBe(true);
  });

  it('an alarm goes off as soon as a dead-letter queue holds anything', () => {
    const watched = all
      .ofType('AWS::CloudWatch::Alarm')
      .filter(
        ({ properties }) =>
          properties.MetricName === 'ApproximateNumberOfMessagesVisible' &&
          properties.ComparisonOperator === 'GreaterThanThreshold' &&
          properties.Threshold === 0,
      )
      .map((alarm) => say(alarm.properties.Dimensions[0].Value, alarm));
    const holding = queues.filter(isDeadLetterQueue);
    expect(watched.sort()).toEqual(holding.map(({ construct }) => `<${construct}.QueueName>`).sort());
  });
});

it('every queue, topic and bucket on AWS refuses requests without TLS', () => {
  const production = Synthesised.connected();
  const guarded = production
    .ofType('AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy')
    .filter(({ properties }) => properties.PolicyDocument.Statement.some(refusesPlainHttp))
    .flatMap(({ stack, properties }) =>
      [...(properties.Queues ?? []), ...(properties.Topics ?? []), ...(properties.Bucket ? [properties.Bucket] : [])].map((each) => production.say(each, stack)),
    );
  expect(guarded.sort()).toEqual(
    production
      .ofType('AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic')
      .map(({ construct }) => `<${construct}>`)
      .sort(),
  );
});

it('nothing on this machine refuses requests without TLS, which its endpoints do not speak', () => {
  expect(JSON.stringify(Synthesised.stage('local').stacks)).not.toContain('aws:SecureTransport');
});

it('every topic is encrypted', () => {
  const topics = Synthesised.connected().ofType('AWS::SNS::Topic');
  expect(topics.map(({ construct }) => construct).sort()).toEqual([
    'alarms',
    'configuration-changes',
    'notifications',
    'on-call',
    'sms-inbound',
    'sms-messages',
    'support',
  ]);
  for (const { construct, properties } of topics) expect.soft(properties.KmsMasterKeyId, construct).toBeDefined();
});

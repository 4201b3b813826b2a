import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';

import { DEAD_LETTER_QUEUE_MARK } from '../lib/queues';
import { PUBLISHING, type Resource, STAGES, Synthesised, publishing } from './synthesised';

const PARTNERS = PUBLISHING.fanOut;
const [ABROAD, OTHERS] = ['222233334444', '555566667777'] as const;

const all = Synthesised.of(publishing('fan-out'));

const list = (value: any): any[] => (Array.isArray(value) ? value : [value]);

const statementsOf = ({ properties }: Resource): any[] =>
  [properties.PolicyDocument, properties.KeyPolicy]
    .filter((document) => document !== undefined)
    .flatMap(({ Statement }) => Statement);

/** What an account of a partner is allowed, and on what. */
const allowedTo = (account: string) =>
  all.resources.flatMap((resource) =>
    statementsOf(resource)
      .filter(({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal ?? {}).includes(account))
      .flatMap(({ Action, Resource: on, Condition }) =>
        list(Action).map((action) => ({
          action,
          on: list(on).map((each) => all.say(each, resource.stack)),
          condition: Condition,
        })),
      ),
  );

/** What a function may do, and on what. */
const grantedTo = (name: string): Record<string, string[]> => {
  const granted: Record<string, string[]> = {};
  const policies = all
    .ofType('AWS::IAM::Policy')
    .filter(({ construct }) => construct.startsWith(`${name}-role/`) || construct === `${name}-further-policy`);
  for (const policy of policies) {
    for (const { Action, Resource: on } of statementsOf(policy)) {
      const actions = list(Action).filter((action) => !/^(logs|xray):/.test(action));
      for (const target of actions.length > 0 ? list(on) : []) {
        const said = all.say(target, policy.stack);
        granted[said] = [...(granted[said] ?? []), ...actions].sort();
      }
    }
  }
  return granted;
};

it('the AwsSolutions rules find nothing', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(publishing('fan-out-nag'));
  expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

describe('another account', () => {
  it('may subscribe its own queues in its regions, read what lies for it, and nothing else', () => {
    const allowed = allowedTo(ABROAD);
    expect(allowed.map(({ action }) => action).sort()).toEqual(['kms:Decrypt', 's3:GetObject', 'sns:Subscribe']);
    const on = (action: string) => allowed.find((each) => each.action === action);
    expect(on('s3:GetObject')?.on).toEqual(['<claims.Arn>/claims/harbour/*/chandlery/*']);
    expect(on('sns:Subscribe')?.on).toEqual(['<to-harbour_chandlery>']);
    expect(on('sns:Subscribe')?.condition).toEqual({
      StringEquals: { 'sns:Protocol': 'sqs' },
      StringLike: {
        'sns:Endpoint': ['eu-west-1', 'eu-north-1'].map((region) => ({
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sqs:${region}:${ABROAD}:*`]],
        })),
      },
    });
  });

  it('decrypts through S3 alone, with a key that nothing else lies under', () => {
    const [decrypting] = allowedTo(ABROAD).filter(({ action }) => action === 'kms:Decrypt');
    expect(decrypting?.condition).toEqual({
      StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
    });
    const shared = all
      .ofType('AWS::KMS::Key')
      .filter((key) => JSON.stringify(statementsOf(key)).includes(ABROAD))
      .map(({ construct }) => construct);
    expect(shared).toEqual(['claims-key']);
    const under = all
      .ofType('AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret')
      .filter(({ properties, stack }) => {
        const keys = JSON.stringify(properties).match(/"Fn::GetAtt":\["(\w+)","Arn"\]/g) ?? [];
        return keys.some((key) => all.say(JSON.parse(`{${key}}`), stack) === '<claims-key.Arn>');
      })
      .map(({ construct }) => construct);
    expect(under).toEqual(['claims']);
  });

  it('gets nothing of what lies for another partner', () => {
    const [reading] = allowedTo(OTHERS).filter(({ action }) => action === 's3:GetObject');
    expect(reading?.on).toEqual(['<claims.Arn>/claims/harbour/*/ferry-line/*']);
  });
});

it('each topic is under the key, by the name that the function gives it, and refuses plain HTTP', () => {
  const topics = all.ofType('AWS::SNS::Topic').filter(({ construct }) => construct.startsWith('to-'));
  expect(topics.map(({ properties }) => properties.TopicName)).toEqual([
    'fairlead-production-fan-out-harbour_chandlery',
    'fairlead-production-fan-out-harbour_ferry-line',
  ]);
  for (const { construct, stack, properties } of topics) {
    expect.soft(all.say(properties.KmsMasterKeyId, stack), construct).toBe('<claims-key.Arn>');
  }
  const policies = all.ofType('AWS::SNS::TopicPolicy').filter(({ construct }) => construct.startsWith('to-'));
  expect(policies).toHaveLength(2);
  for (const policy of policies) {
    const refused = statementsOf(policy).filter(({ Effect }) => Effect === 'Deny');
    expect(refused.map(({ Condition }) => Condition)).toEqual([{ Bool: { 'aws:SecureTransport': 'false' } }]);
  }
});

it('each partner has a queue with a dead-letter queue, filled with what it may want', () => {
  for (const { tenant, partner } of PARTNERS) {
    const name = `${tenant}_${partner}`;
    const [queue] = all.ofType('AWS::SQS::Queue').filter(({ construct }) => construct === `fan-out-${name}`);
    expect(queue?.properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 5 }, VisibilityTimeout: 1800 });
    const [rule] = all.ofType('AWS::Events::Rule').filter(({ construct }) => construct === `events-to-${name}`);
    expect(rule?.properties.EventPattern).toEqual({ detail: { dataref: [{ exists: true }], tenantid: [tenant] } });
    const [target] = rule?.properties.Targets;
    expect(all.say(target.Arn, rule?.stack ?? '')).toBe(`<fan-out-${name}.Arn>`);
    // As it is: whose it is the queue says, and what could not be brought there gets there from its dead-letter queue.
    expect(Object.keys(target).sort()).toEqual(['Arn', 'DeadLetterConfig', 'Id', 'RetryPolicy']);
    const [mapping] = all
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ construct }) => construct === `fan-out-${name}-to-event-fanout`);
    expect(mapping?.properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  }
  const deadLetters = all
    .ofType('AWS::SQS::Queue')
    .filter(({ stack, metadata }) => stack.endsWith('-fan-out') && metadata[DEAD_LETTER_QUEUE_MARK] === true);
  expect(deadLetters).toHaveLength(2 * PARTNERS.length);
});

it('the function gets its environment and may do what its code asks for and nothing else', () => {
  const [fanout] = all.ofType('AWS::Lambda::Function').filter(({ construct }) => construct === 'event-fanout');
  expect(fanout?.properties).toMatchObject({
    FunctionName: 'fairlead-production-event-fanout',
    MemorySize: 256,
    Timeout: 300,
  });
  const said = (value: unknown) => all.say(value, fanout?.stack ?? '');
  const variables = Object.entries(fanout?.properties.Environment.Variables);
  expect(Object.fromEntries(variables.map(([name, value]) => [name, said(value)]))).toEqual({
    EVENTS_TABLE: '<events>',
    EVENTS_BUCKET: '<event-bodies>',
    CLAIMS_BUCKET: '<claims>',
    WAITING_TABLE: '<waiting>',
    FANOUT_TOPICS: 'arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:fairlead-production-fan-out-',
    IDENTIFIERS_TABLE: '<identifiers>',
    IDENTIFIER_KEY: '{{resolve:secretsmanager:<identifier-key>:SecretString:::}}',
    DIRECTORY_TABLE: '<directory>',
    PROFILES_TABLE: '<profiles>',
    RECEIPTS_TABLE: '<receipts>',
  });
  const reading = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
  expect(grantedTo('event-fanout')).toEqual({
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    '<identifiers.Arn>': ['dynamodb:GetItem'],
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<profiles.Arn>': ['dynamodb:BatchGetItem'],
    '<receipts.Arn>': ['dynamodb:PutItem'],
    '<waiting.Arn>': ['dynamodb:PutItem'],
    '<claims.Arn>': ['s3:ListBucket'],
    '<claims.Arn>/claims/*': ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:PutObject'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject'],
    '<to-harbour_chandlery>': ['sns:Publish'],
    '<to-harbour_ferry-line>': ['sns:Publish'],
    '<fan-out-harbour_chandlery.Arn>': reading,
    '<fan-out-harbour_ferry-line.Arn>': reading,
  });
});

it('operators see the dead letters of each partner, and have them processed again', () => {
  const [api] = all.ofType('AWS::Lambda::Function').filter(({ construct }) => construct === 'dead-letters-api');
  expect(api?.properties.Environment.Variables.FANOUT_PARTNERS).toBe('["harbour_chandlery","harbour_ferry-line"]');
  const granted = grantedTo('dead-letters-api');
  const on = (id: string) =>
    granted[`arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:fairlead-production-${id}`];
  for (const { tenant, partner } of PARTNERS) {
    const name = `${tenant}_${partner}`;
    expect(on(`fan-out-${name}`)).toEqual(['sqs:GetQueueUrl', 'sqs:SendMessage']);
    for (const queue of [`fan-out-${name}-dead-letters`, `events-to-${name}-dead-letters`]) {
      expect.soft(on(queue), queue).toContain('sqs:ReceiveMessage');
    }
  }
});

it('names that make that of a queue too long are refused, with what is to be shortened', () => {
  const [chandlery] = PARTNERS;
  const long = { ...PUBLISHING, fanOut: [{ ...chandlery!, partner: 'a'.repeat(30) }] };
  // fairlead-production- has 20 characters, events-to- 10, harbour_ 8, the partner 30 and -dead-letters 13.
  expect(() => publishing('fan-out-too-long', long)).toThrow(
    /would have 81: shorten the name of tenant `harbour`, of its partner `a{30}` or of stage `production`$/,
  );
  const fitting = { ...PUBLISHING, fanOut: [{ ...chandlery!, partner: 'a'.repeat(29) }] };
  expect(() => publishing('fan-out-long', fitting)).not.toThrow();
});

it.each(STAGES)('stage %s publishes to nobody of itself', (stage) => {
  const made = Synthesised.stage(stage);
  expect(made.stacks.filter(({ name }) => name.endsWith('-fan-out'))).toEqual([]);
  const topics = made.ofType('AWS::SNS::Topic').map(({ construct }) => construct);
  expect(topics.filter((construct) => construct.startsWith('to-'))).toEqual([]);
  expect(JSON.stringify(made.ofType('AWS::S3::BucketPolicy'))).not.toContain('s3:GetObject"');
});

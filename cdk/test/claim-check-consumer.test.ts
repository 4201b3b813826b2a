import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { ConsumerStack } from '../../examples/claim-check-consumer/stack';
import { Synthesised, emptyApp } from './synthesised';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:fairlead-production-fan-out-harbour_chandlery';
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0f0f0f0f';

/** The example, for a topic of another region. */
function consuming(name: string) {
  const app = emptyApp(name);
  new ConsumerStack(app, 'consumer', {
    env: { account: '222233334444', region: 'eu-west-1' },
    topicArn: TOPIC,
    bucketName: 'claims',
    prefix: 'claims/harbour/*/chandlery/',
    keyArn: KEY,
    code: Code.fromAsset(join(__dirname, '../placeholder')),
  });
  return app;
}

const all = Synthesised.of(consuming('claim-check-consumer'));

it('the AwsSolutions rules find nothing in the example', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(consuming('claim-check-consumer-nag'));
  expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

it('its queue takes what the topic delivers, and nothing from elsewhere', () => {
  const [subscription] = all.ofType('AWS::SNS::Subscription');
  expect(subscription?.properties).toMatchObject({
    TopicArn: TOPIC,
    Protocol: 'sqs',
    RawMessageDelivery: true,
    Region: 'eu-central-1',
  });
  const allowed = all
    .ofType('AWS::SQS::QueuePolicy')
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');
  expect(allowed).toMatchObject([
    {
      Action: 'sqs:SendMessage',
      Principal: { Service: 'sns.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
    },
  ]);
});

it('it reads what is for this partner, and nothing else', () => {
  const [policy] = all.ofType('AWS::IAM::Policy');
  const statements: any[] = policy?.properties.PolicyDocument.Statement;
  const on = (action: string) =>
    statements
      .filter(({ Action }) => [Action].flat().includes(action))
      .map(({ Resource: target }) => all.say(target, policy?.stack ?? ''));
  expect(on('s3:GetObject')).toEqual(['arn:<AWS::Partition>:s3:::claims/claims/harbour/*/chandlery/*']);
  expect(on('kms:Decrypt')).toEqual([KEY]);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => !/^(logs|sqs):/.test(action))).toEqual([
    's3:GetObject',
    'kms:Decrypt',
  ]);
});

it('what can not be taken ends in a dead-letter queue', () => {
  const queues = all.ofType('AWS::SQS::Queue').map(({ properties }) => properties);
  expect(queues.map(({ RedrivePolicy }) => RedrivePolicy?.maxReceiveCount)).toEqual([undefined, 5]);
  const [mapping] = all.ofType('AWS::Lambda::EventSourceMapping');
  expect(mapping?.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  const [consumer] = all.ofType('AWS::Lambda::Function');
  expect(consumer?.properties.Environment.Variables).toEqual({ CLAIMS_BUCKET: 'claims', CLAIMS_REGION: 'eu-central-1' });
  for (const { VisibilityTimeout } of queues.slice(1)) {
    expect(VisibilityTimeout).toBe(6 * consumer?.properties.Timeout);
  }
});

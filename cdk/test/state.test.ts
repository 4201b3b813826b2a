import { expect, it } from 'vitest';

import tables from '../tables.json';
import { Synthesised } from './synthesised';

const STATEFUL = [
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
];

it('whatever holds state survives its removal from the template outside development', () => {
  const stateful = Synthesised.stage('production').ofType(...STATEFUL);
  expect(new Set(stateful.map(({ type }) => type))).toEqual(new Set(STATEFUL));
  for (const { construct, deletionPolicy, updateReplacePolicy } of stateful) {
    expect.soft(deletionPolicy, construct).toBe('RetainExceptOnCreate');
    expect.soft(updateReplacePolicy, construct).toBe('Retain');
  }
});

it('tables, the user pool and the stacks refuse to be deleted outside development', () => {
  const production = Synthesised.stage('production');
  for (const { construct, properties } of production.ofType('AWS::DynamoDB::Table')) {
    expect.soft(properties.DeletionProtectionEnabled, construct).toBe(true);
  }
  expect(production.ofType('AWS::Cognito::UserPool')[0]?.properties.DeletionProtection).toBe('ACTIVE');
  for (const { name, terminationProtection } of production.stacks) expect.soft(terminationProtection, name).toBe(true);
});

it.each(['local', 'development'])('nothing of stage %s is left behind', (name) => {
  const stage = Synthesised.stage(name);
  for (const { construct, deletionPolicy } of stage.ofType(...STATEFUL)) {
    expect.soft(deletionPolicy, construct).toBe('Delete');
  }
  for (const each of stage.stacks) expect.soft(each.terminationProtection, each.name).toBe(false);
});

it('the tables are those of tables.json', () => {
  const deployed = Synthesised.stage('production')
    .ofType('AWS::DynamoDB::Table')
    .map(({ construct, properties }) => [
      construct,
      {
        keys: keys(properties.KeySchema),
        stream: properties.StreamSpecification?.StreamViewType,
        ttl: properties.TimeToLiveSpecification?.AttributeName,
        indexes: (properties.GlobalSecondaryIndexes ?? []).map((index: any) => [
          index.IndexName,
          keys(index.KeySchema),
          index.Projection.ProjectionType,
        ]),
      },
    ]);
  const described = Object.entries<any>(tables).map(([name, table]) => [
    name,
    {
      keys: [table.partition_key, table.sort_key],
      stream: table.stream,
      ttl: table.ttl,
      indexes: Object.entries<any>(table.indexes ?? {}).map(([indexName, index]) => [
        indexName,
        [index.partition_key, index.sort_key],
        'ALL',
      ]),
    },
  ]);
  expect(Object.fromEntries(deployed)).toEqual(Object.fromEntries(described));
});

it('every table is on demand, can be set back in time and has a key of ours', () => {
  const production = Synthesised.stage('production');
  for (const { construct, stack, properties } of production.ofType('AWS::DynamoDB::Table')) {
    expect.soft(properties.BillingMode, construct).toBe('PAY_PER_REQUEST');
    expect.soft(properties.PointInTimeRecoverySpecification, construct).toEqual({ PointInTimeRecoveryEnabled: true });
    expect.soft(production.say(properties.SSESpecification.KMSMasterKeyId, stack), construct).toBe('<key.Arn>');
  }
});

/** The buckets that are under another key than the tables are. */
const KEYS: Record<string, string> = {
  claims: '<claims-key.Arn>',
  'salesforce-events': '<salesforce-key.Arn>',
  'salesforce-outcomes': '<salesforce-key.Arn>',
};

it('every bucket is private, under a key of ours, and forgets what is deleted', () => {
  const production = Synthesised.connected();
  const buckets = production.ofType('AWS::S3::Bucket');
  expect(buckets.length).toBeGreaterThan(0);
  for (const { construct, stack, properties } of buckets) {
    const [encryption] = properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect.soft(encryption.BucketKeyEnabled, construct).toBe(true);
    expect
      .soft(production.say(encryption.ServerSideEncryptionByDefault.KMSMasterKeyID, stack), construct)
      .toBe(KEYS[construct] ?? '<key.Arn>');
    expect.soft(Object.values(properties.PublicAccessBlockConfiguration), construct).toEqual([true, true, true, true]);
    expect.soft(properties.VersioningConfiguration, construct).toBeUndefined();
  }
});

it('exports and uploads last a day, events\' bodies a month, their copies half of that, and receipts go to Glacier after half a year', () => {
  const rules = (name: string) =>
    Synthesised.stage('production')
      .ofType('AWS::S3::Bucket')
      .filter(({ construct }) => construct === name)
      .flatMap(({ properties }) => properties.LifecycleConfiguration.Rules);
  const upload = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' };
  expect(rules('exports')).toEqual([upload, { ExpirationInDays: 1, Status: 'Enabled' }]);
  expect(rules('claims')).toEqual([upload, { ExpirationInDays: 15, Status: 'Enabled' }]);
  expect(rules('event-bodies')).toEqual([
    upload,
    { ExpirationInDays: 30, Status: 'Enabled' },
    { ExpirationInDays: 15, Prefix: 'rejected/', Status: 'Enabled' },
  ]);
  expect(rules('extensions')).toEqual([upload, { ExpirationInDays: 1, Prefix: 'uploads/', Status: 'Enabled' }]);
  expect(rules('receipts-archive')).toEqual([
    upload,
    { Status: 'Enabled', Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 180 }] },
  ]);
});

function keys(schema: { AttributeName: string; KeyType: string }[]): (string | undefined)[] {
  return ['HASH', 'RANGE'].map((type) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName);
}

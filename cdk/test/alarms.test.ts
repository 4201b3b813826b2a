import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';

import { Artefacts } from '../lib/artefacts';
import { AlarmsStack } from '../lib/stacks/alarms';
import { stageNamed } from '../lib/stages';
import { STAGES, Synthesised, emptyApp } from './synthesised';

/** The alarms stack of a stage in production, and what it says beside that. */
function alarms(settings: { readonly alarmEmail?: string }): Template {
  const stage = { ...stageNamed('production'), ...settings };
  return Template.fromStack(new AlarmsStack({ app: emptyApp('alarms'), stage, artefacts: Artefacts.placeholders() }));
}

const source = (path: string): string => readFileSync(join(__dirname, '../..', path), 'utf8');

/** All that a function is made of. */
const sourcesOf = (service: string): string =>
  readdirSync(join(__dirname, '../../functions', service, 'src'))
    .filter((file) => file.endsWith('.rs'))
    .map((file) => source(`functions/${service}/src/${file}`))
    .join('\n');

/** The metrics that an alarm watches and that are no AWS service's. */
const ours = (all: Synthesised) =>
  all
    .ofType('AWS::CloudWatch::Alarm')
    .map(({ properties }) => properties)
    .filter(({ Namespace }) => !String(Namespace).startsWith('AWS/'));

/** What CloudWatch may do on behalf of the account's own alarms, and of nobody else's. */
const cloudWatchMay = (action: string | string[]) =>
  Match.objectLike({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: action,
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);

  it('every alarm of every stack publishes on the topic when it goes off and when all is well again', () => {
    const each = all.ofType('AWS::CloudWatch::Alarm');
    expect(new Set(each.map(({ stack }) => stack)).size).toBeGreaterThan(1);
    for (const { construct, stack, properties } of each) {
      const told = [properties.AlarmActions, properties.OKActions].map((actions) =>
        actions?.map((action: unknown) => all.say(action, stack)),
      );
      const urgent = construct === 'flows-given-up' ? ['<on-call>'] : [];
      expect.soft(told, construct).toEqual([[...urgent, '<alarms>'], ['<alarms>']]);
      expect.soft(properties.ActionsEnabled, construct).not.toBe(false);
    }
  });

  it('an alarm over a metric of our own watches what its function counts, by the names that it prints', () => {
    const functions = all.ofType('AWS::Lambda::Function').map(({ construct }) => construct);
    const names = ours(all).map(({ MetricName }) => MetricName);
    const expected = ['extension_hosts_drifted', 'extension_uploads_given_up', 'erasures_unacknowledged', 'subscriptions_failing', 'subscriptions_gone', 'webhooks_given_up'];
    expect(names).toEqual(expect.arrayContaining(expected));
    const told = ours(all).filter(({ MetricName }) => MetricName === 'events_expired');
    expect(told.map(({ Dimensions }) => Dimensions[0].Value).sort()).toEqual(['event-router', 'extension-dispatch', 'subscription-match']);
    const line = source('shared/lambda-kit/src/metric.rs');
    for (const { MetricName, Namespace, Dimensions, Statistic, Threshold, ComparisonOperator } of ours(all)) {
      expect.soft(line, MetricName).toContain(`"Namespace": "${Namespace}"`);
      expect.soft(line, MetricName).toContain('"Dimensions": [["service"]]');
      expect.soft(Dimensions, MetricName).toEqual([{ Name: 'service', Value: expect.any(String) }]);
      const [{ Value: service }] = Dimensions;
      expect.soft(functions, MetricName).toContain(service);
      const code = sourcesOf(service);
      // A function counts under its package's name, which is its own.
      expect.soft(code, MetricName).toContain('Metrics::new(env!("CARGO_PKG_NAME")');
      expect.soft(code, MetricName).toContain(`"${MetricName}"`);
      expect.soft([Statistic, ComparisonOperator, Threshold], MetricName).toEqual(['Sum', 'GreaterThanThreshold', 0]);
    }
  });

  it('no alarm is of a type that the topic would not hear of', () => {
    const types = all.resources.map(({ type }) => type).filter((type) => /^AWS::CloudWatch::.*Alarm/.test(type));
    expect(new Set(types)).toEqual(new Set(['AWS::CloudWatch::Alarm']));
  });
});

it("CloudWatch may publish on the topic and use its key, for the account's own alarms", () => {
  const template = alarms({});
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([cloudWatchMay('sns:Publish')]) },
  });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: { Statement: Match.arrayWith([cloudWatchMay(['kms:Decrypt', 'kms:GenerateDataKey'])]) },
  });
  template.hasResourceProperties('AWS::SNS::Topic', {
    KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^key'), 'Arn'] },
  });
});

it('whom a stage names is written to', () => {
  alarms({ alarmEmail: 'on-call@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'on-call@example.com',
  });
});

it('no stage writes to anybody of itself', () => {
  expect(Synthesised.stage('production').ofType('AWS::SNS::Subscription')).toEqual([]);
});

it('what the text messages of a month cost is watched, of the whole account', () => {
  const [alarm] = Synthesised.stage('production')
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ construct }) => construct === 'text-messages');
  expect(alarm?.properties).toMatchObject({
    Namespace: 'AWS/SNS',
    MetricName: 'SMSMonthToDateSpentUSD',
    Statistic: 'Maximum',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: stageNamed('production').textMessagesUsd,
  });
  expect(alarm?.properties.Dimensions).toBeUndefined();
});

import { describe, expect, it } from 'vitest';

import { STAGES, Synthesised } from './synthesised';

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);
  const mappings = all.ofType('AWS::Lambda::EventSourceMapping');
  const rules = all.ofType('AWS::Events::Rule');
  const asynchronous = (name: string) =>
    all
      .ofType('AWS::Lambda::EventInvokeConfig')
      .filter(({ properties, stack }) => all.say(properties.FunctionName, stack) === `<${name}>`);

  it('every batch source takes back the items that failed', () => {
    expect(mappings.length).toBeGreaterThan(0);
    for (const { construct, properties } of mappings) {
      expect.soft(properties.FunctionResponseTypes, construct).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('the stream is read from its beginning, isolates a bad record and parks what it gives up', () => {
    const [mapping] = mappings.filter(({ construct }) => construct === 'profiles-to-profile-stream');
    expect(mapping?.properties).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      ParallelizationFactor: 4,
      StartingPosition: 'TRIM_HORIZON',
    });
    const [filter] = mapping?.properties.FilterCriteria.Filters;
    expect(JSON.parse(filter.Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { Keys: { part: { S: [{ prefix: 'outbox#' }] } } },
    });
    expect(all.say(mapping?.properties.DestinationConfig.OnFailure.Destination, mapping?.stack ?? '')).toBe(
      '<parking.Arn>',
    );
  });

  it('what of partners\' events is to be relayed is read from the beginning, and nothing else', () => {
    const [mapping] = mappings.filter(({ construct }) => construct === 'events-to-event-stream');
    expect(mapping?.properties).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      ParallelizationFactor: 4,
      StartingPosition: 'TRIM_HORIZON',
    });
    const [filter] = mapping?.properties.FilterCriteria.Filters;
    expect(JSON.parse(filter.Pattern)).toEqual({
      dynamodb: { NewImage: { relay_shard: { S: [{ exists: true }] } } },
    });
    expect(all.say(mapping?.properties.DestinationConfig.OnFailure.Destination, mapping?.stack ?? '')).toBe(
      '<events-parking.Arn>',
    );
  });

  it('the archive is fed by receipts that expired and by nothing that somebody deleted', () => {
    const [mapping] = mappings.filter(({ construct }) => construct === 'receipts-to-receipt-archive');
    expect(mapping?.properties).toMatchObject({ BisectBatchOnFunctionError: true, StartingPosition: 'TRIM_HORIZON' });
    expect(mapping?.properties.MaximumRetryAttempts).toBeUndefined();
    const [filter] = mapping?.properties.FilterCriteria.Filters;
    expect(JSON.parse(filter.Pattern)).toEqual({
      eventName: ['REMOVE'],
      userIdentity: { principalId: ['dynamodb.amazonaws.com'] },
    });
    expect(all.say(mapping?.properties.DestinationConfig.OnFailure.Destination, mapping?.stack ?? '')).toBe(
      '<receipts-parking.Arn>',
    );
  });

  it("every rule's target has a retry policy and a dead-letter queue", () => {
    const targets = rules.flatMap(({ construct, properties }) =>
      properties.Targets.map((target: any) => ({ construct, target })),
    );
    expect(targets.length).toBeGreaterThanOrEqual(rules.length);
    for (const { construct, target } of targets) {
      expect.soft(target, construct).toMatchObject({
        RetryPolicy: { MaximumEventAgeInSeconds: expect.any(Number), MaximumRetryAttempts: expect.any(Number) },
        DeadLetterConfig: { Arn: expect.anything() },
      });
    }
  });

  it('notifications are fed by changes of a profile, by tests of them and by nothing else', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'profile-changes');
    expect(rule?.properties.EventPattern).toEqual({
      source: ['dev.fairlead.profile'],
      'detail-type': [
        'dev.fairlead.profile.created.v1',
        'dev.fairlead.profile.updated.v1',
        'dev.fairlead.profile.notice-tested.v1',
      ],
    });
  });

  it('the router is fed by what says where an event is, and by nothing else', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'events-announced');
    expect(rule?.properties.EventPattern).toEqual({ detail: { dataref: [{ exists: true }] } });
  });

  it('what waits is told of again once somebody is known by what events name people by, and for nothing else', () => {
    const patterns = ['identifiers-claimed', 'people-split'].map(
      (name) => rules.find(({ construct }) => construct === name)?.properties.EventPattern,
    );
    expect(patterns).toEqual([
      {
        source: ['dev.fairlead.profile'],
        'detail-type': ['dev.fairlead.profile.created.v1', 'dev.fairlead.profile.identified.v1'],
        detail: { data: { identifiers: ['external', 'anonymous'] } },
      },
      { source: ['dev.fairlead.profile'], 'detail-type': ['dev.fairlead.profile.split.v1'] },
    ]);
  });

  it('subscribers are told of what says where an event is and of few changes, and of nothing else', () => {
    const patterns = ['events-to-subscribers', 'changes-to-subscribers'].map(
      (name) => rules.find(({ construct }) => construct === name)?.properties.EventPattern,
    );
    expect(patterns).toEqual([
      { detail: { dataref: [{ exists: true }] } },
      {
        source: ['dev.fairlead.profile', 'dev.fairlead.erasure'],
        'detail-type': [
          'dev.fairlead.profile.updated.v1',
          'dev.fairlead.profile.merged.v1',
          'dev.fairlead.erasure.told.v1',
          'dev.fairlead.erasure.reminded.v1',
        ],
      },
    ]);
  });

  it('what is due to be sent is looked for every minute, and not beside the next run', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'webhooks-due');
    expect(rule?.properties.ScheduleExpression).toBe('rate(1 minute)');
    const [config] = asynchronous('subscription-due');
    expect(config?.properties).toMatchObject({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 });
    expect(all.say(config?.properties.DestinationConfig.OnFailure.Destination, config?.stack ?? '')).toBe(
      '<subscription-due-dead-letters.Arn>',
    );
  });

  it('the sweep runs every five minutes and is not retried beside the next run', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'every-five-minutes');
    expect(rule?.properties.ScheduleExpression).toBe('rate(5 minutes)');
    const [config] = asynchronous('profile-sweep');
    expect(config?.properties).toMatchObject({ MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 0 });
    expect(all.say(config?.properties.DestinationConfig.OnFailure.Destination, config?.stack ?? '')).toBe(
      '<profile-sweep-dead-letters.Arn>',
    );
  });

  it('the events that the stream left are looked for every five minutes, and not beside the next run', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'events-left-behind');
    expect(rule?.properties.ScheduleExpression).toBe('rate(5 minutes)');
    const [config] = asynchronous('event-sweep');
    expect(config?.properties).toMatchObject({ MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 0 });
    expect(all.say(config?.properties.DestinationConfig.OnFailure.Destination, config?.stack ?? '')).toBe(
      '<event-sweep-dead-letters.Arn>',
    );
  });

  it('whose grant has run out is looked for every five minutes, and not beside the next run', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'grants-run-out');
    expect(rule?.properties.ScheduleExpression).toBe('rate(5 minutes)');
    const [config] = asynchronous('consent-expiry');
    expect(config?.properties).toMatchObject({ MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 0 });
    expect(all.say(config?.properties.DestinationConfig.OnFailure.Destination, config?.stack ?? '')).toBe(
      '<consent-expiry-dead-letters.Arn>',
    );
  });

  it('audiences are fed by whatever may change who belongs to them', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'audience-changes');
    expect(rule?.properties.EventPattern).toEqual({
      source: ['dev.fairlead.profile', 'dev.fairlead.consent', 'dev.fairlead.erasure'],
      'detail-type': [
        'dev.fairlead.profile.updated.v1',
        'dev.fairlead.profile.identified.v1',
        'dev.fairlead.profile.merged.v1',
        'dev.fairlead.profile.split.v1',
        'dev.fairlead.profile.erased.v1',
        'dev.fairlead.consent.granted.v1',
        'dev.fairlead.consent.withdrawn.v1',
        'dev.fairlead.erasure.requested.v1',
        'dev.fairlead.erasure.withdrawn.v1',
        'dev.fairlead.consent.expired.v1',
      ],
    });
  });

  it('the reconciliation runs every hour and is not retried beside the next run', () => {
    const [rule] = rules.filter(({ construct }) => construct === 'every-hour');
    expect(rule?.properties.ScheduleExpression).toBe('rate(1 hour)');
    const [config] = asynchronous('identity-reconcile');
    expect(config?.properties).toMatchObject({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 0 });
    expect(all.say(config?.properties.DestinationConfig.OnFailure.Destination, config?.stack ?? '')).toBe(
      '<identity-reconcile-dead-letters.Arn>',
    );
  });

  it('every permission to invoke a function names what may use it', () => {
    const permissions = all.ofType('AWS::Lambda::Permission');
    expect(permissions.length).toBeGreaterThan(0);
    for (const { logicalId, properties } of permissions) {
      expect.soft(properties.SourceArn, logicalId).toBeDefined();
      if (properties.Principal === 'cognito-idp.amazonaws.com') {
        expect.soft(properties.SourceAccount, logicalId).toEqual({ Ref: 'AWS::AccountId' });
      }
    }
  });
});

describe.each([
  ['local', () => Synthesised.stage('local')],
  ['production, connected', () => Synthesised.connected()],
] as const)('with Salesforce, on stage %s', (_, synthesised) => {
  const all = synthesised();
  const rule = (name: string) =>
    all.ofType('AWS::Events::Rule').find(({ construct }) => construct === name)?.properties;
  const mapping = (name: string) =>
    all.ofType('AWS::Lambda::EventSourceMapping').find(({ construct }) => construct === name);

  it('the writer is fed by whatever partner event source there is on the bus of Salesforce', () => {
    const stage = all.stacks[0]?.name.split('-')[1];
    // What stands in for Salesforce may not call itself a partner of AWS.
    const prefix = stage === 'local' ? 'appflow.test/' : 'aws.partner/';
    expect(rule('salesforce-changes')).toMatchObject({ EventPattern: { source: [{ prefix }] } });
    expect(rule('salesforce-changes').EventBusName).toBeDefined();
  });

  it('what AppFlow says of flows of this stage starts what mends them, and so does the time', () => {
    const stage = all.stacks[0]?.name.split('-')[1];
    expect(rule('flow-reports').EventPattern).toEqual({
      source: ['aws.appflow'],
      detail: { 'flow-name': [{ prefix: `fairlead-${stage}-` }] },
    });
    expect(rule('flow-reports').EventBusName).toBeUndefined();
    expect(rule('flows-looked-at').ScheduleExpression).toBe('rate(5 minutes)');
  });

  it('what was missed is read each night, and who is on call is looked at on each quarter of an hour', () => {
    expect(rule('salesforce-reread-nightly').ScheduleExpression).toBe('cron(10 2 * * ? *)');
    expect(rule('shifts-change').ScheduleExpression).toBe('cron(0/15 * * * ? *)');
  });

  it.each(['salesforce-config-outcome', 'salesforce-config-notifier'])(
    '%s is fed by what became of edits, and by nothing that is changed afterwards',
    (name) => {
      const found = mapping(`config-to-${name}`);
      expect(found?.properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 10,
        StartingPosition: 'TRIM_HORIZON',
      });
      const [filter] = found?.properties.FilterCriteria.Filters;
      expect(JSON.parse(filter.Pattern)).toEqual({
        eventName: ['INSERT'],
        dynamodb: { Keys: { kind: { S: [{ prefix: 'outcome#' }] } } },
      });
    },
  );

  it('the stream of the table has no more readers than it may have', () => {
    const reading = all
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ properties, stack }) => all.say(properties.EventSourceArn, stack) === '<config.StreamArn>');
    expect(reading).toHaveLength(2);
  });

  it('people hear of changes that come together at once', () => {
    expect(mapping('config-to-salesforce-config-notifier')?.properties.MaximumBatchingWindowInSeconds).toBe(30);
    expect(mapping('config-to-salesforce-config-outcome')?.properties.MaximumBatchingWindowInSeconds).toBeUndefined();
  });
});

it('archives keep every event on AWS for as long as it can be replayed, and are left out where CloudFormation does not know them', () => {
  const archives = Synthesised.stage('production').ofType('AWS::Events::Archive');
  const kept = archives.map(({ properties }) => [properties.EventPattern.detail.dataref, properties.RetentionDays]);
  expect(kept).toHaveLength(2);
  expect(kept).toEqual(
    expect.arrayContaining([
      [[{ exists: false }], 90],
      // A day less than events of partners are kept: shared/intake/src/item.rs.
      [[{ exists: true }], 14],
    ]),
  );
  expect(Synthesised.stage('local').ofType('AWS::Events::Archive')).toHaveLength(0);
});

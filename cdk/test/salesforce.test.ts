import { describe, expect, it } from 'vitest';

import { salesforceKinds } from '../lib/salesforce-kinds';
import type { Salesforce } from '../lib/stages';
import { CONNECTED, type Resource, STAGES, Synthesised, appWith } from './synthesised';

const all = Synthesised.connected();

const SOURCE = 'aws.partner/appflow/salesforce.com/<AWS::AccountId>/fairlead-production';

/** That stage, with something else said of its Salesforce. */
const connected = (name: string, settings: Partial<Salesforce>): Synthesised => {
  const { salesforce } = CONNECTED;
  return Synthesised.of(appWith(name, { ...CONNECTED, salesforce: { ...salesforce!, ...settings } }));
};

const one = (from: Synthesised, construct: string): Resource => {
  const found = from.resources.filter((resource) => resource.construct === construct);
  expect(found.map(({ construct: each }) => each)).toEqual([construct]);
  return found[0]!;
};

/** Every value in words. */
const said = (value: any, { stack }: Resource): any => {
  if (Array.isArray(value)) return value.map((each) => said(each, { stack } as Resource));
  if (typeof value !== 'object' || value === null) return value;
  const [intrinsic] = Object.keys(value);
  if (intrinsic === 'Ref' || intrinsic?.startsWith('Fn::')) return all.say(value, stack);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, said(each, { stack } as Resource)]));
};

const flowsOf = (from: Synthesised) => from.ofType('AWS::AppFlow::Flow');
const objectsOf = (from: Synthesised) =>
  flowsOf(from)
    .filter(({ properties }) => properties.SourceFlowConfig.ConnectorType === 'Salesforce')
    .map(({ properties }) => properties.SourceFlowConfig.SourceConnectorProperties.Salesforce.Object);

/** In the order in which CloudFormation makes them: those that a resource waits for. */
const waitsFor = ({ stack, logicalId }: Resource): string[] => {
  const template = all.stacks.find(({ name }) => name === stack)?.template;
  const awaited: string[] = template.Resources[logicalId].DependsOn ?? [];
  return awaited.map((id) => all.say({ Ref: id }, stack));
};

describe('the connection', () => {
  it('is made by a secret that the template does not hold', () => {
    const connection = one(all, 'flows/connection');
    expect(said(connection.properties, connection)).toEqual({
      ConnectorProfileName: 'fairlead-production-salesforce',
      ConnectorType: 'Salesforce',
      ConnectionMode: 'Public',
      ConnectorProfileConfig: {
        ConnectorProfileProperties: {
          Salesforce: { InstanceUrl: 'https://harbour.my.salesforce.com', isSandboxEnvironment: false },
        },
        ConnectorProfileCredentials: {
          Salesforce: {
            AccessToken: 'none-yet',
            ClientCredentialsArn: '<salesforce-client.Id>',
            RefreshToken: '{{resolve:secretsmanager:<salesforce-client>:SecretString:refreshToken::}}',
          },
        },
      },
    });
  });

  it('has its secret under a key that AppFlow may use, and uses for nothing else of ours', () => {
    const secret = one(all, 'salesforce-client');
    expect(all.say(secret.properties.KmsKeyId, secret.stack)).toBe('<salesforce-key.Arn>');
    const open = all
      .ofType('AWS::KMS::Key')
      .filter(({ properties }) => JSON.stringify(properties.KeyPolicy).includes('appflow.amazonaws.com'));
    expect(open.map(({ construct }) => construct)).toEqual(['salesforce-key']);
  });
});

describe('the flows that tell of edits', () => {
  it('are one for each kind, of what Salesforce tells of changes to its object', () => {
    expect(objectsOf(all).sort()).toEqual(
      salesforceKinds()
        .map(({ changes }) => changes)
        .sort(),
    );
    expect(objectsOf(all)).toContain('Holiday__ChangeEvent');
  });

  it('tell of platform events where a stage says so', () => {
    const objects = objectsOf(connected('platform-events', { tells: 'platform-events' }));
    expect(objects.sort()).toEqual(
      salesforceKinds()
        .map((kind) => kind['platform-events'])
        .sort(),
    );
    expect(objects).toContain('Holiday_Change__e');
  });

  it('go to the partner event source with every field, and leave what is too large in the bucket for that', () => {
    const flow = one(all, 'flows/salesforce-holiday-changes');
    expect(said(flow.properties, flow)).toEqual({
      FlowName: 'fairlead-production-salesforce-holiday-changes',
      Description: 'Tells Fairlead of what operators edit.',
      TriggerConfig: { TriggerType: 'Event' },
      SourceFlowConfig: {
        ConnectorType: 'Salesforce',
        ConnectorProfileName: 'fairlead-production-salesforce',
        SourceConnectorProperties: { Salesforce: { Object: 'Holiday__ChangeEvent' } },
      },
      DestinationFlowConfigList: [
        {
          ConnectorType: 'EventBridge',
          DestinationConnectorProperties: {
            EventBridge: { Object: SOURCE, ErrorHandlingConfig: { BucketName: '<salesforce-events>' } },
          },
        },
      ],
      Tasks: [
        {
          TaskType: 'Map_all',
          SourceFields: [],
          ConnectorOperator: { Salesforce: 'NO_OP' },
          TaskProperties: [{ Key: 'EXCLUDE_SOURCE_FIELDS_LIST', Value: '[]' }],
        },
      ],
    });
  });

  it('are none where an event relay of its own tells', () => {
    const eventSource = 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001AAA';
    const relayed = connected('relayed', { tells: { eventSource } });
    expect(objectsOf(relayed)).toEqual([]);
    expect(one(relayed, 'flows/bus').properties).toEqual({ Name: eventSource, EventSourceName: eventSource });
    expect(flowsOf(relayed)).toHaveLength(1);
  });
});

it('the flow that brings outcomes back upserts by record, over one API, and stops at what is refused', () => {
  const flow = one(all, 'flows/salesforce-outcomes');
  const { Tasks, ...properties } = said(flow.properties, flow);
  expect(properties).toEqual({
    FlowName: 'fairlead-production-salesforce-outcomes',
    Description: 'Brings to Salesforce what became of edits.',
    TriggerConfig: {
      TriggerType: 'Scheduled',
      TriggerProperties: {
        ScheduleExpression: 'rate(1minutes)',
        DataPullMode: 'Incremental',
        FlowErrorDeactivationThreshold: 10,
      },
    },
    SourceFlowConfig: {
      ConnectorType: 'S3',
      SourceConnectorProperties: {
        S3: {
          BucketName: '<salesforce-outcomes>',
          BucketPrefix: 'outcomes',
          S3InputFormatConfig: { S3InputFileType: 'CSV' },
        },
      },
    },
    DestinationFlowConfigList: [
      {
        ConnectorType: 'Salesforce',
        ConnectorProfileName: 'fairlead-production-salesforce',
        DestinationConnectorProperties: {
          Salesforce: {
            Object: 'Fairlead_Outcome__c',
            WriteOperationType: 'UPSERT',
            IdFieldNames: ['Record_ID__c'],
            DataTransferApi: 'REST_SYNC',
            ErrorHandlingConfig: {
              FailOnFirstError: true,
              BucketName: '<salesforce-outcomes>',
              BucketPrefix: 'rejected',
            },
          },
        },
      },
    ],
  });
  const columns = ['Record_ID__c', 'Action__c', 'Result__c', 'Reason__c', 'Time__c'];
  const [filter, ...mapped] = Tasks;
  expect(filter).toEqual({ TaskType: 'Filter', SourceFields: columns, ConnectorOperator: { S3: 'PROJECTION' } });
  expect(mapped.map(({ SourceFields, DestinationField }: any) => [SourceFields, DestinationField])).toEqual(
    columns.map((column) => [[column], column]),
  );
});

it('the bus is made once there is its source, and the flows are activated once there is the bus', () => {
  const bus = one(all, 'flows/bus');
  expect(said(bus.properties, bus)).toEqual({ Name: SOURCE, EventSourceName: SOURCE });
  const telling = flowsOf(all).map(({ construct }) => `<${construct}>`);
  expect(waitsFor(bus)).toEqual(expect.arrayContaining(telling.filter((flow) => flow.endsWith('-changes>'))));
  const activation = one(all, 'flows/activation/Default');
  expect(activation.type).toBe('Custom::SalesforceFlows');
  expect(waitsFor(activation)).toEqual(expect.arrayContaining(['<flows/bus>', ...telling]));
  expect(all.say(activation.properties.ServiceToken, activation.stack)).toBe('<salesforce-flow-connection.Arn>');
  for (const { construct, properties } of flowsOf(all)) expect.soft(properties.FlowStatus, construct).toBeUndefined();
});

it('what mends flows knows them as they are made', () => {
  const repair = one(all, 'salesforce-flow-repair');
  const described = JSON.parse(all.say(repair.properties.Environment.Variables.SALESFORCE_FLOWS, repair.stack));
  expect(described).toMatchObject({
    prefix: 'fairlead-production-',
    profile: 'fairlead-production-salesforce',
    instance_url: 'https://harbour.my.salesforce.com',
    sandbox: false,
    credentials_arn: '<salesforce-client.Id>',
    event_source: SOURCE,
    events_bucket: '<salesforce-events>',
    outcomes: {
      name: 'salesforce-outcomes',
      object: 'Fairlead_Outcome__c',
      bucket: '<salesforce-outcomes>',
      errors_bucket: '<salesforce-outcomes>',
      schedule: 'rate(1minutes)',
    },
  });
  const made = flowsOf(all).map(({ properties }) => properties.FlowName);
  const known = [...Object.keys(described.changes), described.outcomes.name];
  expect(made.sort()).toEqual(known.map((name) => `${described.prefix}${name}`).sort());
  const activation = one(all, 'flows/activation/Default');
  expect(JSON.parse(all.say(activation.properties.Flows, activation.stack))).toEqual(described);
  // All variables of a function together may have four kilobytes.
  expect(JSON.stringify(described).length).toBeLessThan(3_000);
});

describe('before there is anything in the secret', () => {
  const unconnected = connected('unconnected', { connected: false });

  it('there is the secret, and nothing that would use it', () => {
    expect(one(unconnected, 'salesforce-client').type).toBe('AWS::SecretsManager::Secret');
    const types = new Set(unconnected.resources.map(({ type }) => type));
    expect([...types].filter((type) => /AppFlow|Custom::/.test(type))).toEqual([]);
    const buses = unconnected.ofType('AWS::Events::EventBus').map(({ construct }) => construct);
    expect(buses).toEqual(['bus']);
  });

  it('there are all queues, which dead-letters-api looks for', () => {
    const queues = (from: Synthesised) => from.ofType('AWS::SQS::Queue').map(({ construct }) => construct);
    expect(queues(unconnected).sort()).toEqual(queues(all).sort());
  });

  it('nobody is alarmed by the silence', () => {
    const silent = unconnected.ofType('AWS::CloudWatch::Alarm').filter(({ construct }) => /silent$/.test(construct));
    expect(silent).toEqual([]);
  });
});

describe('AppFlow', () => {
  /** What a policy of ours lets AppFlow do, and on what. */
  const allowed = all.resources.flatMap((resource) => {
    const { PolicyDocument, ResourcePolicy, KeyPolicy } = resource.properties;
    const statements: any[] = [PolicyDocument, ResourcePolicy, KeyPolicy]
      .filter((document) => document !== undefined)
      .flatMap(({ Statement }) => Statement);
    return statements
      .filter(({ Principal }) => Principal?.Service === 'appflow.amazonaws.com')
      .map(({ Action, Resource: on, Condition }) => ({
        on: [on].flat().map((each) => all.say(each, resource.stack)),
        actions: [Action].flat(),
        condition: Condition,
      }));
  });

  it('may do nothing of ours for another account', () => {
    expect(allowed.length).toBeGreaterThan(4);
    for (const { on, condition } of allowed) {
      const ours = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
      expect.soft(condition, on.join()).toEqual(ours);
    }
  });

  it('reads outcomes, leaves what was refused beside them, and events that are too large in a bucket of their own', () => {
    const on = (action: string) =>
      allowed
        .filter(({ actions }) => actions.includes(action))
        .flatMap((each) => each.on)
        .sort();
    expect(on('s3:GetObject')).toEqual(['<salesforce-outcomes.Arn>/outcomes/*']);
    expect(on('s3:PutObject')).toEqual([
      '<salesforce-events.Arn>',
      '<salesforce-events.Arn>/*',
      '<salesforce-outcomes.Arn>',
      '<salesforce-outcomes.Arn>/rejected/*',
    ]);
    expect(on('secretsmanager:GetSecretValue')).toEqual(['<salesforce-client>']);
    expect(allowed.flatMap(({ actions }) => actions).filter((action) => /Delete|Put(Bucket|Secret)/.test(action))).toEqual([]);
  });
});

it('what is exchanged goes by itself', () => {
  const expiry = (name: string) =>
    one(all, name).properties.LifecycleConfiguration.Rules.map((rule: any) => rule.ExpirationInDays).filter(Boolean);
  // A day longer than a dead letter that points there.
  expect(expiry('salesforce-events')).toEqual([15]);
  // As long as the rows of the outcomes: SALESFORCE in shared/configuration.
  expect(expiry('salesforce-outcomes')).toEqual([30]);
});

it('a retry may start what mends flows and nothing else, and only by a schedule of its group', () => {
  const role = one(all, 'flow-retries-role');
  const [trusted] = role.properties.AssumeRolePolicyDocument.Statement;
  expect(trusted.Principal).toEqual({ Service: 'scheduler.amazonaws.com' });
  expect(said(trusted.Condition, role)).toEqual({
    StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>', 'aws:SourceArn': '<flow-retries.Arn>' },
  });
  const policy = one(all, 'flow-retries-role/DefaultPolicy');
  expect(policy.properties.PolicyDocument.Statement.map((statement: any) => said(statement, policy))).toEqual([
    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '<salesforce-flow-repair.Arn>' },
  ]);
  expect(one(all, 'flow-retries').properties.Name).toBe('fairlead-production-flow-retries');
});

it.each(STAGES)('on stage %s nothing of AppFlow is there of itself', (stage) => {
  const types = Synthesised.stage(stage).resources.map(({ type }) => type);
  expect(types.filter((type) => /AppFlow|Custom::|Connect::/.test(type))).toEqual([]);
});

it('on this machine a bus of our own takes the place of the partner event source', () => {
  const local = Synthesised.stage('local');
  expect(one(local, 'salesforce-bus').properties).toEqual({ Name: 'fairlead-local-salesforce' });
  const rule = one(local, 'salesforce-changes');
  expect(local.say(rule.properties.EventBusName, rule.stack)).toBe('<salesforce-bus>');
});

it('who is named for it is written to', () => {
  const subscriptions = all.ofType('AWS::SNS::Subscription').map(({ stack, properties }) => [
    all.say(properties.TopicArn, stack),
    properties.Protocol,
    typeof properties.Endpoint === 'string' ? properties.Endpoint : all.say(properties.Endpoint, stack),
  ]);
  expect(subscriptions.sort()).toEqual([
    ['<configuration-changes>', 'email', 'team@example.com'],
    ['<sms-inbound>', 'sqs', '<text-messages.Arn>'],
    ['<support>', 'email', 'support@example.com'],
  ]);
  // What each operator is told is not the team's besides.
  const [ofTeam] = all
    .ofType('AWS::SNS::Subscription')
    .filter(({ properties }) => properties.Endpoint === 'team@example.com');
  expect(ofTeam?.properties.FilterPolicy).toEqual({ audience: ['team'] });
});

it('that nothing is said of flows, or no edit arrives, is noticed', () => {
  const alarm = (id: string) => {
    const found = one(all, id);
    return said(found.properties, found);
  };
  const silence = { Namespace: 'AWS/Events', MetricName: 'MatchedEvents', TreatMissingData: 'breaching', Threshold: 1 };
  expect(alarm('flows-silent')).toMatchObject({
    ...silence,
    Dimensions: [{ Name: 'RuleName', Value: 'fairlead-production-flow-reports' }],
    Period: 300,
    EvaluationPeriods: 6,
  });
  expect(alarm('salesforce-silent')).toMatchObject({
    ...silence,
    Dimensions: [
      { Name: 'EventBusName', Value: '<flows/bus>' },
      { Name: 'RuleName', Value: 'fairlead-production-salesforce-changes' },
    ],
    Period: 86_400,
    EvaluationPeriods: 4,
  });
});

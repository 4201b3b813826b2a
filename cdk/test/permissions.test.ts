import { describe, expect, it } from 'vitest';

import { MAY } from './may';
import { Synthesised } from './synthesised';

/** With Salesforce and a contact centre: so all functions are there that every stage may have. */
const all = Synthesised.connected();

interface Statement {
  readonly on: string;
  readonly type: string;
  readonly effect: string;
  readonly principal: unknown;
  readonly actions: string[];
  readonly resources: string[];
  readonly notResources: string[];
  readonly conditioned: boolean;
}

const list = (value: any): any[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Every statement of every policy: of roles, of resources, and of who may take a role. */
const statements: Statement[] = all.resources.flatMap(({ construct, stack, type, properties }) =>
  [
    properties.PolicyDocument,
    properties.KeyPolicy,
    properties.AssumeRolePolicyDocument,
    ...list(properties.Policies).map((policy) => policy.PolicyDocument),
  ]
    .filter((document) => document !== undefined && typeof document === 'object')
    .flatMap((document) =>
      list(document.Statement).map((statement) => ({
        on: construct,
        type,
        effect: statement.Effect,
        principal: statement.Principal,
        actions: list(statement.Action),
        resources: list(statement.Resource).map((resource) => all.say(resource, stack)),
        notResources: list(statement.NotResource).map((resource) => all.say(resource, stack)),
        conditioned: statement.Condition !== undefined,
      })),
    ),
);
const allowed = statements.filter(({ effect }) => effect === 'Allow');

/** Every wildcard in a resource, and why it has to be there. */
const EXPLAINED: {
  readonly actions: string[];
  readonly resource: RegExp;
  readonly type: string;
  readonly because: string;
}[] = [
  {
    type: 'AWS::IAM::Policy',
    actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    resource: /^\*$/,
    because: "X-Ray's write actions know no resources.",
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: /:log-group:\/fairlead\/production\/[a-z-]+:log-stream:\*$/,
    because: "Lambda names the streams of a function's log group as it starts instances.",
  },
  {
    type: 'AWS::IAM::Policy',
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    resource: /^\*$/,
    because: 'The delivery of the logs of a state machine knows no resources.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['sns:Publish'],
    resource: /^all but arn:\*:sns:\*:\*:\*$/,
    because: 'A phone number has no ARN: this allows text messages, and no topic or device.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    resource:
      /^<(certificates|claims|event-bodies|exports|extensions|receipts-archive|salesforce-outcomes)\.Arn>\/(certificates|claims|code|compiled|events|exports|outcomes|packages|receipts|rejected|uploads)\/\*$/,
    because: 'An object has an ARN of its own: this allows those below one prefix.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['secretsmanager:GetSecretValue'],
    resource: /:secret:fairlead\/production\/hooks\/\*$/,
    because: 'Operators make a secret for each hook: this allows those below one prefix.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['s3:GetObject'],
    resource: /^<salesforce-events\.Arn>\/\*$/,
    because: 'An object has an ARN of its own, and AppFlow chooses the keys in this bucket.',
  },
  {
    type: 'AWS::S3::BucketPolicy',
    actions: [
      's3:AbortMultipartUpload',
      's3:GetBucketAcl',
      's3:GetObject',
      's3:ListBucketMultipartUploads',
      's3:ListMultipartUploadParts',
      's3:PutObject',
      's3:PutObjectAcl',
    ],
    resource: /^<salesforce-(events|outcomes)\.Arn>\/((outcomes|rejected)\/)?\*$/,
    because: 'AppFlow has no role, and chooses the keys of what it leaves.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['scheduler:CreateSchedule'],
    resource: /:schedule\/fairlead-production-flow-retries\/\*$/,
    because: 'Each retry is a schedule of its own: this allows those of one group.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['appflow:CreateConnectorProfile', 'appflow:CreateFlow'],
    resource: /^\*$/,
    because: 'AppFlow knows no resource for what is yet to be made.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['cloudwatch:GetMetricData'],
    resource: /^\*$/,
    because: 'CloudWatch knows no resources for reading what it counted.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: ['sns:Unsubscribe'],
    resource: /^\*$/,
    because: 'SNS knows no resource for ending a subscription.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: [],
    resource: /:(function:|role\/)fairlead-production-(extension-host|x)-\*$|:fairlead-production-extension-of-\*$|:log-group:\/fairlead\/production\/(extension-host|x)-\*$/,
    because: 'What is made for a tenant bears a name that begins so, and nothing else does.',
  },
  {
    type: 'AWS::IAM::Policy',
    actions: [
      'lambda:CreateEventSourceMapping',
      'lambda:DeleteEventSourceMapping',
      'lambda:ListEventSourceMappings',
      'lambda:ListFunctions',
    ],
    resource: /^\*$/,
    because: 'Mappings and lists know no resource; a condition says of which functions mappings may be.',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    actions: [],
    resource: /\*/,
    because: 'A boundary allows nothing by itself: see extension.test.ts.',
  },
  {
    type: 'AWS::KMS::Key',
    actions: [],
    resource: /^\*$/,
    because: "In a key's own policy the star stands for that key.",
  },
];

/** The resources of a statement as the tables above write them. */
const targets = ({ resources, notResources }: Statement) => [
  ...resources.map((resource) => resource.replace(/:s3:::cdk-.*\.zip$/, ':s3:::<extension-host as it was built>')),
  ...notResources.map((resource) => `all but ${resource}`),
];

it('no statement allows a pattern of actions', () => {
  for (const { on, actions } of allowed) {
    expect
      .soft(
        actions.filter((action) => action.includes('*')),
        on,
      )
      .toEqual([]);
  }
});

it('every wildcard in a resource is explained, and every explanation is needed', () => {
  const used = new Set<string>();
  for (const statement of allowed) {
    for (const target of targets(statement).filter((each) => each.includes('*'))) {
      // CDK puts what is allowed on the same resource into one statement.
      for (const action of statement.actions) {
        const explanation = EXPLAINED.find(
          ({ type, actions, resource }) =>
            type === statement.type && resource.test(target) && (actions.length === 0 || actions.includes(action)),
        );
        expect.soft(explanation, `${statement.on} allows ${action} on ${target}`).toBeDefined();
        if (explanation !== undefined) used.add(explanation.because);
      }
    }
  }
  expect([...used].sort()).toEqual(EXPLAINED.map(({ because }) => because).sort());
});

it('nothing is open to everyone without a condition', () => {
  const everyone = allowed.filter(
    ({ principal }) => principal !== undefined && JSON.stringify(principal).includes('"*"'),
  );
  for (const { on, conditioned } of everyone) expect.soft(conditioned, on).toBe(true);
});

it('who lets parked rows be relayed again changes the marks of that and nothing else of a row', () => {
  const marking = all
    .ofType('AWS::IAM::Policy')
    .filter(({ construct }) => construct === 'dead-letters-api-role/DefaultPolicy')
    .flatMap(({ stack, properties }) =>
      list(properties.PolicyDocument.Statement).map(({ Resource, Condition }) => [
        list(Resource)
          .map((resource) => all.say(resource, stack))
          .join(),
        Condition?.['ForAllValues:StringEquals'],
      ]),
    )
    .filter(([resources]) => /<(profiles|events)\.Arn>/.test(resources));
  const marks = ['relay_shard', 'relay_at', 'parked_because'];
  expect(Object.fromEntries(marking)).toEqual({
    '<profiles.Arn>': { 'dynamodb:Attributes': ['profile_id', 'part', ...marks] },
    '<events.Arn>': { 'dynamodb:Attributes': ['event', ...marks] },
  });
});

it('who tells how flows are doing reads their rows of the configuration and no others', () => {
  const reading = all
    .ofType('AWS::IAM::Policy')
    .filter(({ construct }) => construct === 'operations-api-role/DefaultPolicy')
    .flatMap(({ properties }) => list(properties.PolicyDocument.Statement))
    .filter(({ Action }) => /^dynamodb:/.test(list(Action)[0]));
  expect(reading).toHaveLength(1);
  expect(reading[0].Condition).toEqual({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['flow'] } });
});

it('whoever reads what lies of events is told if it is gone, and not that it may not see it', () => {
  const may = (action: string, on: string) =>
    allowed
      .filter(({ actions, resources }) => actions.includes(action) && resources.includes(on))
      .map(({ on: role }) => role);
  const readers = may('s3:GetObject', '<event-bodies.Arn>/events/*');
  expect(readers.length).toBeGreaterThan(2);
  expect(may('s3:ListBucket', '<event-bodies.Arn>')).toEqual(expect.arrayContaining(readers));
});

it('no role has a managed policy, and the only one there is is a boundary', () => {
  expect(all.ofType('AWS::IAM::ManagedPolicy').map(({ construct }) => construct)).toEqual(['boundary']);
  for (const { construct, properties } of all.ofType('AWS::IAM::Role')) {
    expect.soft(properties.ManagedPolicyArns, construct).toBeUndefined();
  }
});

describe('a function may do what its code asks for and nothing else:', () => {
  it.each(Object.entries(MAY))('%s', (name, expected) => {
    const granted: Record<string, string[]> = {};
    for (const statement of allowed.filter(
      ({ on, type }) =>
        [`${name}-role/DefaultPolicy`, `${name}-caller-policy`, `${name}-further-policy`].includes(on) && type === 'AWS::IAM::Policy',
    )) {
      const actions = statement.actions.filter((action) => !/^(logs|xray):/.test(action));
      for (const target of actions.length > 0 ? targets(statement) : []) {
        granted[target] = [...(granted[target] ?? []), ...actions].sort();
      }
    }
    expect(granted).toEqual(expected);
  });

  it('and every function is in the table', () => {
    expect(Object.keys(MAY).sort()).toEqual(
      all
        .ofType('AWS::Lambda::Function')
        .map(({ construct }) => construct)
        .sort(),
    );
  });
});

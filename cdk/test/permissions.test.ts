import { describe, expect, it } from 'vitest';

import { Synthesised } from './synthesised';

const all = Synthesised.stage('production');

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

const PERSON_KEEPER = [
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];
const MERGER = { '<profiles.Arn>': PERSON_KEEPER, '<identifiers.Arn>': ['dynamodb:UpdateItem'] };
const PROFILE_MAKER = {
  '<profiles.Arn>': PERSON_KEEPER,
  '<identifiers.Arn>': ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  '<directory.Arn>': ['dynamodb:GetItem'],
};
/** The same without checking what it does not change, and many rows at once. */
const DIRECTORY_KEEPER = ['dynamodb:BatchGetItem', ...PERSON_KEEPER.slice(1)];
const ERASURE_KEEPER = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'];
const AUDIENCE_KEEPER = {
  '<profiles.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  '<audiences.Arn>': [
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ],
};
const RELAY = {
  '<profiles.Arn>': ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
  '<bus.Arn>': ['events:PutEvents'],
  '<parking.Arn>': ['sqs:SendMessage'],
};

/** What answering a request once under its idempotency key takes. */
const ONCE = { '<ledger.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'] };
const READER = {
  ...ONCE,
  '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
  '<profiles.Arn>': ['dynamodb:BatchGetItem'],
  '<receipts.Arn>': ['dynamodb:PutItem'],
};

/** All that each function may do, beside writing its own log and traces. */
const MAY: Record<string, Record<string, string[]>> = {
  'erasure-api': {
    '<erasures.Arn>': [
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    '<erasures.Arn>/index/open': ['dynamodb:Query'],
    '<profiles.Arn>': PERSON_KEEPER,
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<certificates.Arn>/certificates/*': ['s3:GetObject'],
    ...ONCE,
  },
  'erasure-certify': {
    '<erasures.Arn>': ERASURE_KEEPER,
    '<profiles.Arn>': ['dynamodb:PutItem'],
    '<certificates.Arn>/certificates/*': ['s3:PutObject'],
  },
  'erasure-data': {
    '<erasures.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    '<profiles.Arn>': ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    '<identifiers.Arn>': ['dynamodb:PutItem'],
    '<receipts.Arn>': ['dynamodb:Query', 'dynamodb:UpdateItem'],
    '<exports.Arn>': ['s3:ListBucket'],
    '<exports.Arn>/exports/*': ['s3:DeleteObject'],
  },
  'erasure-freeze': {
    '<erasures.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    '<profiles.Arn>': ['dynamodb:Query', 'dynamodb:UpdateItem'],
  },
  'erasure-logins': {
    '<erasures.Arn>': ERASURE_KEEPER,
    '<profiles.Arn>': ['dynamodb:Query'],
    '<people.Arn>': ['cognito-idp:AdminDeleteUser', 'cognito-idp:AdminUserGlobalSignOut', 'cognito-idp:ListUsers'],
  },
  'erasure-partners': {
    '<erasures.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    '<receipts.Arn>': ['dynamodb:Query'],
  },
  'erasure-release': {
    '<erasures.Arn>': ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    '<profiles.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  },
  'erasure-reminders': { '<erasures.Arn>': ERASURE_KEEPER, '<profiles.Arn>': ['dynamodb:PutItem'] },
  'erasure-start': {
    '<erasure>': ['states:StartExecution'],
    '<erasures-requested.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  },
  'identity-custom-message': { '<directory.Arn>': ['dynamodb:GetItem'] },
  'identity-logins': {
    ...ONCE,
    '<people.Arn>': [
      'cognito-idp:AdminDisableProviderForUser',
      'cognito-idp:AdminUserGlobalSignOut',
      'cognito-idp:ListUsers',
    ],
    '<profiles.Arn>': PERSON_KEEPER,
    '<directory.Arn>': ['dynamodb:Query'],
    '<identifiers.Arn>': ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
  'identity-post-authentication': {
    '<profiles.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<identifiers.Arn>': ['dynamodb:ConditionCheckItem', 'dynamodb:GetItem'],
    '<directory.Arn>': ['dynamodb:GetItem'],
  },
  'identity-pre-sign-up': {
    '<people.Arn>': [
      'cognito-idp:AdminCreateUser',
      'cognito-idp:AdminGetUser',
      'cognito-idp:AdminLinkProviderForUser',
      'cognito-idp:AdminSetUserPassword',
      'cognito-idp:AdminUpdateUserAttributes',
      'cognito-idp:DescribeIdentityProvider',
      'cognito-idp:ListIdentityProviders',
      'cognito-idp:ListUsers',
    ],
    '<profiles.Arn>': ['dynamodb:GetItem'],
    '<identifiers.Arn>': ['dynamodb:GetItem'],
  },
  'identity-reconcile': {
    '<people.Arn>': ['cognito-idp:ListUsers'],
    '<profiles.Arn>': PROFILE_MAKER['<profiles.Arn>'],
    '<identifiers.Arn>': PROFILE_MAKER['<identifiers.Arn>'],
    '<directory.Arn>': ['dynamodb:GetItem'],
    '<ledger.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<identity-reconcile-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'identity-post-confirmation': PROFILE_MAKER,
  'identity-pre-token-generation': PROFILE_MAKER,
  'profile-api': {
    ...ONCE,
    '<profiles.Arn>': PERSON_KEEPER,
    '<directory.Arn>': ['dynamodb:Query'],
  },
  'profile-identify': {
    ...ONCE,
    '<profiles.Arn>': ['dynamodb:BatchGetItem', ...PERSON_KEEPER],
    '<identifiers.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
  },
  'profile-datasets': {
    ...ONCE,
    '<profiles.Arn>': ['dynamodb:BatchGetItem', ...PERSON_KEEPER],
    '<directory.Arn>': ['dynamodb:Query'],
  },
  'profile-export': {
    ...ONCE,
    '<profiles.Arn>': PERSON_KEEPER,
    '<identifiers.Arn>': ['dynamodb:BatchGetItem'],
    '<directory.Arn>': ['dynamodb:Query'],
    '<receipts.Arn>': ['dynamodb:Query'],
    '<audiences.Arn>': ['dynamodb:Query'],
    '<erasures.Arn>': ['dynamodb:Query'],
    '<erasures.Arn>/index/by_person': ['dynamodb:Query'],
    '<people.Arn>': ['cognito-idp:ListUsers'],
    '<exports.Arn>/exports/*': ['s3:GetObject', 's3:PutObject'],
  },
  'profile-merge': { ...ONCE, ...MERGER },
  'profile-settle': {
    ...MERGER,
    '<settling.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  },
  'directory-api': { ...ONCE, '<directory.Arn>': DIRECTORY_KEEPER },
  'directory-clients': {
    ...ONCE,
    '<directory.Arn>': DIRECTORY_KEEPER,
    '<people.Arn>': [
      'cognito-idp:CreateUserPoolClient',
      'cognito-idp:DeleteUserPoolClient',
      'cognito-idp:DescribeUserPoolClient',
      'cognito-idp:ListUserPoolClients',
    ],
  },
  'docs-api': {},
  'partner-api': { ...READER, '<identifiers.Arn>': ['dynamodb:BatchGetItem'] },
  'partner-list': { ...READER, '<audiences.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:Query'] },
  'partner-changes': { ...READER, '<audiences.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:Query'] },
  'partner-audience': {
    ...AUDIENCE_KEEPER,
    '<audience.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  },
  'partner-expiry': {
    ...AUDIENCE_KEEPER,
    '<audiences.Arn>/index/by_expiry': ['dynamodb:Query'],
    '<partner-expiry-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'profile-stream': {
    ...RELAY,
    '<profiles.StreamArn>': [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
  },
  'profile-sweep': {
    ...RELAY,
    '<profiles.Arn>/index/unrelayed': ['dynamodb:Query'],
    '<profile-sweep-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'receipt-archive': {
    '<receipts-archive.Arn>/receipts/*': ['s3:PutObject'],
    '<receipts-parking.Arn>': ['sqs:SendMessage'],
    '<receipts.StreamArn>': [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
  },
  'receipt-api': {
    '<receipts.Arn>': ['dynamodb:Query'],
    '<receipts.Arn>/index/by_partner': ['dynamodb:Query'],
    '<profiles.Arn>': PERSON_KEEPER,
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
  },
  'notification-dispatch': {
    '<profiles.Arn>': ['dynamodb:BatchGetItem'],
    '<ledger.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<notifications>': ['sns:Publish'],
    '<notification.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    'all but arn:*:sns:*:*:*': ['sns:Publish'],
  },
};

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
    resource: /^<(certificates|exports|receipts-archive)\.Arn>\/(certificates|exports|receipts)\/\*$/,
    because: 'An object has an ARN of its own: this allows those below one prefix.',
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
  ...resources,
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
      const explanation = EXPLAINED.find(
        ({ type, actions, resource }) =>
          type === statement.type &&
          resource.test(target) &&
          (actions.length === 0 || statement.actions.every((action) => actions.includes(action))),
      );
      expect.soft(explanation, `${statement.on} allows ${statement.actions} on ${target}`).toBeDefined();
      if (explanation !== undefined) used.add(explanation.because);
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

it('no role has a managed policy', () => {
  expect(all.ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
  for (const { construct, properties } of all.ofType('AWS::IAM::Role')) {
    expect.soft(properties.ManagedPolicyArns, construct).toBeUndefined();
  }
});

describe('a function may do what its code asks for and nothing else:', () => {
  it.each(Object.entries(MAY))('%s', (name, expected) => {
    const granted: Record<string, string[]> = {};
    for (const statement of allowed.filter(
      ({ on, type }) =>
        [`${name}-role/DefaultPolicy`, `${name}-caller-policy`].includes(on) && type === 'AWS::IAM::Policy',
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

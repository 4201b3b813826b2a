// What each function may do: permissions.test.ts holds the templates to it.

import { deadLettersOf } from '../lib/queues';
import { stageNamed } from '../lib/stages';

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

const ACCEPTING = {
  '<directory.Arn>': ['dynamodb:GetItem'],
  '<ledger.Arn>': ['dynamodb:UpdateItem'],
  '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
  '<event-bodies.Arn>/events/*': ['s3:PutObject'],
};
/** Keeping for its sender what is refused. */
const REFUSING = {
  '<quarantine.Arn>': ['dynamodb:PutItem'],
  '<event-bodies.Arn>/rejected/*': ['s3:PutObject'],
};
const EVENT_RELAY = {
  '<events.Arn>': ['dynamodb:UpdateItem'],
  '<bus.Arn>': ['events:PutEvents'],
  '<events-parking.Arn>': ['sqs:SendMessage'],
};

/** Looking at dead-letter queues and taking from them, and putting back what was taken. */
const DEAD_LETTER_QUEUES = Object.fromEntries(
  Object.entries(deadLettersOf(stageNamed('production'))).flatMap(([queue, { back }]) => [
    [
      queueNamed(queue),
      [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
    ],
    ...(back === undefined ? [] : [[queueNamed(back), ['sqs:GetQueueUrl', 'sqs:SendMessage']]]),
  ]),
);

function queueNamed(id: string): string {
  return `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:fairlead-production-${id}`;
}

/** What answering a request once under its idempotency key takes. */
const ONCE = { '<ledger.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'] };
const READER = {
  ...ONCE,
  '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
  '<profiles.Arn>': ['dynamodb:BatchGetItem'],
  '<receipts.Arn>': ['dynamodb:PutItem'],
};

/** All that each function may do, beside writing its own log and traces. */
export const MAY: Record<string, Record<string, string[]>> = {
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
    '<quarantine.Arn>': ['dynamodb:DeleteItem'],
    '<quarantine.Arn>/index/about': ['dynamodb:Query'],
    '<exports.Arn>': ['s3:ListBucket'],
    '<exports.Arn>/exports/*': ['s3:DeleteObject'],
    '<events.Arn>': ['dynamodb:DeleteItem', 'dynamodb:GetItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:DeleteObject'],
    '<event-bodies.Arn>/rejected/*': ['s3:DeleteObject'],
    '<claims.Arn>': ['s3:ListBucket'],
    '<claims.Arn>/claims/*': ['s3:DeleteObject'],
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
    '<profiles.Arn>': ['dynamodb:PutItem'],
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
  'event-data': {
    ...READER,
    '<events.Arn>': ['dynamodb:GetItem'],
    '<identifiers.Arn>': ['dynamodb:GetItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject'],
  },
  'event-rejected': {
    ...ACCEPTING,
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject', 's3:PutObject'],
    '<event-bodies.Arn>/rejected/*': ['s3:GetObject'],
    '<quarantine.Arn>': ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  },
  'event-resume': {
    '<profiles.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<waiting.Arn>': ['dynamodb:DeleteItem', 'dynamodb:Query'],
    '<events.Arn>': ['dynamodb:UpdateItem'],
    '<awaited.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  },
  'event-router': {
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    '<waiting.Arn>': ['dynamodb:PutItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:DeleteObject', 's3:GetObject'],
    '<claims.Arn>': ['s3:ListBucket'],
    '<claims.Arn>/claims/*': ['s3:DeleteObject'],
    '<profiles.Arn>': ['dynamodb:BatchGetItem', ...PERSON_KEEPER],
    '<identifiers.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<events-in.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    '<notification.Arn>': ['sqs:SendMessage'],
  },
  'event-stream': {
    ...EVENT_RELAY,
    '<events.StreamArn>': [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
  },
  'event-sweep': {
    ...EVENT_RELAY,
    '<events.Arn>/index/unrelayed': ['dynamodb:Query'],
    '<event-sweep-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'event-uploaded': {
    '<directory.Arn>': ['dynamodb:GetItem'],
    '<ledger.Arn>': ['dynamodb:UpdateItem'],
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<quarantine.Arn>': ['dynamodb:PutItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject'],
  },
  'event-uploads': {
    '<directory.Arn>': ['dynamodb:GetItem'],
    '<ledger.Arn>': ['dynamodb:UpdateItem'],
    '<events.Arn>': ['dynamodb:GetItem'],
    '<event-bodies.Arn>/events/*': ['s3:PutObject'],
  },
  'event-types': { ...ONCE, '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'] },
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
    '<profiles.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
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
    '<profiles.Arn>/index/watched': ['dynamodb:Query'],
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
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<event-bodies.Arn>/events/*': ['s3:PutObject'],
    ...REFUSING,
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
  'dead-letters-api': {
    ...ONCE,
    ...DEAD_LETTER_QUEUES,
    '<profiles.Arn>': ['dynamodb:UpdateItem'],
    '<events.Arn>': ['dynamodb:UpdateItem'],
    '<receipts-archive.Arn>/receipts/*': ['s3:PutObject'],
  },
  'docs-api': { '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'] },
  'partner-api': {
    ...READER,
    '<profiles.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
    '<identifiers.Arn>': ['dynamodb:BatchGetItem'],
  },
  'partner-hooks': {
    ...ACCEPTING,
    ...REFUSING,
    'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:fairlead/production/hooks/*': [
      'secretsmanager:GetSecretValue',
    ],
  },
  'partner-ingest': { ...ACCEPTING, ...REFUSING },
  'partner-segment': { ...ACCEPTING, ...REFUSING },
  'partner-subscriptions': {
    ...ONCE,
    '<directory.Arn>': ['dynamodb:GetItem'],
    '<subscriptions.Arn>': ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    '<deliveries.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
  },
  'partner-list': { ...READER, '<audiences.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:Query'] },
  'partner-changes': { ...READER, '<audiences.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:Query'] },
  'partner-audience': {
    ...AUDIENCE_KEEPER,
    '<audience.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  },
  'consent-expiry': {
    '<profiles.Arn>': ['dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<audiences.Arn>/index/by_expiry': ['dynamodb:Query'],
    '<consent-expiry-dead-letters.Arn>': ['sqs:SendMessage'],
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
  'subscription-deliver': {
    '<subscriptions.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    '<deliveries.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject'],
    '<identifiers.Arn>': ['dynamodb:GetItem'],
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<profiles.Arn>': ['dynamodb:BatchGetItem'],
    '<erasures.Arn>': ['dynamodb:GetItem'],
    '<receipts.Arn>': ['dynamodb:PutItem'],
    '<webhooks.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
  },
  'subscription-due': {
    '<deliveries.Arn>/index/due': ['dynamodb:Query'],
    '<webhooks.Arn>': ['sqs:SendMessage'],
    '<subscription-due-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'subscription-match': {
    '<subscriptions.Arn>': ['dynamodb:Query'],
    '<deliveries.Arn>': ['dynamodb:PutItem'],
    '<profiles.Arn>': ['dynamodb:GetItem'],
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject'],
    '<waiting.Arn>': ['dynamodb:PutItem'],
    '<identifiers.Arn>': ['dynamodb:GetItem'],
    '<directory.Arn>': ['dynamodb:GetItem'],
    '<webhooks.Arn>': ['sqs:SendMessage'],
    '<subscriptions-in.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
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
    '<directory.Arn>': ['dynamodb:GetItem'],
    '<ledger.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<notifications>': ['sns:Publish'],
    '<notification.Arn>': ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    'all but arn:*:sns:*:*:*': ['sns:Publish'],
  },
};

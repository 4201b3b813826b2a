// What several functions may do alike: the table in may.ts is made of it.

import { deadLettersOf } from '../lib/queues';
import { CONNECTED } from './synthesised';

export const PERSON_KEEPER = [
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];
export const MERGER = { '<profiles.Arn>': PERSON_KEEPER, '<identifiers.Arn>': ['dynamodb:UpdateItem'] };
export const PROFILE_MAKER = {
  '<profiles.Arn>': PERSON_KEEPER,
  '<identifiers.Arn>': ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  '<directory.Arn>': ['dynamodb:GetItem'],
};
/** The same without checking what it does not change, and many rows at once. */
export const DIRECTORY_KEEPER = ['dynamodb:BatchGetItem', ...PERSON_KEEPER.slice(1)];
export const ERASURE_KEEPER = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'];
export const AUDIENCE_KEEPER = {
  '<profiles.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  '<audiences.Arn>': [
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ],
};
export const RELAY = {
  '<profiles.Arn>': ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
  '<bus.Arn>': ['events:PutEvents'],
  '<parking.Arn>': ['sqs:SendMessage'],
};

export const ACCEPTING = {
  '<directory.Arn>': ['dynamodb:GetItem'],
  '<ledger.Arn>': ['dynamodb:UpdateItem'],
  '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
  '<event-bodies.Arn>/events/*': ['s3:PutObject'],
};
/** Keeping for its sender what is refused. */
export const REFUSING = {
  '<quarantine.Arn>': ['dynamodb:PutItem'],
  '<event-bodies.Arn>/rejected/*': ['s3:PutObject'],
};
export const EVENT_RELAY = {
  '<events.Arn>': ['dynamodb:UpdateItem'],
  '<bus.Arn>': ['events:PutEvents'],
  '<events-parking.Arn>': ['sqs:SendMessage'],
};

/** Looking at dead-letter queues and taking from them, and putting back what was taken. */
export const DEAD_LETTER_QUEUES = Object.fromEntries(
  Object.entries(deadLettersOf(CONNECTED)).flatMap(([queue, { back }]) => [
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
export const ONCE = { '<ledger.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'] };
export const READER = {
  ...ONCE,
  '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
  '<profiles.Arn>': ['dynamodb:BatchGetItem'],
  '<receipts.Arn>': ['dynamodb:PutItem'],
};

export const STREAM_READER = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];
export const QUEUE_READER = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

/** On each flow between Salesforce and Fairlead. */
export function onFlows(actions: string[]): Record<string, string[]> {
  const kinds = ['announcement', 'feature-flag', 'holiday', 'opening-hours', 'operator', 'roster', 'routing'];
  const flows = [...kinds.map((kind) => `salesforce-${kind}-changes`), 'salesforce-outcomes'];
  return Object.fromEntries(
    flows.map((flow) => [
      `arn:<AWS::Partition>:appflow:<AWS::Region>:<AWS::AccountId>:flow/fairlead-production-${flow}`,
      actions,
    ]),
  );
}
/** The connection that they use. */
export const CONNECTION =
  'arn:<AWS::Partition>:appflow:<AWS::Region>:<AWS::AccountId>:connectorprofile/fairlead-production-salesforce';

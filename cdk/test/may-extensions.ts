import { PERSON_KEEPER, ONCE } from './may-alike';

const arn = (service: string, resource: string) => `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
const role = (name: string) => `arn:<AWS::Partition>:iam::<AWS::AccountId>:role/fairlead-production-${name}*`;

const HOSTS = arn('lambda', 'function:fairlead-production-extension-host-*');
const FUNCTIONS = arn('lambda', 'function:fairlead-production-x-*');
const QUEUES = arn('sqs', 'fairlead-production-extension-of-*');
const HOST_ROLES = role('extension-host-');
const ROLES = role('x-');
const RECEIVING = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

const MAKING_ROLES = [
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:PassRole',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:TagRole',
];
const MAKING_FUNCTIONS = [
  'lambda:CreateFunction',
  'lambda:DeleteFunction',
  'lambda:GetFunction',
  'lambda:PublishVersion',
  'lambda:PutFunctionConcurrency',
  'lambda:TagResource',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
];

/** What the functions of tenants' own code may do. */
export const EXTENSIONS: Record<string, Record<string, string[]>> = {
  'extension-api': {
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    '<ledger.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', ...ONCE['<ledger.Arn>']],
    '<bus.Arn>': ['events:PutEvents'],
    '<extension-uploads.Arn>': ['sqs:SendMessage'],
    '<extensions.Arn>/uploads/*': ['s3:PutObject'],
  },
  'extension-compile': {
    '<extensions.Arn>/code/*': ['s3:GetObject'],
    '<extensions.Arn>/compiled/*': ['s3:GetObject', 's3:PutObject'],
    '<mac-key.Arn>': ['kms:GenerateMac', 'kms:VerifyMac'],
  },
  'extension-dispatch': {
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<profiles.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
    '<receipts.Arn>': ['dynamodb:PutItem'],
    '<waiting.Arn>': ['dynamodb:PutItem'],
    '<identifiers.Arn>': ['dynamodb:GetItem'],
    '<ledger.Arn>': ['dynamodb:BatchGetItem'],
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    '<event-bodies.Arn>': ['s3:ListBucket'],
    '<event-bodies.Arn>/events/*': ['s3:GetObject'],
    '<extension-intake.Arn>': RECEIVING,
    '<extension-backlog.Arn>': [...RECEIVING, 'sqs:SendMessage'],
    '<extension-backlog-dead-letters.Arn>': ['sqs:SendMessage'],
    [QUEUES]: ['sqs:SendMessage'],
  },
  'extension-enrich': {
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<profiles.Arn>': ['dynamodb:BatchGetItem', ...PERSON_KEEPER],
    '<events.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<quarantine.Arn>': ['dynamodb:PutItem'],
    '<event-bodies.Arn>/events/*': ['s3:PutObject'],
    '<event-bodies.Arn>/rejected/*': ['s3:PutObject'],
    '<extension-results.Arn>': RECEIVING,
    '<extension-results-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'extension-register': {
    '<directory.Arn>': PERSON_KEEPER,
    '<ledger.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<bus.Arn>': ['events:PutEvents'],
    '<extension-compile.Arn>': ['lambda:InvokeFunction'],
    '<extension-uploads.Arn>': RECEIVING,
    '<extensions.Arn>': ['s3:ListBucket'],
    'arn:<AWS::Partition>:s3:::<extension-host as it was built>': ['s3:GetObject'],
    '<extensions.Arn>/uploads/*': ['s3:DeleteObject', 's3:GetObject'],
    '<extensions.Arn>/packages/*': ['s3:DeleteObject', 's3:PutObject'],
    '<extensions.Arn>/code/*': ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    '<extensions.Arn>/compiled/*': ['s3:DeleteObject'],
    [HOST_ROLES]: MAKING_ROLES,
    [ROLES]: MAKING_ROLES,
    [HOSTS]: MAKING_FUNCTIONS,
    [FUNCTIONS]: MAKING_FUNCTIONS,
    [QUEUES]: [
      'sqs:CreateQueue',
      'sqs:DeleteQueue',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:SetQueueAttributes',
      'sqs:TagQueue',
    ],
    '*': [
      'lambda:CreateEventSourceMapping',
      'lambda:DeleteEventSourceMapping',
      'lambda:ListEventSourceMappings',
    ],
  },
  'extension-sweep': {
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<ledger.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<extension-uploads.Arn>': ['sqs:SendMessage'],
    '<extension-sweep-dead-letters.Arn>': ['sqs:SendMessage'],
    [HOST_ROLES]: ['iam:GetRole', 'iam:GetRolePolicy'],
    [ROLES]: ['iam:GetRole', 'iam:GetRolePolicy'],
    [QUEUES]: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    [HOSTS]: ['lambda:GetFunction'],
    [FUNCTIONS]: ['lambda:GetFunction'],
    '*': ['lambda:ListEventSourceMappings', 'lambda:ListFunctions'],
  },
};

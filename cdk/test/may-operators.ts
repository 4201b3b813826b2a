// What each function may do that works on what operators edit in Salesforce: part of may.ts.
import { CONNECTION, QUEUE_READER, STREAM_READER, onFlows } from './may-alike';

/** As in `MAY`. */
export const OPERATORS: Record<string, Record<string, string[]>> = {
  'contact-caller-lookup': {
    '<identifiers.Arn>': ['dynamodb:GetItem'],
    '<directory.Arn>': ['dynamodb:GetItem', 'dynamodb:Query'],
    '<profiles.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
    '<receipts.Arn>': ['dynamodb:PutItem'],
  },
  'contact-config-lookup': { '<config.Arn>': ['dynamodb:GetItem'] },
  'operations-api': {
    '*': ['cloudwatch:GetMetricData'],
    '<config.Arn>': ['dynamodb:BatchGetItem'],
  },
  'operations-oncall-assign': {
    '<config.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem'],
    '<on-call>': ['sns:ListSubscriptionsByTopic', 'sns:Subscribe'],
    '*': ['sns:Unsubscribe'],
    '<operations-oncall-assign-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'operations-sms-relay': {
    '<ledger.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<sms-messages>': ['sns:Publish'],
    '<text-messages.Arn>': QUEUE_READER,
  },
  'salesforce-config-notifier': {
    '<config.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<config.StreamArn>': STREAM_READER,
    '<configuration-changes>': ['sns:Publish', 'sns:Subscribe'],
    '<configuration-notices-parking.Arn>': ['sqs:SendMessage'],
  },
  'salesforce-config-outcome': {
    '<config.Arn>': ['dynamodb:UpdateItem'],
    '<config.StreamArn>': STREAM_READER,
    '<salesforce-outcomes.Arn>/outcomes/*': ['s3:PutObject'],
    '<configuration-outcomes-parking.Arn>': ['sqs:SendMessage'],
  },
  'salesforce-config-reread': {
    '<config.Arn>': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    '<salesforce-client.Id>': ['secretsmanager:GetSecretValue'],
    '<salesforce-config.Arn>': ['sqs:SendMessage'],
    '<salesforce-reread.Arn>': QUEUE_READER,
    '<salesforce-config-reread-dead-letters.Arn>': ['sqs:SendMessage'],
  },
  'salesforce-config-writer': {
    '<config.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<salesforce-events.Arn>': ['s3:ListBucket'],
    '<salesforce-events.Arn>/*': ['s3:GetObject'],
    '<salesforce-config.Arn>': QUEUE_READER,
    '<salesforce-reread.Arn>': ['sqs:SendMessage'],
  },
  'salesforce-flow-connection': {
    ...onFlows([
      'appflow:DeleteFlow',
      'appflow:DescribeFlow',
      'appflow:StartFlow',
      'appflow:StopFlow',
      'appflow:UpdateFlow',
    ]),
    [CONNECTION]: [
      'appflow:DeleteConnectorProfile',
      'appflow:UpdateConnectorProfile',
      'appflow:UseConnectorProfile',
    ],
    '*': ['appflow:CreateConnectorProfile', 'appflow:CreateFlow'],
    '<salesforce-client.Id>': ['secretsmanager:GetSecretValue'],
  },
  'salesforce-flow-repair': {
    ...onFlows([
      'appflow:DescribeFlow',
      'appflow:DescribeFlowExecutionRecords',
      'appflow:StartFlow',
      'appflow:StopFlow',
      'appflow:UpdateFlow',
    ]),
    [CONNECTION]: ['appflow:UpdateConnectorProfile', 'appflow:UseConnectorProfile'],
    '<salesforce-client.Id>': ['secretsmanager:GetSecretValue'],
    '<config.Arn>': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    '<salesforce-outcomes.Arn>': ['s3:ListBucket'],
    '<salesforce-outcomes.Arn>/outcomes/*': ['s3:GetObject', 's3:PutObject'],
    '<support>': ['sns:Publish'],
    '<salesforce-reread.Arn>': ['sqs:SendMessage'],
    '<salesforce-flow-repair-dead-letters.Arn>': ['sqs:SendMessage'],
    'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/fairlead-production-flow-retries/*': [
      'scheduler:CreateSchedule',
    ],
    '<flow-retries-role.Arn>': ['iam:PassRole'],
  },
};

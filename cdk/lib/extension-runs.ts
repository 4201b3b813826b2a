import { CfnOutput, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib';

import { EventsExpiredAlarm } from './events-expired';
import { FairleadFunction, KEEPING, type Resource } from './fairlead-function';
import { DeadLetterQueue, WorkQueue } from './queues';
import type { TableName } from './stacks/data';

const DISPATCH_TIMEOUT = Duration.seconds(60);
const ENRICH_TIMEOUT = Duration.seconds(30);
/** How often the code of one extension may run in a day, before its events wait. */
const RUNS_PER_DAY = 1_000_000;

export interface ExtensionRunsProps {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  /** What of the events no row holds. */
  readonly bodies: Bucket;
  readonly identifierKey: SecretValue;
  readonly bus: events.EventBus;
  /** The queues of tenants' hosts. */
  readonly hosts: readonly Resource[];
}

/** What tenants' code may run on, by the rule that finds it. What their code itself tells is no such thing. */
const FOUND: Readonly<Record<string, events.EventPattern>> = {
  'events-to-extensions': { detail: { dataref: events.Match.exists() } },
  'changes-to-extensions': { source: ['dev.fairlead.profile', 'dev.fairlead.consent'] },
};

/** Events on their way to tenants' code. */
export function addDispatch(stack: Stack, { tables, bodies, identifierKey, bus, hosts }: ExtensionRunsProps): void {
  const intake = new WorkQueue(stack, 'extension-intake', DISPATCH_TIMEOUT);
  // By the tenant as message group, so that one that has much to do keeps no other waiting.
  const backlog = new WorkQueue(stack, 'extension-backlog', DISPATCH_TIMEOUT);
  for (const [name, pattern] of Object.entries(FOUND)) {
    queued(stack, name, "Queues what tenants' code may run on.", { bus, pattern, queue: intake });
  }
  const dispatch = new FairleadFunction(stack, 'extension-dispatch', {
    description: "Hands events to the tenants' code that wants them and may have them.",
    timeout: DISPATCH_TIMEOUT,
    environment: {
      DIRECTORY_TABLE: tables.directory.tableName,
      PROFILES_TABLE: tables.profiles.tableName,
      RECEIPTS_TABLE: tables.receipts.tableName,
      IDENTIFIERS_TABLE: tables.identifiers.tableName,
      // A dynamic reference, which CloudFormation resolves: the template holds no secret.
      IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
      EVENTS_TABLE: tables.events.tableName,
      EVENTS_BUCKET: bodies.bucketName,
      WAITING_TABLE: tables.waiting.tableName,
      LEDGER_TABLE: tables.ledger.tableName,
      EXTENSION_BACKLOG_QUEUE_URL: backlog.queueUrl,
      // What can't be handed over waits where it would be if that had been tried too often.
      PARKING_QUEUE_URL: backlog.deadLetters.queueUrl,
      EXTENSION_RUNS_PER_DAY: String(RUNS_PER_DAY),
    },
  })
    .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
    .may(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], tables.profiles)
    .may(['dynamodb:PutItem'], tables.receipts, tables.waiting)
    .may(['dynamodb:GetItem'], tables.identifiers)
    .may(['dynamodb:BatchGetItem'], tables.ledger)
    // What is found to be gone is noted in the event's row.
    .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], tables.events)
    .may(['sqs:SendMessage'], backlog.deadLetters)
    .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], intake)
    .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:SendMessage'], backlog)
    // Who may not list a bucket is not told that something is missing, but that it may not see it.
    .may(['s3:ListBucket'], { arn: bodies.bucketArn })
    .mayOnObjects(['s3:GetObject'], bodies, 'events')
    .mayOnTenants(['sqs:SendMessage'], hosts);
  new EventsExpiredAlarm(dispatch);
  read(stack, dispatch, intake);
  read(stack, dispatch, backlog);
}

/** What tenants' code answered, on its way to people's profiles and to the tenants' own events. */
export function addEnrich(stack: Stack, { tables, bodies, identifierKey, bus }: ExtensionRunsProps): void {
  const results = new WorkQueue(stack, 'extension-results', ENRICH_TIMEOUT);
  const pattern: events.EventPattern = {
    source: ['dev.fairlead.extension'],
    detailType: ['dev.fairlead.extension.finished.v1'],
    detail: { data: { outcome: ['success'] } },
  };
  queued(stack, 'extensions-finished', "Queues what tenants' code answered.", { bus, pattern, queue: results });
  const enrich = new FairleadFunction(stack, 'extension-enrich', {
    description: "Makes traits and events of what tenants' code answered.",
    timeout: ENRICH_TIMEOUT,
    environment: {
      DIRECTORY_TABLE: tables.directory.tableName,
      PROFILES_TABLE: tables.profiles.tableName,
      // A dynamic reference, which CloudFormation resolves: the template holds no secret.
      IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
      EVENTS_TABLE: tables.events.tableName,
      EVENTS_BUCKET: bodies.bucketName,
      QUARANTINE_TABLE: tables.quarantine.tableName,
      PARKING_QUEUE_URL: results.deadLetters.queueUrl,
    },
  })
    .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
    .may([...KEEPING, 'dynamodb:BatchGetItem'], tables.profiles)
    .may(['dynamodb:GetItem', 'dynamodb:PutItem'], tables.events)
    .may(['dynamodb:PutItem'], tables.quarantine)
    .may(['sqs:SendMessage'], results.deadLetters)
    .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], results)
    .mayOnObjects(['s3:PutObject'], bodies, 'events')
    .mayOnObjects(['s3:PutObject'], bodies, 'rejected');
  read(stack, enrich, results);
}

interface Queued {
  readonly bus: events.EventBus;
  readonly pattern: events.EventPattern;
  readonly queue: WorkQueue;
}

function queued(stack: Stack, name: string, description: string, { bus, pattern, queue }: Queued): void {
  new events.Rule(stack, name, {
    description,
    eventBus: bus,
    eventPattern: pattern,
    targets: [
      new SqsQueue(queue, {
        retryAttempts: 185,
        maxEventAge: Duration.hours(24),
        deadLetterQueue: new DeadLetterQueue(stack, `${name}-dead-letters`),
      }),
    ],
  });
}

function read(stack: Stack, target: FairleadFunction, queue: WorkQueue): void {
  const id = queue.node.id;
  new EventSourceMapping(stack, `${id}-to-${target.node.id}`, {
    target,
    eventSourceArn: queue.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
  });
  const name = id.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
  new CfnOutput(stack, `${name}QueueUrl`, { value: queue.queueUrl });
  new CfnOutput(stack, `${name}DeadLetterQueueUrl`, { value: queue.deadLetters.queueUrl });
}

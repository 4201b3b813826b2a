import { CfnOutput, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { ContextStack, type Deployment } from '../context-stack';
import { CountedAlarm } from '../counted-alarm';
import { EventsExpiredAlarm } from '../events-expired';
import { ANSWERING_ONCE, FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';
import type { TokenVariables } from './identity';

const MATCH_TIMEOUT = Duration.seconds(30);
/** No longer than an attempt is nobody else's: `LEASE` in shared/subscription. */
const DELIVER_TIMEOUT = Duration.seconds(60);
const DUE_TIMEOUT = Duration.seconds(30);
const DUE_INTERVAL = Duration.minutes(1);

/** Fairlead's own events of which partners hear: `OWN` in shared/subscription. */
const OWN = [
  'dev.fairlead.profile.updated.v1',
  'dev.fairlead.profile.merged.v1',
  'dev.fairlead.erasure.told.v1',
  'dev.fairlead.erasure.reminded.v1',
];

/** What subscription-deliver counts and somebody should look at, and what it means. */
const ALARMS: Readonly<Record<string, readonly [metricName: string, alarmDescription: string]>> = {
  'given-up': ['webhooks_given_up', 'A partner never took what it was sent: it can have it sent again.'],
  failing: ['subscriptions_failing', 'An endpoint failed for five days on end, and its subscription is disabled.'],
  gone: ['subscriptions_gone', 'An endpoint answered that it is gone, and its subscription is disabled.'],
};

type Tables = Readonly<Record<TableName, dynamodb.Table>>;

interface Dependencies {
  readonly tables: Tables;
  /** What of the events no row holds. */
  readonly bodies: Bucket;
  readonly identifierKey: SecretValue;
  readonly tokens: TokenVariables;
  readonly bus: events.EventBus;
}

/** What partners are told by webhooks. */
export class WebhooksStack extends ContextStack {
  readonly subscriptions: FairleadFunction;

  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'webhooks', 'Fairlead: what partners are told by webhooks');
    this.subscriptions = this.subscribing(dependencies);
    const due = new WorkQueue(this, 'webhooks', DELIVER_TIMEOUT);
    this.addMatch(dependencies, due);
    this.addDeliver(dependencies, due);
    this.addDue(dependencies.tables.deliveries, due);
    new CfnOutput(this, 'WebhooksQueueUrl', { value: due.queueUrl });
    new CfnOutput(this, 'WebhooksDeadLetterQueueUrl', { value: due.deadLetters.queueUrl });
  }

  /** What partners say by which they want to be told of what. */
  private subscribing({ tables, tokens }: Dependencies): FairleadFunction {
    const { directory, ledger, subscriptions, deliveries } = tables;
    return new FairleadFunction(this, 'partner-subscriptions', {
      description: 'Lets partners subscribe to events by webhooks, and shows them what they were sent.',
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        SUBSCRIPTIONS_TABLE: subscriptions.tableName,
        DELIVERIES_TABLE: deliveries.tableName,
        WEBHOOK_REACH: this.deployment.stage.webhookReach,
      },
    })
      .may(['dynamodb:GetItem'], directory)
      .may(ANSWERING_ONCE, ledger)
      .may(['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], subscriptions)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], deliveries);
  }

  /** For whatever partners may want to be told of, it is looked who does. */
  private addMatch({ tables, bodies, identifierKey, bus }: Dependencies, due: WorkQueue): void {
    const queue = new WorkQueue(this, 'subscriptions-in', MATCH_TIMEOUT);
    const rules = {
      'events-to-subscribers': { detail: { dataref: events.Match.exists() } },
      'changes-to-subscribers': { source: ['dev.fairlead.profile', 'dev.fairlead.erasure'], detailType: OWN },
    };
    for (const [name, eventPattern] of Object.entries(rules)) {
      new events.Rule(this, name, {
        description: 'Queues what partners may want to be told of.',
        eventBus: bus,
        eventPattern,
        targets: [
          new SqsQueue(queue, {
            retryAttempts: 185,
            maxEventAge: Duration.hours(24),
            deadLetterQueue: new DeadLetterQueue(this, `${name}-dead-letters`),
          }),
        ],
      });
    }
    const match = new FairleadFunction(this, 'subscription-match', {
      description: 'Finds by which subscriptions partners want to be told of an event.',
      timeout: MATCH_TIMEOUT,
      environment: {
        SUBSCRIPTIONS_TABLE: tables.subscriptions.tableName,
        DELIVERIES_TABLE: tables.deliveries.tableName,
        WEBHOOKS_QUEUE_URL: due.queueUrl,
        PROFILES_TABLE: tables.profiles.tableName,
        EVENTS_TABLE: tables.events.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        WAITING_TABLE: tables.waiting.tableName,
        IDENTIFIERS_TABLE: tables.identifiers.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        DIRECTORY_TABLE: tables.directory.tableName,
      },
    })
      .may(['dynamodb:Query'], tables.subscriptions)
      .may(['dynamodb:PutItem'], tables.deliveries, tables.waiting)
      .may(['dynamodb:GetItem'], tables.profiles, tables.identifiers, tables.directory)
      // What is found to be gone is noted in the event's row.
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], tables.events)
      .may(['sqs:SendMessage'], due)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: bodies.bucketArn })
      .mayOnObjects(['s3:GetObject'], bodies, 'events');
    new EventsExpiredAlarm(match);
    new EventSourceMapping(this, 'subscriptions-in-to-subscription-match', {
      target: match,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
    new CfnOutput(this, 'SubscriptionsInQueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'SubscriptionsInDeadLetterQueueUrl', { value: queue.deadLetters.queueUrl });
  }

  /** What is due is sent, if it may be at that moment. */
  private addDeliver({ tables, bodies, identifierKey }: Dependencies, due: WorkQueue): void {
    const deliver = new FairleadFunction(this, 'subscription-deliver', {
      description: 'Sends partners what agreement and consent allow, signed, and records it.',
      timeout: DELIVER_TIMEOUT,
      environment: {
        SUBSCRIPTIONS_TABLE: tables.subscriptions.tableName,
        DELIVERIES_TABLE: tables.deliveries.tableName,
        WEBHOOKS_QUEUE_URL: due.queueUrl,
        WEBHOOK_REACH: this.deployment.stage.webhookReach,
        EVENTS_TABLE: tables.events.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        IDENTIFIERS_TABLE: tables.identifiers.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        DIRECTORY_TABLE: tables.directory.tableName,
        PROFILES_TABLE: tables.profiles.tableName,
        RECEIPTS_TABLE: tables.receipts.tableName,
        ERASURES_TABLE: tables.erasures.tableName,
        CONFIG_TABLE: tables.config.tableName,
      },
    })
      // Of the end of one the partner's other subscriptions are told.
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], tables.subscriptions)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], tables.deliveries)
      // What is found to be gone is noted in the event's row.
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], tables.events)
      .may(['dynamodb:GetItem'], tables.identifiers, tables.erasures, tables.config)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
      .may(['dynamodb:BatchGetItem'], tables.profiles)
      .may(['dynamodb:PutItem'], tables.receipts)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:SendMessage'], due)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: bodies.bucketArn })
      .mayOnObjects(['s3:GetObject'], bodies, 'events');
    new EventSourceMapping(this, 'webhooks-to-subscription-deliver', {
      target: deliver,
      eventSourceArn: due.queueArn,
      batchSize: 8,
      reportBatchItemFailures: true,
    });
    this.watch(deliver);
  }

  /** An endpoint that is dead is its partner's to mend, and for operators to know of. */
  private watch(deliver: FairleadFunction): void {
    for (const [id, [metricName, alarmDescription]] of Object.entries(ALARMS)) {
      const description = `${alarmDescription} docs/flows/events-out.md`;
      new CountedAlarm(this, `webhooks-${id}`, deliver, metricName, description);
    }
  }

  /** A queue keeps nothing back for longer than a quarter of an hour. */
  private addDue(deliveries: dynamodb.Table, due: WorkQueue): void {
    const deadLetters = new DeadLetterQueue(this, 'subscription-due-dead-letters');
    const finding = new FairleadFunction(this, 'subscription-due', {
      description: 'Queues what is due to be sent.',
      timeout: DUE_TIMEOUT,
      environment: { DELIVERIES_TABLE: deliveries.tableName, WEBHOOKS_QUEUE_URL: due.queueUrl },
    })
      .may(['dynamodb:Query'], { arn: `${deliveries.tableArn}/index/due` })
      .may(['sqs:SendMessage'], due, deadLetters);
    // The next run is the retry of this one.
    finding.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: DUE_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'webhooks-due', {
      description: 'Starts subscription-due.',
      schedule: events.Schedule.rate(DUE_INTERVAL),
      targets: [
        new LambdaFunction(finding, { retryAttempts: 2, maxEventAge: DUE_INTERVAL, deadLetterQueue: deadLetters }),
      ],
    });
  }
}

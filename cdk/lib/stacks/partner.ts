import { CfnOutput, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';
import type { TokenVariables } from './identity';

const KEEP_TIMEOUT = Duration.seconds(30);

type Tables = Readonly<Record<TableName, dynamodb.Table>>;

interface Dependencies {
  readonly tables: Tables;
  /** What of the events no row holds. */
  readonly bodies: Bucket;
  readonly identifierKey: SecretValue;
  readonly tokens: TokenVariables;
  readonly bus: events.EventBus;
}

/** What partners ask of people, for a purpose and with a receipt; and the audiences that they go through. */
export class PartnerStack extends ContextStack {
  readonly api: FairleadFunction;
  readonly list: FairleadFunction;
  readonly changes: FairleadFunction;
  readonly eventData: FairleadFunction;

  constructor(deployment: Deployment, { tables, bodies, identifierKey, tokens, bus }: Dependencies) {
    super(deployment, 'partner', 'Fairlead: what partners read');
    const { identifiers, audiences } = tables;
    // A dynamic reference, which CloudFormation resolves: the template holds no secret.
    const key = identifierKey.unsafeUnwrap();
    this.api = this.answering(
      'partner-api',
      'Gives partners what agreement and consent allow them to read, and records it.',
      tables,
      {
        ...tokens,
        IDENTIFIERS_TABLE: identifiers.tableName,
        IDENTIFIER_KEY: key,
      },
    )
      .may(['dynamodb:BatchGetItem'], identifiers)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.profiles);
    // The places that these two give out are known by the key: they look up no identifier.
    const listing = { ...tokens, AUDIENCES_TABLE: audiences.tableName, IDENTIFIER_KEY: key };
    this.list = this.answering(
      'partner-list',
      'Lists for partners who consented to a purpose.',
      tables,
      listing,
    ).may(['dynamodb:Query', 'dynamodb:BatchGetItem'], audiences);
    this.changes = this.answering(
      'partner-changes',
      'Tells partners what became of those who consented.',
      tables,
      listing,
    ).may(['dynamodb:Query', 'dynamodb:BatchGetItem'], audiences);
    this.eventData = this.answering('event-data', "Leads partners to events' data that was uploaded.", tables, {
      ...tokens,
      EVENTS_TABLE: tables.events.tableName,
      EVENTS_BUCKET: bodies.bucketName,
      IDENTIFIERS_TABLE: identifiers.tableName,
      IDENTIFIER_KEY: key,
    })
      .may(['dynamodb:GetItem'], tables.events, identifiers)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: bodies.bucketArn })
      // Whoever has a link uses this permission.
      .mayOnObjects(['s3:GetObject'], bodies, 'events');
    this.addAudience(tables, bus);
  }

  /** What decides on people and records it: docs/flows/access-decision.md. */
  private answering(
    name: string,
    description: string,
    { directory, ledger, profiles, receipts }: Tables,
    environment: Record<string, string>,
  ): FairleadFunction {
    return new FairleadFunction(this, name, {
      description,
      timeout: API_TIMEOUT,
      environment: {
        ...environment,
        DIRECTORY_TABLE: directory.tableName,
        PROFILES_TABLE: profiles.tableName,
        RECEIPTS_TABLE: receipts.tableName,
        LEDGER_TABLE: ledger.tableName,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:Query'], directory)
      .may(['dynamodb:BatchGetItem'], profiles)
      .may(['dynamodb:PutItem'], receipts)
      .may(ANSWERING_ONCE, ledger);
  }

  /** Whatever may change who belongs to an audience is looked at from a queue. */
  private addAudience(tables: Tables, bus: events.EventBus): void {
    const queue = new WorkQueue(this, 'audience', KEEP_TIMEOUT);
    new events.Rule(this, 'audience-changes', {
      description: 'Queues the events by which somebody may enter, change in or leave an audience.',
      eventBus: bus,
      eventPattern: {
        source: ['dev.fairlead.profile', 'dev.fairlead.consent', 'dev.fairlead.erasure'],
        detailType: [
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
      },
      targets: [
        new SqsQueue(queue, {
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: new DeadLetterQueue(this, 'audience-changes-dead-letters'),
        }),
      ],
    });
    const { profiles, audiences } = tables;
    const keep = new FairleadFunction(this, 'partner-audience', {
      description: 'Keeps the audiences of purposes as the records say.',
      timeout: KEEP_TIMEOUT,
      environment: { PROFILES_TABLE: profiles.tableName, AUDIENCES_TABLE: audiences.tableName },
    })
      .may(['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:Query'], profiles)
      .may(
        [
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        audiences,
      )
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    new EventSourceMapping(this, 'audience-to-partner-audience', {
      target: keep,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
    new CfnOutput(this, 'AudienceQueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'AudienceDeadLetterQueueUrl', { value: queue.deadLetters.queueUrl });
  }
}

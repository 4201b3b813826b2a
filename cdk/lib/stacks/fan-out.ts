import { ArnFormat, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { ClaimCheckTopic } from '../constructs/claim-check-topic';
import { ContextStack, type Deployment } from '../context-stack';
import { EventsExpiredAlarm } from '../events-expired';
import { FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, LONGEST_QUEUE_NAME, WorkQueue, queuePrefix } from '../queues';
import { type FanOut, nameOfPartner } from '../stages';
import type { TableName } from './data';

/** Long enough to copy what was uploaded: two gigabytes at most. */
const FAN_OUT_TIMEOUT = Duration.minutes(5);

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  /** What of the events no row holds. */
  readonly bodies: Bucket;
  /** What partners fetch. */
  readonly claims: Bucket;
  /** The key of that. */
  readonly claimsKey: Key;
  readonly identifierKey: SecretValue;
  readonly bus: events.EventBus;
}

/**
 * The topics of partners who take events in accounts of their own. Each partner has a queue, so that none waits for
 * another.
 */
export class FanOutStack extends ContextStack {
  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'fan-out', "Fairlead: partners' topics");
    const fanout = this.publishing(dependencies);
    new EventsExpiredAlarm(fanout);
    for (const partner of deployment.stage.fanOut) this.addPartner(partner, fanout, dependencies);
  }

  private publishing({ tables, bodies, claims, identifierKey }: Dependencies): FairleadFunction {
    return new FairleadFunction(this, 'event-fanout', {
      description: 'Publishes to partners what agreement and consent allow, and records it.',
      timeout: FAN_OUT_TIMEOUT,
      environment: {
        EVENTS_TABLE: tables.events.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        CLAIMS_BUCKET: claims.bucketName,
        WAITING_TABLE: tables.waiting.tableName,
        FANOUT_TOPICS: this.formatArn({
          service: 'sns',
          resource: this.nameOf(''),
          arnFormat: ArnFormat.NO_RESOURCE_NAME,
        }),
        IDENTIFIERS_TABLE: tables.identifiers.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        DIRECTORY_TABLE: tables.directory.tableName,
        PROFILES_TABLE: tables.profiles.tableName,
        RECEIPTS_TABLE: tables.receipts.tableName,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], tables.events)
      .may(['dynamodb:GetItem'], tables.identifiers)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
      .may(['dynamodb:BatchGetItem'], tables.profiles)
      .may(['dynamodb:PutItem'], tables.receipts, tables.waiting)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: bodies.bucketArn }, { arn: claims.bucketArn })
      .mayOnObjects(['s3:GetObject'], bodies, 'events')
      .mayOnObjects(['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:PutObject'], claims, 'claims');
  }

  private addPartner(target: FanOut, fanout: FairleadFunction, { claims, claimsKey, bus }: Dependencies): void {
    const { tenant, partner, subscribers } = target;
    const name = nameOfPartner(target);
    const undeliverable = `events-to-${name}-dead-letters`;
    this.fits(target, undeliverable);
    const topic = new ClaimCheckTopic(this, `to-${name}`, {
      topicName: this.nameOf(name),
      key: claimsKey,
      bucket: claims,
      // Below the tenant, each event has a folder with one for each partner: so all of it goes at once.
      prefix: `claims/${tenant}/*/${partner}/`,
      subscribers,
      enforceSSL: this.deployment.stage.offers.tls,
    });
    const queue = new WorkQueue(this, `fan-out-${name}`, FAN_OUT_TIMEOUT);
    new events.Rule(this, `events-to-${name}`, {
      description: 'Queues that events are there which may be for a partner.',
      eventBus: bus,
      eventPattern: { detail: { dataref: events.Match.exists(), tenantid: [tenant] } },
      targets: [
        new SqsQueue(queue, {
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: new DeadLetterQueue(this, undeliverable),
        }),
      ],
    });
    fanout
      .may(['sns:Publish'], topic)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    new EventSourceMapping(this, `fan-out-${name}-to-event-fanout`, {
      target: fanout,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }

  /** Holds the longest name of the partner's queues against what SQS takes. */
  private fits({ tenant, partner }: FanOut, id: string): void {
    const { stage } = this.deployment;
    const { length } = `${queuePrefix(stage)}${id}`;
    if (length > LONGEST_QUEUE_NAME) {
      throw new Error(
        `SQS takes ${LONGEST_QUEUE_NAME} characters, and a queue's name would have ${length}: shorten the name of tenant ` +
          `\`${tenant}\`, of its partner \`${partner}\` or of stage \`${stage.name}\``,
      );
    }
  }

  private nameOf(name: string): string {
    return `fairlead-${this.deployment.stage.name}-fan-out-${name}`;
  }
}

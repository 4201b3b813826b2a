import { CfnOutput, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction, KEEPING } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';
import type { TokenVariables } from './identity';

const RELAY_TIMEOUT = Duration.seconds(30);
const ROUTE_TIMEOUT = Duration.seconds(30);
const SWEEP_INTERVAL = Duration.minutes(5);

type Tables = Readonly<Record<TableName, dynamodb.Table>>;

interface Dependencies {
  readonly tables: Tables;
  /** What of the events no row holds. */
  readonly bodies: Bucket;
  /** What of them partners fetch. */
  readonly claims: Bucket;
  readonly identifierKey: SecretValue;
  readonly tokens: TokenVariables;
  readonly bus: events.EventBus;
  /** From which people are told of events. */
  readonly notices: WorkQueue;
}

/** What partners send, and how the house is told of it. */
export class IntakeStack extends ContextStack {
  readonly ingest: FairleadFunction;
  readonly segment: FairleadFunction;
  readonly hooks: FairleadFunction;
  readonly uploads: FairleadFunction;
  readonly uploaded: FairleadFunction;
  readonly rejected: FairleadFunction;
  readonly types: FairleadFunction;

  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'intake', "Fairlead: partners' events");
    const { tables, tokens, bus } = dependencies;
    this.ingest = this.accepting(
      'partner-ingest',
      "Takes CloudEvents from partners' machines, each once.",
      tokens,
      dependencies,
    ).may(['dynamodb:PutItem'], tables.quarantine);
    this.segment = this.accepting(
      'partner-segment',
      'Takes messages of the SDKs of Segment and RudderStack by write key, each once.',
      {},
      dependencies,
    ).may(['dynamodb:PutItem'], tables.quarantine);
    const secrets = `fairlead/${deployment.stage.name}/hooks`;
    this.hooks = this.accepting(
      'partner-hooks',
      "Takes webhooks of partners' systems, signed as Standard Webhooks has it, each once.",
      { HOOK_SECRETS: secrets },
      dependencies,
    )
      .may(['dynamodb:PutItem'], tables.quarantine)
      .mayReadSecrets(secrets);
    this.uploads = this.announcing(dependencies);
    this.uploaded = this.completing(dependencies);
    this.rejected = this.accepting(
      'event-rejected',
      'Shows partners and operators which events were refused, and takes them again.',
      tokens,
      dependencies,
    ).may(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], tables.quarantine);
    this.types = this.registering(dependencies);
    const parking = new DeadLetterQueue(this, 'events-parking');
    this.addStream(tables.events, bus, parking);
    this.addSweep(tables.events, bus, parking);
    this.addRouter(dependencies);
    new CfnOutput(this, 'EventsParkingQueueUrl', { value: parking.queueUrl });
  }

  /** What is told which types of events there are. */
  private registering({ tables: { directory, ledger }, tokens }: Dependencies): FairleadFunction {
    return new FairleadFunction(this, 'event-types', {
      description: 'Registers types of events, and lets their schemas change so that nothing breaks.',
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], directory)
      .may(ANSWERING_ONCE, ledger);
  }

  /** What answers senders and keeps their events; `more` is what it reads beside that. */
  private accepting(
    name: string,
    description: string,
    more: Readonly<Record<string, string>>,
    { tables, bodies }: Dependencies,
  ): FairleadFunction {
    const { directory, ledger, quarantine, events: table } = tables;
    return new FairleadFunction(this, name, {
      description,
      timeout: API_TIMEOUT,
      environment: {
        ...more,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        EVENTS_TABLE: table.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        QUARANTINE_TABLE: quarantine.tableName,
      },
    })
      .may(['dynamodb:GetItem'], directory)
      .may(['dynamodb:UpdateItem'], ledger)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], table)
      .mayOnObjects(['s3:PutObject'], bodies, 'events');
  }

  /** What gives partners' machines links to upload by: whoever has one uses its permission to put an object. */
  private announcing({ tables, bodies, tokens }: Dependencies): FairleadFunction {
    const { directory, ledger, events: table } = tables;
    return new FairleadFunction(this, 'event-uploads', {
      description: "Gives partners' machines links by which they upload what is too large to be sent.",
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        EVENTS_TABLE: table.tableName,
        EVENTS_BUCKET: bodies.bucketName,
      },
    })
      .may(['dynamodb:GetItem'], directory)
      .may(['dynamodb:UpdateItem'], ledger)
      .may(['dynamodb:GetItem'], table)
      .mayOnObjects(['s3:PutObject'], bodies, 'events');
  }

  /** What takes events whose data was uploaded. */
  private completing({ tables, bodies, tokens }: Dependencies): FairleadFunction {
    const { directory, ledger, quarantine, events: table } = tables;
    return new FairleadFunction(this, 'event-uploaded', {
      description: 'Takes events whose data was uploaded, each once.',
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        EVENTS_TABLE: table.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        QUARANTINE_TABLE: quarantine.tableName,
      },
    })
      .may(['dynamodb:GetItem'], directory)
      .may(['dynamodb:UpdateItem'], ledger)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], table)
      .may(['dynamodb:PutItem'], quarantine)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: bodies.bucketArn })
      .mayOnObjects(['s3:GetObject'], bodies, 'events');
  }

  private addStream(table: dynamodb.Table, bus: events.EventBus, parking: DeadLetterQueue): void {
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) {
      throw new Error('tables.json: `events` needs a stream, which event-stream reads');
    }
    const relay = this.relay('event-stream', 'Tells the bus which events of partners are there.', {
      table,
      bus,
      parking,
    }).may(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'], {
      arn: streamArn,
    });
    new EventSourceMapping(this, 'events-to-event-stream', {
      target: relay,
      eventSourceArn: streamArn,
      // Nothing written while the mapping was being made is passed over.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Only what is to be relayed: that it was, and that it has run out, starts nothing.
      filters: [FilterCriteria.filter({ dynamodb: { NewImage: { relay_shard: { S: FilterRule.exists() } } } })],
      parallelizationFactor: 4,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // What fails this often is left to the sweep, so that it does not hold up its shard for a day.
      retryAttempts: 10,
      // The function may send there already; CDK's own destination would allow more than that.
      onFailure: { bind: () => ({ destination: parking.queueArn }) },
    });
  }

  private addSweep(table: dynamodb.Table, bus: events.EventBus, parking: DeadLetterQueue): void {
    const deadLetters = new DeadLetterQueue(this, 'event-sweep-dead-letters');
    const sweep = this.relay('event-sweep', 'Tells the bus which events the stream did not tell of.', {
      table,
      bus,
      parking,
    })
      .may(['dynamodb:Query'], { arn: `${table.tableArn}/index/unrelayed` })
      .may(['sqs:SendMessage'], deadLetters);
    // The next run is the retry of this one.
    sweep.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: SWEEP_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'events-left-behind', {
      description: 'Starts event-sweep.',
      schedule: events.Schedule.rate(SWEEP_INTERVAL),
      targets: [
        new LambdaFunction(sweep, { retryAttempts: 2, maxEventAge: SWEEP_INTERVAL, deadLetterQueue: deadLetters }),
      ],
    });
  }

  /** What is announced gets into people's timelines from a queue. */
  private addRouter({ tables, bodies, claims, identifierKey, bus, notices }: Dependencies): void {
    const queue = new WorkQueue(this, 'events-in', ROUTE_TIMEOUT);
    new events.Rule(this, 'events-announced', {
      description: 'Queues that events of partners are there.',
      eventBus: bus,
      eventPattern: { detail: { dataref: events.Match.exists() } },
      targets: [
        new SqsQueue(queue, {
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: new DeadLetterQueue(this, 'events-announced-dead-letters'),
        }),
      ],
    });
    const router = new FairleadFunction(this, 'event-router', {
      description: "Takes over what partners' events say of people, and enters them into their timelines.",
      timeout: ROUTE_TIMEOUT,
      environment: {
        EVENTS_TABLE: tables.events.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        CLAIMS_BUCKET: claims.bucketName,
        PROFILES_TABLE: tables.profiles.tableName,
        IDENTIFIERS_TABLE: tables.identifiers.tableName,
        DIRECTORY_TABLE: tables.directory.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        NOTIFICATION_QUEUE_URL: notices.queueUrl,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], tables.events)
      .may([...KEEPING, 'dynamodb:BatchGetItem'], tables.profiles)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], tables.identifiers)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue)
      .may(['sqs:SendMessage'], notices)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: bodies.bucketArn }, { arn: claims.bucketArn })
      .mayOnObjects(['s3:DeleteObject', 's3:GetObject'], bodies, 'events')
      .mayOnObjects(['s3:DeleteObject'], claims, 'claims');
    new EventSourceMapping(this, 'events-in-to-event-router', {
      target: router,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
    new CfnOutput(this, 'EventsInQueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'EventsInDeadLetterQueueUrl', { value: queue.deadLetters.queueUrl });
  }

  /** Both relays publish, mark what is published, and park what can't be. */
  private relay(
    name: string,
    description: string,
    { table, bus, parking }: { table: dynamodb.Table; bus: events.EventBus; parking: DeadLetterQueue },
  ): FairleadFunction {
    return new FairleadFunction(this, name, {
      description,
      timeout: RELAY_TIMEOUT,
      environment: {
        EVENTS_TABLE: table.tableName,
        EVENT_BUS_NAME: bus.eventBusName,
        PARKING_QUEUE_URL: parking.queueUrl,
      },
    })
      .may(['dynamodb:UpdateItem'], table)
      .may(['events:PutEvents'], bus)
      .may(['sqs:SendMessage'], parking);
  }
}

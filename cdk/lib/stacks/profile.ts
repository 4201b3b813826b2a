import { CfnOutput, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
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
const SWEEP_INTERVAL = Duration.minutes(5);
const EXPIRY_TIMEOUT = Duration.seconds(30);
const EXPIRY_INTERVAL = Duration.minutes(5);

/** As long as API Gateway waits, and a second less. */
const EXPORT_TIMEOUT = Duration.seconds(29);

/** For a merge of ten thousand members, one transaction after the other. */
const SETTLE_TIMEOUT = Duration.minutes(10);

type Tables = Readonly<Record<TableName, dynamodb.Table>>;

interface Dependencies {
  readonly tables: Tables;
  /** Where what people export lies for a day. */
  readonly exports: Bucket;
  /** What of partners' events no row holds. */
  readonly events: Bucket;
  readonly identifierKey: SecretValue;
  readonly userPool: cognito.IUserPool;
  readonly bus: events.EventBus;
  readonly tokens: TokenVariables;
}

/** What answers people about their profile, and the relay of its events from the table to the bus. */
export class ProfileStack extends ContextStack {
  readonly api: FairleadFunction;
  readonly identify: FairleadFunction;
  readonly datasets: FairleadFunction;
  readonly export: FairleadFunction;
  readonly merge: FairleadFunction;

  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'profile', 'Fairlead: people and their profile, and the relay of its events');
    const { tables, bus, tokens } = dependencies;
    const { profiles, identifiers } = tables;
    this.api = this.answering(dependencies);
    this.identify = this.identifying(dependencies);
    this.datasets = this.syncing(dependencies);
    this.export = this.exporting(dependencies);
    this.merge = this.merging('profile-merge', 'Makes two persons one, and two again, and shows how they are, for operators.', API_TIMEOUT, {
      profiles,
      identifiers,
      environment: { ...tokens, LEDGER_TABLE: tables.ledger.tableName },
    })
      .may(['dynamodb:BatchGetItem'], identifiers)
      .may(ANSWERING_ONCE, tables.ledger);
    this.addSettle(profiles, identifiers, bus);
    this.addExpiry(tables);

    const parking = new DeadLetterQueue(this, 'parking');
    this.addStream(profiles, bus, parking);
    this.addSweep(profiles, bus, parking);
    new CfnOutput(this, 'ParkingQueueUrl', { value: parking.queueUrl });
  }

  /** What answers people about themselves. */
  private answering({ tables, tokens }: Dependencies): FairleadFunction {
    const { profiles, directory, ledger } = tables;
    return new FairleadFunction(this, 'profile-api', {
      description: 'Shows people their own profile, consents and notices and lets them change what is theirs.',
      timeout: API_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        ...tokens,
      },
    })
      .may(KEEPING, profiles)
      .may(['dynamodb:Query'], directory)
      .may(['dynamodb:BatchGetItem', ...ANSWERING_ONCE], ledger);
  }

  /** What is told who somebody is, by people, by partners' machines and, as an event, by SDKs with a write key. */
  private identifying({ tables, events: bodies, identifierKey, tokens }: Dependencies): FairleadFunction {
    const { profiles, identifiers, directory, ledger, quarantine, events: accepted } = tables;
    return new FairleadFunction(this, 'profile-identify', {
      description: 'Takes over what people and partners say about who somebody is.',
      timeout: API_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        DIRECTORY_TABLE: directory.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        ...tokens,
        LEDGER_TABLE: ledger.tableName,
        EVENTS_TABLE: accepted.tableName,
        EVENTS_BUCKET: bodies.bucketName,
        QUARANTINE_TABLE: quarantine.tableName,
      },
    })
      .may([...KEEPING, 'dynamodb:BatchGetItem'], profiles)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], identifiers)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], directory)
      .may(ANSWERING_ONCE, ledger)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], accepted)
      .may(['dynamodb:PutItem'], quarantine)
      .mayOnObjects(['s3:PutObject'], bodies, 'events')
      .mayOnObjects(['s3:PutObject'], bodies, 'rejected');
  }

  /** What keeps small datasets for people's apps, and syncs them between devices. */
  private syncing({ tables, tokens }: Dependencies): FairleadFunction {
    const { profiles, directory, ledger } = tables;
    return new FairleadFunction(this, 'profile-datasets', {
      description: "Keeps small datasets for people's apps, and syncs them between devices.",
      timeout: API_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        ...tokens,
      },
    })
      .may([...KEEPING, 'dynamodb:BatchGetItem'], profiles)
      .may(['dynamodb:Query'], directory)
      .may(ANSWERING_ONCE, ledger);
  }

  /** What gives people all that is held on them. A link that it makes is used in its name. */
  private exporting({ tables, exports, identifierKey, userPool, tokens }: Dependencies): FairleadFunction {
    const { profiles, identifiers, directory, receipts, audiences, erasures, ledger } = tables;
    return new FairleadFunction(this, 'profile-export', {
      description: 'Gives people all that is held on them.',
      timeout: EXPORT_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        DIRECTORY_TABLE: directory.tableName,
        RECEIPTS_TABLE: receipts.tableName,
        AUDIENCES_TABLE: audiences.tableName,
        ERASURES_TABLE: erasures.tableName,
        USER_POOL_ID: userPool.userPoolId,
        EXPORTS_BUCKET: exports.bucketName,
        LEDGER_TABLE: ledger.tableName,
        ...tokens,
      },
    })
      .may(KEEPING, profiles)
      .may(['dynamodb:BatchGetItem'], identifiers)
      .may(['dynamodb:Query'], directory)
      .may(['dynamodb:Query'], receipts, audiences, erasures, { arn: `${erasures.tableArn}/index/by_person` })
      .may(['cognito-idp:ListUsers'], { arn: userPool.userPoolArn })
      .may(ANSWERING_ONCE, ledger)
      .mayOnObjects(['s3:GetObject', 's3:PutObject'], exports, 'exports');
  }

  /** What merges and splits: for operators, and from the queue of what was begun. */
  private merging(
    name: string,
    description: string,
    timeout: Duration,
    {
      profiles,
      identifiers,
      environment,
    }: { profiles: dynamodb.Table; identifiers: dynamodb.Table; environment: Record<string, string> },
  ): FairleadFunction {
    return new FairleadFunction(this, name, {
      description,
      timeout,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        ...environment,
      },
    })
      .may(KEEPING, profiles)
      .may(['dynamodb:UpdateItem'], identifiers);
  }

  /** What was begun and cut off is finished from a queue. */
  private addSettle(profiles: dynamodb.Table, identifiers: dynamodb.Table, bus: events.EventBus): void {
    const queue = new WorkQueue(this, 'settling', SETTLE_TIMEOUT);
    new events.Rule(this, 'merges-begun', {
      description: 'Queues the merges and splits that take several transactions.',
      eventBus: bus,
      eventPattern: { source: ['dev.fairlead.profile'], detailType: ['dev.fairlead.profile.settling.v1'] },
      targets: [
        new SqsQueue(queue, {
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: new DeadLetterQueue(this, 'merges-begun-dead-letters'),
        }),
      ],
    });
    const settle = this.merging('profile-settle', 'Finishes merges and splits that were cut off.', SETTLE_TIMEOUT, {
      profiles,
      identifiers,
      environment: {},
    }).may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    new EventSourceMapping(this, 'settling-to-profile-settle', {
      target: settle,
      eventSourceArn: queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
    });
  }

  /** That a grant ran out is put on record, and told. */
  private addExpiry({ profiles, audiences }: Tables): void {
    const deadLetters = new DeadLetterQueue(this, 'consent-expiry-dead-letters');
    const expiry = new FairleadFunction(this, 'consent-expiry', {
      description: 'Records that grants ended whose time is over.',
      timeout: EXPIRY_TIMEOUT,
      environment: { PROFILES_TABLE: profiles.tableName, AUDIENCES_TABLE: audiences.tableName },
    })
      .may(['dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], profiles)
      .may(['dynamodb:Query'], { arn: `${audiences.tableArn}/index/by_expiry` })
      .may(['sqs:SendMessage'], deadLetters);
    // The next run is the retry of this one.
    expiry.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: EXPIRY_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'grants-run-out', {
      description: 'Starts consent-expiry.',
      schedule: events.Schedule.rate(EXPIRY_INTERVAL),
      targets: [
        new LambdaFunction(expiry, { retryAttempts: 2, maxEventAge: EXPIRY_INTERVAL, deadLetterQueue: deadLetters }),
      ],
    });
  }

  private addStream(profiles: dynamodb.Table, bus: events.EventBus, parking: DeadLetterQueue): void {
    const streamArn = profiles.tableStreamArn;
    if (streamArn === undefined) {
      throw new Error('tables.json: `profiles` needs a stream, which profile-stream reads');
    }
    const relay = this.relay('profile-stream', "Publishes the events that a profile's change left in its table.", {
      profiles,
      bus,
      parking,
    }).may(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'], {
      arn: streamArn,
    });
    new EventSourceMapping(this, 'profiles-to-profile-stream', {
      target: relay,
      eventSourceArn: streamArn,
      // Nothing written while the mapping was being made is passed over.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Only what enters the outbox: the function is not started for the state beside it.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { part: { S: FilterRule.beginsWith('outbox#') } } },
        }),
      ],
      parallelizationFactor: 4,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // What fails this often is left to the sweep, so that it does not hold up its shard for a day.
      retryAttempts: 10,
      // The function may send there already; CDK's own destination would allow more than that.
      onFailure: { bind: () => ({ destination: parking.queueArn }) },
    });
  }

  private addSweep(profiles: dynamodb.Table, bus: events.EventBus, parking: DeadLetterQueue): void {
    const deadLetters = new DeadLetterQueue(this, 'profile-sweep-dead-letters');
    const sweep = this.relay('profile-sweep', 'Publishes the events that the stream did not relay.', {
      profiles,
      bus,
      parking,
    })
      .may(['dynamodb:Query'], { arn: `${profiles.tableArn}/index/unrelayed` })
      .may(['sqs:SendMessage'], deadLetters);
    // The next run is the retry of this one.
    sweep.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: SWEEP_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'every-five-minutes', {
      description: 'Starts profile-sweep.',
      schedule: events.Schedule.rate(SWEEP_INTERVAL),
      targets: [
        new LambdaFunction(sweep, { retryAttempts: 2, maxEventAge: SWEEP_INTERVAL, deadLetterQueue: deadLetters }),
      ],
    });
  }

  /** Both relays publish what the outbox holds, mark it as relayed, and park what can't be published. */
  private relay(
    name: string,
    description: string,
    { profiles, bus, parking }: { profiles: dynamodb.Table; bus: events.EventBus; parking: DeadLetterQueue },
  ): FairleadFunction {
    return new FairleadFunction(this, name, {
      description,
      timeout: RELAY_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        EVENT_BUS_NAME: bus.eventBusName,
        PARKING_QUEUE_URL: parking.queueUrl,
      },
    })
      .may(['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], profiles)
      .may(['events:PutEvents'], bus)
      .may(['sqs:SendMessage'], parking);
  }
}

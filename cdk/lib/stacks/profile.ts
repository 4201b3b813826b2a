import { CfnOutput, Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue, alarmWhenNotEmpty } from '../queues';
import { API_TIMEOUT } from './api';

const RELAY_TIMEOUT = Duration.seconds(30);
const SWEEP_INTERVAL = Duration.minutes(5);

interface Dependencies {
  readonly profiles: dynamodb.Table;
  readonly directory: dynamodb.Table;
  readonly bus: events.EventBus;
}

/** What answers people about their profile, and the relay of its events from the table to the bus. */
export class ProfileStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, { profiles, directory, bus }: Dependencies) {
    super(deployment, 'profile', 'Fairlead: people and their profile, and the relay of its events');
    this.api = this.answering(profiles, directory);

    const parking = new WorkQueue(this, 'parking', RELAY_TIMEOUT);
    alarmWhenNotEmpty(parking, 'Records of the profiles stream that could not be published are parked.');
    this.addStream(profiles, bus, parking);
    this.addSweep(profiles, bus, parking);
    new CfnOutput(this, 'ParkingQueueUrl', { value: parking.queueUrl });
  }

  /** What answers people about themselves. */
  private answering(profiles: dynamodb.Table, directory: dynamodb.Table): FairleadFunction {
    return new FairleadFunction(this, 'profile-api', {
      description: 'Shows people their own profile and consents and lets them change both.',
      timeout: API_TIMEOUT,
      environment: { PROFILES_TABLE: profiles.tableName, DIRECTORY_TABLE: directory.tableName },
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], profiles)
      .may(['dynamodb:Query'], directory);
  }

  private addStream(profiles: dynamodb.Table, bus: events.EventBus, parking: WorkQueue): void {
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

  private addSweep(profiles: dynamodb.Table, bus: events.EventBus, parking: WorkQueue): void {
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
    { profiles, bus, parking }: { profiles: dynamodb.Table; bus: events.EventBus; parking: WorkQueue },
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

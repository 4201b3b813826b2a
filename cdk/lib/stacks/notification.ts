import { CfnOutput, Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';

const DISPATCH_TIMEOUT = Duration.seconds(30);

interface Dependencies {
  readonly profiles: dynamodb.Table;
  readonly directory: dynamodb.Table;
  readonly ledger: dynamodb.Table;
  readonly bus: events.EventBus;
}

/** Tells people about changes of their profile and about partners' events, if they consented to it. */
export class NotificationStack extends ContextStack {
  /** From which people are told. */
  readonly queue: WorkQueue;

  constructor(deployment: Deployment, { bus, ...tables }: Dependencies) {
    super(deployment, 'notification', 'Fairlead: notifications');
    const queue = new WorkQueue(this, 'notification', DISPATCH_TIMEOUT);
    const topic = new Topic(this, 'notifications', {
      enforceSSL: deployment.stage.offers.tls,
      masterKey: Alias.fromAliasName(this, 'sns-key', 'alias/aws/sns'),
    });
    this.queue = queue;
    this.addRule(bus, queue);
    this.addDispatch(tables, topic, queue);

    new CfnOutput(this, 'NotificationsTopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'NotificationQueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'NotificationDeadLetterQueueUrl', { value: queue.deadLetters.queueUrl });
  }

  private addRule(bus: events.EventBus, queue: WorkQueue): void {
    new events.Rule(this, 'profile-changes', {
      description: 'Queues the profile events that people are told about, and the tests that they ask for.',
      eventBus: bus,
      eventPattern: {
        source: ['dev.fairlead.profile'],
        detailType: [
          'dev.fairlead.profile.created.v1',
          'dev.fairlead.profile.updated.v1',
          'dev.fairlead.profile.notice-tested.v1',
        ],
      },
      targets: [
        new SqsQueue(queue, {
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: new DeadLetterQueue(this, 'profile-changes-dead-letters'),
        }),
      ],
    });
  }

  private addDispatch(
    { profiles, directory, ledger }: Omit<Dependencies, 'bus'>,
    topic: Topic,
    queue: WorkQueue,
  ): void {
    const dispatch = new FairleadFunction(this, 'notification-dispatch', {
      description: 'Sends a notification if the person consents to it at that moment.',
      timeout: DISPATCH_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        NOTIFICATIONS_TOPIC_ARN: topic.topicArn,
      },
    })
      .may(['dynamodb:BatchGetItem'], profiles)
      .may(['dynamodb:GetItem'], directory)
      .may(['dynamodb:PutItem', 'dynamodb:UpdateItem'], ledger)
      .may(['sns:Publish'], topic)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    // A phone number has no ARN, so it can only be described as what is not a topic.
    dispatch.allow(
      new PolicyStatement({ effect: Effect.ALLOW, actions: ['sns:Publish'], notResources: ['arn:*:sns:*:*:*'] }),
    );
    new EventSourceMapping(this, 'notification-to-notification-dispatch', {
      target: dispatch,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }
}

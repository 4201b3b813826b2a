import { CfnOutput, Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';

import { ContextStack, type Deployment } from '../context-stack';
import { CountedAlarm } from '../counted-alarm';
import { FairleadFunction } from '../fairlead-function';
import { OwnKey, useBy, useThrough } from '../keys';
import { DeadLetterQueue, WorkQueue } from '../queues';
import type { TableName } from './data';

const ASSIGN_TIMEOUT = Duration.seconds(60);
/** Shifts begin and end on a quarter of an hour: `events/salesforce/roster/schema.json`. */
const ASSIGN_INTERVAL = Duration.minutes(15);
const RELAY_TIMEOUT = Duration.seconds(30);

/** AWS End User Messaging, which two-way text messages come by. */
const TEXT_MESSAGES = 'sms-voice.amazonaws.com';
const ALARMS = 'cloudwatch.amazonaws.com';

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
}

/** Who is told when somebody has to look, and who that is at this hour. */
export class OperationsStack extends ContextStack {
  /** By which the team hears of what does not mend itself. */
  readonly support: Topic;
  /** By which those on call are told, by text message, of what can't wait. */
  readonly onCall: Topic;

  constructor(deployment: Deployment, { tables }: Dependencies) {
    super(deployment, 'operations', 'Fairlead: who is on call');
    const key = this.key();
    this.support = this.topic('support', key);
    const { supportEmail } = deployment.stage.salesforce ?? {};
    if (supportEmail !== undefined) this.support.addSubscription(new EmailSubscription(supportEmail));
    this.onCall = this.topic('on-call', key);
    letPublish(this.onCall, ALARMS);
    this.addAssign(tables.config, this.onCall);
    const inbound = this.topic('sms-inbound', key);
    letPublish(inbound, TEXT_MESSAGES);
    this.addRelay(tables.ledger, inbound, this.topic('sms-messages', key));
  }

  /** SNS's own key is of no use here: its policy lets neither text messages nor alarms in, and can't be changed. */
  private key(): OwnKey {
    const key = new OwnKey(this, 'key', 'Encrypts what those on call are told.', useThrough(this, 'sns'));
    for (const service of [TEXT_MESSAGES, ALARMS]) key.addToResourcePolicy(useBy(this, service));
    return key;
  }

  private topic(id: string, masterKey: OwnKey): Topic {
    const topic = new Topic(this, id, { enforceSSL: this.deployment.stage.offers.tls, masterKey });
    const name = id.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
    new CfnOutput(this, `${name}TopicArn`, { value: topic.topicArn });
    return topic;
  }

  /** At each change of shifts the topic's numbers become those of who is on call from then on. */
  private addAssign(config: dynamodb.Table, onCall: Topic): void {
    const deadLetters = new DeadLetterQueue(this, 'operations-oncall-assign-dead-letters');
    const assign = new FairleadFunction(this, 'operations-oncall-assign', {
      description: 'Has those told by text message who are on call, and nobody else.',
      timeout: ASSIGN_TIMEOUT,
      environment: { CONFIG_TABLE: config.tableName, ON_CALL_TOPIC_ARN: onCall.topicArn },
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], config)
      .may(['sns:ListSubscriptionsByTopic', 'sns:Subscribe'], onCall)
      // SNS knows no resource for ending a subscription.
      .may(['sns:Unsubscribe'], { arn: '*' })
      .may(['sqs:SendMessage'], deadLetters);
    const nobody = 'Nobody is on call, or the roster says so: docs/flows/on-call.md';
    new CountedAlarm(this, 'oncall-nobody', assign, 'oncall_nobody', nobody);
    const refused = 'A number of the roster can not be told by text message: docs/flows/on-call.md';
    new CountedAlarm(this, 'oncall-refused', assign, 'oncall_refused', refused);
    // The next run is the retry of this one.
    assign.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: ASSIGN_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'shifts-change', {
      description: 'Starts operations-oncall-assign.',
      schedule: events.Schedule.cron({ minute: '0/15' }),
      targets: [
        new LambdaFunction(assign, { retryAttempts: 2, maxEventAge: ASSIGN_INTERVAL, deadLetterQueue: deadLetters }),
      ],
    });
  }

  /** Of what people answer by text message, those who are to read it get the words and not the number. */
  private addRelay(ledger: dynamodb.Table, inbound: Topic, messages: Topic): void {
    const queue = new WorkQueue(this, 'text-messages', RELAY_TIMEOUT);
    inbound.addSubscription(new SqsSubscription(queue));
    const relay = new FairleadFunction(this, 'operations-sms-relay', {
      description: 'Passes on what came by text message, each once and without the number.',
      timeout: RELAY_TIMEOUT,
      environment: { LEDGER_TABLE: ledger.tableName, SMS_MESSAGES_TOPIC_ARN: messages.topicArn },
    })
      .may(['dynamodb:PutItem', 'dynamodb:UpdateItem'], ledger)
      .may(['sns:Publish'], messages)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    new EventSourceMapping(this, 'text-messages-to-operations-sms-relay', {
      target: relay,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }
}

/** Has a service of AWS publish on a topic, on behalf of the account. */
function letPublish(topic: Topic, service: string): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(service)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': topic.stack.account } },
    }),
  );
}

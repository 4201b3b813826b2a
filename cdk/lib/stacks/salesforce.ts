import { ArnFormat, CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';

import { tellsOfFlowsGivenUp, tellsOfSilentFlows, tellsOfSilentSalesforce } from '../constructs/salesforce-alarms';
import {
  type DescribedFlows,
  type FlowNames,
  SalesforceFlows,
  describedFlows,
  flowNames,
} from '../constructs/salesforce-flows';
import { ContextStack, type Deployment } from '../context-stack';
import { type Action, FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';
import { OUTCOMES, type SalesforceStore } from '../salesforce-store';
import type { Salesforce } from '../stages';
import type { TableName } from './data';

const WRITE_TIMEOUT = Duration.seconds(30);
/** Of all records of all kinds, page after page. */
const REREAD_TIMEOUT = Duration.minutes(5);
const OUTCOME_TIMEOUT = Duration.seconds(30);
const NOTICE_TIMEOUT = Duration.seconds(30);
const REPAIR_TIMEOUT = Duration.minutes(2);
const REPAIR_INTERVAL = Duration.minutes(5);
const CONNECTION_TIMEOUT = Duration.minutes(5);

/** How long changes are gathered before people hear of them. */
const NOTICES_GATHERED = Duration.seconds(30);

const READING_A_STREAM: readonly Action[] = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly store: SalesforceStore;
  /** By which the team hears of what does not mend itself. */
  readonly support: Topic;
  /** By which those on call are told of what can't wait. */
  readonly onCall: Topic;
}

/** What operators edit in Salesforce: how it gets here, and how what became of it gets back. */
export class SalesforceStack extends ContextStack {
  /** The flows, by the way that each goes. */
  readonly flowNames: FlowNames;
  private readonly flows: DescribedFlows;

  constructor(
    deployment: Deployment,
    private readonly salesforce: Salesforce,
    dependencies: Dependencies,
  ) {
    super(deployment, 'salesforce', 'Fairlead: configuration that operators edit in Salesforce');
    this.flows = describedFlows(deployment.stage.name, salesforce, dependencies.store);
    this.flowNames = flowNames(this.flows);
    const config = new WorkQueue(this, 'salesforce-config', WRITE_TIMEOUT);
    const reread = new WorkQueue(this, 'salesforce-reread', REREAD_TIMEOUT);
    this.addWriter(dependencies, config, reread);
    this.addReread(dependencies, config, reread);
    this.addOutcome(dependencies);
    this.addNotifier(dependencies);
    this.addRepair(dependencies, reread);
    this.addConnection(dependencies, config);
    new CfnOutput(this, 'SalesforceConfigQueueUrl', { value: config.queueUrl });
    new CfnOutput(this, 'SalesforceConfigDeadLetterQueueUrl', { value: config.deadLetters.queueUrl });
    new CfnOutput(this, 'SalesforceRereadQueueUrl', { value: reread.queueUrl });
    new CfnOutput(this, 'SalesforceRereadDeadLetterQueueUrl', { value: reread.deadLetters.queueUrl });
  }

  /** What Salesforce tells becomes a record, and an outcome, in one transaction. */
  private addWriter({ tables: { config }, store }: Dependencies, queue: WorkQueue, reread: WorkQueue): void {
    const writer = new FairleadFunction(this, 'salesforce-config-writer', {
      description: 'Takes over what operators edited in Salesforce, and writes down what became of it.',
      timeout: WRITE_TIMEOUT,
      environment: {
        CONFIG_TABLE: config.tableName,
        SALESFORCE_EVENTS_BUCKET: store.events.bucketName,
        SALESFORCE_REREAD_QUEUE_URL: reread.queueUrl,
      },
    })
      .may(['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], config)
      // Who may not list a bucket is not told that something is missing, but that it may not see it.
      .may(['s3:ListBucket'], { arn: store.events.bucketArn })
      .mayOnAllObjects(['s3:GetObject'], store.events)
      .may(['sqs:SendMessage'], reread)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    this.readsFrom(queue, writer);
  }

  /** What was missed is read from Salesforce: when somebody finds that it was, and everything each night. */
  private addReread({ tables: { config }, store }: Dependencies, queue: WorkQueue, reread: WorkQueue): void {
    const deadLetters = new DeadLetterQueue(this, 'salesforce-config-reread-dead-letters');
    const reader = new FairleadFunction(this, 'salesforce-config-reread', {
      description: 'Reads records from Salesforce of which it did not tell all.',
      timeout: REREAD_TIMEOUT,
      environment: {
        CONFIG_TABLE: config.tableName,
        SALESFORCE_CONFIG_QUEUE_URL: queue.queueUrl,
        SALESFORCE_URL: this.salesforce.url,
        SALESFORCE_SECRET: store.secretArn,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], config)
      .may(['secretsmanager:GetSecretValue'], { arn: store.secretArn })
      .may(['sqs:SendMessage'], queue, deadLetters)
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], reread);
    this.readsFrom(reread, reader);
    this.startedBy('salesforce-reread-nightly', events.Schedule.cron({ minute: '10', hour: '2' }), reader, deadLetters);
  }

  private readsFrom(queue: WorkQueue, reader: FairleadFunction): void {
    new EventSourceMapping(this, `${queue.node.id}-to-${reader.node.id}`, {
      target: reader,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }

  private startedBy(id: string, schedule: events.Schedule, started: FairleadFunction, dead: DeadLetterQueue): void {
    const maxEventAge = Duration.minutes(5);
    // The next run is the retry of this one.
    started.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge,
      onFailure: { bind: () => ({ destination: dead.queueArn }) },
    });
    new events.Rule(this, id, {
      description: `Starts ${started.node.id}.`,
      schedule,
      targets: [new LambdaFunction(started, { retryAttempts: 2, maxEventAge, deadLetterQueue: dead })],
    });
  }

  /** What became of an edit is written where AppFlow takes it to Salesforce. */
  private addOutcome({ tables: { config }, store }: Dependencies): void {
    const parking = new DeadLetterQueue(this, 'configuration-outcomes-parking');
    const outcome = new FairleadFunction(this, 'salesforce-config-outcome', {
      description: 'Writes a file of what became of an edit, which goes to Salesforce.',
      timeout: OUTCOME_TIMEOUT,
      environment: {
        CONFIG_TABLE: config.tableName,
        SALESFORCE_OUTCOMES_BUCKET: store.outcomes.bucketName,
        PARKING_QUEUE_URL: parking.queueUrl,
      },
    })
      .mayOnObjects(['s3:PutObject'], store.outcomes, OUTCOMES)
      .may(['dynamodb:UpdateItem'], config)
      .may(['sqs:SendMessage'], parking);
    this.readsOutcomes(config, outcome, parking, { batchSize: 100 });
  }

  /** What became of an edit is told the team, and whoever edited it. */
  private addNotifier({ tables: { config } }: Dependencies): void {
    const parking = new DeadLetterQueue(this, 'configuration-notices-parking');
    const changes = new Topic(this, 'configuration-changes', {
      enforceSSL: this.deployment.stage.offers.tls,
      masterKey: Alias.fromAliasName(this, 'sns-key', 'alias/aws/sns'),
    });
    if (this.salesforce.teamEmail !== undefined) {
      // Without it the team would be sent what each operator is told, besides.
      const filterPolicy = { audience: SubscriptionFilter.stringFilter({ allowlist: ['team'] }) };
      changes.addSubscription(new EmailSubscription(this.salesforce.teamEmail, { filterPolicy }));
    }
    const notifier = new FairleadFunction(this, 'salesforce-config-notifier', {
      description: 'Tells the team and operators by e-mail what became of edits.',
      timeout: NOTICE_TIMEOUT,
      environment: {
        CONFIG_TABLE: config.tableName,
        CONFIGURATION_CHANGES_TOPIC_ARN: changes.topicArn,
        PARKING_QUEUE_URL: parking.queueUrl,
      },
    })
      .may(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], config)
      .may(['sns:Publish', 'sns:Subscribe'], changes)
      .may(['sqs:SendMessage'], parking);
    // One mail tells of no more: functions/salesforce-config-notifier marks each in one transaction.
    this.readsOutcomes(config, notifier, parking, { batchSize: 99, maxBatchingWindow: NOTICES_GATHERED });
    new CfnOutput(this, 'ConfigurationChangesTopicArn', { value: changes.topicArn });
  }

  private readsOutcomes(
    config: dynamodb.Table,
    reader: FairleadFunction,
    parking: DeadLetterQueue,
    batches: { readonly batchSize: number; readonly maxBatchingWindow?: Duration },
  ): void {
    const streamArn = config.tableStreamArn;
    if (streamArn === undefined) {
      throw new Error(`tables.json: \`config\` needs a stream, which ${reader.node.id} reads`);
    }
    reader.may(READING_A_STREAM, { arn: streamArn });
    new EventSourceMapping(this, `config-to-${reader.node.id}`, {
      target: reader,
      eventSourceArn: streamArn,
      // Nothing written while the mapping was being made is passed over.
      startingPosition: StartingPosition.TRIM_HORIZON,
      ...batches,
      // Only what became of edits: the function is not started for the records themselves.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { kind: { S: FilterRule.beginsWith('outcome#') } } },
        }),
      ],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // What fails this often does not hold up its shard for a day.
      retryAttempts: 10,
      // The function may send there already; CDK's own destination would allow more than that.
      onFailure: { bind: () => ({ destination: parking.queueArn }) },
    });
  }

  /** Flows that break are found, mended, and told of if they do not mend. */
  private addRepair({ tables: { config }, store, support, onCall }: Dependencies, reread: WorkQueue): void {
    const deadLetters = new DeadLetterQueue(this, 'salesforce-flow-repair-dead-letters');
    const name = 'salesforce-flow-repair';
    const group = new CfnScheduleGroup(this, 'flow-retries', { name: this.named('flow-retries') });
    const retrying = new Role(this, 'flow-retries-role', {
      description: `What a retry of a flow may do: start ${name}.`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account, 'aws:SourceArn': group.attrArn } },
      }),
    });
    const arn = this.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: this.named(name),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const repair = new FairleadFunction(this, name, {
      description: 'Finds flows that are broken, mends what can be mended, and tells of the rest once.',
      timeout: REPAIR_TIMEOUT,
      environment: {
        ...this.describing(),
        CONFIG_TABLE: config.tableName,
        SALESFORCE_OUTCOMES_BUCKET: store.outcomes.bucketName,
        SALESFORCE_REREAD_QUEUE_URL: reread.queueUrl,
        SUPPORT_TOPIC_ARN: support.topicArn,
        RETRY_SCHEDULE_GROUP: this.named('flow-retries'),
        RETRY_FUNCTION_ARN: arn,
        RETRY_ROLE_ARN: retrying.roleArn,
      },
    })
      .may(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], config)
      .may(
        [
          'appflow:DescribeFlow',
          'appflow:DescribeFlowExecutionRecords',
          'appflow:StartFlow',
          'appflow:StopFlow',
          'appflow:UpdateFlow',
        ],
        ...this.flowArns(),
      )
      // A flow that is changed is checked against its connection, and a connection against its secret.
      .may(['appflow:UpdateConnectorProfile', 'appflow:UseConnectorProfile'], this.profileArn())
      .may(['secretsmanager:GetSecretValue'], { arn: store.secretArn })
      .may(['s3:ListBucket'], { arn: store.outcomes.bucketArn })
      .mayOnObjects(['s3:GetObject', 's3:PutObject'], store.outcomes, OUTCOMES)
      .may(['sns:Publish'], support)
      .may(['sqs:SendMessage'], reread, deadLetters);
    this.maySchedule(repair, retrying);
    retrying.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: ['lambda:InvokeFunction'], resources: [repair.functionArn] }),
    );
    this.startedBy('flows-looked-at', events.Schedule.rate(REPAIR_INTERVAL), repair, deadLetters);
    const reports = new events.Rule(this, 'flow-reports', {
      description: 'Starts salesforce-flow-repair when AppFlow says something of a flow.',
      eventPattern: { source: ['aws.appflow'], detail: { 'flow-name': events.Match.prefix(this.flows.prefix) } },
      targets: [
        new LambdaFunction(repair, {
          retryAttempts: 2,
          maxEventAge: REPAIR_INTERVAL,
          deadLetterQueue: deadLetters,
        }),
      ],
    });
    tellsOfFlowsGivenUp(repair, onCall);
    if (this.salesforce.connected && this.deployment.stage.offers.appFlow) tellsOfSilentFlows(this, reports);
  }

  /** One run each, at a time of its choosing, and of nothing but itself. */
  private maySchedule(repair: FairleadFunction, retrying: Role): void {
    // What stands in for AWS takes every schedule for one of the group `default` when it asks who may make it.
    const group = this.deployment.stage.offers.appFlow ? this.named('flow-retries') : 'default';
    const schedules = this.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${group}/*` });
    repair.may(['scheduler:CreateSchedule'], { arn: schedules });
    repair.allow(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['iam:PassRole'],
        resources: [retrying.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    Validations.of(repair.role ?? repair).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/${group}/*]`,
      reason: 'Each retry is a schedule of its own: this allows those of one group.',
    });
  }

  /** What CloudFormation can't do with flows, and the bus that they tell by. */
  private addConnection({ store }: Dependencies, queue: WorkQueue): void {
    const connection = new FairleadFunction(this, 'salesforce-flow-connection', {
      description: 'Makes sure of the flows between Salesforce and Fairlead, and activates them.',
      timeout: CONNECTION_TIMEOUT,
      environment: this.appFlowEndpoint(),
    })
      .may(
        [
          'appflow:DeleteFlow',
          'appflow:DescribeFlow',
          'appflow:StartFlow',
          'appflow:StopFlow',
          'appflow:UpdateFlow',
        ],
        ...this.flowArns(),
      )
      .may(
        ['appflow:DeleteConnectorProfile', 'appflow:UpdateConnectorProfile', 'appflow:UseConnectorProfile'],
        this.profileArn(),
      )
      // AppFlow knows no resource for what is yet to be made.
      .may(['appflow:CreateConnectorProfile', 'appflow:CreateFlow'], { arn: '*' })
      .may(['secretsmanager:GetSecretValue'], { arn: store.secretArn });
    // It is there on every stage that has Salesforce: dead-letters-api looks for it.
    const undeliverable = new DeadLetterQueue(this, 'salesforce-changes-dead-letters');
    if (!this.salesforce.connected) return;
    const bus = this.deployment.stage.offers.appFlow
      ? new SalesforceFlows(this, 'flows', {
          flows: this.flows,
          refreshToken: store.secret.secretValueFromJson('refreshToken'),
          activation: connection,
        }).bus
      : new events.CfnEventBus(this, 'salesforce-bus', { name: this.named('salesforce') });
    this.listen(bus, queue, undeliverable);
    new CfnOutput(this, 'SalesforceEventBusName', { value: bus.ref });
    new CfnOutput(this, 'SalesforceEventSource', { value: this.flows.event_source });
  }

  private listen(bus: events.CfnEventBus, queue: WorkQueue, deadLetterQueue: DeadLetterQueue): void {
    const rule = new events.Rule(this, 'salesforce-changes', {
      description: 'Queues what Salesforce tells.',
      eventBus: events.EventBus.fromEventBusAttributes(this, 'partner-bus', {
        eventBusName: bus.ref,
        eventBusArn: bus.attrArn,
        eventBusPolicy: '',
      }),
      // A stand-in may not speak for AWS.
      eventPattern: { source: events.Match.prefix(this.deployment.stage.offers.appFlow ? 'aws.partner/' : 'appflow.test/') },
      targets: [
        new SqsQueue(queue, { retryAttempts: 185, maxEventAge: Duration.hours(24), deadLetterQueue }),
      ],
    });
    tellsOfSilentSalesforce(this, { bus, rule });
  }

  /** What both functions know of the flows, and where they ask for them. */
  private describing(): Record<string, string> {
    return { SALESFORCE_FLOWS: this.toJsonString(this.flows), ...this.appFlowEndpoint() };
  }

  /** Where there is no AppFlow, something else at Salesforce's address answers for it. */
  private appFlowEndpoint(): Record<string, string> {
    return this.deployment.stage.offers.appFlow ? {} : { AWS_ENDPOINT_URL_APPFLOW: this.salesforce.url };
  }

  private flowArns(): { arn: string }[] {
    const { in: telling, out } = this.flowNames;
    return [...telling, ...out].map((resourceName) => ({
      arn: this.formatArn({ service: 'appflow', resource: 'flow', resourceName }),
    }));
  }

  private profileArn(): { arn: string } {
    const resourceName = this.flows.profile;
    return { arn: this.formatArn({ service: 'appflow', resource: 'connectorprofile', resourceName }) };
  }

  private named(name: string): string {
    return `fairlead-${this.deployment.stage.name}-${name}`;
  }
}

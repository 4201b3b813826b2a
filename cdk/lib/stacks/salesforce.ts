import { ArnFormat, CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';

import { SalesforceFlows, describedFlows, flowNames, flowPrefix } from '../constructs/salesforce-flows';
import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';
import { type SalesforceKind, salesforceKinds } from '../salesforce-kinds';
import { OUTCOMES, type SalesforceStore } from '../salesforce-store';
import type { Salesforce } from '../stages';
import type { TableName } from './data';

const WRITE_TIMEOUT = Duration.seconds(30);
const REREAD_TIMEOUT = Duration.minutes(5);
const OUTCOME_TIMEOUT = Duration.seconds(30);
const NOTICE_TIMEOUT = Duration.seconds(30);
const REPAIR_TIMEOUT = Duration.minutes(2);
const REPAIR_INTERVAL = Duration.minutes(5);
const CONNECTION_TIMEOUT = Duration.minutes(5);

/** How long an operator's changes are gathered before the team hears of them. */
const NOTICES_GATHERED = Duration.seconds(30);

/** AppFlow reports on each flow that is active every five minutes. */
const REPORTS_MISSED = 6;

/** For how many days operators may change nothing before somebody should look whether their changes arrive. */
const QUIET_DAYS = 4;

/** Reading a stream. */
const STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'] as const;

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly store: SalesforceStore;
  /** By which the team hears of what does not mend itself. */
  readonly support: Topic;
}

/** What operators edit in Salesforce: how it gets here, and what became of it gets back. */
export class SalesforceStack extends ContextStack {
  private readonly kinds: readonly SalesforceKind[] = salesforceKinds();

  constructor(
    deployment: Deployment,
    private readonly salesforce: Salesforce,
    dependencies: Dependencies,
  ) {
    super(deployment, 'salesforce', 'Fairlead: configuration that operators edit in Salesforce');
    const config = new WorkQueue(this, 'salesforce-config', WRITE_TIMEOUT);
    const reread = new WorkQueue(this, 'salesforce-reread', REREAD_TIMEOUT);
    this.addWriter(dependencies, config, reread);
    this.addReread(dependencies, config, reread);
    this.addOutcome(dependencies);
    this.addNotifier(dependencies);
    this.addRepair(dependencies, reread);
    const connection = this.connecting(dependencies);
    const bus = this.bus(dependencies.store, connection);
    if (bus !== undefined) this.listen(bus, config);
    new CfnOutput(this, 'SalesforceConfigQueueUrl', { value: config.queueUrl });
    new CfnOutput(this, 'SalesforceConfigDeadLetterQueueUrl', { value: config.deadLetters.queueUrl });
    new CfnOutput(this, 'SalesforceRereadQueueUrl', { value: reread.queueUrl });
    new CfnOutput(this, 'SalesforceRereadDeadLetterQueueUrl', { value: reread.deadLetters.queueUrl });
  }
}

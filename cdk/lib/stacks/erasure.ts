import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';

import definition from '../../erasure.asl.json';
import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, type Action, FairleadFunction, KEEPING, type Resource } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue } from '../queues';
import { API_TIMEOUT } from './api';
import type { Buckets, TableName } from './data';
import type { TokenVariables } from './identity';

/** How long a step may take. What is left then is the next call's. */
const STEP_TIMEOUT = Duration.minutes(1);

const START_TIMEOUT = Duration.seconds(30);

const GET: Action = 'dynamodb:GetItem';
const QUERY: Action = 'dynamodb:Query';
const PUT: Action = 'dynamodb:PutItem';
const UPDATE: Action = 'dynamodb:UpdateItem';
const DELETE: Action = 'dynamodb:DeleteItem';

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly buckets: Buckets;
  readonly bus: events.EventBus;
  readonly userPool: cognito.IUserPool;
  readonly tokens: TokenVariables;
}

interface Step {
  readonly name: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly may: readonly (readonly [actions: readonly Action[], on: Resource])[];
  readonly mayOnObjects?: readonly (readonly [actions: readonly Action[], bucket: s3.Bucket, prefix: string])[];
}

/** What erases people: the API for it, and a state machine that goes through its steps and waits between them. */
export class ErasureStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'erasure', 'Fairlead: erasing people');
    this.api = this.answering(dependencies);
    const steps = this.steps(dependencies).map((step) => this.step(step));
    const machine = this.machine(steps);
    this.addStart(machine, dependencies.bus);
    this.watch(machine);
    new CfnOutput(this, 'ErasureMachineArn', { value: machine.stateMachineArn });
  }

  /** What people, partners' machines and whoever has an erasure's id ask. */
  private answering({ tables, buckets: { certificates }, tokens }: Dependencies): FairleadFunction {
    const { erasures, profiles, directory, ledger } = tables;
    const { grace } = this.deployment.stage.erasure;
    return new FairleadFunction(this, 'erasure-api', {
      description: 'Begins erasures, takes them back, shows how far they are, and takes acknowledgements of partners.',
      timeout: API_TIMEOUT,
      environment: {
        ERASURES_TABLE: erasures.tableName,
        PROFILES_TABLE: profiles.tableName,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        CERTIFICATES_BUCKET: certificates.bucketName,
        ...tokens,
        ERASURE_GRACE_SECONDS: seconds(grace),
      },
    })
      .may([GET, QUERY, PUT, UPDATE, DELETE], erasures)
      .may([QUERY], { arn: `${erasures.tableArn}/index/open` })
      .may(KEEPING, profiles)
      .may([GET, QUERY], directory)
      .may(ANSWERING_ONCE, ledger)
      .mayOnObjects(['s3:GetObject'], certificates, 'certificates');
  }

  /** The state machine's functions, each with what its code asks for. */
  private steps({ tables, buckets, userPool }: Dependencies): readonly Step[] {
    const { erasures, profiles, identifiers, receipts, quarantine } = tables;
    const { certificates, exports, events: bodies, claims } = buckets;
    const { deadline, reminders } = this.deployment.stage.erasure;
    const both = { ERASURES_TABLE: erasures.tableName, PROFILES_TABLE: profiles.tableName };
    return [
      {
        name: 'erasure-freeze',
        description: 'Closes all profiles of a person who is to be erased.',
        environment: both,
        may: [
          [[GET, QUERY, PUT, UPDATE], erasures],
          [[QUERY, UPDATE], profiles],
        ],
      },
      {
        name: 'erasure-release',
        description: 'Opens the profiles of a person again whose erasure was taken back.',
        environment: both,
        may: [
          [[GET, QUERY, UPDATE, DELETE], erasures],
          [[PUT, UPDATE], profiles],
        ],
      },
      {
        name: 'erasure-logins',
        description: 'Removes the logins of a person from the user pool.',
        environment: { ...both, USER_POOL_ID: userPool.userPoolId },
        may: [
          [[GET, QUERY, UPDATE], erasures],
          [[QUERY], profiles],
          [
            ['cognito-idp:ListUsers', 'cognito-idp:AdminUserGlobalSignOut', 'cognito-idp:AdminDeleteUser'],
            { arn: userPool.userPoolArn },
          ],
        ],
      },
      {
        name: 'erasure-data',
        description: 'Removes all rows of a person, and leaves the marks that keep them away.',
        environment: {
          ...both,
          IDENTIFIERS_TABLE: identifiers.tableName,
          RECEIPTS_TABLE: receipts.tableName,
          EXPORTS_BUCKET: exports.bucketName,
          EVENTS_TABLE: tables.events.tableName,
          WAITING_TABLE: tables.waiting.tableName,
          EVENTS_BUCKET: bodies.bucketName,
          CLAIMS_BUCKET: claims.bucketName,
          QUARANTINE_TABLE: quarantine.tableName,
        },
        may: [
          [[GET, QUERY, PUT, UPDATE], erasures],
          [['s3:ListBucket'], { arn: exports.bucketArn }],
          [['s3:ListBucket'], { arn: bodies.bucketArn }],
          [['s3:ListBucket'], { arn: claims.bucketArn }],
          [[GET, DELETE], tables.events],
          [[QUERY, DELETE], tables.waiting],
          [[QUERY, PUT, DELETE], profiles],
          [[PUT], identifiers],
          [[QUERY, UPDATE], receipts],
          [[QUERY], { arn: `${quarantine.tableArn}/index/about` }],
          [[DELETE], quarantine],
        ],
        mayOnObjects: [
          [['s3:DeleteObject'], exports, 'exports'],
          [['s3:DeleteObject'], bodies, 'events'],
          [['s3:DeleteObject'], bodies, 'rejected'],
          [['s3:DeleteObject'], claims, 'claims'],
        ],
      },
      {
        name: 'erasure-partners',
        description: 'Tells the partners who were given the data of a person that it is erased.',
        environment: { ...both, ERASURE_DEADLINE_SECONDS: seconds(deadline) },
        may: [
          [[GET, QUERY, PUT, UPDATE], erasures],
          [[PUT], profiles],
        ],
      },
      {
        name: 'erasure-reminders',
        description: 'Reminds partners who have not acknowledged an erasure yet.',
        environment: { ...both, ERASURE_REMINDER_SECONDS: seconds(reminders) },
        may: [
          [[GET, QUERY, UPDATE], erasures],
          [[PUT], profiles],
        ],
      },
      {
        name: 'erasure-certify',
        description: 'Writes the certificate of an erasure, with which it is done.',
        environment: { ...both, CERTIFICATES_BUCKET: certificates.bucketName },
        may: [
          [[GET, QUERY, UPDATE], erasures],
          [[PUT], profiles],
        ],
        mayOnObjects: [[['s3:PutObject'], certificates, 'certificates']],
      },
    ];
  }

  private step({ name, description, environment, may, mayOnObjects }: Step): FairleadFunction {
    const step = new FairleadFunction(this, name, { description, timeout: STEP_TIMEOUT, environment });
    for (const [actions, on] of may) step.may(actions, on);
    for (const [actions, bucket, prefix] of mayOnObjects ?? []) step.mayOnObjects(actions, bucket, prefix);
    return step;
  }

  /** The state machine of `erasure.asl.json`, which the simulation explores as it is deployed. */
  private machine(steps: readonly FairleadFunction[]): StateMachine {
    const { stage } = this.deployment;
    const role = new Role(this, 'erasure-role', {
      description: 'What the erasure may do: call its steps.',
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    });
    const arns = steps.map(({ functionArn }) => functionArn);
    role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: ['lambda:InvokeFunction'], resources: arns }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The delivery of logs by CloudWatch knows no resources.',
    });
    const whole = steps.reduce(
      (text, { node, functionArn }) => text.replaceAll(`\${${node.id}}`, functionArn),
      JSON.stringify(definition),
    );
    const machine = new StateMachine(this, 'erasure', {
      stateMachineName: `fairlead-${stage.name}-erasure`,
      definitionBody: DefinitionBody.fromString(whole),
      role,
      logs: {
        destination: new LogGroup(this, 'erasure-log', {
          // Under this prefix AWS delivers logs without growing the account's one log resource policy.
          logGroupName: `/aws/vendedlogs/fairlead/${stage.name}/erasure`,
          retention: stage.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'Its functions are traced; between them it waits for days, longer than a trace lasts.',
    });
    return machine;
  }

  /** What people asked for is started from a queue. */
  private addStart(machine: StateMachine, bus: events.EventBus): void {
    const queue = new WorkQueue(this, 'erasures-requested', START_TIMEOUT);
    new events.Rule(this, 'erasure-requests', {
      description: 'Queues the erasures that people asked for.',
      eventBus: bus,
      eventPattern: { source: ['dev.fairlead.erasure'], detailType: ['dev.fairlead.erasure.requested.v1'] },
      targets: [
        new SqsQueue(queue, {
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: new DeadLetterQueue(this, 'erasure-requests-dead-letters'),
        }),
      ],
    });
    const start = new FairleadFunction(this, 'erasure-start', {
      description: 'Starts the erasures that people asked for.',
      timeout: START_TIMEOUT,
      environment: { ERASURE_MACHINE_ARN: machine.stateMachineArn },
    })
      .may(['states:StartExecution'], { arn: machine.stateMachineArn })
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue);
    new EventSourceMapping(this, 'erasures-requested-to-erasure-start', {
      target: start,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }

  private watch(machine: StateMachine): void {
    const each = { period: Duration.minutes(5), statistic: Stats.SUM };
    const alarms: readonly (readonly [id: string, metric: IMetric, description: string])[] = [
      ['stuck', machine.metricFailed(each), 'An erasure failed: docs/flows/erasure.md says how it goes on.'],
      ['aborted', machine.metricAborted(each), 'Somebody stopped an erasure: it is to be started again.'],
      ['timed-out', machine.metricTimedOut(each), 'An erasure took longer than a state machine may.'],
      [
        'unacknowledged',
        new Metric({
          namespace: 'Fairlead',
          metricName: 'erasures_unacknowledged',
          dimensionsMap: { service: 'erasure-reminders' },
          ...each,
        }),
        'A partner did not say in time that it erased what it was given.',
      ],
    ];
    for (const [id, metric, alarmDescription] of alarms) {
      new Alarm(this, `erasure-${id}`, {
        alarmDescription,
        metric,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
  }
}

function seconds(duration: Duration): string {
  return String(duration.toSeconds());
}

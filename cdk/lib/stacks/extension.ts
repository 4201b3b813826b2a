import { ArnFormat, CfnOutput, Duration, type SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';

import { PrivateBucket } from '../buckets';
import { ContextStack, type Deployment } from '../context-stack';
import { CountedAlarm } from '../counted-alarm';
import { ExtensionBoundary, type HostNames, type HostValues, below, hostNames } from '../extension-hosts';
import { addDispatch, addEnrich } from '../extension-runs';
import { ANSWERING_ONCE, FairleadFunction, type Resource } from '../fairlead-function';
import { MacKey } from '../keys';
import { DeadLetterQueue, WorkQueue, queuePrefix } from '../queues';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';
import type { TokenVariables } from './identity';

/** Long enough to compile a module and to wait for a role and for two functions. */
const REGISTER_TIMEOUT = Duration.minutes(5);
const COMPILE_TIMEOUT = Duration.seconds(60);
const SWEEP_TIMEOUT = Duration.minutes(5);
/** A round through ten thousand tenants takes two and a half hours. */
const SWEEP_INTERVAL = Duration.minutes(15);

/** What is counted and somebody should look at, by the function that counts it. */
const ALARMS: Readonly<Record<string, readonly [metricName: string, alarmDescription: string]>> = {
  'extension-register': ['extension_uploads_given_up', "A tenant's code could not be provided for."],
  'extension-sweep': ['extension_hosts_drifted', "Something of a tenant's host was not as it is to be, and is mended."],
};

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  /** The key of the tables and buckets. */
  readonly key: IKey;
  readonly tokens: TokenVariables;
  readonly bus: events.EventBus;
  /** What of the events no row holds. */
  readonly bodies: Bucket;
  readonly identifierKey: SecretValue;
}

/** Tenants' own code: pushed, registered, run on their events by hosts that are made for each tenant. */
export class ExtensionStack extends ContextStack {
  readonly api: FairleadFunction;
  private readonly bucket: Bucket;
  private readonly uploads: WorkQueue;
  private readonly names: HostNames;
  private readonly macKey: MacKey;

  constructor(
    deployment: Deployment,
    private readonly given: Dependencies,
  ) {
    super(deployment, 'extension', "Fairlead: tenants' own code");
    this.names = hostNames(this);
    this.uploads = new WorkQueue(this, 'extension-uploads', REGISTER_TIMEOUT);
    this.bucket = this.bucketOfCode();
    this.macKey = new MacKey(this, 'mac-key', "Marks what of tenants' code was compiled by Fairlead.");
    const asset = this.hostAsset();
    const values = this.values(asset);
    const hosts = this.toJsonString({ ...values, boundary: this.boundary(values) });
    const compile = this.compiling();
    this.addRegister(hosts, compile, asset);
    this.api = this.answering();
    this.addSweep(hosts);
    const runs = { ...given, hosts: this.queues() };
    addDispatch(this, runs);
    addEnrich(this, runs);
    new CfnOutput(this, 'ExtensionsBucket', { value: this.bucket.bucketName });
    new CfnOutput(this, 'ExtensionUploadsQueueUrl', { value: this.uploads.queueUrl });
    new CfnOutput(this, 'ExtensionUploadsDeadLetterQueueUrl', { value: this.uploads.deadLetters.queueUrl });
  }

  /** Packages as they were pushed go after a day; what was taken of them stays as long as its version does. */
  private bucketOfCode(): Bucket {
    const { key } = this.given;
    const bucket = new PrivateBucket(this, 'extensions', key, [{ prefix: 'uploads/', expiration: Duration.days(1) }]);
    // A bucket tells nothing to a queue that does not let it: so the queue's policy comes first, and can't name it.
    const policy = new PolicyStatement({
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.uploads.queueArn],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
    const { policyDependable } = this.uploads.addToResourcePolicy(policy);
    const template = bucket.node.defaultChild as CfnBucket;
    // Written into the template itself: CDK would make a function of its own for it.
    template.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.uploads.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'uploads/' }] } },
        },
      ],
    };
    if (policyDependable !== undefined) bucket.node.addDependency(policyDependable);
    return bucket;
  }

  /** The host as it was built: no function of the template, but what each tenant's is made of. */
  private hostAsset(): Asset {
    return new Asset(this, 'extension-host', { path: this.deployment.artefacts.folder('extension-host') });
  }

  /** What extension-host.json leaves a place for that is the same for all tenants. */
  private values(asset: Asset): HostValues {
    const { tables, bus, bodies } = this.given;
    const arn = (service: string) =>
      this.formatArn({ service, resource: '', arnFormat: ArnFormat.NO_RESOURCE_NAME }).replace(/:$/, '');
    return {
      architecture: this.deployment.stage.architecture.name,
      bodies: bodies.bucketArn,
      bodies_name: bodies.bucketName,
      bus: bus.eventBusArn,
      bus_name: bus.eventBusName,
      directory: tables.directory.tableArn,
      directory_name: tables.directory.tableName,
      extensions: this.bucket.bucketArn,
      extensions_name: this.bucket.bucketName,
      host_code_bucket: asset.s3BucketName,
      host_code_key: asset.s3ObjectKey,
      lambda_arn: arn('lambda'),
      ledger: tables.ledger.tableArn,
      ledger_name: tables.ledger.tableName,
      logs_arn: arn('logs'),
      mac_key: this.macKey.keyArn,
      sqs_arn: arn('sqs'),
    };
  }

  private boundary(values: HostValues): string {
    return new ExtensionBoundary(this, 'boundary', values, this.given.bodies).managedPolicyArn;
  }

  /** Reads strangers' modules: so it may do nothing else. */
  private compiling(): FairleadFunction {
    return new FairleadFunction(this, 'extension-compile', {
      description: "Compiles tenants' modules, and marks what it compiled.",
      timeout: COMPILE_TIMEOUT,
      // Half a processor's worth of seconds is a whole one's with this.
      memorySize: 2048,
      environment: { EXTENSIONS_BUCKET: this.bucket.bucketName, EXTENSION_MAC_KEY: this.macKey.keyArn },
    })
      .mayOnObjects(['s3:GetObject'], this.bucket, 'code')
      .mayOnObjects(['s3:GetObject', 's3:PutObject'], this.bucket, 'compiled')
      .may(['kms:GenerateMac', 'kms:VerifyMac'], { arn: this.macKey.keyArn });
  }

  /** The one function that makes and removes what is a tenant's. */
  private addRegister(hosts: string, compile: FairleadFunction, asset: Asset): void {
    const { tables, bus } = this.given;
    const register = new FairleadFunction(this, 'extension-register', {
      description: "Registers tenants' code, and makes and removes what runs it.",
      timeout: REGISTER_TIMEOUT,
      // A package and all of its files are held at once.
      memorySize: 512,
      environment: {
        DIRECTORY_TABLE: tables.directory.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        EXTENSIONS_BUCKET: this.bucket.bucketName,
        EXTENSION_COMPILE_FUNCTION: compile.functionName,
        EXTENSION_HOSTS: hosts,
        ...this.naming(),
        EVENT_BUS_NAME: bus.eventBusName,
      },
    })
      .may(
        [
          'dynamodb:ConditionCheckItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        tables.directory,
      )
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], tables.ledger)
      .may(['events:PutEvents'], bus)
      .may(['lambda:InvokeFunction'], { arn: compile.functionArn })
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], this.uploads)
      .may(['s3:ListBucket'], { arn: this.bucket.bucketArn })
      .may(['s3:GetObject'], { arn: asset.bucket.arnForObjects(asset.s3ObjectKey) })
      .mayOnObjects(['s3:DeleteObject', 's3:GetObject'], this.bucket, 'uploads')
      .mayOnObjects(['s3:DeleteObject', 's3:PutObject'], this.bucket, 'packages')
      // Lambda has the code of a function fetched by whoever makes it.
      .mayOnObjects(['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], this.bucket, 'code')
      .mayOnObjects(['s3:DeleteObject'], this.bucket, 'compiled');
    this.mayMakeRoles(register);
    this.mayMakeFunctions(register);
    this.mayMakeQueuesAndLogs(register);
    new EventSourceMapping(this, 'extension-uploads-to-extension-register', {
      target: register,
      eventSourceArn: this.uploads.queueArn,
      // Each takes as long as it takes.
      batchSize: 1,
      reportBatchItemFailures: true,
    });
    this.watch(register);
  }

  /** Only within the boundary, only by these names, and only for functions: so no role opens more than a host's. */
  private mayMakeRoles(register: FairleadFunction): void {
    const roles = this.roles();
    register.mayOnTenants(['iam:DeleteRole', 'iam:GetRole', 'iam:GetRolePolicy', 'iam:TagRole'], roles);
    const bounded = ['iam:CreateRole', 'iam:DeleteRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'] as const;
    const boundary = this.formatArn({
      service: 'iam',
      region: '',
      resource: 'policy',
      resourceName: `fairlead-${this.deployment.stage.name}-extension-boundary`,
    });
    register.mayOnTenants([...bounded], roles, this.conditions({ StringEquals: { 'iam:PermissionsBoundary': boundary } }));
    register.mayOnTenants(['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } });
  }

  private mayMakeFunctions(register: FairleadFunction): void {
    const functions = this.functions();
    register.mayOnTenants(
      [
        'lambda:DeleteFunction',
        'lambda:GetFunction',
        'lambda:PublishVersion',
        'lambda:PutFunctionConcurrency',
        'lambda:TagResource',
        'lambda:UpdateFunctionCode',
        'lambda:UpdateFunctionConfiguration',
      ],
      functions,
    );
    const { iamConditions } = this.deployment.stage.offers;
    register.mayOnTenants(['lambda:CreateFunction'], iamConditions ? functions : [{ arn: '*' }]);
    const ofHosts = { ArnLike: { 'lambda:FunctionArn': below(this, 'lambda', 'function', this.names.hosts) } };
    register.mayOnTenants(
      ['lambda:CreateEventSourceMapping', 'lambda:DeleteEventSourceMapping'],
      [{ arn: '*' }],
      this.conditions(ofHosts),
    );
    // It knows no resource.
    register.may(['lambda:ListEventSourceMappings'], { arn: '*' });
  }

  private mayMakeQueuesAndLogs(register: FairleadFunction): void {
    register.mayOnTenants(
      [
        'sqs:CreateQueue',
        'sqs:DeleteQueue',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:SetQueueAttributes',
        'sqs:TagQueue',
      ],
      this.queues(),
    );
    register.mayOnTenants(
      ['logs:CreateLogGroup', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy', 'logs:TagResource'],
      this.logGroups(),
    );
  }

  private answering(): FairleadFunction {
    const { tables, tokens, bus } = this.given;
    return new FairleadFunction(this, 'extension-api', {
      description: "Takes tenants' code, shows how it is doing, and has another version run, or none.",
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        DIRECTORY_TABLE: tables.directory.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        EXTENSIONS_BUCKET: this.bucket.bucketName,
        EXTENSION_UPLOADS_QUEUE_URL: this.uploads.queueUrl,
        ...this.naming(),
        EVENT_BUS_NAME: bus.eventBusName,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], tables.directory)
      .may([...ANSWERING_ONCE, 'dynamodb:BatchGetItem', 'dynamodb:GetItem'], tables.ledger)
      .may(['events:PutEvents'], bus)
      .may(['sqs:SendMessage'], this.uploads)
      .mayOnObjects(['s3:PutObject'], this.bucket, 'uploads')
      .mayOnTenants(['logs:FilterLogEvents'], this.logGroups());
  }

  /** Looks whether everything is there and as it is to be, and has it mended. */
  private addSweep(hosts: string): void {
    const { tables } = this.given;
    const deadLetters = new DeadLetterQueue(this, 'extension-sweep-dead-letters');
    const sweep = new FairleadFunction(this, 'extension-sweep', {
      description: "Finds what of tenants' hosts is not as it is to be, and has it mended.",
      timeout: SWEEP_TIMEOUT,
      environment: {
        DIRECTORY_TABLE: tables.directory.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        EXTENSION_UPLOADS_QUEUE_URL: this.uploads.queueUrl,
        EXTENSION_HOSTS: hosts,
        ...this.naming(),
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], tables.ledger)
      .may(['sqs:SendMessage'], this.uploads, deadLetters)
      .mayOnTenants(['iam:GetRole', 'iam:GetRolePolicy'], this.roles())
      .mayOnTenants(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], this.queues())
      .mayOnTenants(['lambda:GetFunction'], this.functions())
      // They know no resource.
      .may(['lambda:ListEventSourceMappings', 'lambda:ListFunctions'], { arn: '*' });
    // The next run is the retry of this one.
    sweep.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: SWEEP_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'extensions-swept', {
      description: 'Starts extension-sweep.',
      schedule: events.Schedule.rate(SWEEP_INTERVAL),
      targets: [new LambdaFunction(sweep, { retryAttempts: 2, maxEventAge: SWEEP_INTERVAL, deadLetterQueue: deadLetters })],
    });
    this.watch(sweep);
  }

  private watch(counting: FairleadFunction): void {
    const alarm = ALARMS[counting.node.id];
    if (alarm === undefined) throw new Error(`nobody watches what ${counting.node.id} counts`);
    const [metricName, description] = alarm;
    const where = 'docs/flows/extension-registration.md';
    new CountedAlarm(this, `${counting.node.id}-counted`, counting, metricName, `${description} ${where}`);
  }

  /** How names begin, for whoever gives them or looks for them. */
  private naming(): Readonly<Record<string, string>> {
    const { stage } = this.deployment;
    return { EXTENSION_PREFIX: queuePrefix(stage), EXTENSION_LOGS: `/fairlead/${stage.name}` };
  }

  private roles(): Resource[] {
    return [this.names.hosts, this.names.functions].map((name) => ({ arn: below(this, 'iam', 'role', name) }));
  }

  private functions(): Resource[] {
    return [this.names.hosts, this.names.functions].map((name) => ({ arn: below(this, 'lambda', 'function', name) }));
  }

  private queues(): Resource[] {
    return [{ arn: below(this, 'sqs', '', this.names.queues) }];
  }

  private logGroups(): Resource[] {
    const { name } = this.deployment.stage;
    return ['extension-host-', 'x-'].map((what) => ({ arn: below(this, 'logs', 'log-group', `/fairlead/${name}/${what}`) }));
  }

  /** Conditions where the platform below tells what they are about. */
  private conditions(conditions: Record<string, Record<string, string>>): Record<string, Record<string, string>> {
    return this.deployment.stage.offers.iamConditions ? conditions : {};
  }
}

import { ArnFormat, CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { ContextStack } from './context-stack';
import type { Stage } from './stages';

/** Anything that a permission can be given on. */
export type Resource =
  | { readonly tableArn: string }
  | { readonly queueArn: string }
  | { readonly eventBusArn: string }
  | { readonly topicArn: string }
  | { readonly arn: string };

/** One action of one service; never a pattern. */
export type Action = `${string}:${string}`;

/** What it takes on the profiles to write what several of a person's members show. */
export const KEEPING: readonly Action[] = [
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** What it takes on the ledger to answer a request once under its idempotency key. */
export const ANSWERING_ONCE: readonly Action[] = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** The ARN of the account's log groups, as cdk-nag writes it. */
const LOG_GROUPS = 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group';

export interface FairleadFunctionProps {
  /** What it does, in one sentence. */
  readonly description: string;
  readonly timeout: Duration;
  /** How much memory it has, in megabytes, and with it how much of a processor. */
  readonly memorySize?: number;
  /** Beside these the function reads only what Lambda itself sets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files that lie beside its executable, by their names. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** What a function is called. */
export function nameOfFunction({ name: stage }: Stage, name: string): string {
  return `fairlead-${stage}-${name}`;
}

/**
 * A Fairlead function. Its name is one everywhere: the folder below `functions/`, the package,
 * the construct and `service` in its logs. It runs under a role of its own that starts with no more
 * than the right to write its log and its traces; `may` adds to that, one sentence for each
 * capability the Rust code asks for.
 */
export class FairleadFunction extends LambdaFunction {
  /** All that it may do beside writing its traces. */
  readonly allowed: PolicyStatement[] = [];
  private readonly ownRole: Role;

  constructor(scope: Construct, name: string, props: FairleadFunctionProps) {
    const { stage, artefacts } = ContextStack.deploymentOf(scope);
    const logGroupName = `/fairlead/${stage.name}/${name}`;
    const logGroup = new LogGroup(scope, `${name}-log`, {
      logGroupName,
      retention: stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${name}-role`, {
      description: `What ${name} may do.`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    super(scope, name, {
      functionName: nameOfFunction(stage, name),
      description: props.description,
      code: artefacts.code(name, props.beside),
      handler: 'bootstrap',
      runtime: Runtime.PROVIDED_AL2023,
      architecture: stage.architecture,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout,
      role,
      environment: { ...props.environment },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
    });

    this.ownRole = role;
    this.may(['logs:CreateLogStream', 'logs:PutLogEvents'], {
      arn: Stack.of(this).formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: `${logGroupName}:log-stream:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    });
    Validations.of(role).acknowledge(
      {
        id: `AwsSolutions-IAM5[Resource::${LOG_GROUPS}:${logGroupName}:log-stream:*]`,
        reason: "Lambda names the streams of the function's own log group as it starts instances.",
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: "X-Ray's PutTraceSegments and PutTelemetryRecords know no resources.",
      },
    );
    new CfnOutput(Stack.of(this), `${pascalCase(name)}FunctionName`, { value: this.functionName });
  }

  /** Allows exactly these actions on exactly these resources. */
  may(actions: readonly Action[], ...resources: readonly Resource[]): this {
    this.allow(new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: resources.map(arnOf) }));
    return this;
  }

  /** Allows exactly these actions on the objects of a bucket whose keys begin with `prefix/`. */
  mayOnObjects(actions: readonly Action[], bucket: Bucket, prefix: string): this {
    const reason = 'An object has an ARN of its own: this allows those below one prefix.';
    return this.mayOn(actions, bucket, `${prefix}/*`, reason);
  }

  /** Allows exactly these actions on any object of a bucket in which somebody else chooses the keys. */
  mayOnAllObjects(actions: readonly Action[], bucket: Bucket): this {
    const reason = 'An object has an ARN of its own, and a service of AWS chooses the keys in this bucket.';
    return this.mayOn(actions, bucket, '*', reason);
  }

  private mayOn(actions: readonly Action[], bucket: Bucket, keys: string, reason: string): this {
    const acknowledgements = namesOf(bucket).map((name) => ({
      id: `AwsSolutions-IAM5[Resource::${name}/${keys}]`,
      reason,
    }));
    Validations.of(this.ownRole).acknowledge(...acknowledgements);
    return this.may(actions, { arn: bucket.arnForObjects(keys) });
  }

  /**
   * Allows exactly these actions on what is made and removed for tenants, whose names begin alike, or which has no name
   * yet, under these conditions.
   */
  mayOnTenants(
    actions: readonly Action[],
    resources: readonly Resource[],
    conditions: Record<string, Record<string, string>> = {},
  ): this {
    const reason = 'It is made for tenants while the stage is there: this allows what bears such names, or has none yet.';
    const stack = Stack.of(this);
    Validations.of(this.ownRole).acknowledge(
      ...resources.map((resource) => ({
        id: `AwsSolutions-IAM5[Resource::${inWords(stack.resolve(arnOf(resource)))}]`,
        reason,
      })),
    );
    this.allow(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: resources.map(arnOf), conditions }),
    );
    return this;
  }

  /** Allows reading the secrets whose names begin with `prefix/`. */
  mayReadSecrets(prefix: string): this {
    Validations.of(this.ownRole).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}/*]`,
      reason: 'Operators make a secret for each hook: this allows those below one prefix.',
    });
    const arn = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${prefix}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return this.may(['secretsmanager:GetSecretValue'], { arn });
  }

  /**
   * Allows exactly these actions on what calls this function, and so refers to it. The function waits for its role
   * and all that stands below it; this policy stands beside it, so that the two do not wait for each other.
   */
  mayOnItsCaller(actions: readonly Action[], caller: Resource): this {
    return this.mayBy('caller-policy', actions, [caller]);
  }

  /**
   * Allows exactly these actions on these resources by a policy of its own: CDK takes policies for longer than they
   * are, and makes a managed one of what it thinks is too much.
   */
  mayApart(actions: readonly Action[], ...resources: readonly Resource[]): this {
    return this.mayBy('further-policy', actions, resources);
  }

  private mayBy(policy: string, actions: readonly Action[], resources: readonly Resource[]): this {
    const statement = new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: resources.map(arnOf) });
    this.allowed.push(statement);
    new Policy(Stack.of(this), `${this.node.id}-${policy}`, { roles: [this.ownRole], statements: [statement] });
    return this;
  }

  /** For the rare permission that `may` can't say; the caller tells why. */
  allow(statement: PolicyStatement): void {
    const { batchesAsMessages } = ContextStack.deploymentOf(this).stage.offers;
    if (!batchesAsMessages && statement.actions.includes('sqs:SendMessage')) {
      statement.addActions('sqs:SendMessageBatch');
    }
    this.allowed.push(statement);
    this.addToRolePolicy(statement);
  }
}

function arnOf(resource: Resource): string {
  if ('tableArn' in resource) return resource.tableArn;
  if ('queueArn' in resource) return resource.queueArn;
  if ('eventBusArn' in resource) return resource.eventBusArn;
  if ('topicArn' in resource) return resource.topicArn;
  return resource.arn;
}

type Part = string | { readonly Ref: string } | { readonly 'Fn::GetAtt': readonly [string, string] } | { readonly 'Fn::ImportValue': string };

/** An ARN, resolved, as cdk-nag writes it. */
export function inWords(arn: string | { readonly 'Fn::Join': readonly [string, readonly Part[]] }): string {
  if (typeof arn === 'string') return arn;
  return arn['Fn::Join'][1].map(partInWords).join('');
}

function partInWords(part: Part): string {
  if (typeof part === 'string') return part;
  if ('Ref' in part) return `<${part.Ref}>`;
  return 'Fn::GetAtt' in part ? `<${part['Fn::GetAtt'].join('.')}>` : part['Fn::ImportValue'];
}

/** The ARN of a bucket of another stack as cdk-nag writes it, before and after it is an export of that stack. */
export function namesOf(bucket: Bucket): string[] {
  const stack = Stack.of(bucket);
  const { 'Fn::ImportValue': exported } = stack.resolve(stack.exportValue(bucket.bucketArn)) as Record<string, string>;
  return [`<${stack.getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>`, String(exported)];
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

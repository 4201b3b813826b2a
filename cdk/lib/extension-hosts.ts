import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import template from '../extension-host.json';
import { ContextStack } from './context-stack';
import { inWords, namesOf } from './fairlead-function';
import { USING } from './keys';

/** What the template leaves a place for that is the same for all hosts of a stage, by the name of the place. */
export type HostValues = Readonly<Record<string, string>>;

/** How the names begin of all that is made for tenants: shared/extension gives them. */
export interface HostNames {
  /** Of their hosts' functions and roles. */
  readonly hosts: string;
  /** Of functions and roles of extensions that have one of their own. */
  readonly functions: string;
  /** Of their queues. */
  readonly queues: string;
}

export function hostNames(scope: Construct): HostNames {
  const prefix = `fairlead-${ContextStack.deploymentOf(scope).stage.name}-`;
  return { hosts: `${prefix}extension-host-`, functions: `${prefix}x-`, queues: `${prefix}extension-of-` };
}

/** The ARN of everything of a kind whose name begins so. */
export function below(scope: Construct, service: string, resource: string, beginning: string): string {
  const stack = Stack.of(scope);
  if (service === 'sqs') {
    return stack.formatArn({ service, resource: `${beginning}*`, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }
  const region = service === 'iam' ? { region: '' } : {};
  const arnFormat = service === 'iam' ? ArnFormat.SLASH_RESOURCE_NAME : ArnFormat.COLON_RESOURCE_NAME;
  return stack.formatArn({ service, resource, resourceName: `${beginning}*`, arnFormat, ...region });
}

/**
 * The most that anything of a tenant's may do, whatever its own policy says: what the template allows, with every
 * tenant's name in the places for them. Only within it extension-register may make a role.
 */
export class ExtensionBoundary extends ManagedPolicy {
  /** @param bodies the bucket of another stack that is among the values */
  constructor(scope: Construct, id: string, values: HostValues, bodies: Bucket) {
    const { stage } = ContextStack.deploymentOf(scope);
    const statements = [...within(scope, values), encrypted()];
    super(scope, id, {
      managedPolicyName: `fairlead-${stage.name}-extension-boundary`,
      description: 'The most that the code of any tenant may do.',
      statements,
    });
    const resources = statements.flatMap((statement) => statement.resources).filter((resource) => resource.includes('*'));
    const open = resources.map((resource) => inWords(Stack.of(this).resolve(resource)));
    const elsewhere = namesOf(bodies).map((name) => `${name}/events/*/*`);
    Validations.of(this).acknowledge(
      ...[...new Set([...open, ...elsewhere])].map((resource) => ({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason: 'A boundary allows nothing by itself: it says how far the policies may go that tenants\' roles have.',
      })),
    );
  }
}

/** The template's statements; where it says which of a tenant's, the boundary says any tenant's. */
function within(scope: Construct, values: HostValues): PolicyStatement[] {
  const { hosts, functions, queues } = hostNames(scope);
  const logs = ContextStack.deploymentOf(scope).stage.name;
  const any: HostValues = {
    ...values,
    tenant: '*',
    log_group: `/fairlead/${logs}/*`,
    queue: `${queues}*`,
    fifo: `${queues}*`,
    dead_letters: `${queues}*`,
    fifo_dead_letters: `${queues}*`,
    functions,
    hosts,
  };
  return template.host.policy.Statement.map((statement) => {
    const { Action, Resource, Condition } = statement as Statement;
    return new PolicyStatement({
      effect: Effect.ALLOW,
      actions: list(Action),
      resources: [...new Set(list(Resource).map((resource) => fill(resource, any)))],
      ...(Condition !== undefined && !namesATenant(Condition) && { conditions: Condition }),
    });
  });
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, unknown>;
}

/** What lies under a key of ours is used through the service that keeps it alone. */
function encrypted(): PolicyStatement {
  const services = ['dynamodb', 's3'].map((service) => `${service}.${Aws.REGION}.amazonaws.com`);
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...USING],
    resources: ['*'],
    conditions: { StringEquals: { 'kms:ViaService': services } },
  });
}

function namesATenant(condition: Record<string, unknown>): boolean {
  return JSON.stringify(condition).includes('${tenant}');
}

function fill(text: string, values: HostValues): string {
  return text.replace(/\$\{(\w+)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`extension-host.json leaves a place for ${name}, and nothing is there for it`);
    return value;
  });
}

function list(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}

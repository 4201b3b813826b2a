import { type App, Token } from 'aws-cdk-lib';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventBus, CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscription, CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';

import { ContextStack } from './context-stack';
import { FairleadFunction, nameOfFunction } from './fairlead-function';
import { DeadLetterQueue } from './queues';
import { ownerOf, referredTo } from './references';
import { nameOfRule } from './rules';

/** The file beside operations-api in which it finds what is described here. */
export const HOUSE_FILE = 'house.json';

/** What people and machines ask: it feeds whatever answers them. */
const API = 'api/http';

/** What a function may do by which it feeds something else. */
const FEEDING: ReadonlySet<string> = new Set([
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'events:PutEvents',
  'lambda:InvokeFunction',
  'sns:Publish',
  'sqs:SendMessage',
  'states:StartExecution',
]);

/** Kinds of which CloudWatch tells nothing here: they are of interest for what they feed, or what feeds them. */
const UNCOUNTED: ReadonlySet<string> = new Set(['state-machine', 'table', 'topic', 'user-pool']);

/** A part of the house. */
export interface DescribedPart {
  /** The context in whose stack it stands. */
  readonly context: string;
  /** What CloudWatch counts it as, if it does and that is known before it is deployed. */
  readonly counted_as?: string;
  /** The bus that a rule listens to, if it is not the account's own. */
  readonly bus?: string;
  /** Where what fails there ends. */
  readonly dead_letters?: string;
}

/** What a deployment is made of and what feeds what, as `House` of shared/house reads it. Parts are called `<kind>/<name>`. */
export interface DescribedHouse {
  readonly parts: Readonly<Record<string, DescribedPart>>;
  readonly feeds: Readonly<Record<string, readonly string[]>>;
}

/** The same, and by which names CloudWatch counts what has its name only once it is deployed. */
export interface Described {
  readonly house: DescribedHouse;
  readonly names: Readonly<Record<string, string>>;
}

/**
 * Describes what there is by now in `app`, by what its constructs say of themselves; and `own`, the function that is to
 * tell of it. `answering` are the functions that answer the API, which is made last.
 */
export function describedHouse(app: App, answering: readonly FairleadFunction[], own: DescribedOwn): Described {
  const found = new Found();
  for (const node of app.node.findAll()) found.part(node);
  found.own(own);
  for (const node of app.node.findAll()) found.wires(node);
  for (const { node } of answering) found.feeds(API, `function/${node.id}`);
  return found.described();
}

/** The function that tells of the house, and so is not there yet. */
interface DescribedOwn {
  readonly name: string;
  readonly stack: ContextStack;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What was found so far. */
class Found {
  private readonly parts = new Map<string, Writable<DescribedPart>>();
  private readonly ids = new Map<IConstruct, string>();
  private readonly fed = new Map<string, Set<string>>();
  private readonly names: Record<string, string> = {};

  /** Notes a construct that is a part. */
  part(node: IConstruct): void {
    const kind = kindOf(node);
    if (kind === undefined) return;
    const owner = ownerOf(node);
    const { context } = ContextStack.around(node);
    // A bus has no name of its own here: it is the one of its context.
    const id = `${kind}/${kind === 'bus' ? context : owner.node.id}`;
    if (this.parts.has(id)) throw new Error(`${node.node.path}: there is another ${id}; give it a name of its own`);
    this.ids.set(owner, id);
    this.parts.set(id, { context });
    const counted = countedAs(node);
    if (counted === undefined) return;
    if (Token.isUnresolved(counted)) this.names[id] = counted;
    else this.parts.set(id, { context, counted_as: counted });
  }

  /** Notes the function that is to tell of it all, and what people and machines ask. */
  own({ name, stack }: DescribedOwn): void {
    const { context } = stack;
    this.parts.set(`function/${name}`, { context, counted_as: nameOfFunction(stack.deployment.stage, name) });
    this.parts.set(API, { context: 'api' });
    this.feeds(API, `function/${name}`);
  }

  /** Notes what a construct says of who feeds whom. */
  wires(node: IConstruct): void {
    if (node instanceof CfnQueue) this.failing(node);
    if (node instanceof CfnEventSourceMapping) this.mapping(node);
    if (node instanceof CfnRule) this.rule(node);
    if (node instanceof CfnSubscription) this.each(node, node.topicArn, node.endpoint);
    if (node instanceof CfnUserPool) this.invoking(node, node.lambdaConfig);
    if (node instanceof CfnStateMachine) this.invoking(node, [node.definitionString, node.definitionSubstitutions]);
    if (node instanceof FairleadFunction) this.allowed(node);
  }

  feeds(from: string, to: string): void {
    const fed = this.fed.get(from) ?? new Set();
    this.fed.set(from, fed.add(to));
  }

  described(): Described {
    const fed = new Set([...this.fed.values()].flatMap((to) => [...to]));
    const isThere = (id: string) => this.fed.has(id) || fed.has(id) || !UNCOUNTED.has(kindIn(id));
    const parts = [...this.parts].filter(([id]) => isThere(id)).sort(byName);
    const feeds = [...this.fed].map(([from, to]): [string, string[]] => [from, [...to].sort()]).sort(byName);
    return { house: { parts: Object.fromEntries(parts), feeds: Object.fromEntries(feeds) }, names: this.names };
  }

  private failing(node: CfnQueue): void {
    for (const deadLetters of this.idsIn(node, node.redrivePolicy)) this.endsIn(this.id(node), deadLetters);
  }

  private mapping(node: CfnEventSourceMapping): void {
    this.each(node, node.eventSourceArn, node.functionName);
    const [reader] = this.idsIn(node, node.functionName);
    const [failed] = this.idsIn(node, node.destinationConfig);
    if (reader !== undefined && failed !== undefined) this.endsIn(reader, failed);
  }

  private rule(node: CfnRule): void {
    const id = this.id(node);
    for (const bus of this.idsIn(node, node.eventBusName)) {
      this.parts.get(id)!.bus = bus;
      this.feeds(bus, id);
    }
    for (const target of this.idsIn(node, node.targets)) {
      if (kindIn(target) === 'dead-letters') this.endsIn(id, target);
      else this.feeds(id, target);
    }
  }

  /** Whatever calls functions by their ARNs. */
  private invoking(node: IConstruct, value: unknown): void {
    for (const to of this.idsIn(node, value)) this.feeds(this.id(node), to);
  }

  private allowed(node: FairleadFunction): void {
    const from = `function/${node.node.id}`;
    for (const { actions, resources } of node.allowed) {
      if (!actions.some((action) => FEEDING.has(action))) continue;
      for (const to of this.idsIn(node, resources)) {
        if (kindIn(to) !== 'dead-letters') this.feeds(from, to);
      }
    }
  }

  private each(node: IConstruct, from: unknown, to: unknown): void {
    for (const one of this.idsIn(node, from)) {
      for (const other of this.idsIn(node, to)) this.feeds(one, other);
    }
  }

  private endsIn(id: string, deadLetters: string): void {
    this.parts.get(id)!.dead_letters = deadLetters;
  }

  private id(node: IConstruct): string {
    return this.ids.get(ownerOf(node)) ?? node.node.path;
  }

  /** The parts that a value refers to. */
  private idsIn(node: IConstruct, value: unknown): string[] {
    return referredTo(node, value).flatMap((owner) => this.ids.get(owner) ?? []);
  }
}

/** What kind of part a resource is; a queue is one by what it belongs to. */
function kindOf(node: IConstruct): string | undefined {
  if (node instanceof CfnFunction) return ownerOf(node) instanceof FairleadFunction ? 'function' : undefined;
  if (node instanceof CfnQueue) return ownerOf(node) instanceof DeadLetterQueue ? 'dead-letters' : 'queue';
  if (node instanceof CfnRule) return node.scheduleExpression === undefined ? 'rule' : 'schedule';
  if (node instanceof CfnEventBus) return 'bus';
  if (node instanceof CfnTable) return 'table';
  if (node instanceof CfnTopic) return 'topic';
  if (node instanceof CfnUserPool) return 'user-pool';
  return node instanceof CfnStateMachine ? 'state-machine' : undefined;
}

function countedAs(node: IConstruct): string | undefined {
  if (node instanceof CfnFunction) return node.functionName;
  if (node instanceof CfnQueue) return node.queueName;
  if (node instanceof CfnEventBus) return node.name;
  return node instanceof CfnRule ? nameOfRule(node) : undefined;
}

function kindIn(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

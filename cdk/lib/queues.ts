import { type CfnResource, Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import described from '../dead-letters.json';
import { ContextStack } from './context-stack';
import { nameOfPartner, type Stage } from './stages';

/** Marks a dead-letter queue in the template: one that only a rule or a function uses can't be told otherwise. */
export const DEAD_LETTER_QUEUE_MARK = 'fairlead:dead-letter-queue';

/** What is known of a dead-letter queue beforehand, which dead-letters-api reads as well. */
export interface DeadLetters {
  /** What fills it: another queue, a rule that can't deliver, a schedule's run that failed, the reader of a stream. */
  readonly filled_by: string;
  /** Whose work it was. */
  readonly function: string;
  /** The queue that its messages go back to, if it is one. */
  readonly back?: string;
  /** The table whose stream is read. */
  readonly table?: string;
  /** What a stage has to have so that it has this queue, if not every stage has. */
  readonly with?: string;
}

/** What a stage has of that which not every stage has: `with` in dead-letters.json, and `QUEUES_WITH` of dead-letters-api. */
export function partsOf({ salesforce }: Stage): readonly string[] {
  return salesforce === undefined ? [] : ['salesforce'];
}

/** In the name of a queue that each partner has who takes events by a topic: the partner. */
const EACH_PARTNER = '*';

/** All dead-letter queues of a stage. */
export function deadLettersOf(stage: Stage): Readonly<Record<string, DeadLetters>> {
  const partners = stage.fanOut.map(nameOfPartner);
  const parts = partsOf(stage);
  const all = Object.entries<DeadLetters>(described).flatMap(([id, letters]): [string, DeadLetters][] => {
    if (letters.with !== undefined && !parts.includes(letters.with)) return [];
    if (!id.includes(EACH_PARTNER)) return [[id, letters]];
    return partners.map((partner) => {
      const { back } = letters;
      const theirs = back === undefined ? letters : { ...letters, back: back.replace(EACH_PARTNER, partner) };
      return [id.replace(EACH_PARTNER, partner), theirs];
    });
  });
  return Object.fromEntries(all);
}

/** SQS takes no longer name of a queue. */
export const LONGEST_QUEUE_NAME = 80;

/** How the names of a stage's queues begin: what follows is the construct's own. */
export function queuePrefix({ name }: Stage): string {
  return `fairlead-${name}-`;
}

function common(scope: Construct, id: string): QueueProps {
  const { stage } = ContextStack.deploymentOf(scope);
  return {
    // Dead letters are looked for by the name of their queue: docs/decisions/0110.
    queueName: `${queuePrefix(stage)}${id}`,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: stage.offers.tls,
    // The longest there is: a dead letter waits for a person, and keeps the age it had before.
    retentionPeriod: Duration.days(14),
    removalPolicy: stage.removalPolicy,
  };
}

/**
 * Where what could not be done is kept for a person to look at, with an alarm as soon as there is anything. It hands
 * nothing on, however often somebody looks at it.
 */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    const letters = deadLettersOf(ContextStack.deploymentOf(scope).stage)[id];
    if (letters === undefined) {
      throw new Error(`dead-letters.json does not say what fills ${id} and where it goes back`);
    }
    super(scope, id, common(scope, id));
    (this.node.defaultChild as CfnResource).addMetadata(DEAD_LETTER_QUEUE_MARK, true);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the end of the line: it is the dead-letter queue of the others.',
    });
    new Alarm(this, 'not-empty', {
      alarmDescription: `What ${letters.function} could not do waits for a person: fairlead dlq show ${id}`,
      metric: this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // SQS sends no figures for a queue that nobody has used for six hours.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

/** A queue whose messages move to its dead-letter queue after five deliveries. */
export class WorkQueue extends Queue {
  readonly deadLetters: DeadLetterQueue;

  /** @param consumerTimeout the time limit of whoever receives from it */
  constructor(scope: Construct, id: string, consumerTimeout: Duration) {
    const deadLetters = new DeadLetterQueue(scope, `${id}-dead-letters`);
    super(scope, id, {
      ...common(scope, id),
      // Lambda's advice: six times the function's time limit, so that a message is not given to
      // a second invocation while the first is throttled or still at work.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      // Fewer deliveries would drop messages that were only throttled.
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    this.deadLetters = deadLetters;
  }
}

import { type CfnResource, Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { ContextStack } from './context-stack';

/** Marks a dead-letter queue in the template: one that only a rule or a function uses can't be told otherwise. */
export const DEAD_LETTER_QUEUE_MARK = 'fairlead:dead-letter-queue';

function common(scope: Construct): QueueProps {
  const { stage } = ContextStack.deploymentOf(scope);
  return {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: stage.offers.tls,
    // The longest there is: a dead letter waits for a person, and keeps the age it had before.
    retentionPeriod: Duration.days(14),
    removalPolicy: stage.removalPolicy,
  };
}

/** Where what could not be done is kept for a person to look at, with an alarm as soon as there is anything. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, common(scope));
    (this.node.defaultChild as CfnResource).addMetadata(DEAD_LETTER_QUEUE_MARK, true);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the end of the line: it is the dead-letter queue of the others.',
    });
    alarmWhenNotEmpty(this, 'What could not be processed is waiting for a person.');
  }
}

/** A queue whose messages move to its dead-letter queue after five deliveries. */
export class WorkQueue extends Queue {
  readonly deadLetters: DeadLetterQueue;

  /** @param consumerTimeout the time limit of whoever receives from it */
  constructor(scope: Construct, id: string, consumerTimeout: Duration) {
    const deadLetters = new DeadLetterQueue(scope, `${id}-dead-letters`);
    super(scope, id, {
      ...common(scope),
      // Lambda's advice: six times the function's time limit, so that a message is not given to
      // a second invocation while the first is throttled or still at work.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      // Fewer deliveries would drop messages that were only throttled.
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    this.deadLetters = deadLetters;
  }
}

/** Raises an alarm while the queue holds anything. */
export function alarmWhenNotEmpty(queue: Queue, description: string): void {
  new Alarm(queue, 'not-empty', {
    alarmDescription: description,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    // SQS sends no figures for a queue that nobody has used for six hours.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

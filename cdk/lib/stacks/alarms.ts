import { CfnOutput, Duration, type IAspect } from 'aws-cdk-lib';
import { Alarm, AlarmBase, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IConstruct } from 'constructs';

import { ContextStack, type Deployment } from '../context-stack';
import { OwnKey } from '../keys';

/** The topic on which every alarm says that it went off, and that all is well again. */
export class AlarmsStack extends ContextStack {
  readonly topic: Topic;

  constructor(deployment: Deployment) {
    super(deployment, 'alarms', 'Fairlead: where alarms are told');
    const { stage } = deployment;
    // SNS's own key is of no use here: its policy lets no CloudWatch in, and can't be changed.
    const masterKey = new OwnKey(
      this,
      'key',
      'Encrypts what alarms say.',
      this.alarmsMay(['kms:Decrypt', 'kms:GenerateDataKey'], '*'),
    );
    this.topic = new Topic(this, 'alarms', { enforceSSL: stage.offers.tls, masterKey });
    // A topic that has a policy of its own has lost the one that lets everything in the account publish.
    this.topic.addToResourcePolicy(this.alarmsMay(['sns:Publish'], this.topic.topicArn));
    if (stage.alarmEmail !== undefined) {
      this.topic.addSubscription(new EmailSubscription(stage.alarmEmail));
    }
    this.watchTextMessages();
    new CfnOutput(this, 'AlarmsTopicArn', { value: this.topic.topicArn });
  }

  /** SNS stops sending at the account's limit, and says so to nobody. */
  private watchTextMessages(): void {
    const dollars = this.deployment.stage.textMessagesUsd;
    new Alarm(this, 'text-messages', {
      alarmDescription: `Text messages cost more than ${dollars} dollars this month; SNS stops at the limit of the account.`,
      metric: new Metric({
        namespace: 'AWS/SNS',
        metricName: 'SMSMonthToDateSpentUSD',
        period: Duration.hours(1),
        statistic: Stats.MAXIMUM,
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: dollars,
      evaluationPeriods: 1,
      // It is there once something was sent.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  private alarmsMay(actions: string[], resource: string): PolicyStatement {
    return new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions,
      resources: [resource],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
  }
}

/** Has every alarm that it comes across publish on the topic, so that none can be forgotten. */
export class AlarmsPublish implements IAspect {
  private readonly action: SnsAction;

  constructor(topic: Topic) {
    this.action = new SnsAction(topic);
  }

  visit(node: IConstruct): void {
    if (node instanceof AlarmBase) {
      node.addAlarmAction(this.action);
      node.addOkAction(this.action);
    }
  }
}

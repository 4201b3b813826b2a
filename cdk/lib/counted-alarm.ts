import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import type { FairleadFunction } from './fairlead-function';

/** An alarm that goes off where a function counts something that it should not have to count. */
export class CountedAlarm extends Alarm {
  constructor(scope: Construct, id: string, counting: FairleadFunction, metricName: string, alarmDescription: string) {
    super(scope, id, {
      alarmDescription,
      metric: new Metric({
        namespace: 'Fairlead',
        metricName,
        dimensionsMap: { service: counting.node.id },
        period: Duration.minutes(5),
        statistic: Stats.SUM,
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

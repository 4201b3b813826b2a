import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

import type { FairleadFunction } from './fairlead-function';

/**
 * An alarm that goes off where a function is told of an event that has run out. That happens to what lay among dead
 * letters for longer than the event is kept, and then there is nothing left that could be a dead letter again.
 */
export class EventsExpiredAlarm extends Alarm {
  constructor(reader: FairleadFunction) {
    const service = reader.node.id;
    super(reader, 'events-expired', {
      alarmDescription: `${service} was told of an event that has run out: docs/flows/dead-letters.md`,
      metric: new Metric({
        namespace: 'Fairlead',
        metricName: 'events_expired',
        dimensionsMap: { service },
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

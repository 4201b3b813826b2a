import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { CfnEventBus, CfnRule, Rule } from 'aws-cdk-lib/aws-events';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import { CountedAlarm } from '../counted-alarm';
import type { FairleadFunction } from '../fairlead-function';
import { nameOfRule } from '../rules';

/** How many of AppFlow's reports may fail to come: it reports on each flow that is active every five minutes. */
const REPORTS_MISSED = 6;

/** For how many days operators may change nothing before somebody should look whether it arrives. */
const QUIET_DAYS = 4;

/** A flow that is given up is for people, at once. */
export function tellsOfFlowsGivenUp(repair: FairleadFunction, onCall: Topic): void {
  const description = 'A flow between Salesforce and Fairlead does not mend: docs/flows/flow-repair.md';
  const scope = repair.node.scope ?? repair;
  const givenUp = new CountedAlarm(scope, 'flows-given-up', repair, 'flows_given_up', description);
  givenUp.addAlarmAction(new SnsAction(onCall));
}

/** That nothing is said of any flow is worse than what is said of one. */
export function tellsOfSilentFlows(scope: Construct, reports: Rule): void {
  new Alarm(scope, 'flows-silent', {
    ...SILENCE,
    alarmDescription: 'AppFlow has not said anything of any flow for half an hour: docs/salesforce.md',
    metric: matched(reports, {}, Duration.minutes(5)),
    evaluationPeriods: REPORTS_MISSED,
  });
}

/** Operators change something in most weeks: if nothing arrives, it may be lost on its way. */
export function tellsOfSilentSalesforce(
  scope: Construct,
  { bus, rule }: { readonly bus: CfnEventBus; readonly rule: Rule },
): void {
  new Alarm(scope, 'salesforce-silent', {
    ...SILENCE,
    alarmDescription: `Salesforce has told of no edit for ${QUIET_DAYS} days: docs/salesforce.md`,
    metric: matched(rule, { EventBusName: bus.ref }, Duration.days(1)),
    evaluationPeriods: QUIET_DAYS,
  });
}

const SILENCE = {
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  threshold: 1,
  treatMissingData: TreatMissingData.BREACHING,
} as const;

/** How many events matched a rule. CloudFormation's reference to one on a bus of its own is no name: the bus is in it, too. */
function matched(rule: Rule, bus: Record<string, string>, period: Duration): IMetric {
  const dimensionsMap = { ...bus, RuleName: nameOfRule(rule.node.defaultChild as CfnRule) };
  return new Metric({ namespace: 'AWS/Events', metricName: 'MatchedEvents', dimensionsMap, period, statistic: Stats.SUM });
}

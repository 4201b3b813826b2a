import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

import type { FlowNames } from '../constructs/salesforce-flows';
import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { HOUSE_FILE, describedHouse } from '../house';
import { API_TIMEOUT } from './api';
import type { TokenVariables } from './identity';

/** Of what the table `config` keeps, how far mending a flow is: shared/flow. */
const FLOWS = 'flow';

interface Dependencies {
  readonly config: dynamodb.Table;
  readonly tokens: TokenVariables;
  /** The flows between Salesforce and Fairlead, where there are any. */
  readonly flows: FlowNames;
  /** What answers the API. */
  readonly answering: readonly FairleadFunction[];
}

/** How the house is doing: what goes through it, what waits and what fails. It stands behind all that it describes. */
export class HouseStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, { config, tokens, flows, answering }: Dependencies) {
    super(deployment, 'house', 'Fairlead: how the house is doing');
    const name = 'operations-api';
    const { house, names } = describedHouse(deployment.app, answering, { name, stack: this });
    this.api = new FairleadFunction(this, name, {
      description: 'Shows operators how the house and its flows are doing.',
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        CONFIG_TABLE: config.tableName,
        HOUSE_NAMES: this.toJsonString(names),
        SALESFORCE_FLOW_NAMES: JSON.stringify(flows),
      },
      // A function's variables have four kilobytes together: docs/decisions/0249.
      beside: { [HOUSE_FILE]: `${JSON.stringify(house, null, 2)}\n` },
    })
      // CloudWatch knows no resources for reading what it counted.
      .may(['cloudwatch:GetMetricData'], { arn: '*' });
    this.api.allow(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['dynamodb:BatchGetItem'],
        resources: [config.tableArn],
        // The table has records of people as well, such as who is on call.
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [FLOWS] } },
      }),
    );
  }
}

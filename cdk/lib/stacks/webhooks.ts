import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';

type Tables = Readonly<Record<TableName, dynamodb.Table>>;

interface Dependencies {
  readonly tables: Tables;
  readonly tokenIssuer: string;
}

/** What partners are told by webhooks. */
export class WebhooksStack extends ContextStack {
  readonly subscriptions: FairleadFunction;

  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'webhooks', 'Fairlead: what partners are told by webhooks');
    this.subscriptions = this.subscribing(dependencies);
  }

  /** What partners say by which they want to be told of what. */
  private subscribing({ tables, tokenIssuer }: Dependencies): FairleadFunction {
    const { directory, ledger, subscriptions, deliveries } = tables;
    return new FairleadFunction(this, 'partner-subscriptions', {
      description: 'Lets partners subscribe to events by webhooks, and shows them what they were sent.',
      timeout: API_TIMEOUT,
      environment: {
        TOKEN_ISSUER: tokenIssuer,
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
        SUBSCRIPTIONS_TABLE: subscriptions.tableName,
        DELIVERIES_TABLE: deliveries.tableName,
        WEBHOOK_REACH: this.deployment.stage.webhookReach,
      },
    })
      .may(['dynamodb:GetItem'], directory)
      .may(ANSWERING_ONCE, ledger)
      .may(['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], subscriptions)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], deliveries);
  }
}

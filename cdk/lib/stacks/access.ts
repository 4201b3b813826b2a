import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';

interface Dependencies {
  readonly receipts: dynamodb.Table;
  readonly profiles: dynamodb.Table;
  readonly directory: dynamodb.Table;
  readonly tokenIssuer: string;
}

/** What tells who read what of whom, and why. */
export class AccessStack extends ContextStack {
  readonly receiptApi: FairleadFunction;

  constructor(deployment: Deployment, { receipts, profiles, directory, tokenIssuer }: Dependencies) {
    super(deployment, 'access', 'Fairlead: receipts of who read what');
    this.receiptApi = new FairleadFunction(this, 'receipt-api', {
      description: 'Shows people who read what of them, and operators what a partner read.',
      timeout: API_TIMEOUT,
      environment: {
        RECEIPTS_TABLE: receipts.tableName,
        PROFILES_TABLE: profiles.tableName,
        DIRECTORY_TABLE: directory.tableName,
        TOKEN_ISSUER: tokenIssuer,
      },
    })
      .may(['dynamodb:Query'], receipts, { arn: `${receipts.tableArn}/index/by_partner` })
      // Under which ids a person went, when profiles were merged.
      .may(['dynamodb:GetItem', 'dynamodb:Query'], profiles)
      .may(['dynamodb:GetItem'], directory);
  }
}

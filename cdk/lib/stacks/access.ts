import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';

interface Dependencies {
  readonly receipts: dynamodb.Table;
  readonly directory: dynamodb.Table;
  readonly userPool: cognito.IUserPool;
}

/** What tells who read what of whom, and why. */
export class AccessStack extends ContextStack {
  readonly receiptApi: FairleadFunction;

  constructor(deployment: Deployment, { receipts, directory, userPool }: Dependencies) {
    super(deployment, 'access', 'Fairlead: receipts of who read what');
    this.receiptApi = new FairleadFunction(this, 'receipt-api', {
      description: 'Shows people who read what of them, and operators what a partner read.',
      timeout: API_TIMEOUT,
      environment: {
        RECEIPTS_TABLE: receipts.tableName,
        DIRECTORY_TABLE: directory.tableName,
        TOKEN_ISSUER: `https://cognito-idp.${this.region}.amazonaws.com/${userPool.userPoolId}`,
      },
    })
      .may(['dynamodb:Query'], receipts, { arn: `${receipts.tableArn}/index/by_partner` })
      .may(['dynamodb:GetItem'], directory);
  }
}

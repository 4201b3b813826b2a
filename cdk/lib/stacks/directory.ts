import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';
import type { TokenVariables } from './identity';

interface Dependencies {
  readonly directory: dynamodb.Table;
  readonly ledger: dynamodb.Table;
  readonly userPool: cognito.IUserPool;
  readonly tokens: TokenVariables;
}

/** What operators define: tenants, partners and their app clients, purposes, agreements, messages, rules. */
export class DirectoryStack extends ContextStack {
  readonly api: FairleadFunction;
  readonly clients: FairleadFunction;

  constructor(deployment: Deployment, { directory, ledger, userPool, tokens }: Dependencies) {
    super(deployment, 'directory', 'Fairlead: what operators define');
    const environment = {
      DIRECTORY_TABLE: directory.tableName,
      LEDGER_TABLE: ledger.tableName,
      ...tokens,
    };
    this.api = new FairleadFunction(this, 'directory-api', {
      description: 'Shows operators what is defined in their directory, and changes it.',
      timeout: API_TIMEOUT,
      environment,
    })
      .may(
        [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        directory,
      )
      .may(ANSWERING_ONCE, ledger);
    // The one function that may make app clients and so let machines in: nothing else is in its reach.
    this.clients = new FairleadFunction(this, 'directory-clients', {
      description: "Makes and removes the app clients of partners' machines.",
      timeout: API_TIMEOUT,
      environment: { ...environment, USER_POOL_ID: userPool.userPoolId },
    })
      .may(
        [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        directory,
      )
      .may(ANSWERING_ONCE, ledger)
      .may(
        [
          'cognito-idp:CreateUserPoolClient',
          'cognito-idp:DeleteUserPoolClient',
          'cognito-idp:DescribeUserPoolClient',
          'cognito-idp:ListUserPoolClients',
        ],
        { arn: userPool.userPoolArn },
      );
  }
}

import type { SecretValue } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly identifierKey: SecretValue;
  readonly tokenIssuer: string;
}

/** What partners ask of people, for a purpose and with a receipt. */
export class PartnerStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, { tables, identifierKey, tokenIssuer }: Dependencies) {
    super(deployment, 'partner', 'Fairlead: what partners read');
    const { directory, identifiers, ledger, profiles, receipts } = tables;
    this.api = new FairleadFunction(this, 'partner-api', {
      description: 'Gives partners what agreement and consent allow them to read, and records it.',
      timeout: API_TIMEOUT,
      environment: {
        TOKEN_ISSUER: tokenIssuer,
        DIRECTORY_TABLE: directory.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        PROFILES_TABLE: profiles.tableName,
        RECEIPTS_TABLE: receipts.tableName,
        LEDGER_TABLE: ledger.tableName,
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:Query'], directory)
      .may(['dynamodb:BatchGetItem'], identifiers)
      .may(['dynamodb:BatchGetItem'], profiles)
      .may(['dynamodb:PutItem'], receipts)
      .may(ANSWERING_ONCE, ledger);
  }
}

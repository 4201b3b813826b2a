import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';
import type { TokenVariables } from './identity';

interface Dependencies {
  readonly directory: dynamodb.Table;
  readonly tokens: TokenVariables;
}

/** What the API says of itself: to each caller what they can use, and which events their tenant takes. */
export class DocsStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, { directory, tokens }: Dependencies) {
    super(deployment, 'docs', 'Fairlead: the description of the API');
    this.api = new FairleadFunction(this, 'docs-api', {
      description: 'Shows callers what they can use of the API.',
      timeout: API_TIMEOUT,
      environment: { ...tokens, DIRECTORY_TABLE: directory.tableName },
    }).may(['dynamodb:GetItem', 'dynamodb:Query'], directory);
  }
}

import type * as cognito from 'aws-cdk-lib/aws-cognito';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { API_TIMEOUT } from './api';

interface Dependencies {
  readonly tokenIssuer: string;
  /** The one whose tokens the API's authorizer takes. */
  readonly webClient: cognito.IUserPoolClient;
}

/** What the API says of itself: to each caller what they can use. */
export class DocsStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, { tokenIssuer, webClient }: Dependencies) {
    super(deployment, 'docs', 'Fairlead: the description of the API');
    this.api = new FairleadFunction(this, 'docs-api', {
      description: 'Shows callers what they can use of the API.',
      timeout: API_TIMEOUT,
      environment: { TOKEN_ISSUER: tokenIssuer, WEB_CLIENT_ID: webClient.userPoolClientId },
    });
  }
}

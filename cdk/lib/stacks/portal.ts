import { Duration, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import type { Portal, Stage } from '../stages';
import type { SignIn, TokenVariables } from './identity';

/** An export takes the longest of all that pages wait for, and API Gateway waits no longer. */
const TIMEOUT = Duration.seconds(30);

interface Dependencies {
  /** The key of the tables: it encrypts the secret, too. */
  readonly key: kms.IKey;
  readonly tokens: TokenVariables;
  readonly signIn: SignIn;
}

/** By which people get to the record of an address: Cognito's own logins, and those of providers that vouch for it. */
function linkingProviders({ identityProviders }: Stage): readonly string[] {
  return ['COGNITO', ...identityProviders.filter((each) => each.vouchesForEmail).map(({ name }) => name)];
}

/**
 * Pages for the people in the record and for those who run it. They ask the API, by the token of whoever is signed in,
 * and may do nothing else: no table, no queue, no bucket.
 */
export class PortalStack extends ContextStack {
  readonly web: FairleadFunction;

  constructor(deployment: Deployment, { origin, login }: Portal, { key, tokens, signIn }: Dependencies) {
    super(deployment, 'portal', 'Fairlead: pages for people and operators');
    const secret = this.sessionKey(key);
    this.web = new FairleadFunction(this, 'portal-web', {
      description: 'Shows people and operators their pages.',
      timeout: TIMEOUT,
      environment: {
        ...tokens,
        PORTAL_ORIGIN: origin,
        API_ORIGIN: origin,
        LOGIN_ORIGIN: login ?? signIn.login,
        PORTAL_CLIENT_ID: signIn.peoplesClientId,
        PORTAL_OPERATORS_CLIENT_ID: signIn.operatorsClientId,
        LINKING_PROVIDERS: linkingProviders(deployment.stage).join(','),
        SESSION_KEY_SECRET: secret,
      },
    }).may(['secretsmanager:GetSecretValue'], { arn: secret });
  }

  /** The ARN. A new value takes the place of the one before, which opens sessions until the next one. */
  private sessionKey(encryptionKey: kms.IKey): string {
    const secret = new Secret(this, 'session-key', {
      description: 'Under it sessions are sealed that browsers keep. Replace it at will, and twice to end all sessions.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // As one from elsewhere, so that CDK adds no patterns of actions to its policy: it says what it allows.
      encryptionKey: Key.fromKeyArn(this, 'key-of-the-session-key', encryptionKey.keyArn),
      removalPolicy: this.deployment.stage.removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Operators replace it when they want sessions to end; a function for it could read what it protects.',
    });
    // The attribute, and no reference: by that the local stack gives the name.
    return (secret.node.defaultChild as CfnSecret).attrId;
  }
}

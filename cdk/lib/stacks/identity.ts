import { CfnOutput, Duration, type SecretValue, Validations } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import type { TableName } from './data';

/** Cognito waits five seconds for a trigger, whatever its configuration says. */
const TRIGGER_TIMEOUT = Duration.seconds(5);

/** The scopes of the `fairlead` resource server: `fairlead/profile.read` and `fairlead/profile.write` in a token. */
export const PROFILE_READ = 'fairlead/profile.read';
export const PROFILE_WRITE = 'fairlead/profile.write';

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly identifierKey: SecretValue;
}

/** Who people are: the user pool with its hosted login, and the functions that Cognito calls. */
export class IdentityStack extends ContextStack {
  readonly userPool: cognito.UserPool;
  readonly webClient: cognito.UserPoolClient;

  constructor(deployment: Deployment, { tables, identifierKey }: Dependencies) {
    super(deployment, 'identity', 'Fairlead: sign-up and sign-in');
    this.userPool = this.pool();
    this.addTriggers(tables, identifierKey);
    this.webClient = this.client();
    // Cognito's domains are shared by all accounts of a region, hence the account's number.
    const domain = this.userPool.addDomain('hosted-login', {
      cognitoDomain: { domainPrefix: `fairlead-${deployment.stage.name}-${this.account}` },
    });

    new CfnOutput(this, 'UserPoolId', { value: this.userPool.userPoolId });
    new CfnOutput(this, 'WebClientId', { value: this.webClient.userPoolClientId });
    new CfnOutput(this, 'HostedLoginDomain', {
      value: `${domain.domainName}.auth.${this.region}.amazoncognito.com`,
    });
  }

  private pool(): cognito.UserPool {
    const { stage } = this.deployment;
    const pool = new cognito.UserPool(this, 'people', {
      userPoolName: `fairlead-${stage.name}`,
      // Access tokens carry our claims and machine tokens reach the trigger from this plan on.
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // A changed address counts once it is verified; until then the old one stays.
      keepOriginal: { email: true },
      standardAttributes: {
        email: { required: true, mutable: true },
        phoneNumber: { required: false, mutable: true },
        givenName: { required: false, mutable: true },
        familyName: { required: false, mutable: true },
      },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      enableSmsRole: false,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removalPolicy,
    });
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason:
          'People choose a second factor for themselves; an operator raises it to REQUIRED where the law asks for it.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'The Plus plan costs per active person; threat protection is for the operator to decide on and pay for.',
      },
    );
    return pool;
  }

  private addTriggers(tables: Dependencies['tables'], identifierKey: SecretValue): void {
    const preSignUp = new FairleadFunction(this, 'identity-pre-sign-up', {
      description: 'Decides whether a sign-up goes ahead.',
      timeout: TRIGGER_TIMEOUT,
    });
    const postConfirmation = this.profileMaker(
      'identity-post-confirmation',
      'Makes sure that a confirmed person has a profile.',
      tables,
      identifierKey,
    );
    const preTokenGeneration = this.profileMaker(
      'identity-pre-token-generation',
      'Makes sure of the profile and writes its id into the tokens.',
      tables,
      identifierKey,
    );

    // CDK's own `addTrigger` would leave the account out of the permission.
    for (const trigger of [preSignUp, postConfirmation, preTokenGeneration]) {
      trigger.addPermission('called-by-cognito', {
        principal: new iam.ServicePrincipal('cognito-idp.amazonaws.com'),
        sourceArn: this.userPool.userPoolArn,
        sourceAccount: this.account,
      });
    }
    (this.userPool.node.defaultChild as cognito.CfnUserPool).lambdaConfig = {
      preSignUp: preSignUp.functionArn,
      postConfirmation: postConfirmation.functionArn,
      preTokenGenerationConfig: { lambdaArn: preTokenGeneration.functionArn, lambdaVersion: 'V3_0' },
    };
  }

  /** Cognito may skip or repeat either of the two triggers, so both make the profile with the same rights. */
  private profileMaker(
    name: string,
    description: string,
    { profiles, identifiers, directory }: Dependencies['tables'],
    identifierKey: SecretValue,
  ): FairleadFunction {
    return new FairleadFunction(this, name, {
      description,
      timeout: TRIGGER_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        DIRECTORY_TABLE: directory.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], profiles)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], identifiers)
      .may(['dynamodb:GetItem'], directory);
  }

  /** The browser's client: it keeps no secret, so a code is only worth something with its PKCE verifier. */
  private client(): cognito.UserPoolClient {
    const read = new cognito.ResourceServerScope({ scopeName: 'profile.read', scopeDescription: 'Read a profile' });
    const write = new cognito.ResourceServerScope({ scopeName: 'profile.write', scopeDescription: 'Change a profile' });
    const receipts = new cognito.ResourceServerScope({
      scopeName: 'receipts.read',
      scopeDescription: "Read a tenant's receipts, as an operator",
    });
    const server = this.userPool.addResourceServer('fairlead', {
      identifier: 'fairlead',
      scopes: [read, write, receipts],
    });
    const { callbackUrls, logoutUrls } = this.deployment.stage.webClient;
    return this.userPool.addClient('web', {
      userPoolClientName: 'web',
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      authFlows: { userSrp: true },
      supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [
          cognito.OAuthScope.OPENID,
          cognito.OAuthScope.EMAIL,
          cognito.OAuthScope.PROFILE,
          cognito.OAuthScope.resourceServer(server, read),
          cognito.OAuthScope.resourceServer(server, write),
        ],
        callbackUrls,
        logoutUrls,
      },
    });
  }
}

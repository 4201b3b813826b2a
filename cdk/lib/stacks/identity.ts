import { CfnOutput, Duration, SecretValue, Validations } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';

import { AppClients, SERVER } from '../app-clients';
import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction, KEEPING } from '../fairlead-function';
import { DeadLetterQueue } from '../queues';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';

/** Cognito waits five seconds for a trigger, whatever its configuration says. */
const TRIGGER_TIMEOUT = Duration.seconds(5);

/** How long a run of the reconciliation may take; what is left then is the next run's. */
const RECONCILE_TIMEOUT = Duration.minutes(5);
const RECONCILE_INTERVAL = Duration.hours(1);

/** The scopes as a token has them. */
export const PROFILE_READ = `${SERVER}/profile.read`;
export const PROFILE_WRITE = `${SERVER}/profile.write`;

/** The group whose members are operators. Its name stands in the tokens and in `shared/token`. */
const OPERATORS = 'operators';

/**
 * What a function that takes tokens knows of them: who issues them, as their claim `iss` has it, and by which app
 * clients people and operators come.
 */
export type TokenVariables = Readonly<Record<'TOKEN_ISSUER' | 'WEB_CLIENT_IDS' | 'OPERATORS_CLIENT_IDS', string>>;

/** What pages sign in by. */
export interface SignIn {
  /** The hosted login's origin. */
  readonly login: string;
  readonly peoplesClientId: string;
  readonly operatorsClientId: string;
}

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly identifierKey: SecretValue;
}

/** Who people are: the user pool with its hosted login, and the functions that Cognito calls. */
export class IdentityStack extends ContextStack {
  readonly userPool: cognito.UserPool;
  /** By which people come, to whichever tenant. */
  readonly webClients: readonly cognito.UserPoolClient[];
  /** What shows people their logins and takes them off. */
  readonly logins: FairleadFunction;
  readonly tokens: TokenVariables;
  readonly signIn: SignIn;

  constructor(deployment: Deployment, { tables, identifierKey }: Dependencies) {
    super(deployment, 'identity', 'Fairlead: sign-up and sign-in');
    this.userPool = this.pool();
    this.addTriggers(tables, identifierKey);
    this.addReconciliation(tables, identifierKey);
    const clients = new AppClients(this.userPool, deployment.stage, this.providers());
    this.webClients = [clients.web, ...clients.webOf.values()];
    this.tokens = {
      TOKEN_ISSUER: `https://cognito-idp.${this.region}.amazonaws.com/${this.userPool.userPoolId}`,
      WEB_CLIENT_IDS: idsOf(this.webClients),
      OPERATORS_CLIENT_IDS: idsOf([clients.operators, ...clients.operatorsOf.values(), ...clients.programs.values()]),
    };
    this.logins = this.showingLogins(tables, identifierKey);
    this.userPool.addGroup('operators-group', {
      groupName: OPERATORS,
      description: 'Those who look after the profiles of others',
    });
    // Cognito's domains are shared by all accounts of a region, hence the account's number.
    const domain = this.userPool.addDomain('hosted-login', {
      cognitoDomain: { domainPrefix: `fairlead-${deployment.stage.name}-${this.account}` },
    });

    const login = `${domain.domainName}.auth.${this.region}.amazoncognito.com`;
    this.signIn = {
      login: `https://${login}`,
      peoplesClientId: clients.web.userPoolClientId,
      operatorsClientId: clients.operators.userPoolClientId,
    };

    new CfnOutput(this, 'UserPoolId', { value: this.userPool.userPoolId });
    new CfnOutput(this, 'WebClientId', { value: clients.web.userPoolClientId });
    for (const [tenant, { userPoolClientId }] of clients.webOf) {
      new CfnOutput(this, `WebClientIdOf-${tenant}`, { value: userPoolClientId });
    }
    new CfnOutput(this, 'OperatorsClientId', { value: clients.operators.userPoolClientId });
    for (const [tenant, { userPoolClientId }] of clients.operatorsOf) {
      new CfnOutput(this, `OperatorsClientIdOf-${tenant}`, { value: userPoolClientId });
    }
    for (const [name, { userPoolClientId }] of clients.programs) {
      new CfnOutput(this, `ProgramClientIdOf-${name}`, { value: userPoolClientId });
    }
    new CfnOutput(this, 'TokenIssuer', { value: this.tokens.TOKEN_ISSUER });
    new CfnOutput(this, 'HostedLoginDomain', { value: login });
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
      description: 'Decides whether a sign-up goes ahead, and links logins of other providers.',
      timeout: TRIGGER_TIMEOUT,
      environment: {
        PROFILES_TABLE: tables.profiles.tableName,
        IDENTIFIERS_TABLE: tables.identifiers.tableName,
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
      },
    })
      .mayOnItsCaller(
        [
          'cognito-idp:ListIdentityProviders',
          'cognito-idp:DescribeIdentityProvider',
          'cognito-idp:ListUsers',
          'cognito-idp:AdminGetUser',
          'cognito-idp:AdminCreateUser',
          'cognito-idp:AdminSetUserPassword',
          'cognito-idp:AdminUpdateUserAttributes',
          'cognito-idp:AdminLinkProviderForUser',
        ],
        { arn: this.userPool.userPoolArn },
      )
      .may(['dynamodb:GetItem'], tables.profiles)
      .may(['dynamodb:GetItem'], tables.identifiers);
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
    const postAuthentication = this.signInRecorder(tables, identifierKey);
    const customMessage = new FairleadFunction(this, 'identity-custom-message', {
      description: "Words Cognito's messages for a tenant in a person's language.",
      timeout: TRIGGER_TIMEOUT,
      environment: { DIRECTORY_TABLE: tables.directory.tableName },
    }).may(['dynamodb:GetItem'], tables.directory);

    const userMigration = this.userMigrator();

    // CDK's own `addTrigger` would leave the account out of the permission.
    const triggers = [preSignUp, postConfirmation, preTokenGeneration, postAuthentication, customMessage];
    if (userMigration !== undefined) triggers.push(userMigration);
    for (const trigger of triggers) {
      trigger.addPermission('called-by-cognito', {
        principal: new iam.ServicePrincipal('cognito-idp.amazonaws.com'),
        sourceArn: this.userPool.userPoolArn,
        sourceAccount: this.account,
      });
    }
    (this.userPool.node.defaultChild as cognito.CfnUserPool).lambdaConfig = {
      preSignUp: preSignUp.functionArn,
      postConfirmation: postConfirmation.functionArn,
      postAuthentication: postAuthentication.functionArn,
      customMessage: customMessage.functionArn,
      ...(userMigration !== undefined && { userMigration: userMigration.functionArn }),
      preTokenGenerationConfig: { lambdaArn: preTokenGeneration.functionArn, lambdaVersion: 'V3_0' },
    };
  }

  private signInRecorder(
    { profiles, identifiers, directory }: Dependencies['tables'],
    identifierKey: SecretValue,
  ): FairleadFunction {
    return new FairleadFunction(this, 'identity-post-authentication', {
      description: 'Puts on record when a person signed in, and with which tenant they deal.',
      timeout: TRIGGER_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        DIRECTORY_TABLE: directory.tableName,
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
      },
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], profiles)
      .may(['dynamodb:GetItem', 'dynamodb:ConditionCheckItem'], identifiers)
      .may(['dynamodb:GetItem'], directory);
  }

  /** What brings people over from the stage's legacy directory; a stage without one has no such function. */
  private userMigrator(): FairleadFunction | undefined {
    const { legacyDirectory } = this.deployment.stage;
    if (legacyDirectory === undefined) return undefined;
    return new FairleadFunction(this, 'identity-user-migration', {
      description: 'Brings people over from the legacy directory when they first sign in.',
      timeout: TRIGGER_TIMEOUT,
      environment: {
        LEGACY_DIRECTORY_URL: legacyDirectory.url,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        LEGACY_DIRECTORY_SECRET: SecretValue.secretsManager(legacyDirectory.secret).unsafeUnwrap(),
      },
    });
  }

  /** What makes up for triggers that Cognito never called. */
  private addReconciliation(
    { profiles, identifiers, directory, ledger }: Dependencies['tables'],
    identifierKey: SecretValue,
  ): void {
    const deadLetters = new DeadLetterQueue(this, 'identity-reconcile-dead-letters');
    const reconcile = new FairleadFunction(this, 'identity-reconcile', {
      description: 'Makes the profiles that a trigger should have made, and takes off logins whose user is gone.',
      timeout: RECONCILE_TIMEOUT,
      environment: {
        USER_POOL_ID: this.userPool.userPoolId,
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        DIRECTORY_TABLE: directory.tableName,
        LEDGER_TABLE: ledger.tableName,
      },
    })
      .may(['cognito-idp:ListUsers'], { arn: this.userPool.userPoolArn })
      .may(KEEPING, profiles)
      .may(['dynamodb:Query'], { arn: `${profiles.tableArn}/index/watched` })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], identifiers)
      .may(['dynamodb:GetItem'], directory)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], ledger)
      .may(['sqs:SendMessage'], deadLetters);
    // The next run goes on where this one stopped.
    reconcile.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: RECONCILE_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'every-hour', {
      description: 'Starts identity-reconcile.',
      schedule: events.Schedule.rate(RECONCILE_INTERVAL),
      targets: [
        new LambdaFunction(reconcile, {
          retryAttempts: 2,
          maxEventAge: RECONCILE_INTERVAL,
          deadLetterQueue: deadLetters,
        }),
      ],
    });
  }

  /** The one function that answers people and may change the pool. */
  private showingLogins(
    { profiles, identifiers, directory, ledger }: Dependencies['tables'],
    identifierKey: SecretValue,
  ): FairleadFunction {
    return new FairleadFunction(this, 'identity-logins', {
      description: 'Shows people by which logins they get in, and takes one off.',
      timeout: API_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        IDENTIFIERS_TABLE: identifiers.tableName,
        DIRECTORY_TABLE: directory.tableName,
        USER_POOL_ID: this.userPool.userPoolId,
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        LEDGER_TABLE: ledger.tableName,
        ...this.tokens,
      },
    })
      .may(
        ['cognito-idp:ListUsers', 'cognito-idp:AdminDisableProviderForUser', 'cognito-idp:AdminUserGlobalSignOut'],
        { arn: this.userPool.userPoolArn },
      )
      .may(KEEPING, profiles)
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], identifiers)
      .may(['dynamodb:Query'], directory)
      .may(ANSWERING_ONCE, ledger);
  }

  /** The stage's identity providers; `email_verified` comes from those that are believed. */
  private providers(): readonly cognito.UserPoolIdentityProviderOidc[] {
    return this.deployment.stage.identityProviders.map(
      ({ name, issuerUrl, clientId, clientSecret, vouchesForEmail }) =>
        new cognito.UserPoolIdentityProviderOidc(this, `provider-${name}`, {
          userPool: this.userPool,
          name,
          issuerUrl,
          clientId,
          clientSecret: SecretValue.secretsManager(clientSecret).unsafeUnwrap(),
          scopes: ['openid', 'email', 'profile'],
          attributeMapping: {
            email: cognito.ProviderAttribute.other('email'),
            givenName: cognito.ProviderAttribute.other('given_name'),
            familyName: cognito.ProviderAttribute.other('family_name'),
            ...(vouchesForEmail && { emailVerified: cognito.ProviderAttribute.other('email_verified') }),
          },
        }),
    );
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
      .may(KEEPING, profiles)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], identifiers)
      .may(['dynamodb:GetItem'], directory);
  }
}

/** As functions read them from their environment. */
function idsOf(clients: readonly cognito.UserPoolClient[]): string {
  return clients.map(({ userPoolClientId }) => userPoolClientId).join(',');
}

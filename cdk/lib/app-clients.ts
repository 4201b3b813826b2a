import { Duration } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';

import { OPERATORS_SCOPES, SCOPES, type Scope } from './scopes';
import type { Program, Stage, WebClient } from './stages';

/** The resource server whose name stands before its scopes in a token. */
export const SERVER = 'fairlead';

/** Where browsers may be sent to, with the pages of the stage, if it has any. */
function withPages({ webClient, portal }: Stage): WebClient {
  if (portal === undefined) return webClient;
  return {
    callbackUrls: [...webClient.callbackUrls, `${portal.origin}/sign-in/callback`],
    logoutUrls: [...webClient.logoutUrls, `${portal.origin}/`],
  };
}

const PEOPLES_SCOPES = ['profile.read', 'profile.write'] as const;

/**
 * By which people, operators and their programs come: no other app client of the pool opens anything to them, but those
 * that the directory has of a tenant.
 */
export class AppClients {
  readonly web: cognito.UserPoolClient;
  /** Those of tenants to which people come by themselves. */
  readonly webOf: ReadonlyMap<string, cognito.UserPoolClient>;
  /** Whoever is not in the group signs in here as well, and identity-pre-token-generation takes the scopes away. */
  readonly operators: cognito.UserPoolClient;
  /** Those of tenants that have operators of their own. */
  readonly operatorsOf: ReadonlyMap<string, cognito.UserPoolClient>;
  /** Those of programs that run for operators: nobody signs in by one. */
  readonly programs: ReadonlyMap<string, cognito.UserPoolClient>;
  private readonly server: cognito.UserPoolResourceServer;

  constructor(
    private readonly userPool: cognito.UserPool,
    private readonly stage: Stage,
    providers: readonly cognito.UserPoolIdentityProviderOidc[],
  ) {
    const scopes = Object.entries(SCOPES).map(
      ([scopeName, scopeDescription]) => new cognito.ResourceServerScope({ scopeName, scopeDescription }),
    );
    this.server = userPool.addResourceServer(SERVER, { identifier: SERVER, scopes });
    const { peopleOf } = stage;
    const deployments = withPages(stage);
    this.web = this.client('web', PEOPLES_SCOPES, providers, deployments);
    this.webOf = new Map(
      peopleOf.map(({ tenant, ...theirs }) => [
        tenant,
        this.client(`web-${tenant}`, PEOPLES_SCOPES, providers, theirs),
      ]),
    );
    this.operators = this.client('operators', ['profile.read', ...OPERATORS_SCOPES], [], deployments);
    // What is of no tenant is not for the operators of a single one: docs/decisions/0111, 0160.
    const ofOneTenant = OPERATORS_SCOPES.filter((scope) => !/^(dead-letters|identifier-rules)\./.test(scope));
    this.operatorsOf = new Map(
      stage.operatorsOf.map((tenant) => [
        tenant,
        this.client(`operators-${tenant}`, ['profile.read', ...ofOneTenant], [], deployments),
      ]),
    );
    this.programs = new Map(stage.programs.map((program) => [program.name, this.program(program)]));
  }

  /** A program's client: it has a secret, and gets tokens of its own by that alone. */
  private program({ name, scopes }: Program): cognito.UserPoolClient {
    return this.userPool.addClient(`program-${name}`, {
      userPoolClientName: `program-${name}`,
      generateSecret: true,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scopeName) => this.scope(scopeName)),
      },
    });
  }

  private scope(scopeName: Scope): cognito.OAuthScope {
    const scopeDescription = SCOPES[scopeName];
    const scope = new cognito.ResourceServerScope({ scopeName, scopeDescription });
    return cognito.OAuthScope.resourceServer(this.server, scope);
  }

  /** A browser's client: it keeps no secret, so a code is only worth something with its PKCE verifier. */
  private client(
    name: string,
    scopes: readonly Scope[],
    providers: readonly cognito.UserPoolIdentityProviderOidc[],
    { callbackUrls, logoutUrls }: WebClient,
  ): cognito.UserPoolClient {
    return this.userPool.addClient(name, {
      userPoolClientName: name,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // A directory can only check a password that reaches it, which SRP keeps from happening.
      authFlows: { userSrp: true, userPassword: this.stage.legacyDirectory !== undefined },
      supportedIdentityProviders: [
        cognito.UserPoolClientIdentityProvider.COGNITO,
        ...providers.map(({ providerName }) => cognito.UserPoolClientIdentityProvider.custom(providerName)),
      ],
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [
          cognito.OAuthScope.OPENID,
          cognito.OAuthScope.EMAIL,
          cognito.OAuthScope.PROFILE,
          ...scopes.map((scopeName) => this.scope(scopeName)),
        ],
        callbackUrls: [...callbackUrls],
        logoutUrls: [...logoutUrls],
      },
    });
  }
}

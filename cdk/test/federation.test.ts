import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';

import { Artefacts } from '../lib/artefacts';
import { DataStack } from '../lib/stacks/data';
import { IdentityStack } from '../lib/stacks/identity';
import { stageNamed } from '../lib/stages';
import { Synthesised, emptyApp } from './synthesised';

const PROVIDER = {
  issuerUrl: 'https://login.example.com',
  clientId: 'fairlead',
  clientSecret: 'fairlead/login-example',
};

/**
 * The identity stack of a stage whose people sign in by two providers, one of which is believed, and are brought
 * over from another directory.
 */
function federated(): Template {
  const stage = {
    ...stageNamed('development'),
    identityProviders: [
      { ...PROVIDER, name: 'Believed', vouchesForEmail: true },
      { ...PROVIDER, name: 'Other', vouchesForEmail: false },
    ],
    legacyDirectory: { url: 'https://directory.example.com', secret: 'fairlead/legacy-directory' },
  };
  const deployment = { app: emptyApp('federated'), stage, artefacts: Artefacts.placeholders() };
  return Template.fromStack(new IdentityStack(deployment, new DataStack(deployment)));
}

it('only a provider that is believed says which addresses are verified', () => {
  const providers = Object.values(federated().findResources('AWS::Cognito::UserPoolIdentityProvider'));
  const verified = providers.map(({ Properties }) => [
    Properties.ProviderName,
    Properties.AttributeMapping.email_verified,
  ]);
  expect(verified).toEqual([
    ['Believed', 'email_verified'],
    ['Other', undefined],
  ]);
});

it('people may sign in by each of the providers', () => {
  const [client] = Object.values(federated().findResources('AWS::Cognito::UserPoolClient'));
  expect(client?.['Properties'].SupportedIdentityProviders).toHaveLength(3);
});

it('people are brought over with a secret that the template does not hold', () => {
  const template = federated();
  template.hasResourceProperties('AWS::Cognito::UserPool', {
    LambdaConfig: { UserMigration: { 'Fn::GetAtt': [Match.stringLikeRegexp('identityusermigration'), 'Arn'] } },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'fairlead-development-identity-user-migration',
    Timeout: 5,
    Environment: {
      Variables: {
        LEGACY_DIRECTORY_URL: 'https://directory.example.com',
        LEGACY_DIRECTORY_SECRET: '{{resolve:secretsmanager:fairlead/legacy-directory:SecretString:::}}',
      },
    },
  });
  template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    ExplicitAuthFlows: Match.arrayWith(['ALLOW_USER_PASSWORD_AUTH']),
  });
});

it('no stage has a provider or a legacy directory of itself', () => {
  for (const stage of ['local', 'production']) {
    const all = Synthesised.stage(stage);
    expect(all.ofType('AWS::Cognito::UserPoolIdentityProvider')).toEqual([]);
    const [pool] = all.ofType('AWS::Cognito::UserPool');
    expect(pool?.properties.LambdaConfig.UserMigration).toBeUndefined();
    const [client] = all.ofType('AWS::Cognito::UserPoolClient');
    expect(client?.properties.ExplicitAuthFlows).not.toContain('ALLOW_USER_PASSWORD_AUTH');
  }
});

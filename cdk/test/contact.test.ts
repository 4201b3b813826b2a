import { expect, it } from 'vitest';

import { CONNECTED, Synthesised } from './synthesised';

const all = Synthesised.connected();
const [instance] = CONNECTED.contactCentre.instances;
const LOOKUPS = ['contact-caller-lookup', 'contact-config-lookup'];

it('the instance of Amazon Connect may call what looks things up, and nothing else', () => {
  const permissions = all
    .ofType('AWS::Lambda::Permission')
    .filter(({ properties }) => properties.Principal === 'connect.amazonaws.com');
  expect(permissions.map(({ stack, properties }) => all.say(properties.FunctionName, stack)).sort()).toEqual(
    LOOKUPS.map((lookup) => `<${lookup}.Arn>`),
  );
  for (const { construct, properties } of permissions) {
    expect.soft(properties, construct).toMatchObject({
      Action: 'lambda:InvokeFunction',
      SourceArn: instance,
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
  }
});

it('flows of the instance find them in their list', () => {
  const associations = all.ofType('AWS::Connect::IntegrationAssociation');
  expect(associations.map(({ stack, properties }) => all.say(properties.IntegrationArn, stack)).sort()).toEqual(
    LOOKUPS.map((lookup) => `<${lookup}.Arn>`),
  );
  for (const { construct, properties } of associations) {
    expect.soft(properties, construct).toMatchObject({ InstanceId: instance, IntegrationType: 'LAMBDA_FUNCTION' });
  }
});

it('they answer before Amazon Connect stops waiting', () => {
  for (const lookup of LOOKUPS) {
    const [found] = all.ofType('AWS::Lambda::Function').filter(({ construct }) => construct === lookup);
    expect.soft(found?.properties.Timeout, lookup).toBeLessThan(8);
  }
});

it('text messages come in by AWS alone, and alarms go out by it, for this account', () => {
  const published = all.ofType('AWS::SNS::TopicPolicy').flatMap(({ stack, properties }) =>
    properties.PolicyDocument.Statement.filter(({ Effect }: any) => Effect === 'Allow').map((statement: any) => [
      all.say(statement.Resource, stack),
      statement.Principal.Service,
      statement.Action,
      statement.Condition,
    ]),
  );
  const ours = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  expect(published.sort()).toEqual([
    ['<alarms>', 'cloudwatch.amazonaws.com', 'sns:Publish', ours],
    ['<on-call>', 'cloudwatch.amazonaws.com', 'sns:Publish', ours],
    ['<sms-inbound>', 'sms-voice.amazonaws.com', 'sns:Publish', ours],
  ]);
});

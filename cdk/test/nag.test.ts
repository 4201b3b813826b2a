import { type App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';

import { stageNamed } from '../lib/stages';
import { CONNECTED, appOf, appWith, emptyApp } from './synthesised';

const findings = (app: App) =>
  new AwsSolutionsChecks()
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName}: ${constructPath}`),
    );

it.each(['development', 'production'])('the AwsSolutions rules find nothing on stage %s', (stage) => {
  expect(findings(appOf(stage))).toEqual([]);
});

it('the AwsSolutions rules find nothing where there is Salesforce and a contact centre', () => {
  expect(findings(appWith('nag', CONNECTED))).toEqual([]);
});

it('the AwsSolutions rules find what they should', () => {
  const app = emptyApp('careless');
  new Queue(new Stack(app, 'careless'), 'queue');
  expect(findings(app)).toContain('AwsSolutions-SQS3: careless/queue/Resource');
});

it('synthesis for AWS is held against the same rules', () => {
  expect(stageNamed('production').checkedByNag).toBe(true);
  expect(stageNamed('development').checkedByNag).toBe(true);
});

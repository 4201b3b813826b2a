import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

import { ConsumerStack } from './stack';

const app = new App();

/** What the publisher told: `-c topicArn=…`. */
function told(name: string): string {
  const value: unknown = app.node.tryGetContext(name);
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${name} is missing: add \`-c ${name}=…\`, as README.md has it`);
}

new ConsumerStack(app, 'claim-check-consumer', {
  topicArn: told('topicArn'),
  bucketName: told('bucketName'),
  prefix: told('prefix'),
  keyArn: told('keyArn'),
  code: Code.fromAsset(join(__dirname, '../../target/lambda/claim-check-consumer')),
});

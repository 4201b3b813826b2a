import { CfnOutput, Duration, SecretValue, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';

import { PrivateBucket } from './buckets';
import type { ContextStack } from './context-stack';
import { OwnKey, useBy, useThrough } from './keys';

const APPFLOW = 'appflow.amazonaws.com';

/** What AppFlow puts into a bucket of ours, it does in these steps. */
const WRITING = [
  's3:AbortMultipartUpload',
  's3:GetBucketAcl',
  's3:ListBucketMultipartUploads',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectAcl',
];

/** Below it outcomes lie that are to go to Salesforce. */
export const OUTCOMES = 'outcomes';

/** Below it AppFlow leaves the rows that Salesforce refused. */
export const REJECTED = 'rejected';

/**
 * What is exchanged with Salesforce, and by which secret: under a key of its own, so that AppFlow may use it and no other.
 */
export class SalesforceStore {
  /** What AppFlow leaves of events that no bus takes. */
  readonly events: Bucket;
  /** What is to go to Salesforce, and what came back from there. */
  readonly outcomes: Bucket;
  /** The id and the secret of the External Client App, and the refresh token that AppFlow was granted. */
  readonly secret: Secret;
  /** Said by its attribute: not everywhere is what a secret is referred to by its ARN. */
  readonly secretArn: string;

  constructor(stack: ContextStack) {
    const key = this.key(stack);
    // As long as a dead letter that points there lies in its queue, and a day.
    this.events = new PrivateBucket(stack, 'salesforce-events', key, [{ expiration: Duration.days(15) }]);
    // As long as their rows.
    this.outcomes = new PrivateBucket(stack, 'salesforce-outcomes', key, [{ expiration: Duration.days(30) }]);
    this.secret = this.ownSecret(stack, key);
    this.secretArn = (this.secret.node.defaultChild as CfnSecret).attrId;
    if (stack.deployment.stage.offers.appFlow) this.letAppFlow(stack);
    new CfnOutput(stack, 'SalesforceEventsBucket', { value: this.events.bucketName });
    new CfnOutput(stack, 'SalesforceOutcomesBucket', { value: this.outcomes.bucketName });
    new CfnOutput(stack, 'SalesforceSecretArn', { value: this.secretArn });
  }

  private key(stack: ContextStack): OwnKey {
    const description = 'Encrypts what is exchanged with Salesforce, and the secret for it.';
    const key = new OwnKey(stack, 'salesforce-key', description, useThrough(stack, 's3', 'secretsmanager'));
    if (stack.deployment.stage.offers.appFlow) key.addToResourcePolicy(useBy(stack, APPFLOW));
    return key;
  }

  /** It is made with nothing of worth in it, and filled by operators: docs/salesforce.md. */
  private ownSecret(stack: ContextStack, key: OwnKey): Secret {
    const nothing = SecretValue.unsafePlainText('none-yet');
    const secret = new Secret(stack, 'salesforce-client', {
      description: "The External Client App's id and secret, and AppFlow's refresh token. Filled by operators.",
      secretObjectValue: { clientId: nothing, clientSecret: nothing, refreshToken: nothing },
      // As one from elsewhere, so that CDK adds no patterns of actions to its policy: it says what it allows.
      encryptionKey: Key.fromKeyArn(stack, 'key-of-salesforce-client', key.keyArn),
      removalPolicy: stack.deployment.stage.removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Salesforce gives the secret out, and a person has to grant AppFlow its token.',
    });
    return secret;
  }

  /** AppFlow has no role: what it may do stands in the policies of what it does it on. */
  private letAppFlow({ account }: ContextStack): void {
    const allow = (on: Bucket | Secret, actions: string[], resources: string[]) =>
      on.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal(APPFLOW)],
          actions,
          resources,
          conditions: { StringEquals: { 'aws:SourceAccount': account } },
        }),
      );
    for (const [bucket, prefix] of [
      [this.events, '*'],
      [this.outcomes, `${REJECTED}/*`],
    ] as const) {
      allow(bucket, WRITING, [bucket.bucketArn, bucket.arnForObjects(prefix)]);
    }
    allow(this.outcomes, ['s3:ListBucket'], [this.outcomes.bucketArn]);
    allow(this.outcomes, ['s3:GetObject'], [this.outcomes.arnForObjects(`${OUTCOMES}/*`)]);
    allow(this.secret, ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], [this.secret.secretArn]);
  }
}

import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** An account whose queues may be subscribed, and in which regions these stand. */
export interface Subscriber {
  readonly account: string;
  readonly regions: readonly string[];
}

export interface ClaimCheckTopicProps {
  readonly topicName: string;
  /** Under which the topic and the bucket are; it has to be ours, since no other account may use one of AWS's. */
  readonly key: Key;
  /** Where what the topic does not take lies. */
  readonly bucket: Bucket;
  /** How the keys of what lies there for these subscribers begin, as a pattern of S3's. */
  readonly prefix: string;
  readonly subscribers: readonly Subscriber[];
  /** Whether the endpoints speak TLS, so that whatever does not is refused. */
  readonly enforceSSL: boolean;
}

/**
 * A topic by which other accounts get messages that may be larger than it takes: what is larger lies in a bucket, and
 * a pointer goes in its place. The accounts may subscribe queues of theirs, and read what lies for them: nothing else,
 * and nothing of what lies for others. Which of their roles may is for them to say.
 */
export class ClaimCheckTopic extends Topic {
  constructor(scope: Construct, id: string, props: ClaimCheckTopicProps) {
    const { topicName, key, bucket, prefix, subscribers, enforceSSL } = props;
    super(scope, id, { topicName, masterKey: key, enforceSSL });
    for (const { account, regions } of subscribers) {
      this.addToResourcePolicy(
        new PolicyStatement({
          effect: Effect.ALLOW,
          principals: [new AccountPrincipal(account)],
          actions: ['sns:Subscribe'],
          resources: [this.topicArn],
          conditions: {
            StringEquals: { 'sns:Protocol': 'sqs' },
            StringLike: { 'sns:Endpoint': regions.map((region) => queuesOf(account, region)) },
          },
        }),
      );
    }
    const principals = subscribers.map(({ account }) => new AccountPrincipal(account));
    if (principals.length === 0) return;
    bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals,
        actions: ['s3:GetObject'],
        resources: [bucket.arnForObjects(`${prefix}*`)],
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals,
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } },
      }),
    );
  }
}

function queuesOf(account: string, region: string): string {
  return `arn:${Aws.PARTITION}:sqs:${region}:${account}:*`;
}

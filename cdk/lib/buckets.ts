import { Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
  TransitionDefaultMinimumObjectSize,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { ContextStack } from './context-stack';

/**
 * A bucket that nobody gets at but by a permission, under a key of ours. What is deleted in it is gone: it keeps
 * no versions.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, encryptionKey: IKey, rules: readonly LifecycleRule[]) {
    const { stage } = ContextStack.deploymentOf(scope);
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      // One key from KMS serves many objects: else each object would cost a call.
      bucketKeyEnabled: true,
      enforceSSL: stage.offers.tls,
      // What was begun in parts and cut off is nobody's.
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }, ...rules],
      // Objects are small: without this, S3 would leave them out of every transition.
      transitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize.VARIES_BY_STORAGE_CLASS,
      removalPolicy: stage.removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: "Access logs would hold people's ids and links. CloudTrail's data events tell who read what.",
    });
  }
}

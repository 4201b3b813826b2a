import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

import { ContextStack } from './context-stack';

/** A key of the account's own. The account's administrators keep it, but can't decrypt with it. */
export class OwnKey extends Key {
  /** @param use who may encrypt and decrypt with it */
  constructor(scope: Construct, id: string, description: string, use: PolicyStatement) {
    super(scope, id, {
      description,
      enableKeyRotation: true,
      policy: new PolicyDocument({ statements: [administration(), use] }),
      removalPolicy: ContextStack.deploymentOf(scope).stage.removalPolicy,
    });
  }
}

function administration(): PolicyStatement {
  return new PolicyStatement({
    principals: [new AccountRootPrincipal()],
    actions: [
      'kms:CancelKeyDeletion',
      'kms:CreateAlias',
      'kms:CreateGrant',
      'kms:DeleteAlias',
      'kms:DescribeKey',
      'kms:DisableKey',
      'kms:EnableKey',
      'kms:EnableKeyRotation',
      'kms:GetKeyPolicy',
      'kms:GetKeyRotationStatus',
      'kms:ListGrants',
      'kms:ListKeyPolicies',
      'kms:ListResourceTags',
      'kms:PutKeyPolicy',
      'kms:RevokeGrant',
      'kms:ScheduleKeyDeletion',
      'kms:TagResource',
      'kms:UntagResource',
      'kms:UpdateAlias',
      'kms:UpdateKeyDescription',
    ],
    resources: ['*'],
  });
}

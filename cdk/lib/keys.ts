import { Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, AnyPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
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

/**
 * A key under which something is signed and checked that stays in the account, and that nobody has. Who may do which
 * of the two is for the roles to say.
 */
export class MacKey extends Key {
  constructor(scope: Construct, id: string, description: string) {
    const checking = new PolicyStatement({
      principals: [new AccountRootPrincipal()],
      actions: ['kms:GenerateMac', 'kms:VerifyMac'],
      resources: ['*'],
    });
    super(scope, id, {
      description,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      policy: new PolicyDocument({ statements: [administration(), checking] }),
      removalPolicy: ContextStack.deploymentOf(scope).stage.removalPolicy,
    });
  }
}

/** What services need of a key under which they keep what is ours. */
export const USING = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** That whoever of the account may use something of these services may use the key, through them alone. */
export function useThrough(scope: Construct, ...services: readonly string[]): PolicyStatement {
  const { account, region } = Stack.of(scope);
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: USING,
    resources: ['*'],
    conditions: {
      StringEquals: {
        'kms:CallerAccount': account,
        'kms:ViaService': services.map((service) => `${service}.${region}.amazonaws.com`),
      },
    },
  });
}

/** That a service of AWS may use the key, on behalf of the account. */
export function useBy(scope: Construct, service: string): PolicyStatement {
  return new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
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

import { createHash } from 'node:crypto';

import type { IAspect } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { IConstruct } from 'constructs';

import { ContextStack } from './context-stack';
import { ownerOf } from './references';

/** EventBridge takes no longer name of a rule. */
const LONGEST_NAME = 64;

/** As much of a digest tells names apart that begin alike. */
const DIGEST = 8;

/**
 * What a rule is called: by its stage and its construct, as queues and functions are. CloudWatch counts by that name, and
 * whoever asks there has to know it beforehand.
 */
export function nameOfRule(rule: CfnRule): string {
  const whole = `fairlead-${ContextStack.deploymentOf(rule).stage.name}-${ownerOf(rule).node.id}`;
  if (whole.length <= LONGEST_NAME) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, DIGEST);
  return `${whole.slice(0, LONGEST_NAME - DIGEST - 1)}-${digest}`;
}

/** Gives every rule that it comes across its name, so that none can be forgotten. */
export class RulesAreNamed implements IAspect {
  visit(node: IConstruct): void {
    if (node instanceof CfnRule) node.name = nameOfRule(node);
  }
}

import { Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

import type { Artefacts } from './artefacts';
import type { Stage } from './stages';

/** What every stack of one deployment has in common. */
export interface Deployment {
  readonly app: App;
  readonly stage: Stage;
  readonly artefacts: Artefacts;
}

/** The stack of one context, `fairlead-<stage>-<context>`. */
export class ContextStack extends Stack {
  readonly deployment: Deployment;

  constructor(
    deployment: Deployment,
    readonly context: string,
    description: string,
  ) {
    const { app, stage } = deployment;
    super(app, `fairlead-${stage.name}-${context}`, {
      description,
      terminationProtection: stage.deletionProtection,
    });
    this.deployment = deployment;
  }

  /** The deployment that a construct belongs to. */
  static deploymentOf(construct: Construct): Deployment {
    return ContextStack.around(construct).deployment;
  }

  /** The context's stack that a construct belongs to. */
  static around(construct: IConstruct): ContextStack {
    const stack = Stack.of(construct);
    if (!(stack instanceof ContextStack)) {
      throw new Error(`${construct.node.path} is in no context's stack`);
    }
    return stack;
  }
}

import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import type { Deployment } from './context-stack';
import { DataStack } from './stacks/data';
import { EventsStack } from './stacks/events';
import { IdentityStack } from './stacks/identity';
import { NotificationStack } from './stacks/notification';
import { ProfileStack } from './stacks/profile';

/**
 * All of Fairlead. Dependencies point one way, and this is their order: what keeps state stands
 * first and alone, since sign-in needs the tables and the API needs sign-in.
 */
export function buildFairlead(deployment: Deployment): void {
  const { tables } = new DataStack(deployment);
  const { bus } = new EventsStack(deployment);
  const { userPool, webClient } = new IdentityStack(deployment, tables);
  new ProfileStack(deployment, { profiles: tables.profiles, bus, userPool, webClient });
  new NotificationStack(deployment, { profiles: tables.profiles, ledger: tables.ledger, bus });

  if (deployment.stage.checkedByNag) {
    Validations.of(deployment.app).addPlugins(new AwsSolutionsChecks(deployment.app));
  }
}

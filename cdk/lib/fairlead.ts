import { Aspects, AspectPriority, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { NO_FLOWS } from './constructs/salesforce-flows';
import type { Deployment } from './context-stack';
import { RulesAreNamed } from './rules';
import { AccessStack } from './stacks/access';
import { AlarmsPublish, AlarmsStack } from './stacks/alarms';
import { ApiStack } from './stacks/api';
import { ContactStack } from './stacks/contact';
import { DataStack } from './stacks/data';
import { DeadLettersStack } from './stacks/dead-letters';
import { DirectoryStack } from './stacks/directory';
import { DocsStack } from './stacks/docs';
import { ErasureStack } from './stacks/erasure';
import { EventsStack } from './stacks/events';
import { ExtensionStack } from './stacks/extension';
import { FanOutStack } from './stacks/fan-out';
import { HouseStack } from './stacks/house';
import { IdentityStack } from './stacks/identity';
import { IntakeStack } from './stacks/intake';
import { NotificationStack } from './stacks/notification';
import { OperationsStack } from './stacks/operations';
import { PartnerStack } from './stacks/partner';
import { PortalStack } from './stacks/portal';
import { ProfileStack } from './stacks/profile';
import { SalesforceStack } from './stacks/salesforce';
import { WebhooksStack } from './stacks/webhooks';

/**
 * All of Fairlead. Dependencies point one way, and this is their order: where alarms go and what keeps
 * state stand first and alone, and the API last, since it needs sign-in and all that answers.
 */
export function buildFairlead(deployment: Deployment): void {
  const alarms = new AlarmsStack(deployment);
  Aspects.of(deployment.app).add(new AlarmsPublish(alarms.topic), { priority: AspectPriority.MUTATING });
  Aspects.of(deployment.app).add(new RulesAreNamed(), { priority: AspectPriority.MUTATING });
  const { tables, buckets, key, claimsKey, identifierKey, salesforce: store } = new DataStack(deployment);
  const { bus } = new EventsStack(deployment);
  const { userPool, webClients, tokens, logins, signIn } = new IdentityStack(deployment, { tables, identifierKey });
  const profile = new ProfileStack(deployment, {
    tables,
    exports: buckets.exports,
    events: buckets.events,
    identifierKey,
    userPool,
    tokens,
    bus,
  });
  const notification = new NotificationStack(deployment, {
    profiles: tables.profiles,
    directory: tables.directory,
    ledger: tables.ledger,
    bus,
  });
  const access = new AccessStack(deployment, {
    receipts: tables.receipts,
    profiles: tables.profiles,
    archive: buckets.receipts,
    directory: tables.directory,
    tokens,
  });
  const partner = new PartnerStack(deployment, { tables, bodies: buckets.events, identifierKey, tokens, bus });
  const directory = new DirectoryStack(deployment, {
    directory: tables.directory,
    ledger: tables.ledger,
    userPool,
    tokens,
  });
  const intake = new IntakeStack(deployment, {
    tables,
    bodies: buckets.events,
    claims: buckets.claims,
    identifierKey,
    tokens,
    bus,
    notices: notification.queue,
  });
  const webhooks = new WebhooksStack(deployment, {
    tables,
    bodies: buckets.events,
    identifierKey,
    tokens,
    bus,
  });
  if (deployment.stage.fanOut.length > 0) {
    new FanOutStack(deployment, {
      tables,
      bodies: buckets.events,
      claims: buckets.claims,
      claimsKey,
      identifierKey,
      bus,
    });
  }
  const { salesforce } = deployment.stage;
  let flows = NO_FLOWS;
  if (salesforce !== undefined && store !== undefined) {
    const { support, onCall } = new OperationsStack(deployment, { tables });
    flows = new SalesforceStack(deployment, salesforce, { tables, store, support, onCall }).flowNames;
    new ContactStack(deployment, { tables, identifierKey });
  }
  const extension = new ExtensionStack(deployment, { tables, key, tokens, bus, bodies: buckets.events, identifierKey });
  const deadLetters = new DeadLettersStack(deployment, { tables, archive: buckets.receipts, tokens });
  const docs = new DocsStack(deployment, { directory: tables.directory, tokens });
  const erasure = new ErasureStack(deployment, {
    tables,
    buckets,
    bus,
    userPool,
    tokens,
  });
  const { portal } = deployment.stage;
  const pages = portal && new PortalStack(deployment, portal, { key, tokens, signIn });
  const answering = {
    identityLogins: logins,
    profileApi: profile.api,
    profileExport: profile.export,
    profileIdentify: profile.identify,
    profileDatasets: profile.datasets,
    profileMerge: profile.merge,
    receiptApi: access.receiptApi,
    partnerApi: partner.api,
    erasureApi: erasure.api,
    partnerList: partner.list,
    partnerChanges: partner.changes,
    eventData: partner.eventData,
    directoryApi: directory.api,
    directoryClients: directory.clients,
    partnerIngest: intake.ingest,
    partnerSegment: intake.segment,
    partnerHooks: intake.hooks,
    eventUploads: intake.uploads,
    eventUploaded: intake.uploaded,
    eventRejected: intake.rejected,
    eventTypes: intake.types,
    partnerSubscriptions: webhooks.subscriptions,
    deadLettersApi: deadLetters.api,
    extensionApi: extension.api,
    docsApi: docs.api,
    portalWeb: pages?.web,
  };
  const { api: operationsApi } = new HouseStack(deployment, {
    config: tables.config,
    tokens,
    flows,
    answering: Object.values(answering).filter((answers) => answers !== undefined),
  });
  new ApiStack(deployment, { userPool, webClients, ...answering, operationsApi });

  if (deployment.stage.checkedByNag) {
    Validations.of(deployment.app).addPlugins(new AwsSolutionsChecks(deployment.app));
  }
}

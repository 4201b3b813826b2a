import { Duration, type SecretValue } from 'aws-cdk-lib';
import * as connect from 'aws-cdk-lib/aws-connect';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';

import { ContextStack, type Deployment } from '../context-stack';
import { CountedAlarm } from '../counted-alarm';
import { FairleadFunction } from '../fairlead-function';
import type { TableName } from './data';

/** Amazon Connect waits for eight seconds at most, and a caller hears nothing meanwhile. */
const LOOKUP_TIMEOUT = Duration.seconds(5);

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly identifierKey: SecretValue;
}

/** What the contact centre asks while somebody is on the line. */
export class ContactStack extends ContextStack {
  constructor(deployment: Deployment, dependencies: Dependencies) {
    super(deployment, 'contact', 'Fairlead: what the contact centre looks up');
    const { instances } = deployment.stage.contactCentre;
    const [config, caller] = [this.config(dependencies), this.caller(dependencies)];
    const lookups = [config, caller];
    instances.forEach((instance, index) => {
      for (const lookup of lookups) this.open(lookup, instance, index);
    });
    this.watch(config, 'lookups-stale', 'lookups_stale', 'Contacts are answered by what was read before.');
    this.watch(config, 'lookups-default', 'lookups_default', 'Contacts are answered without any configuration.');
    this.watch(caller, 'callers-unavailable', 'callers_unavailable', 'Callers can not be looked up.');
  }

  private watch(lookup: FairleadFunction, id: string, metric: string, what: string): void {
    new CountedAlarm(this, id, lookup, metric, `${what} docs/flows/contact-lookups.md`);
  }

  private config({ tables: { config } }: Dependencies): FairleadFunction {
    return new FairleadFunction(this, 'contact-config-lookup', {
      description: 'Tells the contact centre whether it is open, what to say and where a call goes.',
      timeout: LOOKUP_TIMEOUT,
      environment: { CONFIG_TABLE: config.tableName },
    }).may(['dynamodb:GetItem'], config);
  }

  private caller({ tables, identifierKey }: Dependencies): FairleadFunction {
    const { tenant, partner } = this.deployment.stage.contactCentre;
    return new FairleadFunction(this, 'contact-caller-lookup', {
      description: 'Tells the contact centre who is calling, as far as its agreement allows, and records it.',
      timeout: LOOKUP_TIMEOUT,
      environment: {
        CONTACT_TENANT: tenant,
        CONTACT_PARTNER: partner,
        IDENTIFIERS_TABLE: tables.identifiers.tableName,
        // A dynamic reference, which CloudFormation resolves: the template holds no secret.
        IDENTIFIER_KEY: identifierKey.unsafeUnwrap(),
        DIRECTORY_TABLE: tables.directory.tableName,
        PROFILES_TABLE: tables.profiles.tableName,
        RECEIPTS_TABLE: tables.receipts.tableName,
      },
    })
      .may(['dynamodb:GetItem'], tables.identifiers)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], tables.directory)
      .may(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], tables.profiles)
      .may(['dynamodb:PutItem'], tables.receipts);
  }

  /** Flows of the instance find the function in their list, and the instance may call it. */
  private open(lookup: FairleadFunction, instance: string, index: number): void {
    lookup.addPermission(`instance-${index + 1}`, {
      principal: new ServicePrincipal('connect.amazonaws.com'),
      sourceArn: instance,
      sourceAccount: this.account,
    });
    new connect.CfnIntegrationAssociation(this, `${lookup.node.id}-instance-${index + 1}`, {
      instanceId: instance,
      integrationType: 'LAMBDA_FUNCTION',
      integrationArn: lookup.functionArn,
    });
  }
}

import { Aws, CustomResource, type SecretValue, Stack } from 'aws-cdk-lib';
import { CfnConnectorProfile, CfnFlow } from 'aws-cdk-lib/aws-appflow';
import * as events from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { type SalesforceKind, salesforceKinds } from '../salesforce-kinds';
import { OUTCOMES, REJECTED, type SalesforceStore } from '../salesforce-store';
import type { Salesforce } from '../stages';

/** The object that holds outcomes in Salesforce, and what tells its records apart. */
const OUTCOME_OBJECT = 'Fairlead_Outcome__c';
const RECORD_ID = 'Record_ID__c';
/** The other columns of the files, which are fields of the object, of these types: `OUTCOME_FIELDS` in shared/flow. */
const OUTCOME_FIELDS: Readonly<Record<string, string>> = {
  Action__c: 'string',
  Result__c: 'string',
  Reason__c: 'string',
  Time__c: 'datetime',
};

/** How often outcomes go to Salesforce, as AppFlow says it: no flow runs more often than each minute. */
const OUTCOMES_SCHEDULE = 'rate(1minutes)';

/** After how many failed runs AppFlow deactivates the flow; salesforce-flow-repair has tried before. */
const DEACTIVATED_AFTER = 10;

/** The flows that there have to be, as `Flows` of shared/flow reads them. */
export interface DescribedFlows {
  /** How their names begin in AppFlow, where they are the account's. */
  readonly prefix: string;
  /** The connection's name. */
  readonly profile: string;
  readonly instance_url: string;
  readonly sandbox: boolean;
  readonly credentials_arn: string;
  readonly event_source: string;
  readonly events_bucket: string;
  /** By name those that tell of edits: of which object in Salesforce. */
  readonly changes: Readonly<Record<string, string>>;
  readonly outcomes: {
    readonly name: string;
    readonly object: string;
    readonly bucket: string;
    readonly errors_bucket: string;
    readonly schedule: string;
  };
}

/** The flows of a stage. Where an event relay tells of edits, there is but the one that brings outcomes back. */
export function describedFlows(stage: string, { url, sandbox, tells }: Salesforce, store: SalesforceStore): DescribedFlows {
  const prefix = `fairlead-${stage}-`;
  const own = `aws.partner/appflow/salesforce.com/${Aws.ACCOUNT_ID}/fairlead-${stage}`;
  const changes = typeof tells === 'string' ? salesforceKinds().map((kind) => [flowOf(kind), kind[tells]]) : [];
  return {
    prefix,
    profile: `${prefix}salesforce`,
    instance_url: url,
    sandbox,
    credentials_arn: store.secretArn,
    event_source: typeof tells === 'string' ? own : tells.eventSource,
    events_bucket: store.events.bucketName,
    changes: Object.fromEntries(changes),
    outcomes: {
      name: 'salesforce-outcomes',
      object: OUTCOME_OBJECT,
      bucket: store.outcomes.bucketName,
      errors_bucket: store.outcomes.bucketName,
      schedule: OUTCOMES_SCHEDULE,
    },
  };
}

/** What flows are called in AppFlow: those that bring changes in, and those that take outcomes out. */
export interface FlowNames {
  readonly in: readonly string[];
  readonly out: readonly string[];
}

/** Those of a stage without Salesforce. */
export const NO_FLOWS: FlowNames = { in: [], out: [] };

export function flowNames({ prefix, changes, outcomes }: DescribedFlows): FlowNames {
  const named = (name: string) => `${prefix}${name}`;
  return { in: Object.keys(changes).map(named), out: [named(outcomes.name)] };
}

function flowOf({ name }: SalesforceKind): string {
  return `salesforce-${name}-changes`;
}

export interface SalesforceFlowsProps {
  readonly flows: DescribedFlows;
  /** The refresh token that AppFlow was granted: docs/salesforce.md. */
  readonly refreshToken: SecretValue;
  /** What activates the flows. */
  readonly activation: IFunction;
}

/**
 * What AppFlow does: a connection, a flow for each kind of record that tells of edits, one that brings outcomes back,
 * and the bus of the partner event source that the first ones make. They are drafts until that bus is there, since what
 * they tell would go nowhere: so it is for a custom resource to activate them, and not for their templates.
 */
export class SalesforceFlows extends Construct {
  /** Where what Salesforce tells arrives. */
  readonly bus: events.CfnEventBus;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SalesforceFlowsProps,
  ) {
    super(scope, id);
    const { flows, activation } = props;
    const profile = this.profile();
    const telling = Object.entries(flows.changes).map(([name, object]) => this.changes(name, object));
    const all = [...telling, this.outcomes()];
    for (const flow of all) flow.addDependency(profile);
    this.bus = new events.CfnEventBus(this, 'bus', { name: flows.event_source, eventSourceName: flows.event_source });
    // AppFlow makes the source with the first flow that names it.
    for (const flow of telling) this.bus.addDependency(flow);
    const activated = new CustomResource(this, 'activation', {
      serviceToken: activation.functionArn,
      resourceType: 'Custom::SalesforceFlows',
      properties: { Flows: Stack.of(this).toJsonString(flows), Activate: 'true' },
    });
    activated.node.addDependency(this.bus, ...all);
  }

  /** AppFlow gets itself access tokens by the refresh token, under the id and the secret of the External Client App. */
  private profile(): CfnConnectorProfile {
    const { flows, refreshToken } = this.props;
    return new CfnConnectorProfile(this, 'connection', {
      connectorProfileName: flows.profile,
      connectorType: 'Salesforce',
      connectionMode: 'Public',
      connectorProfileConfig: {
        connectorProfileProperties: {
          salesforce: { instanceUrl: flows.instance_url, isSandboxEnvironment: flows.sandbox },
        },
        connectorProfileCredentials: {
          salesforce: {
            clientCredentialsArn: flows.credentials_arn,
            // A dynamic reference, which CloudFormation resolves: the template holds no secret.
            refreshToken: refreshToken.unsafeUnwrap(),
            // It has to be there, and is replaced as soon as it is of no use.
            accessToken: 'none-yet',
          },
        },
      },
    });
  }

  private changes(name: string, object: string): CfnFlow {
    const { flows } = this.props;
    return new CfnFlow(this, name, {
      flowName: `${flows.prefix}${name}`,
      description: 'Tells Fairlead of what operators edit.',
      triggerConfig: { triggerType: 'Event' },
      sourceFlowConfig: {
        connectorType: 'Salesforce',
        connectorProfileName: flows.profile,
        sourceConnectorProperties: { salesforce: { object } },
      },
      destinationFlowConfigList: [
        {
          connectorType: 'EventBridge',
          destinationConnectorProperties: {
            eventBridge: {
              object: flows.event_source,
              // There it leaves an event that is too large for the bus, and tells where it is.
              errorHandlingConfig: { bucketName: flows.events_bucket },
            },
          },
        },
      ],
      tasks: [
        {
          taskType: 'Map_all',
          sourceFields: [],
          connectorOperator: { salesforce: 'NO_OP' },
          taskProperties: [{ key: 'EXCLUDE_SOURCE_FIELDS_LIST', value: '[]' }],
        },
      ],
    });
  }

  private outcomes(): CfnFlow {
    const { flows } = this.props;
    const { name, bucket, errors_bucket: errors, object, schedule } = flows.outcomes;
    return new CfnFlow(this, name, {
      flowName: `${flows.prefix}${name}`,
      description: 'Brings to Salesforce what became of edits.',
      triggerConfig: {
        triggerType: 'Scheduled',
        triggerProperties: {
          scheduleExpression: schedule,
          dataPullMode: 'Incremental',
          flowErrorDeactivationThreshold: DEACTIVATED_AFTER,
        },
      },
      sourceFlowConfig: {
        connectorType: 'S3',
        sourceConnectorProperties: {
          s3: { bucketName: bucket, bucketPrefix: OUTCOMES, s3InputFormatConfig: { s3InputFileType: 'CSV' } },
        },
      },
      destinationFlowConfigList: [
        {
          connectorType: 'Salesforce',
          connectorProfileName: flows.profile,
          destinationConnectorProperties: {
            salesforce: {
              object,
              writeOperationType: 'UPSERT',
              idFieldNames: [RECORD_ID],
              // Pinned: left to itself, AppFlow takes one or the other by how much there is, and each says times its way.
              dataTransferApi: 'REST_SYNC',
              errorHandlingConfig: { failOnFirstError: true, bucketName: errors, bucketPrefix: REJECTED },
            },
          },
        },
      ],
      tasks: outcomeTasks(),
    });
  }
}

/** Each column of a file goes into the field of the same name. */
function outcomeTasks(): CfnFlow.TaskProperty[] {
  const columns = [RECORD_ID, ...Object.keys(OUTCOME_FIELDS)];
  return [
    { taskType: 'Filter', sourceFields: columns, connectorOperator: { s3: 'PROJECTION' } },
    ...columns.map((column) => ({
      taskType: 'Map',
      sourceFields: [column],
      destinationField: column,
      connectorOperator: { s3: 'NO_OP' },
      taskProperties: [
        { key: 'SOURCE_DATA_TYPE', value: 'string' },
        { key: 'DESTINATION_DATA_TYPE', value: OUTCOME_FIELDS[column] ?? 'string' },
      ],
    })),
  ];
}

import { Aws, CustomResource, Stack } from 'aws-cdk-lib';
import { CfnConnectorProfile, CfnFlow } from 'aws-cdk-lib/aws-appflow';
import * as events from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { SalesforceKind } from '../salesforce-kinds';
import { OUTCOMES, REJECTED, type SalesforceStore } from '../salesforce-store';
import type { Salesforce } from '../stages';

/** The flow that brings outcomes to Salesforce. */
const OUTCOMES_FLOW = 'salesforce-outcomes';

/** The object that holds outcomes in Salesforce, and what tells its records apart. */
const OUTCOME_OBJECT = 'Fairlead_Outcome__c';
const RECORD_ID = 'Record_ID__c';
/** The columns of the files, and the fields of the object: `HEADER` in shared/salesforce. */
const OUTCOME_FIELDS = [RECORD_ID, 'Action__c', 'Result__c', 'Reason__c', 'Time__c'];

/** How often outcomes go to Salesforce, as AppFlow says it: no flow runs more often than each minute. */
const OUTCOMES_SCHEDULE = 'rate(1minutes)';

/** After how many failed runs AppFlow deactivates the flow; salesforce-flow-repair has tried before. */
const DEACTIVATED_AFTER = 10;

/** The flow that tells of edits of a kind. */
function changesFlow({ name }: SalesforceKind): string {
  return `salesforce-${name}-changes`;
}

/** The names of all flows of a stage, which AppFlow knows by names of the account's. */
export function flowNames(stage: string, { tells }: Salesforce, kinds: readonly SalesforceKind[]): readonly string[] {
  const changes = typeof tells === 'string' ? kinds.map(changesFlow) : [];
  return [...changes, OUTCOMES_FLOW].map((flow) => `${flowPrefix(stage)}${flow}`);
}

/** How the names of a stage's flows begin. */
export function flowPrefix(stage: string): string {
  return `fairlead-${stage}-`;
}

/** The name of the partner event source by which Salesforce tells, which is that of its bus too. */
export function eventSource(stage: string, { tells }: Salesforce): string {
  return typeof tells === 'string'
    ? `aws.partner/appflow/salesforce.com/${Aws.ACCOUNT_ID}/fairlead-${stage}`
    : tells.eventSource;
}

export interface SalesforceFlowsProps {
  /** The name of the stage. */
  readonly stage: string;
  readonly salesforce: Salesforce;
  readonly kinds: readonly SalesforceKind[];
  readonly store: SalesforceStore;
  /** What activates the flows. */
  readonly connection: IFunction;
}

/**
 * What AppFlow does: a connection, a flow for each kind of record that tells of edits, one that brings outcomes back,
 * and the bus of the partner event source that the first ones make. They are drafts until that bus is there, since what
 * they tell would go nowhere: so it is for a custom resource to activate them, and not for their templates.
 */
export class SalesforceFlows extends Construct {
  readonly bus: events.IEventBus;

  constructor(scope: Construct, id: string, private readonly props: SalesforceFlowsProps) {
    super(scope, id);
    const { stage, salesforce, kinds, connection } = props;
    const profile = this.profile();
    const telling = typeof salesforce.tells === 'string' ? kinds.map((kind) => this.changes(kind)) : [];
    const flows = [...telling, this.outcomes()];
    for (const flow of flows) flow.addDependency(profile);
    const source = eventSource(stage, salesforce);
    const bus = new events.CfnEventBus(this, 'bus', { name: source, eventSourceName: source });
    // AppFlow makes the source with the first flow that names it.
    for (const flow of telling) bus.addDependency(flow);
    const activation = new CustomResource(this, 'activation', {
      serviceToken: connection.functionArn,
      resourceType: 'Custom::SalesforceFlows',
      properties: { Flows: flows.map(({ flowName }) => flowName), EventSource: source },
    });
    activation.node.addDependency(bus, ...flows);
    this.bus = events.EventBus.fromEventBusAttributes(this, 'partner-bus', {
      eventBusName: bus.ref,
      eventBusArn: bus.attrArn,
      eventBusPolicy: '',
    });
  }

  /** AppFlow gets itself access tokens by the refresh token that a person granted it: docs/salesforce.md. */
  private profile(): CfnConnectorProfile {
    const { salesforce, store } = this.props;
    return new CfnConnectorProfile(this, 'connection', {
      connectorProfileName: this.named('salesforce'),
      connectorType: 'Salesforce',
      connectionMode: 'Public',
      connectorProfileConfig: {
        connectorProfileProperties: {
          salesforce: { instanceUrl: salesforce.url, isSandboxEnvironment: salesforce.sandbox },
        },
        connectorProfileCredentials: {
          salesforce: {
            oAuth2GrantType: 'AUTHORIZATION_CODE',
            clientCredentialsArn: store.secret.secretArn,
            // A dynamic reference, which CloudFormation resolves: the template holds no secret.
            refreshToken: store.secret.secretValueFromJson('refreshToken').unsafeUnwrap(),
            // It asks for one, and replaces it at once.
            accessToken: 'none-yet',
          },
        },
      },
    });
  }

  private changes(kind: SalesforceKind): CfnFlow {
    const { stage, salesforce, store } = this.props;
    return new CfnFlow(this, changesFlow(kind), {
      flowName: this.named(changesFlow(kind)),
      description: `Tells Fairlead of edits of ${kind.name}.`,
      triggerConfig: { triggerType: 'Event' },
      sourceFlowConfig: {
        connectorType: 'Salesforce',
        connectorProfileName: this.named('salesforce'),
        sourceConnectorProperties: {
          salesforce: { object: salesforce.tells === 'platform-events' ? kind.platformEvent : kind.changes },
        },
      },
      destinationFlowConfigList: [
        {
          connectorType: 'EventBridge',
          destinationConnectorProperties: {
            eventBridge: {
              object: eventSource(stage, salesforce),
              // Where it leaves an event that the bus does not take, and tells where that is.
              errorHandlingConfig: { bucketName: store.events.bucketName, bucketPrefix: kind.name },
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
    const { store } = this.props;
    return new CfnFlow(this, OUTCOMES_FLOW, {
      flowName: this.named(OUTCOMES_FLOW),
      description: 'Brings to Salesforce what became of edits.',
      triggerConfig: {
        triggerType: 'Scheduled',
        triggerProperties: {
          scheduleExpression: OUTCOMES_SCHEDULE,
          dataPullMode: 'Incremental',
          flowErrorDeactivationThreshold: DEACTIVATED_AFTER,
        },
      },
      sourceFlowConfig: {
        connectorType: 'S3',
        sourceConnectorProperties: {
          s3: {
            bucketName: store.outcomes.bucketName,
            bucketPrefix: OUTCOMES,
            s3InputFormatConfig: { s3InputFileType: 'CSV' },
          },
        },
      },
      destinationFlowConfigList: [
        {
          connectorType: 'Salesforce',
          connectorProfileName: this.named('salesforce'),
          destinationConnectorProperties: {
            salesforce: {
              object: OUTCOME_OBJECT,
              writeOperationType: 'UPSERT',
              idFieldNames: [RECORD_ID],
              // Pinned: left to itself it takes the one or the other by how much there is, and they say times differently.
              dataTransferApi: 'REST_SYNC',
              errorHandlingConfig: {
                failOnFirstError: true,
                bucketName: store.outcomes.bucketName,
                bucketPrefix: REJECTED,
              },
            },
          },
        },
      ],
      tasks: [
        { taskType: 'Filter', sourceFields: OUTCOME_FIELDS, connectorOperator: { s3: 'PROJECTION' } },
        ...OUTCOME_FIELDS.map((field) => ({
          taskType: 'Map',
          sourceFields: [field],
          destinationField: field,
          connectorOperator: { s3: 'NO_OP' },
          taskProperties: [
            { key: 'SOURCE_DATA_TYPE', value: 'string' },
            { key: 'DESTINATION_DATA_TYPE', value: field === 'Time__c' ? 'datetime' : 'string' },
          ],
        })),
      ],
    });
  }

  private named(name: string): string {
    return `${flowPrefix(this.props.stage)}${name}`;
  }
}

/** The ARN of a flow. */
export function flowArn(stack: Stack, flow: string): string {
  return stack.formatArn({ service: 'appflow', resource: 'flow', resourceName: flow });
}

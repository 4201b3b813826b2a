import { ArnFormat } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { ContextStack, type Deployment } from '../context-stack';
import { ANSWERING_ONCE, FairleadFunction, type Resource } from '../fairlead-function';
import { deadLettersOf, partsOf, queuePrefix } from '../queues';
import { nameOfPartner } from '../stages';
import { API_TIMEOUT } from './api';
import type { TableName } from './data';
import type { TokenVariables } from './identity';

/** What of a row of an outbox says whether it is to be relayed. */
const MARKS = ['relay_shard', 'relay_at', 'parked_because'];

interface Dependencies {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly archive: Bucket;
  readonly tokens: TokenVariables;
}

/** What could not be processed, whatever it was: looked at, and processed again. */
export class DeadLettersStack extends ContextStack {
  readonly api: FairleadFunction;

  constructor(deployment: Deployment, { tables, archive, tokens }: Dependencies) {
    super(deployment, 'dead-letters', 'Fairlead: what could not be processed');
    const { stage } = deployment;
    const deadLetters = deadLettersOf(stage);
    const queues = Object.keys(deadLetters);
    const sources = new Set(Object.values(deadLetters).flatMap(({ back }) => (back === undefined ? [] : [back])));
    this.api = new FairleadFunction(this, 'dead-letters-api', {
      description: 'Shows operators what could not be processed, and has it processed again.',
      timeout: API_TIMEOUT,
      environment: {
        ...tokens,
        LEDGER_TABLE: tables.ledger.tableName,
        QUEUE_PREFIX: queuePrefix(stage),
        // As a list that may be empty: Lambda's variables are texts, and an empty one is a missing one.
        FANOUT_PARTNERS: JSON.stringify(stage.fanOut.map(nameOfPartner)),
        QUEUES_WITH: JSON.stringify(partsOf(stage)),
        PROFILES_TABLE: tables.profiles.tableName,
        EVENTS_TABLE: tables.events.tableName,
        RECEIPTS_BUCKET: archive.bucketName,
      },
    })
      .may(
        [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
          'sqs:ReceiveMessage',
        ],
        ...queues.map((id) => this.queue(id)),
      )
      .mayApart(['sqs:GetQueueUrl', 'sqs:SendMessage'], ...[...sources].sort().map((id) => this.queue(id)))
      .may(ANSWERING_ONCE, tables.ledger)
      .mayOnObjects(['s3:PutObject'], archive, 'receipts');
    this.api.allow(marking(tables.profiles, ['profile_id', 'part']));
    this.api.allow(marking(tables.events, ['event']));
  }

  /** By its name: nothing is exported for it, so that a queue can come and go with its own stack. */
  private queue(id: string): Resource {
    const resource = `${queuePrefix(this.deployment.stage)}${id}`;
    return { arn: this.formatArn({ service: 'sqs', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME }) };
  }
}

/** Allows changing the marks of a table's rows, and neither reading nor writing anything else of them. */
function marking(table: dynamodb.Table, keys: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['dynamodb:UpdateItem'],
    resources: [table.tableArn],
    conditions: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...keys, ...MARKS] },
      StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_NEW', 'UPDATED_OLD'] },
    },
  });
}

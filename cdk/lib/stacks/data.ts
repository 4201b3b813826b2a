import { CfnOutput, Duration, type SecretValue, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { type Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

import shapes from '../../tables.json';
import { PrivateBucket } from '../buckets';
import { ContextStack, type Deployment } from '../context-stack';
import { OwnKey, useThrough } from '../keys';
import { SalesforceStore } from '../salesforce-store';

/** The names of the tables, from `tables.json`, which the Rust tests read as well. */
export type TableName = keyof typeof shapes;

interface TableShape {
  readonly partition_key: string;
  readonly sort_key?: string;
  readonly stream?: string;
  readonly ttl?: string;
  readonly indexes?: Readonly<Record<string, { readonly partition_key: string; readonly sort_key: string }>>;
}

/** The buckets. */
export interface Buckets {
  /** What people export. */
  readonly exports: Bucket;
  /** Receipts that have left their table. */
  readonly receipts: Bucket;
  /** Certificates of erasures. */
  readonly certificates: Bucket;
  /** What of partners' events no row holds. */
  readonly events: Bucket;
  /** What of them partners fetch. */
  readonly claims: Bucket;
}

/** Tables and buckets, apart from all that computes, so that nothing done to a function can touch them. */
export class DataStack extends ContextStack {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly buckets: Buckets;
  /** The key of the tables and of the buckets that nobody else reads from. */
  readonly key: OwnKey;
  /** The key of what partners fetch, from accounts of their own. */
  readonly claimsKey: OwnKey;
  /** What is exchanged with Salesforce, on a stage that has one. */
  readonly salesforce?: SalesforceStore;
  /** Goes into the environment of each function that looks identifiers up: see docs/decisions/0012. */
  readonly identifierKey: SecretValue;

  constructor(deployment: Deployment) {
    super(deployment, 'data', 'Fairlead: the tables and the buckets');
    const key = this.keyOfTables();
    this.key = key;
    this.tables = {
      profiles: this.table('profiles', key),
      identifiers: this.table('identifiers', key),
      directory: this.table('directory', key),
      ledger: this.table('ledger', key),
      receipts: this.table('receipts', key),
      erasures: this.table('erasures', key),
      audiences: this.table('audiences', key),
      events: this.table('events', key),
      waiting: this.table('waiting', key),
      quarantine: this.table('quarantine', key),
      subscriptions: this.table('subscriptions', key),
      deliveries: this.table('deliveries', key),
      config: this.table('config', key),
    };
    this.claimsKey = this.keyOfClaims();
    this.buckets = {
      exports: new PrivateBucket(this, 'exports', key, [{ expiration: Duration.days(1) }]),
      receipts: new PrivateBucket(this, 'receipts-archive', key, [
        { transitions: [{ storageClass: StorageClass.GLACIER, transitionAfter: Duration.days(180) }] },
      ]),
      certificates: new PrivateBucket(this, 'certificates', key, []),
      // Twice as long as the rows: what was cut off before its row was written goes by itself. What was refused
      // goes a day after its row.
      events: new PrivateBucket(this, 'event-bodies', key, [
        { expiration: Duration.days(30) },
        { prefix: 'rejected/', expiration: Duration.days(15) },
      ]),
      // A day longer than a queue keeps what points there.
      claims: new PrivateBucket(this, 'claims', this.claimsKey, [{ expiration: Duration.days(15) }]),
    };
    this.identifierKey = this.identifierSecret(key).secretValue;
    if (deployment.stage.salesforce !== undefined) this.salesforce = new SalesforceStore(this);
    new CfnOutput(this, 'ProfilesTable', { value: this.tables.profiles.tableName });
    new CfnOutput(this, 'IdentifiersTable', { value: this.tables.identifiers.tableName });
    new CfnOutput(this, 'DirectoryTable', { value: this.tables.directory.tableName });
    new CfnOutput(this, 'LedgerTable', { value: this.tables.ledger.tableName });
    new CfnOutput(this, 'ErasuresTable', { value: this.tables.erasures.tableName });
    new CfnOutput(this, 'ReceiptsTable', { value: this.tables.receipts.tableName });
    new CfnOutput(this, 'AudiencesTable', { value: this.tables.audiences.tableName });
    new CfnOutput(this, 'EventsTable', { value: this.tables.events.tableName });
    new CfnOutput(this, 'WaitingTable', { value: this.tables.waiting.tableName });
    new CfnOutput(this, 'QuarantineTable', { value: this.tables.quarantine.tableName });
    new CfnOutput(this, 'SubscriptionsTable', { value: this.tables.subscriptions.tableName });
    new CfnOutput(this, 'DeliveriesTable', { value: this.tables.deliveries.tableName });
    new CfnOutput(this, 'ConfigTable', { value: this.tables.config.tableName });
    new CfnOutput(this, 'ClaimsBucket', { value: this.buckets.claims.bucketName });
    new CfnOutput(this, 'ClaimsKeyArn', { value: this.claimsKey.keyArn });
    new CfnOutput(this, 'EventsBucket', { value: this.buckets.events.bucketName });
    new CfnOutput(this, 'ExportsBucket', { value: this.buckets.exports.bucketName });
    new CfnOutput(this, 'CertificatesBucket', { value: this.buckets.certificates.bucketName });
    new CfnOutput(this, 'ReceiptsBucket', { value: this.buckets.receipts.bucketName });
  }

  private table(name: TableName, encryptionKey: kms.IKey): dynamodb.Table {
    const shape: TableShape = shapes[name];
    const { stage } = this.deployment;
    const table = new dynamodb.Table(this, name, {
      partitionKey: text(shape.partition_key),
      ...(shape.sort_key !== undefined && { sortKey: text(shape.sort_key) }),
      ...(shape.stream !== undefined && { stream: streamView(name, shape.stream) }),
      ...(shape.ttl !== undefined && { timeToLiveAttribute: shape.ttl }),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey,
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removalPolicy,
    });
    for (const [indexName, index] of Object.entries(shape.indexes ?? {})) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(index.partition_key),
        sortKey: text(index.sort_key),
      });
    }
    return table;
  }

  /**
   * The secret under which identifiers become keys of the table `identifiers`. It is made once: with another one
   * every identifier would be a stranger's, and a person who was erased could come back.
   */
  private identifierSecret(encryptionKey: kms.IKey): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'identifier-key', {
      description: 'Under it identifiers become keys of the table identifiers. Never to be replaced.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // As one from elsewhere, so that CDK adds no patterns of actions to its policy: it says what it allows.
      encryptionKey: kms.Key.fromKeyArn(this, 'key-of-the-secret', encryptionKey.keyArn),
      removalPolicy: this.deployment.stage.removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Another key would orphan every identifier: nobody could be found again, and nobody kept erased.',
    });
    return secret;
  }

  /**
   * The key of the tables, the buckets and the secret. Whoever may use a table or a bucket or read the secret may use
   * the key, through DynamoDB, S3 and Secrets Manager alone. So no function's role names the key.
   */
  private keyOfTables(): OwnKey {
    const description = 'Encrypts the tables, the buckets and the secret of the identifiers.';
    return new OwnKey(this, 'key', description, useThrough(this, 'dynamodb', 's3', 'secretsmanager'));
  }

  /** Another one for what partners fetch and for their topics, so that no other account may use that of all else. */
  private keyOfClaims(): OwnKey {
    const description = 'Encrypts what partners fetch, and the topics by which they are told.';
    return new OwnKey(this, 'claims-key', description, useThrough(this, 's3', 'sns'));
  }
}

/** All our keys are strings. */
function text(name: string): dynamodb.Attribute {
  return { name, type: dynamodb.AttributeType.STRING };
}

function streamView(table: string, view: string): dynamodb.StreamViewType {
  const known = Object.values(dynamodb.StreamViewType).find((each) => each === view);
  if (known === undefined) {
    throw new Error(`tables.json: DynamoDB has no stream view \`${view}\`, which ${table} asks for`);
  }
  return known;
}

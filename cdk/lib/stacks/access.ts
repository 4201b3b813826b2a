import { CfnOutput, Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction, KEEPING } from '../fairlead-function';
import { DeadLetterQueue } from '../queues';
import { API_TIMEOUT } from './api';
import type { TokenVariables } from './identity';

const ARCHIVE_TIMEOUT = Duration.seconds(30);

interface Dependencies {
  readonly receipts: dynamodb.Table;
  readonly profiles: dynamodb.Table;
  readonly archive: Bucket;
  readonly directory: dynamodb.Table;
  readonly tokens: TokenVariables;
}

/** What tells who read what of whom, and why. */
export class AccessStack extends ContextStack {
  readonly receiptApi: FairleadFunction;

  constructor(deployment: Deployment, { receipts, archive, profiles, directory, tokens }: Dependencies) {
    super(deployment, 'access', 'Fairlead: receipts of who read what');
    this.receiptApi = new FairleadFunction(this, 'receipt-api', {
      description: 'Shows people who read what of them, and operators what a partner read.',
      timeout: API_TIMEOUT,
      environment: {
        RECEIPTS_TABLE: receipts.tableName,
        PROFILES_TABLE: profiles.tableName,
        DIRECTORY_TABLE: directory.tableName,
        ...tokens,
      },
    })
      .may(['dynamodb:Query'], receipts, { arn: `${receipts.tableArn}/index/by_partner` })
      // Under which ids a person went, when profiles were merged, and what their browser withdraws.
      .may(KEEPING, profiles)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], directory);
    this.addArchive(receipts, archive);
  }

  /** What leaves the table by its age goes to the archive. */
  private addArchive(receipts: dynamodb.Table, archive: Bucket): void {
    const streamArn = receipts.tableStreamArn;
    if (streamArn === undefined) {
      throw new Error('tables.json: `receipts` needs a stream, which receipt-archive reads');
    }
    const parking = new DeadLetterQueue(this, 'receipts-parking');
    const archiving = new FairleadFunction(this, 'receipt-archive', {
      description: 'Archives receipts that leave their table by their age.',
      timeout: ARCHIVE_TIMEOUT,
      environment: { RECEIPTS_BUCKET: archive.bucketName, PARKING_QUEUE_URL: parking.queueUrl },
    })
      .mayOnObjects(['s3:PutObject'], archive, 'receipts')
      .may(['sqs:SendMessage'], parking)
      .may(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'], {
        arn: streamArn,
      });
    new EventSourceMapping(this, 'receipts-to-receipt-archive', {
      target: archiving,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Only what its time to live removed: the function is not started for what is written.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('REMOVE'),
          userIdentity: { principalId: FilterRule.isEqual('dynamodb.amazonaws.com') },
        }),
      ],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Without a limit of retries: the stream is all that still has these receipts.
      // The function may send there already; CDK's own destination would allow more than that.
      onFailure: { bind: () => ({ destination: parking.queueArn }) },
    });
    new CfnOutput(this, 'ReceiptsParkingQueueUrl', { value: parking.queueUrl });
  }
}

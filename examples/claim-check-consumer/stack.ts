import { Arn, ArnFormat, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

const TIMEOUT = Duration.minutes(1);

export interface ConsumerProps extends StackProps {
  /** The topic of another account, perhaps in another region. */
  readonly topicArn: string;
  /** Where what is too large for it lies, in the topic's region. */
  readonly bucketName: string;
  /** How the keys there begin, as a pattern: `claims/<tenant>/*` and then `/<partner>/`. */
  readonly prefix: string;
  /** The key that it lies under. */
  readonly keyArn: string;
  /** The consumer, built. */
  readonly code: Code;
}

/**
 * Takes messages of a topic of another account, small ones whole and large ones by a claim check. What can't be taken
 * five times lies in a dead-letter queue.
 */
export class ConsumerStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id, { description: 'Takes the messages of a topic of another account.', ...props });
    const queue = this.queue();
    this.subscribe(queue, props.topicArn);
    const consumer = this.consumer(props);
    consumer.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
  }

  private queue(): Queue {
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest there is, and a day shorter than the publisher keeps what a message points to.
      retentionPeriod: Duration.days(14),
    };
    const deadLetters = new Queue(this, 'events-dead-letters', common);
    return new Queue(this, 'events', {
      ...common,
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
  }

  /** Raw: what the queue has is the message, and its attributes are the queue's own. */
  private subscribe(queue: Queue, topicArn: string): void {
    const topic = Topic.fromTopicArn(this, 'topic', topicArn);
    const { region } = Arn.split(topicArn, ArnFormat.NO_RESOURCE_NAME);
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': topicArn } },
      }),
    );
    new Subscription(this, 'subscription', {
      topic,
      protocol: SubscriptionProtocol.SQS,
      endpoint: queue.queueArn,
      rawMessageDelivery: true,
      ...(region !== undefined && { region }),
    });
  }

  private consumer({ topicArn, bucketName, prefix, keyArn, code }: ConsumerProps): LambdaFunction {
    const logGroup = new LogGroup(this, 'consumer-log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'consumer-role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    // The publisher allows the account: here the account allows this role.
    const objects = this.formatArn({
      service: 's3',
      region: '',
      account: '',
      resource: bucketName,
      resourceName: `${prefix}*`,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }));
    role.addToPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [keyArn] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucketName}/${prefix}*]`,
      reason: 'An object has an ARN of its own: this allows those that are for this partner.',
    });
    return new LambdaFunction(this, 'consumer', {
      description: 'Takes events, and fetches what is too large to travel whole.',
      code,
      handler: 'bootstrap',
      runtime: Runtime.PROVIDED_AL2023,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: TIMEOUT,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        CLAIMS_BUCKET: bucketName,
        // Where the topic is, the bucket is: S3 is asked there.
        CLAIMS_REGION: Arn.split(topicArn, ArnFormat.NO_RESOURCE_NAME).region ?? this.region,
      },
    });
  }
}

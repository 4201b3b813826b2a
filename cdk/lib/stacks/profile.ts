import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';

import { ContextStack, type Deployment } from '../context-stack';
import { FairleadFunction } from '../fairlead-function';
import { DeadLetterQueue, WorkQueue, alarmWhenNotEmpty } from '../queues';
import { PROFILE_READ, PROFILE_WRITE } from './identity';

const API_TIMEOUT = Duration.seconds(10);
const RELAY_TIMEOUT = Duration.seconds(30);
const SWEEP_INTERVAL = Duration.minutes(5);

interface Dependencies {
  readonly profiles: dynamodb.Table;
  readonly bus: events.EventBus;
  readonly userPool: cognito.IUserPool;
  readonly webClient: cognito.IUserPoolClient;
}

/** People's own way to their profile, and the relay of its events from the table to the bus. */
export class ProfileStack extends ContextStack {
  constructor(deployment: Deployment, { profiles, bus, userPool, webClient }: Dependencies) {
    super(deployment, 'profile', 'Fairlead: the profile API and the relay of its events');
    this.addApi(profiles, userPool, webClient);

    const parking = new WorkQueue(this, 'parking', RELAY_TIMEOUT);
    alarmWhenNotEmpty(parking, 'Records of the profiles stream that could not be published are parked.');
    this.addStream(profiles, bus, parking);
    this.addSweep(profiles, bus, parking);
    new CfnOutput(this, 'ParkingQueueUrl', { value: parking.queueUrl });
  }

  private addApi(profiles: dynamodb.Table, userPool: cognito.IUserPool, webClient: cognito.IUserPoolClient): void {
    const handler = new FairleadFunction(this, 'profile-api', {
      description: 'Shows people their own profile and lets them change it.',
      timeout: API_TIMEOUT,
      environment: { PROFILES_TABLE: profiles.tableName },
    }).may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem'], profiles);

    const api = new apigateway.HttpApi(this, 'api', {
      apiName: `fairlead-${this.deployment.stage.name}`,
      createDefaultStage: false,
      // Its issuer is the pool's address on AWS, which the local stack's tokens carry as well.
      defaultAuthorizer: new HttpUserPoolAuthorizer('people', userPool, { userPoolClients: [webClient] }),
    });
    const integration = new HttpLambdaIntegration('profile-api', handler);
    const routes = [
      { method: apigateway.HttpMethod.GET, path: '/v1/me', scope: PROFILE_READ },
      { method: apigateway.HttpMethod.PATCH, path: '/v1/me', scope: PROFILE_WRITE },
      { method: apigateway.HttpMethod.PUT, path: '/v1/me/consents/{purpose}', scope: PROFILE_WRITE },
    ];
    for (const { method, path, scope } of routes) {
      api.addRoutes({ path, methods: [method], integration, authorizationScopes: [scope] });
    }
    this.addLiveStage(api);
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
  }

  private addLiveStage(api: apigateway.HttpApi): void {
    const accessLog = new LogGroup(this, 'api-access-log', {
      // Under this prefix AWS delivers logs without growing the account's one log resource policy.
      logGroupName: `/aws/vendedlogs/fairlead/${this.deployment.stage.name}/api-access`,
      retention: this.deployment.stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new apigateway.HttpStage(this, 'live', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        // The route and not the path, and no address of the caller: nothing here tells of a person.
        format: AccessLogFormat.custom(
          JSON.stringify({
            'request.id': '$context.requestId',
            'request.time': '$context.requestTime',
            route: '$context.routeKey',
            status: '$context.status',
            duration_ms: '$context.responseLatency',
            'integration.duration_ms': '$context.integrationLatency',
            'integration.error': '$context.integrationErrorMessage',
            'authorizer.error': '$context.authorizer.error',
          }),
        ),
      },
    });
  }

  private addStream(profiles: dynamodb.Table, bus: events.EventBus, parking: WorkQueue): void {
    const streamArn = profiles.tableStreamArn;
    if (streamArn === undefined) {
      throw new Error('tables.json: `profiles` needs a stream, which profile-stream reads');
    }
    const relay = this.relay('profile-stream', "Publishes the events that a profile's change left in its table.", {
      profiles,
      bus,
      parking,
    }).may(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'], {
      arn: streamArn,
    });
    new EventSourceMapping(this, 'profiles-to-profile-stream', {
      target: relay,
      eventSourceArn: streamArn,
      // Nothing written while the mapping was being made is passed over.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Only what enters the outbox: the function is not started for the state beside it.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { part: { S: FilterRule.beginsWith('outbox#') } } },
        }),
      ],
      parallelizationFactor: 4,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // What fails this often is left to the sweep, so that it does not hold up its shard for a day.
      retryAttempts: 10,
      // The function may send there already; CDK's own destination would allow more than that.
      onFailure: { bind: () => ({ destination: parking.queueArn }) },
    });
  }

  private addSweep(profiles: dynamodb.Table, bus: events.EventBus, parking: WorkQueue): void {
    const deadLetters = new DeadLetterQueue(this, 'profile-sweep-dead-letters');
    const sweep = this.relay('profile-sweep', 'Publishes the events that the stream did not relay.', {
      profiles,
      bus,
      parking,
    })
      .may(['dynamodb:Query'], { arn: `${profiles.tableArn}/index/unrelayed` })
      .may(['sqs:SendMessage'], deadLetters);
    // The next run is the retry of this one.
    sweep.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: SWEEP_INTERVAL,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new events.Rule(this, 'every-five-minutes', {
      description: 'Starts profile-sweep.',
      schedule: events.Schedule.rate(SWEEP_INTERVAL),
      targets: [
        new LambdaFunction(sweep, { retryAttempts: 2, maxEventAge: SWEEP_INTERVAL, deadLetterQueue: deadLetters }),
      ],
    });
  }

  /** Both relays publish what the outbox holds, mark it as relayed, and park what can't be published. */
  private relay(
    name: string,
    description: string,
    { profiles, bus, parking }: { profiles: dynamodb.Table; bus: events.EventBus; parking: WorkQueue },
  ): FairleadFunction {
    return new FairleadFunction(this, name, {
      description,
      timeout: RELAY_TIMEOUT,
      environment: {
        PROFILES_TABLE: profiles.tableName,
        EVENT_BUS_NAME: bus.eventBusName,
        PARKING_QUEUE_URL: parking.queueUrl,
      },
    })
      .may(['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], profiles)
      .may(['events:PutEvents'], bus)
      .may(['sqs:SendMessage'], parking);
  }
}

import { CfnOutput, Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';

import { ContextStack, type Deployment } from '../context-stack';

/** The bus that carries the domain events, and their archive. */
export class EventsStack extends ContextStack {
  readonly bus: events.EventBus;

  constructor(deployment: Deployment) {
    super(deployment, 'events', 'Fairlead: the event bus');
    const { stage } = deployment;
    this.bus = new events.EventBus(this, 'bus', {
      eventBusName: `fairlead-${stage.name}`,
      description: 'CloudEvents of every context, each type described in events/.',
    });
    if (stage.offers.eventArchive) {
      this.bus
        .archive('archive', {
          description: 'Every event, for replay after a consumer was down or wrong.',
          eventPattern: { account: [this.account] },
          retention: Duration.days(90),
        })
        .applyRemovalPolicy(stage.removalPolicy);
    }
    new CfnOutput(this, 'EventBusName', { value: this.bus.eventBusName });
  }
}

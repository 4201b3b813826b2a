import { CfnOutput, Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';

import { ContextStack, type Deployment } from '../context-stack';

/**
 * For how long announcements of partners' events are of use: what they announce is kept for 15 days
 * (shared/intake/src/item.rs), so that a replay of the oldest one still finds it.
 */
const ANNOUNCEMENTS_KEPT = Duration.days(14);

/** The bus that carries the domain events, and their archives. */
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
      const own = this.bus.archive('archive', {
        description: "Every event of Fairlead's own, for replay after a consumer was down or wrong.",
        eventPattern: { account: [this.account], detail: { dataref: events.Match.doesNotExist() } },
        retention: Duration.days(90),
      });
      const announcements = this.bus.archive('announcements', {
        description: "Every announcement of a partner's event, as long as the event may be there, for replay.",
        eventPattern: { account: [this.account], detail: { dataref: events.Match.exists() } },
        retention: ANNOUNCEMENTS_KEPT,
      });
      for (const archive of [own, announcements]) archive.applyRemovalPolicy(stage.removalPolicy);
      new CfnOutput(this, 'ArchiveArn', { value: own.archiveArn });
      new CfnOutput(this, 'AnnouncementsArchiveArn', { value: announcements.archiveArn });
    }
    new CfnOutput(this, 'EventBusName', { value: this.bus.eventBusName });
  }
}

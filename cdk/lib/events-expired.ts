import { CountedAlarm } from './counted-alarm';
import type { FairleadFunction } from './fairlead-function';

/**
 * An alarm that goes off where a function is told of an event that has run out. That happens to what lay among dead
 * letters for longer than the event is kept, and then there is nothing left that could be a dead letter again.
 */
export class EventsExpiredAlarm extends CountedAlarm {
  constructor(reader: FairleadFunction) {
    const told = `${reader.node.id} was told of an event that has run out: docs/flows/dead-letters.md`;
    super(reader, 'events-expired', reader, 'events_expired', told);
  }
}

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const KINDS = resolve(__dirname, '../../events/salesforce');

/** A kind of record that operators edit in Salesforce, as `events/salesforce/<kind>/mapping.json` has it. */
export interface SalesforceKind {
  readonly name: string;
  /** What Salesforce tells of an edit by, if Change Data Capture is on: `Holiday__ChangeEvent`. */
  readonly changes: string;
  /** What it tells of one by, if its own platform event does: `Holiday_Change__e`. */
  readonly 'platform-events': string;
}

/** All kinds that there are: adding a folder adds one. */
export function salesforceKinds(): readonly SalesforceKind[] {
  return readdirSync(KINDS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => kind(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function kind(name: string): SalesforceKind {
  const path = join(KINDS, name, 'mapping.json');
  const { object, platform_event: platformEvent } = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof object !== 'string' || typeof platformEvent !== 'string') {
    throw new Error(`${path} does not say of which object it is and by which platform event`);
  }
  const changes = object.endsWith('__c') ? `${object.slice(0, -1)}ChangeEvent` : `${object}ChangeEvent`;
  return { name, changes, 'platform-events': platformEvent };
}

/** What a scope allows, as the hosted login says it. */
export const SCOPES = {
  'profile.read': 'Read a profile',
  'profile.write': 'Change a profile',
  'profile.identify': 'Tell whose an identifier is',
  'profile.merge': 'Merge and split profiles',
  'profile.erase': 'Erase people who have no login',
  'receipts.read': 'Read who was shown what of a profile',
  'events.write': 'Report events of people',
  'directory.read': 'See how tenants, partners, purposes and agreements are defined',
  'directory.write': 'Define tenants, partners, purposes and agreements',
  'identifier-rules.write': 'Define which identifiers are taken, of the people of all tenants',
  'dead-letters.read': 'See what could not be processed, and why',
  'dead-letters.redrive': 'Have it processed again',
  'operations.read': 'See how the house and its flows are doing',
  'subscriptions.write': 'Be told of events by webhooks',
  'extensions.read': "See a tenant's own code, what it wrote and what it used",
  'extensions.write': "Have a tenant's own code run on its events",
} as const;

export type Scope = keyof typeof SCOPES;

/** What operators may be granted, and nobody else who signs in: shared/identity has the same list. */
export const OPERATORS_SCOPES = [
  'profile.merge',
  'profile.erase',
  'receipts.read',
  'events.write',
  'directory.read',
  'directory.write',
  'identifier-rules.write',
  'dead-letters.read',
  'dead-letters.redrive',
  'operations.read',
  'extensions.read',
  'extensions.write',
] as const satisfies readonly Scope[];

/** What of it a program of operators may be granted, which nobody signs in by: shared/token has the same list. */
export const PROGRAMS_SCOPES = [
  'receipts.read',
  'directory.read',
  'dead-letters.read',
  'dead-letters.redrive',
  'operations.read',
] as const satisfies readonly (typeof OPERATORS_SCOPES)[number][];

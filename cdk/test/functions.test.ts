import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { EXTENSION_FUNCTIONS } from './functions-extensions';
import { HOUSE_FUNCTIONS, SALESFORCE_FUNCTIONS, TRIGGER, houseValues } from './functions-operators';
import { PAGES_FUNCTIONS, PAGES_VALUES } from './functions-pages';
import { STAGES, Synthesised } from './synthesised';

const TOKENS = ['TOKEN_ISSUER', 'WEB_CLIENT_IDS', 'OPERATORS_CLIENT_IDS'];
const PARTNER = [...TOKENS, ...TRIGGER, 'RECEIPTS_TABLE', 'LEDGER_TABLE'];
const LIST = [
  ...TOKENS,
  'DIRECTORY_TABLE',
  'PROFILES_TABLE',
  'RECEIPTS_TABLE',
  'LEDGER_TABLE',
  'AUDIENCES_TABLE',
  'IDENTIFIER_KEY',
];
const AUDIENCE = ['PROFILES_TABLE', 'AUDIENCES_TABLE'];
const RELAY = ['PROFILES_TABLE', 'EVENT_BUS_NAME', 'PARKING_QUEUE_URL'];

const KEPT_EVENTS = ['EVENTS_TABLE', 'EVENTS_BUCKET', 'QUARANTINE_TABLE'];
const BY_WRITE_KEY = ['DIRECTORY_TABLE', 'LEDGER_TABLE', ...KEPT_EVENTS];
const ACCEPTING = [...TOKENS, ...BY_WRITE_KEY];
const EVENT_RELAY = ['EVENTS_TABLE', 'EVENT_BUS_NAME', 'PARKING_QUEUE_URL'];

const ERASING = ['ERASURES_TABLE', 'PROFILES_TABLE'];

/** What each function reads from its environment, and how long it may take. */
const FUNCTIONS: Record<string, { environment: string[]; timeout: number }> = {
  'erasure-api': {
    environment: [
      ...ERASING,
      'DIRECTORY_TABLE',
      'LEDGER_TABLE',
      'CERTIFICATES_BUCKET',
      ...TOKENS,
      'ERASURE_GRACE_SECONDS',
    ],
    timeout: 10,
  },
  'erasure-certify': { environment: [...ERASING, 'CERTIFICATES_BUCKET'], timeout: 60 },
  'erasure-data': {
    environment: [
      ...ERASING,
      'IDENTIFIERS_TABLE',
      'RECEIPTS_TABLE',
      'EXPORTS_BUCKET',
      'EVENTS_TABLE',
      'WAITING_TABLE',
      'EVENTS_BUCKET',
      'CLAIMS_BUCKET',
      'QUARANTINE_TABLE',
    ],
    timeout: 60,
  },
  'erasure-freeze': { environment: ERASING, timeout: 60 },
  'erasure-logins': { environment: [...ERASING, 'USER_POOL_ID'], timeout: 60 },
  'erasure-partners': { environment: [...ERASING, 'ERASURE_DEADLINE_SECONDS'], timeout: 60 },
  'erasure-release': { environment: ERASING, timeout: 60 },
  'erasure-reminders': { environment: [...ERASING, 'ERASURE_REMINDER_SECONDS'], timeout: 60 },
  'erasure-start': { environment: ['ERASURE_MACHINE_ARN'], timeout: 30 },
  'event-data': { environment: [...PARTNER, 'EVENTS_TABLE', 'EVENTS_BUCKET'], timeout: 10 },
  'event-rejected': { environment: ACCEPTING, timeout: 10 },
  'event-resume': { environment: ['PROFILES_TABLE', 'WAITING_TABLE', 'EVENTS_TABLE'], timeout: 30 },
  'event-router': {
    environment: [
      'EVENTS_TABLE',
      'EVENTS_BUCKET',
      'CLAIMS_BUCKET',
      'WAITING_TABLE',
      ...TRIGGER,
      'NOTIFICATION_QUEUE_URL',
    ],
    timeout: 30,
  },
  'event-stream': { environment: EVENT_RELAY, timeout: 30 },
  'event-sweep': { environment: EVENT_RELAY, timeout: 30 },
  'event-uploaded': { environment: ACCEPTING, timeout: 10 },
  'event-uploads': {
    environment: [...TOKENS, 'DIRECTORY_TABLE', 'LEDGER_TABLE', 'EVENTS_TABLE', 'EVENTS_BUCKET'],
    timeout: 10,
  },
  'event-types': { environment: [...TOKENS, 'DIRECTORY_TABLE', 'LEDGER_TABLE'], timeout: 10 },
  'identity-custom-message': { environment: ['DIRECTORY_TABLE'], timeout: 5 },
  'identity-logins': {
    environment: [...TRIGGER, 'USER_POOL_ID', 'LEDGER_TABLE', ...TOKENS],
    timeout: 10,
  },
  'identity-post-authentication': { environment: TRIGGER, timeout: 5 },
  'identity-pre-sign-up': { environment: ['PROFILES_TABLE', 'IDENTIFIERS_TABLE', 'IDENTIFIER_KEY'], timeout: 5 },
  'identity-reconcile': {
    environment: [
      'USER_POOL_ID',
      'PROFILES_TABLE',
      'IDENTIFIERS_TABLE',
      'IDENTIFIER_KEY',
      'DIRECTORY_TABLE',
      'LEDGER_TABLE',
    ],
    timeout: 300,
  },
  'identity-post-confirmation': { environment: TRIGGER, timeout: 5 },
  'identity-pre-token-generation': { environment: TRIGGER, timeout: 5 },
  'directory-api': { environment: ['DIRECTORY_TABLE', 'LEDGER_TABLE', ...TOKENS], timeout: 10 },
  'directory-clients': {
    environment: ['DIRECTORY_TABLE', 'LEDGER_TABLE', ...TOKENS, 'USER_POOL_ID'],
    timeout: 10,
  },
  'dead-letters-api': {
    environment: [
      ...TOKENS,
      'LEDGER_TABLE',
      'QUEUE_PREFIX',
      'FANOUT_PARTNERS',
      'QUEUES_WITH',
      'PROFILES_TABLE',
      'EVENTS_TABLE',
      'RECEIPTS_BUCKET',
    ],
    timeout: 10,
  },
  'docs-api': { environment: [...TOKENS, 'DIRECTORY_TABLE'], timeout: 10 },
  'partner-api': { environment: PARTNER, timeout: 10 },
  'partner-audience': { environment: AUDIENCE, timeout: 30 },
  'partner-changes': { environment: LIST, timeout: 10 },
  'partner-hooks': { environment: [...BY_WRITE_KEY, 'HOOK_SECRETS'], timeout: 10 },
  'partner-ingest': { environment: ACCEPTING, timeout: 10 },
  'consent-expiry': { environment: AUDIENCE, timeout: 30 },
  'partner-list': { environment: LIST, timeout: 10 },
  'partner-segment': { environment: BY_WRITE_KEY, timeout: 10 },
  'partner-subscriptions': {
    environment: [
      ...TOKENS,
      'DIRECTORY_TABLE',
      'LEDGER_TABLE',
      'SUBSCRIPTIONS_TABLE',
      'DELIVERIES_TABLE',
      'WEBHOOK_REACH',
    ],
    timeout: 10,
  },
  'profile-api': { environment: ['PROFILES_TABLE', 'DIRECTORY_TABLE', 'LEDGER_TABLE', ...TOKENS], timeout: 10 },
  'profile-identify': { environment: [...TRIGGER, ...TOKENS, 'LEDGER_TABLE', ...KEPT_EVENTS], timeout: 10 },
  'profile-datasets': { environment: ['PROFILES_TABLE', 'DIRECTORY_TABLE', 'LEDGER_TABLE', ...TOKENS], timeout: 10 },
  'profile-export': {
    environment: [
      ...TRIGGER,
      'RECEIPTS_TABLE',
      'AUDIENCES_TABLE',
      'ERASURES_TABLE',
      'USER_POOL_ID',
      'EXPORTS_BUCKET',
      'LEDGER_TABLE',
      ...TOKENS,
    ],
    timeout: 29,
  },
  'profile-merge': {
    environment: ['PROFILES_TABLE', 'IDENTIFIERS_TABLE', ...TOKENS, 'LEDGER_TABLE'],
    timeout: 10,
  },
  'profile-settle': { environment: ['PROFILES_TABLE', 'IDENTIFIERS_TABLE'], timeout: 600 },
  'subscription-deliver': {
    environment: [
      'SUBSCRIPTIONS_TABLE',
      'DELIVERIES_TABLE',
      'WEBHOOKS_QUEUE_URL',
      'WEBHOOK_REACH',
      'EVENTS_TABLE',
      'EVENTS_BUCKET',
      'IDENTIFIERS_TABLE',
      'IDENTIFIER_KEY',
      'DIRECTORY_TABLE',
      'PROFILES_TABLE',
      'RECEIPTS_TABLE',
      'ERASURES_TABLE',
      'CONFIG_TABLE',
    ],
    timeout: 60,
  },
  'subscription-due': { environment: ['DELIVERIES_TABLE', 'WEBHOOKS_QUEUE_URL'], timeout: 30 },
  'subscription-match': {
    environment: [
      'SUBSCRIPTIONS_TABLE',
      'DELIVERIES_TABLE',
      'WEBHOOKS_QUEUE_URL',
      ...TRIGGER,
      'EVENTS_TABLE',
      'EVENTS_BUCKET',
      'WAITING_TABLE',
    ],
    timeout: 30,
  },
  'profile-stream': { environment: RELAY, timeout: 30 },
  'profile-sweep': { environment: RELAY, timeout: 30 },
  'receipt-api': {
    environment: ['RECEIPTS_TABLE', 'PROFILES_TABLE', 'DIRECTORY_TABLE', ...TOKENS],
    timeout: 10,
  },
  'receipt-archive': { environment: ['RECEIPTS_BUCKET', 'PARKING_QUEUE_URL'], timeout: 30 },
  'notification-dispatch': {
    environment: ['PROFILES_TABLE', 'DIRECTORY_TABLE', 'LEDGER_TABLE', 'NOTIFICATIONS_TOPIC_ARN'],
    timeout: 30,
  },
};

/**
 * What a stage has only if it asks for it: see federation.test.ts, fan-out.test.ts, portal.test.ts and salesforce.test.ts;
 * and what each tenant has of its own: see extension.test.ts.
 */
const onDemand = (stage: string): string[] => [
  'extension-host',
  'event-fanout',
  'identity-user-migration',
  ...(stage === 'local' ? [] : [...Object.keys(PAGES_FUNCTIONS), ...Object.keys(SALESFORCE_FUNCTIONS)]),
];

/** What a variable's value refers to: `Ref` is a table's or bus's name, a queue's URL and a topic's ARN. */
const values = (stage: string): Record<string, string> => ({
  ERASURE_GRACE_SECONDS: stage === 'local' ? '10' : '259200',
  ERASURE_DEADLINE_SECONDS: stage === 'local' ? '90' : '1209600',
  ERASURE_REMINDER_SECONDS: stage === 'local' ? '5' : '86400',
  USER_POOL_ID: '<people>',
  PROFILES_TABLE: '<profiles>',
  IDENTIFIERS_TABLE: '<identifiers>',
  DIRECTORY_TABLE: '<directory>',
  IDENTIFIER_KEY: '{{resolve:secretsmanager:<identifier-key>:SecretString:::}}',
  LEDGER_TABLE: '<ledger>',
  RECEIPTS_TABLE: '<receipts>',
  ERASURES_TABLE: '<erasures>',
  ERASURE_MACHINE_ARN: '<erasure>',
  CERTIFICATES_BUCKET: '<certificates>',
  CLAIMS_BUCKET: '<claims>',
  AUDIENCES_TABLE: '<audiences>',
  EVENTS_TABLE: '<events>',
  WAITING_TABLE: '<waiting>',
  QUARANTINE_TABLE: '<quarantine>',
  SUBSCRIPTIONS_TABLE: '<subscriptions>',
  DELIVERIES_TABLE: '<deliveries>',
  WEBHOOKS_QUEUE_URL: '<webhooks>',
  WEBHOOK_REACH: stage === 'local' ? 'anywhere' : 'internet',
  EVENTS_BUCKET: '<event-bodies>',
  EXPORTS_BUCKET: '<exports>',
  RECEIPTS_BUCKET: '<receipts-archive>',
  TOKEN_ISSUER: 'https://cognito-idp.<AWS::Region>.amazonaws.com/<people>',
  WEB_CLIENT_IDS: stage === 'local' ? '<people/web>,<people/web-airport>' : '<people/web>',
  OPERATORS_CLIENT_IDS: stage === 'local' ? '<people/operators>,<people/program-night-watch>' : '<people/operators>',
  HOOK_SECRETS: `fairlead/${stage}/hooks`,
  EVENT_BUS_NAME: '<bus>',
  PARKING_QUEUE_URL: '<parking>',
  QUEUE_PREFIX: `fairlead-${stage}-`,
  FANOUT_PARTNERS: '[]',
  QUEUES_WITH: stage === 'local' ? '["salesforce"]' : '[]',
  CONFIG_TABLE: '<config>',
  CONTACT_TENANT: 'harbour',
  CONTACT_PARTNER: 'contact-centre',
  ON_CALL_TOPIC_ARN: '<on-call>',
  SMS_MESSAGES_TOPIC_ARN: '<sms-messages>',
  CONFIGURATION_CHANGES_TOPIC_ARN: '<configuration-changes>',
  SUPPORT_TOPIC_ARN: '<support>',
  SALESFORCE_OUTCOMES_BUCKET: '<salesforce-outcomes>',
  SALESFORCE_EVENTS_BUCKET: '<salesforce-events>',
  SALESFORCE_CONFIG_QUEUE_URL: '<salesforce-config>',
  SALESFORCE_REREAD_QUEUE_URL: '<salesforce-reread>',
  SALESFORCE_SECRET: '<salesforce-client.Id>',
  SALESFORCE_URL: 'http://127.0.0.1:4580',
  AWS_ENDPOINT_URL_APPFLOW: 'http://127.0.0.1:4580',
  SALESFORCE_FLOWS: expect.stringContaining('"prefix":"fairlead-local-"') as unknown as string,
  RETRY_SCHEDULE_GROUP: 'fairlead-local-flow-retries',
  RETRY_FUNCTION_ARN:
    'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:fairlead-local-salesforce-flow-repair',
  RETRY_ROLE_ARN: '<flow-retries-role.Arn>',
  EXTENSIONS_BUCKET: '<extensions>',
  EXTENSION_UPLOADS_QUEUE_URL: '<extension-uploads>',
  EXTENSION_BACKLOG_QUEUE_URL: '<extension-backlog>',
  EXTENSION_RUNS_PER_DAY: '1000000',
  EXTENSION_COMPILE_FUNCTION: '<extension-compile>',
  EXTENSION_MAC_KEY: '<mac-key.Arn>',
  EXTENSION_PREFIX: `fairlead-${stage}-`,
  EXTENSION_LOGS: `/fairlead/${stage}`,
  EXTENSION_HOSTS: expect.stringContaining('"boundary":"<boundary>"') as unknown as string,
  NOTIFICATION_QUEUE_URL: '<notification>',
  NOTIFICATIONS_TOPIC_ARN: '<notifications>',
  ...PAGES_VALUES,
  ...houseValues(stage),
});

/** Where a function's variable refers to something of its own. */
const OWN_VALUES: Record<string, Record<string, string>> = {
  'event-stream': { PARKING_QUEUE_URL: '<events-parking>' },
  'event-sweep': { PARKING_QUEUE_URL: '<events-parking>' },
  'extension-dispatch': { PARKING_QUEUE_URL: '<extension-backlog-dead-letters>' },
  'extension-enrich': { PARKING_QUEUE_URL: '<extension-results-dead-letters>' },
  'receipt-archive': { PARKING_QUEUE_URL: '<receipts-parking>' },
  'salesforce-config-notifier': { PARKING_QUEUE_URL: '<configuration-notices-parking>' },
  'salesforce-config-outcome': { PARKING_QUEUE_URL: '<configuration-outcomes-parking>' },
};

describe.each(STAGES)('on stage %s', (stage) => {
  const all = Synthesised.stage(stage);
  const functions = all.ofType('AWS::Lambda::Function');
  const named = (name: string) => functions.filter(({ construct }) => construct === name);

  it('the functions are exactly the folders below functions/', () => {
    const folders = readdirSync(join(__dirname, '../../functions'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => !onDemand(stage).includes(name));
    expect(functions.map(({ construct }) => construct).sort()).toEqual(folders.sort());
  });

  const described: Record<string, { environment: string[]; timeout: number; memory?: number }> = {
    ...FUNCTIONS,
    ...EXTENSION_FUNCTIONS,
    ...SALESFORCE_FUNCTIONS,
    ...PAGES_FUNCTIONS,
    ...HOUSE_FUNCTIONS,
  };
  const deployed = Object.entries(described);
  it.each(deployed.filter(([name]) => !onDemand(stage).includes(name)))('%s gets its environment, its time limit and its name', (name, expected) => {
    const [found, ...others] = named(name);
    expect(others).toEqual([]);
    expect(found?.properties).toMatchObject({
      FunctionName: `fairlead-${stage}-${name}`,
      MemorySize: expected.memory ?? 256,
      Runtime: 'provided.al2023',
      Timeout: expected.timeout,
      TracingConfig: { Mode: 'Active' },
    });
    const variables = Object.entries(found?.properties.Environment?.Variables ?? {});
    expect(Object.fromEntries(variables.map(([key, value]) => [key, all.say(value, found?.stack ?? '')]))).toEqual(
      Object.fromEntries(expected.environment.map((key) => [key, OWN_VALUES[name]?.[key] ?? values(stage)[key]])),
    );
  });

  it('a text message is nobody else\'s for as long as its function may take', () => {
    const relay = SALESFORCE_FUNCTIONS['operations-sms-relay'];
    const source = readFileSync(join(__dirname, '../../functions/operations-sms-relay/src/lib.rs'), 'utf8');
    const [, seconds] = /const LEASE: Duration = Duration::from_secs\((\d+)\);/.exec(source) ?? [];
    expect(Number(seconds)).toBe(relay?.timeout);
  });

  it('a request under an idempotency key is held for as long as its function may take', () => {
    const source = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');
    const lease = /const LEASE: Duration = Duration::from_secs\((\d+)\);/;
    const [, seconds] = lease.exec(source('shared/lambda-kit/src/idempotency.rs')) ?? [];
    const holding = functions.filter(({ construct }) =>
      source(`functions/${construct}/src/lib.rs`).includes('AnswerStore::new('),
    );
    expect(holding.length).toBeGreaterThan(5);
    for (const { construct, properties } of holding) {
      // Who is told by Lambda how much time is left holds it for that.
      const isTold = source(`functions/${construct}/src/lib.rs`).includes('leased_for(left)');
      expect.soft(isTold || properties.Timeout === Number(seconds), construct).toBe(true);
    }
  });

  it('an attempt to send a webhook is nobody else\'s for as long as its function may take', () => {
    const source = readFileSync(join(__dirname, '../../shared/subscription/src/delivery.rs'), 'utf8');
    const [, minutes] = /const LEASE: Duration = Duration::from_mins\((\d+)\);/.exec(source) ?? [];
    const [deliver] = named('subscription-deliver');
    expect(deliver?.properties.Timeout).toBeLessThanOrEqual(Number(minutes) * 60);
  });

  it('every function logs JSON to a group of its own that forgets', () => {
    const groups = all.ofType('AWS::Logs::LogGroup');
    for (const { properties } of groups) expect.soft(properties.RetentionInDays).toEqual(expect.any(Number));
    for (const { construct, stack, properties } of functions) {
      expect.soft(properties.LoggingConfig.LogFormat, construct).toBe('JSON');
      expect.soft(all.say(properties.LoggingConfig.LogGroup, stack)).toBe(`<${construct}-log>`);
    }
  });

  it('every function has a role that no other function has', () => {
    const roles = functions.map(({ stack, properties }) => all.say(properties.Role, stack));
    expect(roles.sort()).toEqual(functions.map(({ construct }) => `<${construct}-role.Arn>`).sort());
    const lambdas = all
      .ofType('AWS::IAM::Role')
      .filter(({ properties }) => JSON.stringify(properties.AssumeRolePolicyDocument).includes('lambda.amazonaws.com'));
    expect(lambdas).toHaveLength(functions.length);
  });
});

it('the functions run on arm64 on AWS and on this processor on this machine', () => {
  const architectures = (stage: string) =>
    new Set(
      Synthesised.stage(stage)
        .ofType('AWS::Lambda::Function')
        .flatMap(({ properties }) => properties.Architectures),
    );
  expect(architectures('production')).toEqual(new Set(['arm64']));
  expect(architectures('local')).toEqual(new Set([process.arch === 'arm64' ? 'arm64' : 'x86_64']));
});

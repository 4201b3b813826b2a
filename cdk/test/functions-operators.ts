// Part of functions.test.ts.
import { expect } from 'vitest';

/** What whoever makes sure of profiles reads. */
export const TRIGGER = ['PROFILES_TABLE', 'IDENTIFIERS_TABLE', 'DIRECTORY_TABLE', 'IDENTIFIER_KEY'];

/** What the function reads that tells how the house is doing. */
export const HOUSE_FUNCTIONS: Record<string, { environment: string[]; timeout: number }> = {
  'operations-api': {
    environment: ['TOKEN_ISSUER', 'WEB_CLIENT_IDS', 'OPERATORS_CLIENT_IDS', 'CONFIG_TABLE', 'HOUSE_NAMES', 'SALESFORCE_FLOW_NAMES'],
    timeout: 10,
  },
};

/** What that is: only a bus of a partner of AWS's has no name beforehand, and no stage here has one. */
export const houseValues = (stage: string): Record<string, string> => ({
  HOUSE_NAMES: '{}',
  SALESFORCE_FLOW_NAMES:
    stage === 'local'
      ? (expect.stringMatching(/^{"in":\["fairlead-local-.*"out":\["fairlead-local-salesforce-outcomes"\]}$/) as unknown as string)
      : '{"in":[],"out":[]}',
});

/** What each function reads that is there only where there is Salesforce, and how long it may take. */
export const SALESFORCE_FUNCTIONS: Record<string, { environment: string[]; timeout: number }> = {
  'contact-caller-lookup': {
    environment: ['CONTACT_TENANT', 'CONTACT_PARTNER', ...TRIGGER, 'RECEIPTS_TABLE'],
    timeout: 5,
  },
  'contact-config-lookup': { environment: ['CONFIG_TABLE'], timeout: 5 },
  'operations-oncall-assign': { environment: ['CONFIG_TABLE', 'ON_CALL_TOPIC_ARN'], timeout: 60 },
  'operations-sms-relay': { environment: ['LEDGER_TABLE', 'SMS_MESSAGES_TOPIC_ARN'], timeout: 30 },
  'salesforce-config-notifier': {
    environment: ['CONFIG_TABLE', 'CONFIGURATION_CHANGES_TOPIC_ARN', 'PARKING_QUEUE_URL'],
    timeout: 30,
  },
  'salesforce-config-outcome': {
    environment: ['CONFIG_TABLE', 'SALESFORCE_OUTCOMES_BUCKET', 'PARKING_QUEUE_URL'],
    timeout: 30,
  },
  'salesforce-config-reread': {
    environment: ['CONFIG_TABLE', 'SALESFORCE_CONFIG_QUEUE_URL', 'SALESFORCE_URL', 'SALESFORCE_SECRET'],
    timeout: 300,
  },
  'salesforce-config-writer': {
    environment: ['CONFIG_TABLE', 'SALESFORCE_EVENTS_BUCKET', 'SALESFORCE_REREAD_QUEUE_URL'],
    timeout: 30,
  },
  'salesforce-flow-connection': { environment: ['AWS_ENDPOINT_URL_APPFLOW'], timeout: 300 },
  'salesforce-flow-repair': {
    environment: [
      'SALESFORCE_FLOWS',
      'AWS_ENDPOINT_URL_APPFLOW',
      'CONFIG_TABLE',
      'SALESFORCE_OUTCOMES_BUCKET',
      'SALESFORCE_REREAD_QUEUE_URL',
      'SUPPORT_TOPIC_ARN',
      'RETRY_SCHEDULE_GROUP',
      'RETRY_FUNCTION_ARN',
      'RETRY_ROLE_ARN',
    ],
    timeout: 120,
  },
};

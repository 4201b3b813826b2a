// Part of functions.test.ts.

/** What whoever makes sure of profiles reads. */
export const TRIGGER = ['PROFILES_TABLE', 'IDENTIFIERS_TABLE', 'DIRECTORY_TABLE', 'IDENTIFIER_KEY'];

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

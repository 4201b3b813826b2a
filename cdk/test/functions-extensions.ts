// Part of functions.test.ts.

const TOKENS = ['TOKEN_ISSUER', 'WEB_CLIENT_IDS', 'OPERATORS_CLIENT_IDS'];
const NAMING = ['EXTENSION_PREFIX', 'EXTENSION_LOGS'];
const EVENTS = ['DIRECTORY_TABLE', 'PROFILES_TABLE', 'IDENTIFIER_KEY', 'EVENTS_TABLE', 'EVENTS_BUCKET', 'PARKING_QUEUE_URL'];

/** What the functions of tenants' own code read, how long they may take, and how much memory those have that need more. */
export const EXTENSION_FUNCTIONS: Record<string, { environment: string[]; timeout: number; memory?: number }> = {
  'extension-api': {
    environment: [
      ...TOKENS,
      ...NAMING,
      'DIRECTORY_TABLE',
      'LEDGER_TABLE',
      'EXTENSIONS_BUCKET',
      'EXTENSION_UPLOADS_QUEUE_URL',
      'EVENT_BUS_NAME',
    ],
    timeout: 10,
  },
  'extension-compile': { environment: ['EXTENSIONS_BUCKET', 'EXTENSION_MAC_KEY'], timeout: 60, memory: 2048 },
  'extension-dispatch': {
    environment: [
      ...EVENTS,
      'RECEIPTS_TABLE',
      'IDENTIFIERS_TABLE',
      'WAITING_TABLE',
      'LEDGER_TABLE',
      'EXTENSION_BACKLOG_QUEUE_URL',
      'EXTENSION_RUNS_PER_DAY',
    ],
    timeout: 60,
  },
  'extension-enrich': { environment: [...EVENTS, 'QUARANTINE_TABLE'], timeout: 30 },
  'extension-register': {
    environment: [
      ...NAMING,
      'DIRECTORY_TABLE',
      'LEDGER_TABLE',
      'EXTENSIONS_BUCKET',
      'EXTENSION_COMPILE_FUNCTION',
      'EXTENSION_HOSTS',
      'EVENT_BUS_NAME',
    ],
    timeout: 300,
    memory: 512,
  },
  'extension-sweep': {
    environment: [...NAMING, 'DIRECTORY_TABLE', 'LEDGER_TABLE', 'EXTENSION_UPLOADS_QUEUE_URL', 'EXTENSION_HOSTS'],
    timeout: 300,
  },
};

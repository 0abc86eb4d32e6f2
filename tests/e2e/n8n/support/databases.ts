/** The fields of n8n's own Postgres credential. */
export function postgresLogin(url: string): Record<string, unknown> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const login = { host: hostname, port: Number(port), user: username, password, database: pathname.slice(1) };
  return { ...login, ssl: 'disable', allowUnauthorizedCerts: false, sshTunnel: false, maxConnections: 10 };
}

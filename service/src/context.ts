import type { IncomingMessage, ServerResponse } from 'node:http';

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Logger } from 'pino';

import type { Principal, RouteScope } from './auth/principal';
import type { Engine } from '../../lib';
import type { Metrics } from './metrics';
import type { ProblemCode } from './problem';
import type { Settings } from './settings';
import type { RunEvents } from './sync/run_events';
import type { Supervisor } from './sync/supervisor';
import type { Syncs } from './sync/syncs';

/** What routes share. One for each process, made by main.ts, handed to buildApp(). */
export interface Context {
  settings: Settings;
  engine: Engine;
  /** Does what is due: runs, plans, upkeep. */
  supervisor: Supervisor;
  syncs: Syncs;
  runEvents: RunEvents;
  metrics: Metrics;
  /** Aborted when the process is about to end: open streams end then. */
  closing: AbortSignal;
  log: Logger;
  now: () => Date;
}

/** The application as a route file sees it: schemas are TypeBox, and give the types of requests and answers. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A file of routes: adds them to the application. */
export type Routes = (app: App, context: Context) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a principal needs to call the route. A route without one is refused when it is added. */
    scope?: RouteScope;
    /** The answer holds something that must not be kept readable: its copy for repeats is sealed. */
    sensitive?: boolean;
  }
  interface FastifyRequest {
    /** Code of the problem it was answered with. */
    problemCode?: ProblemCode;
    /** Who calls. Of a public route: nobody. */
    principal: Principal;
  }
}

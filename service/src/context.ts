import type { IncomingMessage, ServerResponse } from 'node:http';

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Logger } from 'pino';

import type { Engine } from '../../lib';
import type { Principal, RouteScope } from './auth/principal';
import type { Settings } from './settings';

/** What routes share. One for each process, made by main.ts, handed to buildApp(). */
export interface Context {
  settings: Settings;
  engine: Engine;
  supervisor: Supervisor;
  log: Logger;
  now: () => Date;
}

/** Which sync runs when. Its state is in the engine's store, so another process can go on with it. */
export interface Supervisor {
  /** Goes on with every sync that is to run. */
  start(): Promise<void>;
  /** Lets pages in flight commit and stops. What was to run is to run after the next start. */
  stop(): Promise<void>;
  startSync(id: string, actor: string): Promise<void>;
  stopSync(id: string, actor: string): Promise<void>;
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
    /** Who calls. Of a public route: nobody. */
    principal: Principal;
  }
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify, type FastifyBaseLogger, LogController } from 'fastify';

import type { App, Context, Routes } from './context';
import { addAuth } from './plugins/auth';
import { addBodies } from './plugins/bodies';
import { addDocs } from './plugins/docs';
import { addErrors, answerNoRequest, problemOf, sendProblem } from './plugins/errors';
import { addIdempotency } from './plugins/idempotency';
import { addOpenApi } from './plugins/openapi';
import { addRateLimit } from './plugins/rate_limit';
import { addRequestLog, requestId } from './plugins/request_log';
import { addSecureHeaders } from './plugins/secure_headers';
import { auditRoutes } from './routes/audit';
import { conflictRoutes } from './routes/conflicts';
import { healthRoutes } from './routes/health';
import { integrationRoutes } from './routes/integrations';
import { keyRoutes } from './routes/keys';
import { mappingRoutes } from './routes/mappings';
import { planRoutes } from './routes/plans';
import { recordRoutes } from './routes/records';
import { rejectedRoutes } from './routes/rejected';
import { runRoutes } from './routes/runs';
import { syncRoutes } from './routes/syncs';
import { tableRoutes } from './routes/tables';
import { workflowRoutes } from './routes/workflows';
import { compileValidator } from './validation';

const bodyBytesMax = 1_048_576;
const headerBytesMax = 16_384;
/** To receive a whole request, against callers that send a byte at a time. */
const requestMillisMax = 30_000;
const headersMillisMax = 10_000;
/** To answer one. Calls to other systems are slow at times; a stream of events has a limit of its own. */
const handlerMillisMax = 120_000;
const keepAliveMillis = 5_000;
const paramCharactersMax = 300;

const routes: Routes[] = [
  syncRoutes,
  runRoutes,
  integrationRoutes,
  mappingRoutes,
  tableRoutes,
  rejectedRoutes,
  conflictRoutes,
  recordRoutes,
  planRoutes,
  workflowRoutes,
  keyRoutes,
  auditRoutes,
  healthRoutes,
];

/** Builds the service over a context. It does not listen: tests call inject(), main.ts listen(). */
export async function buildApp(context: Context): Promise<App> {
  const loggerInstance: FastifyBaseLogger = context.log;
  const app: App = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMillisMax,
    handlerTimeout: handlerMillisMax,
    keepAliveTimeout: keepAliveMillis,
    http: { maxHeaderSize: headerBytesMax, headersTimeout: headersMillisMax },
    routerOptions: { maxParamLength: paramCharactersMax },
    clientErrorHandler: answerNoRequest,
    frameworkErrors: (thrown, request, reply) => void sendProblem(reply, request, problemOf(thrown)),
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(compileValidator);
  addErrors(app);
  addBodies(app);
  addRequestLog(app);
  context.metrics.watchRequests(app);
  await addSecureHeaders(app);
  await addRateLimit(app, context);
  addAuth(app, context);
  addIdempotency(app, context);
  await addOpenApi(app, context);
  addDocs(app);
  for (const add of routes) add(app, context);
  return app;
}

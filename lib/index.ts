export type { Audit, Book } from './book';
export * from './conflict_types';
export * from './explain_types';
export type { Conflicts } from './conflicts';
export { Engine } from './engine';
export { EngineError, type ErrorKind } from './errors';
export { failedReport } from './failed_report';
export * from './reports';
export * from './types';

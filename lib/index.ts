export { Engine } from './engine';
export { EngineError, type ErrorKind } from './errors';
export * from './types';

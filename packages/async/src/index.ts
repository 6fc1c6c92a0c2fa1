export * from './actions/index.ts'
export type { AsyncLimits, AsyncLoadOptions, AsyncRunOptions, CallTarget } from './asyncOptions.ts'
export { type AsyncMethods, type AsyncOptions, asyncActions } from './extension.ts'

export * from './attachSharedTable.ts'
export * from './detachSharedTable.ts'
export * from './renameSharedTable.ts'

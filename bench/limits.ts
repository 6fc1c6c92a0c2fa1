/** The limits that are on in every measurement of ours; none is ever reached. */
export const limits = { maxMemory: 2 ** 30, maxInstructions: 1e12, timeout: 600_000 } as const

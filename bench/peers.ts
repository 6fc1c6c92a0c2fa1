import type { Side } from './measure.ts'
import { openFengari } from './peers/fengari.ts'
import type { Peer } from './peers/peer.ts'
import { openWasmoon } from './peers/wasmoon.ts'

/** The packages that every table compares with. */
export const peers: readonly Peer[] = [await openWasmoon(), openFengari()]

/** A side for each peer, sampled in every `every`-th round. */
export function peerSides(sampler: (peer: Peer) => Side['sample'], every = 1): Side[] {
  return peers.map((peer) => ({ name: peer.name, sample: sampler(peer), every }))
}

import { interleave, type Measured, type Side } from './measure.ts'
import { fengari } from './peers/fengari.ts'
import type { Peer, PeerSession } from './peers/peer.ts'
import { wasmoon } from './peers/wasmoon.ts'

/** The packages that every table compares with. */
export const peers: readonly Peer[] = [wasmoon, fengari]

/** Interleaves `sides` and the peers, each with a state of its own that nothing was run in before. */
export async function interleaveWithPeers(
  sides: readonly Side[],
  peerSampler: (session: PeerSession) => Side['sample'],
  rounds: number,
): Promise<Measured> {
  const sessions = await Promise.all(peers.map(async ({ name, open }) => ({ name, session: await open() })))
  const peerSides = sessions.map(({ name, session }) => ({ name, sample: peerSampler(session) }))
  const measured = await interleave([...sides, ...peerSides], rounds)
  for (const { session } of sessions) session.close()
  return measured
}

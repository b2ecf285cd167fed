import { tableHealth } from '../../../dht/routing-table/health.ts'
import type { HealthRow } from '../../../shared/rows.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import type { SizeEstimator } from './size-estimator.ts'

/** How well the routing table serves, judged by what a network of this size lets expect. */
export function healthRow({ node, network }: RunningNode, sizes: SizeEstimator, now: number): HealthRow {
  const networkSize = sizes.estimate()
  const health = tableHealth(node.dht.routingTable, {
    now,
    bucketSize: network.k,
    ...(networkSize !== undefined && { networkSize: networkSize.nodes }),
  })
  const { score, fill, freshness, coverage, expectedPeers } = health
  return {
    score,
    fill,
    freshness,
    coverage,
    expectedPeers,
    ...(networkSize !== undefined && { networkSize }),
    verdicts: health.verdicts.map((verdict) => ({ ...verdict, href: '/table' })),
  }
}

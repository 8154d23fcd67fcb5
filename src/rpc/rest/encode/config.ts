import type { RollupConfig } from "../../../protocol/types.js";
import type { Hash } from "../../../util/hex.js";
import { encodeAddress, encodeHead } from "./common.js";

/** Everything that defines the chain but its genesis balances. Times are seconds. */
export function configAnswer({ chain, genesisOrigin }: RollupConfig, genesisHash: Hash) {
  return {
    l1ChainId: chain.l1ChainId,
    l2ChainId: chain.l2ChainId,
    genesis: {
      l1: encodeHead(genesisOrigin),
      l2: { number: 0, hash: genesisHash },
    },
    owner: encodeAddress(chain.owner),
    batcher: encodeAddress(chain.batcher),
    proposer: encodeAddress(chain.proposer),
    blockTimeSeconds: chain.blockTimeSeconds,
    periodSeconds: chain.periodSeconds,
    forceDelaySeconds: chain.forceDelaySeconds,
    challengePeriodSeconds: chain.challengePeriodSeconds,
    proofMaturityDelaySeconds: chain.proofMaturityDelaySeconds,
    disputeGameFinalityDelaySeconds: chain.disputeGameFinalityDelaySeconds,
    stakeWei: chain.stakeWei,
    genesisBaseFeeWei: chain.genesisBaseFee,
    provablePrecompiles: chain.provablePrecompiles,
    system: {
      baseFeeScalar: chain.system.baseFeeScalar,
      blobBaseFeeScalar: chain.system.blobBaseFeeScalar,
      gasLimit: Number(chain.system.gasLimit),
      eip1559Denominator: chain.system.eip1559Denominator,
      eip1559Elasticity: chain.system.eip1559Elasticity,
      operatorFeeScalar: chain.system.operatorFeeScalar,
      operatorFeeConstant: chain.system.operatorFeeConstant,
      minBaseFeeWei: chain.system.minBaseFee,
      daFootprintGasScalar: chain.system.daFootprintGasScalar,
    },
  };
}

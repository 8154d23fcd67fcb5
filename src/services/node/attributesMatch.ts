import type { Block } from "../../engine/types.js";
import type { PayloadAttributes } from "../../protocol/types.js";

/** True if a block is exactly what these attributes give, provided none of their transactions is dropped. */
export function matchesAttributes(block: Block, attributes: PayloadAttributes): boolean {
  const { header } = block;
  const extra = extraDataParams(header.extraData);
  return (
    header.timestamp === attributes.timestamp &&
    header.prevRandao === attributes.prevRandao &&
    header.gasLimit === attributes.gasLimit &&
    header.parentBeaconBlockRoot === attributes.parentBeaconBlockRoot &&
    header.feeRecipient === attributes.suggestedFeeRecipient &&
    extra !== undefined &&
    extra.denominator === attributes.eip1559Params.denominator &&
    extra.elasticity === attributes.eip1559Params.elasticity &&
    extra.minBaseFee === attributes.minBaseFee &&
    block.transactions.length === attributes.transactions.length &&
    block.transactions.every((tx, i) => equalBytes(tx, attributes.transactions[i]))
  );
}

/** Source: docs/protocol/execution.md#header */
function extraDataParams(extraData: Uint8Array) {
  if (extraData.length !== 17) return undefined;
  const view = new DataView(extraData.buffer, extraData.byteOffset, extraData.length);
  return {
    denominator: view.getUint32(1),
    elasticity: view.getUint32(5),
    minBaseFee: view.getBigUint64(9),
  };
}

function equalBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.compare(a, b) === 0;
}

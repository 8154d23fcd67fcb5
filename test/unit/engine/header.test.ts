import { createBlock } from "@ethereumjs/block";
import { RLP } from "@ethereumjs/rlp";
import { createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { expect, test } from "@jest/globals";
import { decodeHeader, encodeHeader } from "../../../src/engine/header.js";
import { createL2Common } from "../../../src/protocol/index.js";
import { fromHex, toHex } from "../../../src/util/hex.js";
import { EngineChain, signTx } from "../../helpers/engineChain.js";

test("a block has the hash, roots and size that @ethereumjs/block computes", async () => {
  const chain = await EngineChain.open();
  const raw = await signTx({
    nonce: 0,
    to: "0x00000000000000000000000000000000000000aa",
    value: 1n,
  });
  const { blockHash } = await chain.mine([raw]);
  const header = await chain.engine.getHeader({ hash: blockHash });
  if (!header) throw new Error("no header");
  const theirs = createBlock(
    {
      header: {
        parentHash: fromHex(header.parentHash),
        coinbase: createAddressFromString(header.feeRecipient),
        stateRoot: fromHex(header.stateRoot),
        transactionsTrie: fromHex(header.transactionsRoot),
        receiptTrie: fromHex(header.receiptsRoot),
        logsBloom: header.logsBloom,
        number: header.number,
        gasLimit: header.gasLimit,
        gasUsed: header.gasUsed,
        timestamp: header.timestamp,
        extraData: header.extraData,
        mixHash: fromHex(header.prevRandao),
        baseFeePerGas: header.baseFeePerGas,
        withdrawalsRoot: fromHex(header.withdrawalsRoot),
        blobGasUsed: header.blobGasUsed,
        excessBlobGas: header.excessBlobGas,
        parentBeaconBlockRoot: fromHex(header.parentBeaconBlockRoot),
        requestsHash: hexToBytes(header.requestsHash),
      },
      withdrawals: [],
    },
    { common: createL2Common(901), skipConsensusFormatValidation: true },
  );
  expect(toHex(theirs.hash())).toBe(header.hash);
  const sealed = await chain.engine.getBlock({ hash: blockHash });
  const headerFields = RLP.decode(encodeHeader(header));
  const block = RLP.encode([headerFields, sealed?.transactions ?? [], [], []]);
  expect(header.sizeBytes).toBe(block.length);
  const encoded = encodeHeader(header);
  expect(decodeHeader(encoded, header.hash, header.sizeBytes)).toEqual(header);
  await chain.engine.close();
});

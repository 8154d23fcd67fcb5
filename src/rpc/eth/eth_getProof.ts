import type { Hash } from "../../util/hex.js";
import { toHex } from "../../util/hex.js";
import { quantity } from "../encode/hex.js";
import { RpcError } from "../errors.js";
import { method } from "../method.js";
import { parseList } from "../params/basic.js";
import { parseAddress, parseSlot } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockIdParam } from "./shared.js";

const MAX_KEYS_PARSED = 1_024;

interface ProofKey {
  slot: Hash;
  /** geth answers a full-length key as it came and a short one as QUANTITY. */
  answer: string;
}

function parseKeys(value: unknown): ProofKey[] {
  return parseList(value, MAX_KEYS_PARSED, (item) => {
    const slot = parseSlot(item);
    return { slot, answer: String(item).length === 66 ? slot : quantity(BigInt(slot)) };
  });
}

/** Account and storage proofs (EIP-1186). */
export const eth_getProof = method({
  doc: "Account and storage proofs (EIP-1186).",
  params: [required(parseAddress), required(parseKeys), blockIdParam],
  async run([address, keys, id], { engine, limits }) {
    if (keys.length > limits.proofKeys) {
      throw new RpcError("RPC_LIMIT_EXCEEDED", { reason: `at most ${limits.proofKeys} keys` });
    }
    const slots = keys.map(({ slot }) => slot);
    const proof = await engine.getProof(address, slots, id);
    return {
      address: proof.address,
      accountProof: proof.accountProof.map(toHex),
      balance: quantity(proof.balance),
      codeHash: proof.codeHash,
      nonce: quantity(proof.nonce),
      storageHash: proof.storageHash,
      storageProof: proof.storageProof.map((entry, index) => ({
        key: keys[index]?.answer ?? entry.key,
        value: quantity(entry.value),
        proof: entry.proof.map(toHex),
      })),
    };
  },
});

import { decodeEnvelope } from "../../engine/envelope.js";
import type { FoundTransaction } from "../../engine/types.js";
import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { firstBlockWith } from "./firstBlockWith.js";
import { parseNumber } from "./params.js";

function nonceOf({ raw, hash, depositNonce }: FoundTransaction): bigint | undefined {
  if (depositNonce !== null) return depositNonce;
  const tx = decodeEnvelope(raw, hash);
  return tx.kind === "signed" ? tx.nonce : undefined;
}

/** Hash of the transaction that an account sent with a nonce, found by the nonces in the states of blocks. */
export const ots_getTransactionBySenderAndNonce = method({
  doc: "Hash of the transaction that an account sent with a nonce, found by the nonces in the states of blocks.",
  params: [required(parseAddress), required(parseNumber)],
  async run([sender, nonce], context) {
    const { engine } = context;
    const isUsed = async (number: bigint) => (await engine.getNonce(sender, number)) > nonce;
    const number = await firstBlockWith(context, isUsed);
    const header = number === undefined ? undefined : await engine.getHeader(number);
    const transactions = header && (await engine.getTransactions(header.hash));
    const found = transactions?.find((tx) => tx.from === sender && nonceOf(tx) === nonce);
    return found?.hash ?? null;
  },
});

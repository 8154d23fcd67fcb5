import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeEnvelope } from "../../../src/engine/envelope.js";
import { findStatelessInvalidity } from "../../../src/engine/execution/executeTx.js";
import { decodeTx, isStatelesslyValid, recoverSender } from "../../../src/protocol/index.js";
import { fromHex } from "../../../src/util/hex.js";
import { accounts } from "../../helpers/engineChain.js";

const CHAIN_ID = 901;
const TO = "0x00000000000000000000000000000000000000aa";
const base = { chainId: CHAIN_ID, nonce: 3, gas: 100_000n, value: 7n, data: "0x1234" } as const;
const accessList = [{ address: TO, storageKeys: [`0x${"01".repeat(32)}`] }] as const;

async function samples(): Promise<Uint8Array[]> {
  const [account, authority] = accounts;
  const authorization = await authority.signAuthorization({ chainId: 0, address: TO, nonce: 9 });
  const fees = { maxFeePerGas: 5n, maxPriorityFeePerGas: 5n };
  const signed = await Promise.all([
    account.signTransaction({ ...base, to: TO, type: "legacy", gasPrice: 9n }),
    account.signTransaction({
      ...base,
      chainId: undefined,
      to: TO,
      type: "legacy",
      gasPrice: 9n,
    } as never),
    account.signTransaction({ ...base, type: "eip2930", gasPrice: 9n, accessList }),
    account.signTransaction({ ...base, to: TO, type: "eip1559", ...fees }),
    account.signTransaction({
      ...base,
      to: TO,
      type: "eip7702",
      ...fees,
      authorizationList: [authorization],
    }),
    account.signTransaction({ ...base, gas: 2n ** 24n + 1n, to: TO, type: "eip1559", ...fees }),
  ]);
  return signed.map(fromHex);
}

/** What the engine says of an envelope when the state has nothing against it. */
function isValidHere(raw: Uint8Array): boolean {
  try {
    const tx = decodeEnvelope(raw);
    return tx.kind === "signed" && findStatelessInvalidity(tx, CHAIN_ID) === undefined;
  } catch {
    return false;
  }
}

test("decodes each type as @ethereumjs/tx does", async () => {
  for (const raw of (await samples()).slice(0, 5)) {
    const ours = decodeEnvelope(raw);
    const theirs = decodeTx(raw, CHAIN_ID);
    expect(ours).toMatchObject({
      type: theirs.type,
      from: recoverSender(theirs),
      to: theirs.to?.toString() ?? null,
      value: theirs.value,
      gasLimit: theirs.gasLimit,
      data: theirs.data,
      nonce: theirs.nonce,
    });
  }
});

test("finds exactly those envelopes valid that derivation lets through, mutated ones included", async () => {
  const originals = await samples();
  const seen = { valid: 0, invalid: 0 };
  const change = fc.record({
    at: fc.nat(400),
    byte: fc.nat(255),
    how: fc.constantFrom("set", "cut", "add"),
  });
  fc.assert(
    fc.property(
      fc.nat(originals.length - 1),
      fc.array(change, { maxLength: 2 }),
      (which, changes) => {
        let raw = (originals[which] as Uint8Array).slice();
        for (const { at, byte, how } of changes) {
          if (how === "set") raw[at % raw.length] = byte;
          else if (how === "cut") raw = raw.slice(0, raw.length - (at % 3));
          else raw = Uint8Array.of(...raw, byte);
        }
        const valid = isStatelesslyValid(raw, CHAIN_ID);
        seen[valid ? "valid" : "invalid"]++;
        expect(isValidHere(raw)).toBe(valid);
      },
    ),
    { numRuns: 3_000, seed: 2 },
  );
  expect(seen.valid).toBeGreaterThan(300);
  expect(seen.invalid).toBeGreaterThan(300);
});

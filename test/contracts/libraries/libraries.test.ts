import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { getCreate2Address, keccak256, stringToHex, toHex as toHexValue } from "viem";
import { LibraryHarness } from "../../../src/contracts/generated/LibraryHarness.js";
import { chunkHash } from "../../../src/protocol/chunkHash.js";
import { sentMessageSlot, withdrawalHash } from "../../../src/protocol/withdrawal.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { type Contract, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { buyDepositGas, MAX_DEPOSIT_GAS, type Market } from "../../helpers/meteringModel.js";

let anvil: TestAnvil;
let harness: Contract;

beforeAll(async () => {
  anvil = await startAnvil();
  harness = await anvil.deploy(LibraryHarness);
});
afterAll(() => anvil.close());

const call = (functionName: string, ...args: unknown[]) => ({ ...harness, functionName, args });
const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>(call(functionName, ...args));

describe("ChunkHash", () => {
  test("is the protocol's hash, for every size around a chunk's edges", async () => {
    for (const size of [0, 1, 31, 4095, 4096, 4097, 8191, 8192, 8193, 126_976]) {
      const data = new Uint8Array(size).map((_, i) => (i * 31) & 0xff);
      expect([size, await read("chunkHash", toHex(data))]).toEqual([size, chunkHash(data)]);
    }
    expect(await read("chunkHash", "0x")).toBe(keccak256("0x"));
  });

  test("has a short form for one chunk in memory", async () => {
    const data = new Uint8Array(33).fill(9);
    expect(await read("chunkHashShort", toHex(data))).toBe(chunkHash(data));
  });
});

describe("RlpReader", () => {
  const item = (hex: Hex) => read("readRlpItem", hex, 0n, BigInt((hex.length - 2) / 2));
  const filler = (bytes: number) => "11".repeat(bytes);

  test.each([
    ["0x00", false, 0n, 1n],
    ["0x7f", false, 0n, 1n],
    ["0x80", false, 1n, 1n],
    ["0x8180", false, 1n, 2n],
    [`0xb7${filler(55)}`, false, 1n, 56n],
    [`0xb838${filler(56)}`, false, 2n, 58n],
    [`0xb90100${filler(256)}`, false, 3n, 259n],
    ["0xc0", true, 1n, 1n],
    [`0xf7${filler(55)}`, true, 1n, 56n],
    [`0xf838${filler(56)}`, true, 2n, 58n],
  ] as const)("reads %s", async (hex, isList, payloadStart, end) => {
    expect(await item(hex)).toEqual({ isList, payloadStart, end });
  });

  test.each([
    ["no bytes", "0x"],
    ["a small byte in long form", "0x8100"],
    ["a string that ends early", "0x820011".slice(0, 6)],
    ["a list that ends early", "0xc2c0"],
    ["a length that ends early", "0xb9"],
    ["a long string that ends early", `0xb838${filler(55)}`],
    ["a long form for 55 bytes", `0xb837${filler(55)}`],
    ["a long list form for 55 bytes", `0xf837${filler(55)}`],
    ["a length with a leading zero", `0xb90038${filler(56)}`],
    ["the greatest length", `0xbfffffffffffffffff${filler(56)}`],
    ["the greatest list length", `0xffffffffffffffffff${filler(56)}`],
  ] as const)("rejects %s", async (_, hex) => {
    const size = BigInt((hex.length - 2) / 2);
    const revert = await anvil.revertOf(call("readRlpItem", hex, 0n, size));
    expect(revert.name).toBe("RlpReaderMalformed");
  });

  test("rejects a region outside of the bytes", async () => {
    for (const [start, limit] of [
      [0n, 2n],
      [1n, 1n],
      [5n, 1n],
      [2n ** 256n - 1n, 2n ** 256n - 1n],
    ]) {
      const revert = await anvil.revertOf(call("readRlpItem", "0x01", start, limit));
      expect(revert.name).toBe("RlpReaderMalformed");
    }
  });
});

describe("ResourceMetering", () => {
  test("follows the model over random blocks and amounts", async () => {
    let seed = 12_345;
    const random = (bound: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * bound);
    };
    let market: Market = { prevBaseFee: 10n ** 9n, prevBoughtGas: 0n, prevBlockNum: 1n };
    for (let i = 0; i < 150; i++) {
      const block = market.prevBlockNum + BigInt([0, 1, 1, 1, 2, 30][random(6)]!);
      const amount = BigInt(random(16_777_217));
      const model = buyDepositGas(market, block, amount);
      if (model === "out of gas") {
        expect((await anvil.revertOf(call("buy", market, block, amount))).name).toBe("OutOfGas");
        continue;
      }
      expect(await read("buy", market, block, amount)).toEqual(model);
      market = model;
    }
    expect(market.prevBaseFee).toBeGreaterThan(10n ** 9n);
  });

  test("stays between its bounds, from any price and after any time", async () => {
    const highest = 2n ** 128n - 1n;
    const full = { prevBaseFee: highest, prevBoughtGas: MAX_DEPOSIT_GAS, prevBlockNum: 5n };
    expect(await read("buy", full, 6n, 1n)).toMatchObject({ prevBaseFee: highest });
    const idle = { ...full, prevBoughtGas: 0n };
    for (const block of [7n, 100n, 600n, 2n ** 63n]) {
      expect(await read("buy", idle, block, 0n)).toEqual(buyDepositGas(idle, block, 0n));
    }
    expect(await read("buy", idle, 2n ** 63n, 0n)).toMatchObject({ prevBaseFee: 10n ** 9n });
  });

  test("sells the limit of a block, and not one gas more", async () => {
    const market = { prevBaseFee: 10n ** 9n, prevBoughtGas: 19_999_999n, prevBlockNum: 5n };
    expect(await read("buy", market, 5n, 1n)).toMatchObject({ prevBoughtGas: MAX_DEPOSIT_GAS });
    expect((await anvil.revertOf(call("buy", market, 5n, 2n))).name).toBe("OutOfGas");
    expect(await read("buy", market, 6n, 2n)).toMatchObject({ prevBoughtGas: 2n });
  });

  test("prices L2 gas in L1 gas, at a base fee of 1 gwei at least", async () => {
    const gwei = 10n ** 9n;
    expect(await read("l1GasCost", 100_000n, gwei, 0n)).toBe(100_000n);
    expect(await read("l1GasCost", 100_000n, gwei, gwei - 1n)).toBe(100_000n);
    expect(await read("l1GasCost", 100_000n, gwei, 10n * gwei)).toBe(10_000n);
    expect(await read("l1GasCost", 100_000n, 5n * gwei, 2n * gwei)).toBe(250_000n);
  });
});

describe("WithdrawalHashing", () => {
  test("hashes as the protocol does", async () => {
    for (const size of [0, 1, 32, 33, 1000]) {
      const withdrawal = {
        nonce: 2n ** 240n + 3n,
        sender: anvil.accounts[1]!,
        target: anvil.accounts[2]!,
        value: 5n,
        gasLimit: 6n,
        data: toHex(new Uint8Array(size).fill(3)),
      };
      const hash = withdrawalHash({ ...withdrawal, data: fromHex(withdrawal.data) });
      expect(await read("hashWithdrawal", withdrawal)).toBe(hash);
      expect(await read("storageKey", hash)).toBe(keccak256(sentMessageSlot(hash)));
    }
  });

  test("commits to all four words of an output root", async () => {
    const words = [0n, 1n, 2n, 3n].map((n) => toHexValue(n, { size: 32 }));
    const [version, stateRoot, messagePasserStorageRoot, latestBlockhash] = words;
    const proof = { version, stateRoot, messagePasserStorageRoot, latestBlockhash };
    const joined = `0x${words.map((w) => w.slice(2)).join("")}` as Hex;
    expect(await read("hashOutputRoot", proof)).toBe(keccak256(joined));
  });
});

describe("MinimalProxy", () => {
  test("clones once per salt, at the address that follows from it", async () => {
    const implementation = harness.address;
    const salt = keccak256(stringToHex("salt"));
    const cloning = call("clone", implementation, salt);
    await anvil.send(cloning);
    const bytecode: Hex = `0x3d602d80600a3d3981f3363d3d373d3d3d363d73${implementation.slice(2)}5af43d82803e903d91602b57fd5bf3`;
    const address = getCreate2Address({ from: harness.address, salt, bytecode });
    const clone = { ...harness, address: address.toLowerCase() as Hex };
    const chunk = { ...clone, functionName: "chunkHash", args: ["0x"] };
    expect(await anvil.read(chunk)).toBe(keccak256("0x"));
    expect((await anvil.revertOf(cloning)).name).toBe("MinimalProxyCreationFailed");
  });
});

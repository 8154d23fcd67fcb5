import { expect, test } from "@jest/globals";
import {
  type Abi,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  parseAbi,
  parseAbiParameters,
  toHex,
} from "viem";
import { L2ToL1MessagePasser } from "../../../../src/contracts/generated/L2ToL1MessagePasser.js";
import { OptimismPortal } from "../../../../src/contracts/generated/OptimismPortal.js";
import { knownAbis } from "../../../../src/rpc/pages/knownAbis.js";

interface Decoded {
  name: string;
  args: { name: string; type: string; value: unknown }[];
}

// The pages' own module, as the browser runs it.
const path = "../../../../web/lib/abi.js";
const { decodeCall, decodeLog, decodeRevert, decodeParameters, hexToBytes } = (await import(
  path
)) as {
  decodeCall(abis: unknown, data: string): Decoded | undefined;
  decodeLog(abis: unknown, log: { topics: string[]; data: string }): Decoded | undefined;
  decodeRevert(abis: unknown, data: string): Decoded | undefined;
  decodeParameters(parameters: readonly unknown[], bytes: Uint8Array): unknown[];
  hexToBytes(hex: string): Uint8Array;
};
const abis = knownAbis();
const ADDRESS = "0x00000000000000000000000000000000000000aa";
const HASH = `0x${"12".repeat(32)}` as const;

test("decoding: nested tuples, arrays and negative numbers come out as viem put them in", () => {
  const parameters = parseAbiParameters(
    "(uint64 a, (string b, int16[2] c)[] d, bytes3 e) f, bool g, address[] h, bytes i",
  );
  const values = [
    {
      a: 7n,
      d: [
        { b: "<b>", c: [-1, 2] },
        { b: "", c: [3, -4] },
      ],
      e: "0x010203",
    },
    true,
    [ADDRESS, ADDRESS],
    "0x1234",
  ] as const;
  const bytes = hexToBytes(encodeAbiParameters(parameters, values as never));
  expect(decodeParameters(parameters, bytes)).toEqual([
    [
      7n,
      [
        ["<b>", [-1n, 2n]],
        ["", [3n, -4n]],
      ],
      "0x010203",
    ],
    true,
    [ADDRESS, ADDRESS],
    "0x1234",
  ]);
});

test("decoding: a proof of a withdrawal is named with its parameters", () => {
  const data = encodeFunctionData({
    abi: OptimismPortal.abi as Abi,
    functionName: "proveWithdrawalTransaction",
    args: [
      { nonce: 1n, sender: ADDRESS, target: ADDRESS, value: 2n, gasLimit: 3n, data: "0x" },
      5n,
      { version: HASH, stateRoot: HASH, messagePasserStorageRoot: HASH, latestBlockhash: HASH },
      ["0x01", "0x0203"],
    ],
  });
  const decoded = decodeCall(abis, data);
  expect(decoded?.name).toBe("proveWithdrawalTransaction");
  expect(decoded?.args[0]?.value).toEqual([1n, ADDRESS, ADDRESS, 2n, 3n, "0x"]);
  expect(decoded?.args[3]?.value).toEqual(["0x01", "0x0203"]);
});

test("decoding: indexed values come from the topics, the others from the data", () => {
  const topics = encodeEventTopics({
    abi: L2ToL1MessagePasser.abi as Abi,
    eventName: "MessagePassed",
    args: { nonce: 9n, sender: ADDRESS, target: ADDRESS },
  }) as string[];
  const data = encodeAbiParameters(parseAbiParameters("uint256, uint256, bytes, bytes32"), [
    4n,
    5n,
    "0xff",
    HASH,
  ]);
  const decoded = decodeLog(abis, { topics, data });
  expect(decoded?.name).toBe("MessagePassed");
  expect(decoded?.args.map(({ value }) => value)).toEqual([
    9n,
    ADDRESS,
    ADDRESS,
    4n,
    5n,
    "0xff",
    HASH,
  ]);
});

test("decoding: reasons of reverts", () => {
  const abi = parseAbi(["error Error(string reason)"]) as Abi;
  expect(abi).toHaveLength(1);
  const data = `0x08c379a0${encodeAbiParameters(parseAbiParameters("string"), ["no"]).slice(2)}`;
  expect(decodeRevert(abis, data)).toMatchObject({ name: "Error", args: [{ value: "no" }] });
});

test.each([
  ["cut short", "0x4e71d92d"],
  ["a selector alone", encodeFunctionDataOf().slice(0, 10)],
  ["an offset beyond the end", `${encodeFunctionDataOf().slice(0, 10)}${"ff".repeat(160)}`],
  ["a selector nobody knows", "0xdeadbeef"],
  ["nothing", "0x"],
  ["a name of every object", "__proto__"],
])("decoding: data that do not fit are not decoded: %s", (_name, data) => {
  expect(decodeCall(abis, data)).toBeUndefined();
});

function encodeFunctionDataOf(): string {
  return encodeFunctionData({
    abi: L2ToL1MessagePasser.abi as Abi,
    functionName: "initiateWithdrawal",
    args: [ADDRESS, 1n, toHex("x")],
  });
}

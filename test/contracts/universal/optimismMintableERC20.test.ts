import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { getAddress, parseEventLogs, parseSignature, toHex } from "viem";
import { L2StandardBridge } from "../../../src/contracts/generated/L2StandardBridge.js";
import { OptimismMintableERC20 } from "../../../src/contracts/generated/OptimismMintableERC20.js";
import { OptimismMintableERC20Factory } from "../../../src/contracts/generated/OptimismMintableERC20Factory.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { type Address, ZERO_ADDRESS } from "../../../src/util/hex.js";
import { ALICE, BOB, type PredeployChain, startPredeployChain } from "./predeployChain.js";

const BRIDGE: Address = PREDEPLOYS.L2StandardBridge;
const REMOTE: Address = "0x00000000000000000000000000000000000f00d5";
const factory = {
  address: PREDEPLOYS.OptimismMintableERC20Factory as Address,
  abi: OptimismMintableERC20Factory.abi,
};

let chain: PredeployChain;
let token: { address: Address; abi: typeof OptimismMintableERC20.abi };

beforeAll(async () => {
  chain = await startPredeployChain();
  await chain.putPredeploys(ALICE.address, BOB.address, ALICE.address);
  token = {
    address: await create("createOptimismMintableERC20", [REMOTE, "Remote", "RMT"]),
    abi: OptimismMintableERC20.abi,
  };
  await chain.client.impersonateAccount({ address: BRIDGE });
  await chain.client.setBalance({ address: BRIDGE, value: 10n ** 20n });
});
afterAll(() => chain.stop());

async function create(functionName: string, args: unknown[]): Promise<Address> {
  const receipt = await chain.write({ ...factory, functionName, args });
  const logs = parseEventLogs({ abi: factory.abi, logs: receipt.logs });
  const local = logs[0]?.args.localToken as Address;
  expect(logs.map((log) => [log.eventName, log.args])).toEqual([
    ["StandardL2TokenCreated", { remoteToken: getAddress(REMOTE), localToken: local }],
    [
      "OptimismMintableERC20Created",
      { localToken: local, remoteToken: getAddress(REMOTE), deployer: ALICE.address },
    ],
  ]);
  return local;
}

const read = <T>(functionName: string, args: unknown[] = []) =>
  chain.read<T>({ ...token, functionName, args });
const mint = (to: Address, amount: bigint) =>
  chain.write({ ...token, functionName: "mint", args: [to, amount], from: BRIDGE });

describe("factory", () => {
  test("the three functions create tokens and remember them", async () => {
    const legacy = await create("createStandardL2Token", [REMOTE, "Legacy", "LEG"]);
    const six = await create("createOptimismMintableERC20WithDecimals", [REMOTE, "Six", "SIX", 6]);
    for (const [address, decimals] of [
      [legacy, 18],
      [six, 6],
    ] as const) {
      expect(await chain.read({ ...token, address, functionName: "decimals" })).toBe(decimals);
      expect(await chain.read({ ...factory, functionName: "deployments", args: [address] })).toBe(
        getAddress(REMOTE),
      );
    }
    expect(await chain.read({ ...factory, functionName: "deployments", args: [REMOTE] })).toBe(
      ZERO_ADDRESS,
    );
  });

  test("a token must stand for another one, and the same is not created twice", async () => {
    const call = { ...factory, functionName: "createOptimismMintableERC20" };
    expect(await chain.revertOf({ ...call, args: [ZERO_ADDRESS, "A", "B"] })).toBe(
      "OptimismMintableERC20FactoryRemoteToken",
    );
    expect(await chain.revertOf({ ...call, args: [REMOTE, "Remote", "RMT"] })).not.toBe("none");
  });
});

describe("token", () => {
  test("it answers under all the names that tools use", async () => {
    expect([await read("name"), await read("symbol"), await read("decimals")]).toEqual([
      "Remote",
      "RMT",
      18,
    ]);
    for (const name of ["remoteToken", "REMOTE_TOKEN", "l1Token"])
      expect(await read(name)).toBe(getAddress(REMOTE));
    for (const name of ["bridge", "BRIDGE", "l2Bridge"]) expect(await read(name)).toBe(BRIDGE);
  });

  test("ERC-165: itself and both forms of a mintable token, by their known ids", async () => {
    for (const id of ["0x01ffc9a7", "0xec4fc8e3", "0x1d1d8b63"])
      expect(await read("supportsInterface", [id])).toBe(true);
    for (const id of ["0xffffffff", "0x00000000"])
      expect(await read("supportsInterface", [id])).toBe(false);
  });

  test("only the bridge mints and burns", async () => {
    for (const functionName of ["mint", "burn"]) {
      expect(await chain.revertOf({ ...token, functionName, args: [ALICE.address, 1n] })).toBe(
        "OptimismMintableERC20NotBridge",
      );
    }
    const receipt = await mint(ALICE.address, 100n);
    expect(
      parseEventLogs({ abi: token.abi, logs: receipt.logs }).map((log) => log.eventName),
    ).toEqual(["Transfer", "Mint"]);
    expect([await read("totalSupply"), await read("balanceOf", [ALICE.address])]).toEqual([
      100n,
      100n,
    ]);
    const burnt = await chain.write({
      ...token,
      functionName: "burn",
      args: [ALICE.address, 30n],
      from: BRIDGE,
    });
    expect(
      parseEventLogs({ abi: token.abi, logs: burnt.logs }).map((log) => log.eventName),
    ).toEqual(["Transfer", "Burn"]);
    expect([await read("totalSupply"), await read("balanceOf", [ALICE.address])]).toEqual([
      70n,
      70n,
    ]);
    expect(
      await chain.revertOf({
        ...token,
        functionName: "burn",
        args: [ALICE.address, 71n],
        from: BRIDGE,
      }),
    ).toBe("ERC20InsufficientBalance");
    expect(
      await chain.revertOf({
        ...token,
        functionName: "mint",
        args: [ZERO_ADDRESS, 1n],
        from: BRIDGE,
      }),
    ).toBe("ERC20InvalidReceiver");
  });

  test("transfers and allowances", async () => {
    const held = await read<bigint>("balanceOf", [ALICE.address]);
    expect(
      await chain.revertOf({ ...token, functionName: "transfer", args: [BOB.address, held + 1n] }),
    ).toBe("ERC20InsufficientBalance");
    expect(
      await chain.revertOf({ ...token, functionName: "transfer", args: [ZERO_ADDRESS, 1n] }),
    ).toBe("ERC20InvalidReceiver");
    await chain.write({ ...token, functionName: "transfer", args: [BOB.address, 1n] });
    expect(await read("balanceOf", [BOB.address])).toBe(1n);

    const take = {
      ...token,
      functionName: "transferFrom",
      args: [ALICE.address, BOB.address, 5n],
      from: BOB.address,
    };
    expect(await chain.revertOf(take)).toBe("ERC20InsufficientAllowance");
    await chain.write({ ...token, functionName: "approve", args: [BOB.address, 6n] });
    await chain.write(take);
    expect([
      await read("balanceOf", [BOB.address]),
      await read("allowance", [ALICE.address, BOB.address]),
    ]).toEqual([6n, 1n]);
    await chain.write({ ...token, functionName: "approve", args: [BOB.address, 2n ** 256n - 1n] });
    await chain.write(take);
    expect(await read("allowance", [ALICE.address, BOB.address])).toBe(2n ** 256n - 1n);
  });

  test("a permit sets an allowance once, in time, for its signer", async () => {
    const { timestamp } = await chain.client.getBlock();
    const sign = async (deadline: bigint, nonce: bigint) => {
      const signature = parseSignature(
        await ALICE.signTypedData({
          domain: {
            name: "Remote",
            version: "1",
            chainId: chain.client.chain.id,
            verifyingContract: token.address,
          },
          types: {
            Permit: [
              "owner:address",
              "spender:address",
              "value:uint256",
              "nonce:uint256",
              "deadline:uint256",
            ].map((field) => ({
              name: field.split(":")[0] as string,
              type: field.split(":")[1] as string,
            })),
          },
          primaryType: "Permit",
          message: { owner: ALICE.address, spender: BOB.address, value: 42n, nonce, deadline },
        }),
      );
      return [
        ALICE.address,
        BOB.address,
        42n,
        deadline,
        Number(signature.v ?? 27n),
        signature.r,
        signature.s,
      ];
    };
    const permit = { ...token, functionName: "permit", from: BOB.address };
    expect(await chain.revertOf({ ...permit, args: await sign(timestamp - 1n, 0n) })).toBe(
      "ERC2612ExpiredSignature",
    );
    expect(await chain.revertOf({ ...permit, args: await sign(timestamp + 1_000n, 1n) })).toBe(
      "ERC2612InvalidSigner",
    );
    const args = await sign(timestamp + 1_000n, 0n);
    const broken = [...args.slice(0, 4), 99, toHex(1, { size: 32 }), toHex(1, { size: 32 })];
    expect(await chain.revertOf({ ...permit, args: broken })).toBe("ERC2612InvalidSigner");
    await chain.write({ ...permit, args });
    expect([
      await read("allowance", [ALICE.address, BOB.address]),
      await read("nonces", [ALICE.address]),
    ]).toEqual([42n, 1n]);
    expect(await chain.revertOf({ ...permit, args })).toBe("ERC2612InvalidSigner");
  });

  test("the bridge burns what its holder bridges, without an allowance", async () => {
    await mint(BOB.address, 9n);
    const before = await read<bigint>("totalSupply");
    const args = [token.address, REMOTE, 9n, 0, "0x"];
    await chain.write({
      address: BRIDGE,
      abi: L2StandardBridge.abi,
      functionName: "bridgeERC20",
      args,
      from: BOB.address,
    });
    expect(await read("totalSupply")).toBe(before - 9n);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { keccak256, zeroAddress } from "viem";
import { BlockOracle } from "../../../src/contracts/generated/BlockOracle.js";
import { DepositFeed } from "../../../src/contracts/generated/DepositFeed.js";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { Proposal } from "../../../src/contracts/generated/Proposal.js";
import { SequencerFeed } from "../../../src/contracts/generated/SequencerFeed.js";
import { SystemConfig } from "../../../src/contracts/generated/SystemConfig.js";
import { type Hex, ZERO_HASH } from "../../../src/util/hex.js";
import { type Contract, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import {
  deployL1,
  encodeInitialize,
  type L1Deployment,
  saltOf,
} from "../../helpers/l1Deployment.js";

const MAX_CODE_BYTES = 24_576;
const NAMES = ["depositFeed", "sequencerFeed", "systemConfig", "portal", "oracle"] as const;

let anvil: TestAnvil;
let l1: L1Deployment;

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil);
});
afterAll(() => anvil.close());

function initialize(contract: Contract, params: Record<string, unknown>) {
  return { ...contract, functionName: "initialize", args: [params], from: anvil.accounts[9]! };
}

describe("Deployer", () => {
  test("puts contracts where computeAddress says, from the account, the salt and the code alone", async () => {
    const codes = { DepositFeed, SequencerFeed, SystemConfig, OptimismPortal, BlockOracle };
    const contracts = [l1.depositFeed, l1.sequencerFeed, l1.systemConfig, l1.portal, l1.oracle];
    for (const [i, code] of Object.values(codes).entries()) {
      const computed = await anvil.read<string>({
        ...l1.deployer,
        functionName: "computeAddress",
        args: [l1.owner, saltOf(code.name), keccak256(code.bytecode as Hex)],
      });
      expect(computed.toLowerCase()).toBe(contracts[i]!.address);
      const deployedCode = await anvil.client.getCode({ address: contracts[i]!.address });
      expect(deployedCode).toBe(code.deployedBytecode);
    }
  });

  test("gives two accounts two addresses for the same salt and code", async () => {
    const args = [saltOf("x"), keccak256("0x00")];
    const of = (account: string) =>
      anvil.read({ ...l1.deployer, functionName: "computeAddress", args: [account, ...args] });
    expect(await of(anvil.accounts[0]!)).not.toBe(await of(anvil.accounts[1]!));
  });

  test("creates without a call if the initializer call is empty", async () => {
    const args = [saltOf("plain"), DepositFeed.bytecode, "0x"];
    const receipt = await anvil.send({ ...l1.deployer, functionName: "deploy", args });
    expect(receipt.logs).toHaveLength(1);
    const address = `0x${receipt.logs[0]!.data.slice(-40)}` as Hex;
    const feed = { address, abi: DepositFeed.abi };
    expect(await anvil.read({ ...feed, functionName: "portal" })).toBe(zeroAddress);
  });

  test("reverts when the address is taken", async () => {
    const args = [saltOf("DepositFeed"), DepositFeed.bytecode, "0x"];
    const { name, args: values } = await anvil.revertOf({
      ...l1.deployer,
      functionName: "deploy",
      args,
    });
    expect([name, String(values[0]).toLowerCase()]).toEqual([
      "DeployerCreationFailed",
      l1.depositFeed.address,
    ]);
  });

  test("lets the revert of the initializer through", async () => {
    const initCall = encodeInitialize(DepositFeed.abi, {
      portal: zeroAddress,
      systemConfig: zeroAddress,
    });
    const args = [saltOf("bad"), DepositFeed.bytecode, initCall];
    const abi = [...l1.deployer.abi, ...DepositFeed.abi.filter((item) => item.type === "error")];
    const call = { ...l1.deployer, abi, functionName: "deploy", args };
    expect((await anvil.revertOf(call)).name).toBe("DepositFeedZeroAddress");
  });

  test("reverts by itself when the initializer reverts without a reason", async () => {
    // Its code is a single REVERT with no data.
    const initCode = "0x645f5ffd5b005f526005601bf3";
    const args = [saltOf("silent"), initCode, "0x01"];
    const { name } = await anvil.revertOf({ ...l1.deployer, functionName: "deploy", args });
    expect(name).toBe("DeployerCreationFailed");
  });

  test("lets the revert of a constructor through", async () => {
    // REVERT with four bytes: the selector of an error of the feed.
    const initCode = "0x63deadbeef5f526004601cfd";
    const args = [saltOf("reverting"), initCode, "0x"];
    const abi = [...l1.deployer.abi, ...DepositFeed.abi.filter((item) => item.type === "error")];
    await expect(
      anvil.revertOf({ ...l1.deployer, abi, functionName: "deploy", args }),
    ).rejects.toThrow("0xdeadbeef");
  });
});

describe("initializers", () => {
  const errors = {
    depositFeed: "DepositFeedAlreadyInitialized",
    sequencerFeed: "SequencerFeedAlreadyInitialized",
    systemConfig: "SystemConfigAlreadyInitialized",
    portal: "OptimismPortal_AlreadyInitialized",
    oracle: "BlockOracleAlreadyInitialized",
  } as const;

  test.each(NAMES)("%s refuses a second initialize, by anybody", async (name) => {
    const call = initialize(l1[name], l1.initParams[name]!);
    expect((await anvil.revertOf(call)).name).toBe(errors[name]);
    expect((await anvil.revertOf({ ...call, from: l1.owner })).name).toBe(errors[name]);
  });

  test("the code behind the proposals is initialized already", async () => {
    const implementation = await anvil.read<Hex>({
      ...l1.oracle,
      functionName: "gameImpls",
      args: [7001],
    });
    const params = {
      index: 0n,
      creator: zeroAddress,
      rootClaim: ZERO_HASH,
      l1Head: ZERO_HASH,
      extraData: "0x",
    };
    const call = initialize(l1.proposal(implementation), params);
    expect((await anvil.revertOf(call)).name).toBe("ProposalAlreadyInitialized");
  });

  const zeroCases: [keyof typeof errors, string, unknown, string][] = [
    ["depositFeed", "portal", zeroAddress, "DepositFeedZeroAddress"],
    ["depositFeed", "systemConfig", zeroAddress, "DepositFeedZeroAddress"],
    ["sequencerFeed", "depositFeed", zeroAddress, "SequencerFeedZeroParameter"],
    ["sequencerFeed", "systemConfig", zeroAddress, "SequencerFeedZeroParameter"],
    ["sequencerFeed", "periodSeconds", 0n, "SequencerFeedZeroParameter"],
    ["sequencerFeed", "forceDelaySeconds", 0n, "SequencerFeedZeroParameter"],
    ["systemConfig", "owner", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "depositFeed", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "sequencerFeed", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "portal", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "blockOracle", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "l1CrossDomainMessenger", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "l1StandardBridge", zeroAddress, "SystemConfigZeroAddress"],
    ["systemConfig", "batcher", zeroAddress, "SystemConfigOutOfBounds"],
    ["systemConfig", "gasLimit", 20_999_999n, "SystemConfigOutOfBounds"],
    ["portal", "depositFeed", zeroAddress, "OptimismPortal_ZeroAddress"],
    ["portal", "systemConfig", zeroAddress, "OptimismPortal_ZeroAddress"],
    ["portal", "blockOracle", zeroAddress, "OptimismPortal_ZeroAddress"],
    ["oracle", "sequencerFeed", zeroAddress, "BlockOracleZeroParameter"],
    ["oracle", "systemConfig", zeroAddress, "BlockOracleZeroParameter"],
    ["oracle", "genesisOutputRoot", ZERO_HASH, "BlockOracleZeroParameter"],
  ];
  test("refuse parameters that would leave the contract open or dead", async () => {
    const codes = {
      depositFeed: DepositFeed,
      sequencerFeed: SequencerFeed,
      systemConfig: SystemConfig,
      portal: OptimismPortal,
      oracle: BlockOracle,
    };
    const fresh: Partial<Record<keyof typeof codes, Contract>> = {};
    for (const name of NAMES) fresh[name] = await anvil.deploy(codes[name]);
    for (const [name, field, value, error] of zeroCases) {
      const params = { ...l1.initParams[name]!, [field]: value };
      const revert = await anvil.revertOf(initialize(fresh[name]!, params));
      expect([name, field, revert.name]).toEqual([name, field, error]);
    }
  });
});

test("every contract fits the code size limit", () => {
  const all = [DepositFeed, SequencerFeed, SystemConfig, OptimismPortal, BlockOracle, Proposal];
  for (const code of all) {
    expect((code.deployedBytecode.length - 2) / 2).toBeLessThanOrEqual(MAX_CODE_BYTES);
  }
});

import { describe, expect, test } from "@jest/globals";
import { zeroAddress } from "viem";
import type { Address, Hex } from "../../../src/util/hex.js";
import { L1_PARAMETERS } from "../../helpers/l1Deployment.js";
import {
  anvil,
  challengePeriodSeconds,
  confirm,
  create,
  disputeGameFinalityDelaySeconds,
  errorOf,
  l1,
  now,
  oracle,
  passSeconds,
  read,
  root,
  stranger,
  TYPE,
} from "./oracleWorld.js";

describe("registry", () => {
  const answers = async (game: Address) => {
    const names = ["Registered", "Proper", "Respected", "Resolved", "Finalized", "ClaimValid"];
    const values = await Promise.all(names.map((name) => read<boolean>(`isGame${name}`, game)));
    return names.filter((_, i) => values[i]).join(" ");
  };

  test("answers by what happened to the proposal", async () => {
    const a = await create("a");
    expect(await answers(a.address)).toBe("Registered Proper Respected");
    await confirm(a.address);
    expect(await answers(a.address)).toBe("Registered Proper Respected Resolved");
    const resolvedAt = await now();
    await anvil.client.setNextBlockTimestamp({
      timestamp: resolvedAt + disputeGameFinalityDelaySeconds,
    });
    await anvil.client.mine({ blocks: 1 });
    expect(await answers(a.address)).toBe("Registered Proper Respected Resolved");
    await passSeconds(1n);
    expect(await answers(a.address)).toBe(
      "Registered Proper Respected Resolved Finalized ClaimValid",
    );
    // Another machine version would not be respected.
    await anvil.send(oracle("setDisrespectful", [true]));
    expect(await answers(a.address)).toBe("Registered Proper Resolved Finalized");
  });

  test("calls a lost proposal and its children improper", async () => {
    const a = await create("a");
    const b = await create("b", { parent: 0n, period: 1, block: 11n });
    await anvil.send(oracle("lose", [0n]));
    expect(await answers(a.address)).toBe("Registered Respected Resolved");
    expect(await answers(b.address)).toBe("Registered Respected");
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    expect(await answers(a.address)).toBe("Registered Respected Resolved Finalized");
  });

  test("knows nothing of strangers, not even of the code behind the proposals", async () => {
    await create("a");
    const implementation = await read<Address>("gameImpls", TYPE);
    for (const address of [zeroAddress as Address, stranger, l1.oracle.address, implementation]) {
      expect(await answers(address)).toBe("");
    }
  });

  test("gives nobody a power over proposals", async () => {
    const a = await create("a");
    for (const name of ["isGameBlacklisted", "isGameRetired"]) {
      expect(await read(name, a.address)).toBe(false);
    }
    expect(await read("paused")).toBe(false);
    expect(await read("version")).toBe("1.0.0");
    expect((await read<string>("disputeGameFactory")).toLowerCase()).toBe(l1.oracle.address);
    expect((await read<string>("sequencerFeed")).toLowerCase()).toBe(l1.sequencerFeed.address);
    expect((await read<string>("systemConfig")).toLowerCase()).toBe(l1.systemConfig.address);
    expect(await read("genesisOutputRoot")).toBe(L1_PARAMETERS.genesisOutputRoot);
    expect(await read("challengePeriodSeconds")).toBe(challengePeriodSeconds);
    expect(await read("disputeGameFinalityDelaySeconds")).toBe(disputeGameFinalityDelaySeconds);
  });
});

describe("anchor", () => {
  const anchor = () => read<[Hex, bigint]>("getAnchorRoot");
  const moveTo = (game: Address) => oracle("setAnchorState", [game], stranger);
  const ERROR = "AnchorStateRegistry_InvalidAnchorGame";

  test("starts at genesis and moves forward to valid claims only, by anyone", async () => {
    expect(await anchor()).toEqual([L1_PARAMETERS.genesisOutputRoot, 0n]);
    expect(await read("anchors", 0)).toEqual(await anchor());
    expect(await read("anchorGame")).toBe(zeroAddress);
    const a = await create("a", { block: 10n });
    const b = await create("b", { parent: 0n, period: 1, block: 10n });
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    await confirm(a.address);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    await anvil.send(moveTo(a.address));
    expect(await anchor()).toEqual([root("a"), 10n]);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    await confirm(b.address);
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    await anvil.send(moveTo(b.address));
    expect(await anchor()).toEqual([root("b"), 10n]);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    expect((await read<string>("anchorGame")).toLowerCase()).toBe(b.address);
  });

  test("does not move to a lost proposal or a stranger", async () => {
    const a = await create("a");
    await anvil.send(oracle("lose", [0n]));
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    expect(await errorOf(moveTo(zeroAddress))).toBe(ERROR);
    expect(await errorOf(moveTo(stranger))).toBe(ERROR);
  });
});

import type { Hex } from "../util/hex.js";
import type { GenesisContract } from "./genesisContract.js";
import { MULTICALL3_CODE } from "./multicall3Code.js";

/** `create2` with the salt in the first word of the calldata and the creation code behind it; on every chain at 0x4e59... */
const CREATE2_PROXY_CODE: Hex =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/** Source: EIP-4788. Its deployment transaction hashes to the contract's address, which a test recomputes. */
const BEACON_ROOTS_CODE: Hex =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500";

/** Source: EIP-2935. Its deployment transaction hashes to the contract's address, which a test recomputes. */
const BLOCK_HASHES_CODE: Hex =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

/**
 * Contracts by others that the L2 genesis holds, because tools expect them at these addresses.
 * Source: docs/protocol/genesis.md#l2-genesis-block
 */
export const PREINSTALLS: readonly GenesisContract[] = [
  preinstall("Multicall3", "0xca11bde05977b3631167028862be2a173976ca11", MULTICALL3_CODE),
  preinstall("Create2Proxy", "0x4e59b44847b379578588920ca78fbf26c0b4956c", CREATE2_PROXY_CODE),
  preinstall(
    "SafeSingletonFactory",
    "0x914d7fec6aac8cd542e72bca78b30650d45643d7",
    CREATE2_PROXY_CODE,
  ),
  preinstall("BeaconRoots", "0x000f3df6d732807ef1319fb7b8bb8522d0beac02", BEACON_ROOTS_CODE),
  preinstall("BlockHashes", "0x0000f90827f1c53a10cb7a02335b175320002935", BLOCK_HASHES_CODE),
];

function preinstall(name: string, address: Hex, code: Hex): GenesisContract {
  return { name, address, code, storage: {} };
}

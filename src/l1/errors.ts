import { defineErrors } from "../util/errors.js";

/** Everything that can go wrong between us and L1. Use: `new L1Error("L1_LIED", { what: "header hash" })`. */
export const L1Error = defineErrors("L1Error", {
  L1_BAD_URL: {
    severity: "invalid",
    text: "The L1 RPC URL cannot be used.",
    help: "Give an http:// or https:// URL.",
  },
  L1_UNREACHABLE: {
    severity: "temporary",
    text: "L1 does not answer.",
    help: "Check that the L1 RPC URL is right and the L1 node is running.",
  },
  L1_RATE_LIMITED: {
    severity: "temporary",
    text: "The L1 provider limits our requests.",
    help: "Use a provider plan that allows more requests, or your own L1 node.",
  },
  L1_BAD_RESPONSE: {
    severity: "temporary",
    text: "L1 answered something that is not a JSON-RPC answer of the expected shape.",
    help: "Check that the URL is that of an Ethereum JSON-RPC endpoint.",
  },
  L1_RPC_ERROR: { severity: "temporary", text: "L1 answered a request with an error." },
  L1_BLOCK_MISSING: {
    severity: "temporary",
    text: "L1 does not know this block (yet, or any more).",
  },
  L1_STATE_GONE: {
    severity: "temporary",
    text: "L1 no longer has the state of this block.",
    help: "Take a snapshot at a newer block.",
  },
  L1_LIED: {
    severity: "temporary",
    text: "An answer of L1 contradicts what is proven; it was thrown away.",
    help: "The L1 provider is broken or dishonest if this goes on: use another one.",
  },
  L1_REORGED: { severity: "reset", text: "The L1 block is no longer part of the L1 chain." },
  L1_WRONG_CHAIN: {
    severity: "critical",
    text: "The L1 RPC URL belongs to another chain than the chain config names.",
    help: "Give the RPC URL of the chain with id `l1ChainId`, or the chain config that belongs to this L1.",
  },
  L1_UNKNOWN_HEADER_FIELD: {
    severity: "critical",
    text: "L1 headers have a field that this version does not know (an L1 hard fork).",
    help: "Update the server.",
  },
  L1_TX_REVERTED: {
    severity: "temporary",
    text: "The L1 transaction reverts: its precondition does not hold (any more).",
  },
  L1_TX_TIMEOUT: {
    severity: "temporary",
    text: "The L1 transaction was not included in time.",
    help: "L1 may be congested; raise the fee ceiling.",
  },
  L1_TX_TOO_LARGE: {
    severity: "invalid",
    text: "The L1 transaction needs more gas than a transaction may have (2^24).",
  },
  L1_INSUFFICIENT_FUNDS: {
    severity: "temporary",
    text: "The L1 account cannot pay for its transaction.",
    help: "Send ETH on L1 to the account named in the data.",
  },
  L1_BAD_KEY: { severity: "invalid", text: "This is not a private key (32 bytes of hex)." },
  L1_DEV_KEYS_REFUSED: {
    severity: "critical",
    text: "The publicly known development keys must not be used on this chain.",
    help: "Give own keys for deployer, batcher and proposer.",
  },
  L1_DEV_CHAIN_UNAVAILABLE: {
    severity: "critical",
    text: "The embedded L1 cannot run on this machine.",
    help: "Install Foundry so that `anvil` is on the PATH (the bundled one is for Linux on x64), or Node 22.13 or later and all npm packages of this project for Hardhat's node, or run any L1 yourself and give its URL as L1 RPC URL.",
  },
  L1_DEV_CHAIN_FAILED: {
    severity: "critical",
    text: "The embedded L1 stopped or did not start.",
    help: "Look into `l1/anvil.log` or `l1/hardhat.log` in the data directory.",
  },
  L1_PORT_TAKEN: {
    severity: "critical",
    text: "The port of the embedded L1 is in use by another program.",
    help: "Stop that program, or choose another L1 port.",
  },
  L1_DATA_DIR_IN_USE: {
    severity: "critical",
    text: "Another running server uses the embedded L1 of this data directory.",
    help: "Stop that server, or choose another data directory.",
  },
  L1_STATE_CORRUPT: {
    severity: "critical",
    text: "The saved state of the embedded L1 cannot be read.",
    help: "Delete the data directory to start a new chain.",
  },
  L1_NOT_DEPLOYED: {
    severity: "critical",
    text: "The rollup's contracts are not on this L1.",
    help: "Deploy them first, or check chain config and L1 RPC URL.",
  },
  L1_OTHER_CONFIG: {
    severity: "critical",
    text: "The contracts on L1 belong to another chain config.",
    help: "Use the chain config that was deployed, or deploy with another `salt`.",
  },
  L1_OTHER_CODE: {
    severity: "critical",
    text: "A contract on L1 has other code than this version would deploy.",
    help: "Use the version that deployed the contracts, or deploy again with another `salt`.",
  },
  L1_WRONG_DEPLOYER: {
    severity: "invalid",
    text: "The deployer's key does not belong to the chain config's `deployer`.",
    help: "The L1 addresses depend on the deployer: use its key, or name your account as `deployer`.",
  },
  L1_CREATE2_PROXY_MISSING: {
    severity: "critical",
    text: "This L1 lacks the CREATE2 proxy 0x4e59b44847b379578588920cA78FbF26c0B4956C.",
    help: "Deploy it (github.com/Arachnid/deterministic-deployment-proxy) and try again.",
  },
});
/** An error of the L1 room. */
export type L1Error = InstanceType<typeof L1Error>;

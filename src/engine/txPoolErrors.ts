import { defineErrors } from "../util/errors.js";

/** Why the pool refuses a transaction; the numbers behind it are in `data`. */
export const PoolError = defineErrors("PoolError", {
  POOL_ALREADY_KNOWN: { severity: "invalid", text: "The transaction is in the pool already." },
  POOL_NONCE_TOO_LOW: { severity: "invalid", text: "The nonce is used already." },
  POOL_NONCE_TOO_HIGH: {
    severity: "invalid",
    text: "Too many transactions of this account wait for a missing nonce.",
  },
  POOL_TIP_BELOW_MINIMUM: { severity: "invalid", text: "The tip is below what is taken at all." },
  POOL_UNDERPRICED: {
    severity: "invalid",
    text: "The pool is full, and the tip is too low to push another out.",
  },
  POOL_REPLACEMENT_UNDERPRICED: {
    severity: "invalid",
    text: "A replacement must pay 10 % more in both fee fields.",
  },
  POOL_INSUFFICIENT_FUNDS: {
    severity: "invalid",
    text: "The balance does not cover this and the account's other transactions.",
  },
  POOL_INTRINSIC_GAS: { severity: "invalid", text: "The gas limit is below the intrinsic gas." },
  POOL_FLOOR_GAS: { severity: "invalid", text: "The gas limit is below the calldata floor." },
  POOL_GAS_LIMIT: { severity: "invalid", text: "The gas limit is above the block gas limit." },
  POOL_DA_FOOTPRINT: {
    severity: "invalid",
    text: "The DA footprint of the transaction is above the block gas limit.",
  },
  POOL_GAS_CAP: { severity: "invalid", text: "The gas limit is above 2^24." },
  POOL_OVERSIZED: { severity: "invalid", text: "The transaction is too large." },
  POOL_TYPE: { severity: "invalid", text: "This transaction type is not taken." },
  POOL_CHAIN_ID: { severity: "invalid", text: "The transaction is for another chain." },
  POOL_INVALID_SENDER: { severity: "invalid", text: "The signature is not valid." },
  POOL_SENDER_HAS_CODE: { severity: "invalid", text: "The sender is a contract." },
  POOL_DELEGATED: {
    severity: "invalid",
    text: "An account that delegates to code (EIP-7702) has one transaction in the pool at a time.",
  },
  POOL_AUTHORITY_RESERVED: {
    severity: "invalid",
    text: "An account that authorizes code here (EIP-7702) has several transactions in the pool.",
  },
  POOL_INIT_CODE: { severity: "invalid", text: "The init code is too large." },
  POOL_TIP_ABOVE_FEE_CAP: { severity: "invalid", text: "The tip is above the fee cap." },
  POOL_FULL: { severity: "temporary", text: "The pool is full." },
  POOL_FEE_CAP_EXCEEDED: { severity: "invalid", text: "The fee is suspiciously high." },
  POOL_MALFORMED: { severity: "invalid", text: "The bytes are no transaction." },
  POOL_UNPROTECTED: { severity: "invalid", text: "The transaction is valid on every chain." },
  POOL_AUTHORIZATIONS: {
    severity: "invalid",
    text: "A type 4 transaction needs a recipient and authorizations.",
  },
  POOL_BLOBS: { severity: "invalid", text: "The blobs of the transaction are not right." },
  POOL_JOURNAL_FAILED: {
    severity: "temporary",
    text: "The journal of the pool cannot be written.",
    help: "Check that the disk has space and works, then restart.",
  },
  POOL_CLOSED: { severity: "temporary", text: "The pool is closed." },
});

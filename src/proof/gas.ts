/**
 * Gas of the EVM's opcodes and calls by Osaka's rules.
 * Sources: Yellow Paper, appendix G; EIPs 150, 1153, 1283, 2200, 2929, 3529, 3860, 5656, 7702, 7939
 */
export const GAS = {
  jumpDest: 1,
  base: 2,
  veryLow: 3,
  low: 5,
  mid: 8,
  high: 10,
  exp: 10,
  expByte: 50,
  keccak: 30,
  keccakWord: 6,
  copyWord: 3,
  blockHash: 20,
  warm: 100,
  coldAccount: 2_600,
  coldSlot: 2_100,
  slotSet: 20_000,
  slotReset: 2_900,
  /** SSTORE with this much or less halts. */
  slotSentry: 2_300,
  refundClear: 4_800,
  refundSetBack: 19_900,
  refundResetBack: 2_800,
  log: 375,
  logTopic: 375,
  logByte: 8,
  callValue: 9_000,
  callStipend: 2_300,
  newAccount: 25_000,
  selfDestruct: 5_000,
  create: 32_000,
  initCodeWord: 2,
  codeByte: 200,
  /** A caller keeps one part in this many. */
  keptPart: 64,
} as const;

/** Words that `bytes` fill. */
export function wordsOf(bytes: number): number {
  return Math.ceil(bytes / 32);
}

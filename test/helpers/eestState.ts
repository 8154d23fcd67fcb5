import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProofError } from "../../src/proof/errors.js";
import { makeState } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import type { MachineState, Step, Word } from "../../src/proof/state/types.js";
import { bytesToWord } from "../../src/proof/state/wordBytes.js";
import { NO_ACCOUNT, World, withSlot } from "../../src/proof/state/world.js";
import { DEPTH, MODE } from "../../src/proof/table.js";
import { fromHex, type Hex, toHex } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";

/** One transaction of a state test of execution-spec-tests, for one fork. */
export interface EestCase {
  name: string;
  chainId: bigint;
  env: Record<string, Hex>;
  pre: Record<Hex, { balance: Hex; nonce: Hex; code: Hex; storage: Record<Hex, Hex> }>;
  raw: Uint8Array;
  expected: { root: Hex; logsHash: Hex };
  blobBaseFeeFraction: bigint;
}

interface Fixture {
  env: EestCase["env"];
  pre: EestCase["pre"];
  post: Record<string, { hash: Hex; logs: Hex; txbytes: Hex; indexes: Record<string, number> }[]>;
  config?: { chainid?: Hex; blobSchedule?: Record<string, { baseFeeUpdateFraction: Hex }> };
}

function* jsonFiles(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* jsonFiles(path);
    else if (entry.name.endsWith(".json")) yield path;
  }
}

/** Cases of one fork in a folder of fixtures. */
export function* eestCases(dir: string, fork: string): Generator<EestCase> {
  for (const path of jsonFiles(dir)) {
    const fixtures = JSON.parse(readFileSync(path, "utf8")) as Record<string, Fixture>;
    for (const [name, { env, pre, post, config }] of Object.entries(fixtures)) {
      for (const { hash, logs, txbytes, indexes } of post[fork] ?? []) {
        yield {
          name: `${name} ${JSON.stringify(indexes)}`,
          chainId: BigInt(config?.chainid ?? "0x1"),
          env,
          pre,
          raw: fromHex(txbytes),
          expected: { root: hash, logsHash: logs },
          blobBaseFeeFraction: BigInt(
            config?.blobSchedule?.[fork]?.baseFeeUpdateFraction ?? "0x4c6964",
          ),
        };
      }
    }
  }
}

/** EIP-4844's price of blob gas. */
function blobBaseFee(excess: bigint, fraction: bigint): bigint {
  let sum = 0n;
  for (let i = 1n, term = fraction; term > 0n; i++) {
    sum += term;
    term = (term * excess) / (fraction * i);
  }
  return sum / fraction;
}

/** A machine in front of TXPARSE on the state and in the block of a case, under L1's rules. */
export function eestStep(test: EestCase): Step {
  const codes = new Map<Word, Uint8Array>();
  const missing = (what: string): never => {
    throw new ProofError("PROOF_NODE_MISSING", { what });
  };
  const inputs: Step["inputs"] = {
    node: (hash) => missing(hash),
    code: (hash) => codes.get(hash) ?? missing("code"),
    addCode: (hash, code) => codes.set(hash, code),
    entryHeader: () => missing("entry"),
    entryData: () => missing("entry"),
    entryOrigins: () => missing("entry"),
    l1Header: () => missing("header"),
    recordHeader: () => missing("record"),
    recordData: () => missing("record"),
  };
  const s = makeState(test.chainId);
  const step: Step = {
    s,
    rec: undefined,
    inputs,
    entryBound: 0n,
    mayBegin: false,
    isPlain: true,
  };
  let world = World.empty();
  for (const [address, { balance, nonce, code, storage }] of Object.entries(test.pre)) {
    const bytes = fromHex(code);
    const codeHash = bytesToWord(keccak256(bytes));
    codes.set(codeHash, bytes);
    let account = { ...NO_ACCOUNT, balance: BigInt(balance), nonce: BigInt(nonce), codeHash };
    for (const [slot, value] of Object.entries(storage)) {
      account = { ...account, ...withSlot(step, account, BigInt(slot), BigInt(value)) };
    }
    world = world.put(BigInt(address), account);
  }
  s.rev = { ...s.rev, state: world };
  setBlock(s, test);
  s.tx.raw = PagedBytes.of(DEPTH.raw, test.raw);
  s.tx.rawLen = test.raw.length;
  s.ctl.mode = MODE.txparse;
  return step;
}

function setBlock(s: MachineState, { env, blobBaseFeeFraction }: EestCase): void {
  const value = (name: string): bigint => BigInt(env[name] ?? "0x0");
  const { blk } = s;
  blk.number = value("currentNumber");
  blk.timestamp = value("currentTimestamp");
  blk.gasLimit = value("currentGasLimit");
  blk.coinbase = value("currentCoinbase");
  blk.prevRandao = value("currentRandom");
  blk.baseFee = value("currentBaseFee");
  blk.blobBaseFee = blobBaseFee(value("currentExcessBlobGas"), blobBaseFeeFraction);
  blk.l1.daFootprintGasScalar = 400;
  // What state tests answer for the hash of block n: the keccak of its decimal digits.
  const hist = [...s.hist];
  for (let n = blk.number - 256n; n < blk.number; n++) {
    if (n >= 0n) hist[Number(n % 256n)] = bytesToWord(keccak256(Buffer.from(String(n))));
  }
  s.hist = hist;
}

/** True at the end of the transaction of a case: it is booked, or it was dropped. */
export function isOver(s: MachineState): boolean {
  return s.ctl.mode === MODE.txnext || s.ctl.mode === MODE.l1params;
}

/** State root and hash of the logs, as the fixtures have them. */
export function eestResult(s: MachineState): { root: Hex; logsHash: Hex } {
  const receipt = s.blk.receipts[0];
  const logs = receipt ? receipt.logs.read(0, receipt.logBytes) : new Uint8Array();
  const size = logs.length < 56 ? [] : [...Buffer.from(evenHex(logs.length), "hex")];
  const head = logs.length < 56 ? [0xc0 + logs.length] : [0xf7 + size.length, ...size];
  const encoded = Uint8Array.from([...head, ...logs]);
  return {
    root: s.rev.state?.root() ?? "0x",
    logsHash: toHex(keccak256(encoded)),
  };
}

function evenHex(value: number): string {
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

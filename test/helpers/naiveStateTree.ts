import { makeFrame, makeState } from "../../src/proof/state/defaults.js";
import type { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import type { Frame, MachineState, Rev } from "../../src/proof/state/types.js";
import { keccak256 } from "../../src/util/keccak.js";

// The tree of docs/protocol/machine.md, written down a second time: as a map of all nodes, without any of the machine's code.

/** Nodes by gindex; what has no entry is a root of zeros. */
export type Nodes = Map<number, Uint8Array>;
type Value = bigint | number | boolean;

const ZERO: Uint8Array = new Uint8Array(32);
const ZEROS: Uint8Array[] = [ZERO];
while (ZEROS.length < 32) ZEROS.push(pair(ZEROS.at(-1), ZEROS.at(-1)));

function pair(left: Uint8Array = ZERO, right: Uint8Array = ZERO): Uint8Array {
  return keccak256(Buffer.concat([left, right]));
}

function word(value: Value): Uint8Array {
  return Buffer.from(BigInt(value).toString(16).padStart(64, "0"), "hex");
}

/** Fields by their bits, from the most significant byte on. */
function packed(...fields: [bits: number, value: Value][]): Uint8Array {
  const text = fields.map(([bits, value]) =>
    BigInt(value)
      .toString(16)
      .padStart(bits / 4, "0"),
  );
  return Buffer.from(text.join("").padEnd(64, "0"), "hex");
}

/** Nodes of a subtree of 2^depth leaves; those that are not given are 0. */
function subtree(
  nodes: Nodes,
  g: number,
  depth: number,
  leaves: readonly (Uint8Array | undefined)[],
): void {
  let level = new Map<number, Uint8Array>();
  leaves.forEach((leaf, index) => {
    if (leaf !== undefined) level.set(g * 2 ** depth + index, leaf);
  });
  for (const [at, leaf] of level) nodes.set(at, leaf);
  for (let height = 1; height <= depth; height++) {
    const above = new Map<number, Uint8Array>();
    for (const at of level.keys()) {
      const up = Math.floor(at / 2);
      above.set(
        up,
        pair(level.get(2 * up) ?? ZEROS[height - 1], level.get(2 * up + 1) ?? ZEROS[height - 1]),
      );
    }
    if (above.size === 0) above.set(g * 2 ** (depth - height), ZEROS[height] as Uint8Array);
    level = above;
    for (const [at, node] of level) nodes.set(at, node);
  }
}

function bytesTree(nodes: Nodes, g: number, depth: number, bytes: PagedBytes): void {
  const flat = bytes.read(0, Math.min(bytes.capacity, 120_000));
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < flat.length; at += 32) leaves.push(flat.subarray(at, at + 32));
  subtree(nodes, g, depth, leaves);
}

const bloomWords = (bloom: Uint8Array) =>
  Array.from({ length: 8 }, (_, i) => bloom.subarray(32 * i, 32 * i + 32));

/** A container: children that have no nodes yet are given here. */
function container(
  nodes: Nodes,
  g: number,
  depth: number,
  leaves: Record<number, Uint8Array>,
): void {
  const first = g * 2 ** depth;
  subtree(
    nodes,
    g,
    depth,
    Array.from(
      { length: 2 ** depth },
      (_, i) => leaves[first + i] ?? nodes.get(first + i) ?? ZEROS[0],
    ),
  );
}

function revNodes(nodes: Nodes, rev: Rev): void {
  bytesTree(nodes, 162, 22, rev.logs);
  subtree(nodes, 163, 3, bloomWords(rev.bloom));
  subtree(nodes, 168, 12, rev.destructs.map(word));
  container(nodes, 10, 4, {
    160: rev.state?.rootBytes() ?? word(0),
    161: packed(
      [64, rev.refund],
      [32, rev.logCount],
      [32, rev.logBytes],
      [32, rev.destructs.length],
    ),
    164: rev.warmAddr.rootBytes(),
    165: rev.warmSlot.rootBytes(),
    166: rev.transient.rootBytes(),
    167: rev.created.rootBytes(),
  });
}

function naiveRevRoot(rev: Rev): Uint8Array {
  const nodes: Nodes = new Map();
  revNodes(nodes, rev);
  return nodes.get(10) as Uint8Array;
}

function frameNodes(nodes: Nodes, f: Frame | undefined): void {
  if (f === undefined) {
    const empty = makeFrame(makeState(0n).rev);
    for (const [g, depth] of [
      [149, 12],
      [152, 22],
      [153, 22],
      [154, 22],
    ] as const) {
      bytesTree(nodes, g, depth, empty.mem);
    }
    subtree(nodes, 155, 10, []);
    container(nodes, 9, 4, {});
    return;
  }
  bytesTree(nodes, 149, 12, f.code);
  bytesTree(nodes, 152, 22, f.input);
  bytesTree(nodes, 153, 22, f.ret);
  bytesTree(nodes, 154, 22, f.mem);
  subtree(nodes, 155, 10, f.stack.map(word));
  container(nodes, 9, 4, {
    144: packed(
      [32, f.pc],
      [64, f.gas],
      [16, f.stack.length],
      [32, f.memWords],
      [16, f.depth],
      [8, f.kind],
      [8, f.isStatic],
    ),
    145: word(f.self),
    146: word(f.caller),
    147: word(f.value),
    148: word(f.codeHash),
    150: packed([32, f.outOff], [32, f.outSize]),
    151: packed([32, f.codeLen], [32, f.inputLen], [32, f.retLen]),
    156: naiveRevRoot(f.snapRev),
    157: f.parent === undefined ? word(0) : naiveFrameRoot(f.parent),
    158: word(f.newAddr),
  });
}

function naiveFrameRoot(frame: Frame): Uint8Array {
  const nodes: Nodes = new Map();
  frameNodes(nodes, frame);
  return nodes.get(9) as Uint8Array;
}

function rootOfBytes(depth: number, bytes: PagedBytes): Uint8Array {
  const nodes: Nodes = new Map();
  bytesTree(nodes, 1, depth, bytes);
  return nodes.get(1) as Uint8Array;
}

function rootOfBloom(bloom: Uint8Array): Uint8Array {
  const nodes: Nodes = new Map();
  subtree(nodes, 1, 3, bloomWords(bloom));
  return nodes.get(1) as Uint8Array;
}

/** All nodes of a state that are not roots of zeros. */
export function naiveTree(s: MachineState): Nodes {
  const nodes: Nodes = new Map();
  const { ctl, tx, blk, chain, work } = s;
  frameNodes(nodes, s.frame);
  revNodes(nodes, s.rev);

  bytesTree(nodes, 368, 12, tx.raw);
  container(nodes, 11, 5, {
    352: packed(
      [8, tx.type],
      [8, tx.status],
      [8, tx.isCreate],
      [8, tx.isDeposit],
      [32, tx.rawLen],
      [32, tx.dataOff],
      [32, tx.dataLen],
      [64, tx.nonceUsed],
    ),
    353: word(tx.sender),
    354: word(tx.to),
    355: word(tx.value),
    356: packed([64, tx.nonce], [64, tx.gasLimit]),
    357: word(tx.maxFee),
    358: word(tx.maxPriorityFee),
    359: word(tx.price),
    360: word(tx.mint),
    361: word(tx.l1Fee),
    362: packed([64, tx.intrinsic], [64, tx.floor], [64, tx.daSize]),
    363: packed(
      [32, tx.aclOff],
      [32, tx.aclEnd],
      [32, tx.keyOff],
      [32, tx.keyEnd],
      [32, tx.authOff],
      [32, tx.authEnd],
    ),
    364: word(tx.aclAddr),
    365: word(tx.lzState),
    366: word(tx.operatorBought),
    367: packed([64, tx.gasUsed]),
  });

  subtree(nodes, 390, 3, bloomWords(blk.bloom));
  subtree(
    nodes,
    391,
    13,
    blk.txs.flatMap(({ rawLen, raw }) => [word(rawLen), rootOfBytes(12, raw)]),
  );
  subtree(
    nodes,
    392,
    14,
    blk.receipts.flatMap((r) => [
      packed(
        [8, r.type],
        [8, r.status],
        [64, r.cumulativeGas],
        [32, r.logBytes],
        [64, r.depositNonce],
      ),
      rootOfBloom(r.bloom),
      rootOfBytes(22, r.logs),
      word(0),
    ]),
  );
  const l1Scalars = (v: MachineState["blk"]["l1"]) =>
    packed(
      [32, v.baseFeeScalar],
      [32, v.blobBaseFeeScalar],
      [32, v.operatorFeeScalar],
      [64, v.operatorFeeConstant],
      [16, v.daFootprintGasScalar],
    );
  container(nodes, 12, 5, {
    384: packed([64, blk.number], [64, blk.timestamp], [64, blk.gasLimit], [64, blk.gasUsed]),
    385: word(blk.parentHash),
    386: word(blk.coinbase),
    387: word(blk.prevRandao),
    388: word(blk.baseFee),
    389: packed(
      [32, blk.txs.length],
      [32, blk.depositCount],
      [64, blk.depositGas],
      [8, blk.recordsDone],
      [8, blk.leftOver],
      [8, blk.synthesized],
      [8, blk.isPlaced],
    ),
    393: word(blk.txRoot),
    394: word(blk.receiptRoot),
    395: packed([64, blk.daFootprint]),
    396: word(blk.beaconRoot),
    397: packed([32, blk.denominator], [32, blk.elasticity], [64, blk.minBaseFee]),
    398: word(blk.l1BaseFee),
    399: word(blk.l1BlobBaseFee),
    400: l1Scalars(blk.l1),
    401: word(blk.blobBaseFee),
    402: packed(
      [32, blk.hintPos],
      [16, blk.nHints],
      [32, blk.txPos],
      [16, blk.txsLeft],
      [32, blk.blockEnd],
    ),
  });

  const { origin, config, entry, batch, scan, lastHint } = chain;
  bytesTree(nodes, 438, 12, batch.data);
  container(nodes, 13, 5, {
    416: packed([16, chain.version], [64, chain.chainId]),
    417: word(chain.stateRoot),
    418: word(chain.lastHash),
    419: word(chain.outputRoot),
    420: packed(
      [64, chain.number],
      [64, chain.timestamp],
      [64, chain.gasLimit],
      [64, chain.gasUsed],
    ),
    421: word(chain.baseFee),
    422: packed(
      [32, chain.denominator],
      [32, chain.elasticity],
      [64, chain.minBaseFee],
      [64, chain.blobGasUsed],
    ),
    423: packed([64, chain.entryIndex], [64, chain.recordIndex], [64, chain.sequenceNumber]),
    424:
      lastHint === null
        ? word(0)
        : packed([8, 1], [64, lastHint.l1Number], [32, lastHint.logIndex]),
    425: packed([64, origin.number], [64, origin.time]),
    426: word(origin.hash),
    427: word(origin.baseFee),
    428: word(origin.prevRandao),
    429: word(origin.beaconRoot),
    430: word(config.batcherHash),
    431: l1Scalars(config),
    432: packed(
      [64, config.gasLimit],
      [32, config.denominator],
      [32, config.elasticity],
      [64, config.minBaseFee],
    ),
    433: packed(
      [8, entry.isOpen],
      [8, entry.format],
      [64, entry.l1Number],
      [64, entry.l1Time],
      [32, entry.dataLength],
    ),
    434: packed([64, entry.firstOrigin], [64, entry.lastOrigin], [64, entry.depTo]),
    435: word(entry.originsHash),
    436: word(entry.dataHash),
    437: packed([32, batch.pos], [16, batch.blocksLeft], [8, batch.pagesLoaded]),
    439: packed(
      [32, scan.blockStart],
      [32, scan.pos],
      [16, scan.txsLeft],
      [16, scan.dt],
      [32, scan.originDelta],
      [32, scan.hintPos],
      [16, scan.nHints],
      [16, scan.nTx],
      [8, scan.phase],
    ),
    440: word(chain.passerRoot),
  });

  subtree(nodes, 112, 5, work.regs.map(word));
  bytesTree(nodes, 113, 22, work.bufA);
  bytesTree(nodes, 114, 12, work.bufB);
  subtree(nodes, 115, 3, work.sponge.map(word));
  subtree(nodes, 116, 7, work.trie.map(word));
  const call = work.call.map(word);
  if (work.calleeCode !== undefined) call[8] = rootOfBytes(12, work.calleeCode);
  if (work.snapshot !== undefined) call[9] = naiveRevRoot(work.snapshot);
  subtree(nodes, 117, 4, call);
  const table = [...(work.lz ?? [])].map((position) => position.toString(16).padStart(8, "0"));
  const lz = Array.from({ length: table.length / 8 }, (_, i) =>
    Buffer.from(table.slice(8 * i, 8 * i + 8).join(""), "hex"),
  );
  subtree(nodes, 118, 10, lz);
  subtree(nodes, 119, 3, bloomWords(work.bloom));
  container(nodes, 14, 3, {});

  subtree(nodes, 15, 8, s.hist.map(word));
  container(nodes, 1, 3, {
    8: packed(
      [8, ctl.mode],
      [8, ctl.sub],
      [8, ctl.ret],
      [8, ctl.op],
      [32, ctl.cnt],
      [64, ctl.a],
      [64, ctl.b],
    ),
  });
  return nodes;
}

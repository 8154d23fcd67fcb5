import { getAddress, pad } from "viem";
import type { BlockHeader, BlockId, Engine } from "../../../engine/types.js";
import {
  outputRootOf,
  outputRootProofOf,
} from "../../../services/withdrawals/buildWithdrawalProof.js";
import { verifyAccountProof } from "../../../services/withdrawals/verifyAccountProof.js";
import { type Address, type Hash, type Hex, toHex } from "../../../util/hex.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

const TAGS = ["earliest", "latest", "safe", "finalized"] as const;

/** Proofs against L2 states and the output roots above them. */
export function proofRoutes({ engine }: Pick<RestDeps, "engine">): RestRoute[] {
  return [
    {
      operationId: "getAccountProof",
      method: "get",
      path: "/proofs/account/{address}",
      handle: (request) => getAccountProof(engine, request),
    },
    {
      operationId: "getOutputProof",
      method: "get",
      path: "/proofs/output/{l2Block}",
      handle: (request) => getOutputProof(engine, request),
    },
  ];
}

async function getAccountProof(engine: Engine, request: RestRequest): Promise<RestReply> {
  const header = await requireHeader(engine, toBlockId(request.query.block));
  const keys = Array.isArray(request.query.keys) ? request.query.keys : [];
  const slots = keys.map((key): Hash => pad(String(key).toLowerCase() as Hex, { size: 32 }));
  const address = String(request.params.address).toLowerCase() as Address;
  // By hash, so that the proof belongs to the header that it is shown with.
  const proof = await engine.getProof(address, slots, { hash: header.hash });
  if (!(await verifyAccountProof(proof, header.stateRoot))) throw new RestProblem("internal");
  return {
    body: {
      address: getAddress(address),
      block: { number: Number(header.number), hash: header.hash },
      balanceWei: proof.balance,
      nonce: proof.nonce,
      codeHash: proof.codeHash,
      storageHash: proof.storageHash,
      accountProof: proof.accountProof.map(toHex),
      storageProof: proof.storageProof.map(({ key, value, proof: nodes }) => ({
        key,
        value: pad(`0x${value.toString(16)}`, { size: 32 }),
        proof: nodes.map(toHex),
      })),
      outputRoot: outputRootOf(header),
      outputRootProof: outputRootProofOf(header),
      verifiedLocally: true,
    },
  };
}

async function getOutputProof(engine: Engine, request: RestRequest): Promise<RestReply> {
  const number = BigInt(request.params.l2Block ?? 0);
  const header = await requireHeader(engine, number);
  const safety = await safetyOf(engine, header);
  return {
    body: {
      l2BlockNumber: Number(header.number),
      blockHash: header.hash,
      safety,
      outputRoot: outputRootOf(header),
      outputRootProof: outputRootProofOf(header),
    },
  };
}

async function safetyOf(engine: Engine, { number }: BlockHeader) {
  for (const label of ["finalized", "safe"] as const) {
    const head = await engine.getHeader(label);
    if (head && number <= head.number) return label;
  }
  return "unsafe";
}

async function requireHeader(engine: Engine, id: BlockId): Promise<BlockHeader> {
  const header = await engine.getHeader(id);
  if (!header) throw new RestProblem("block-unknown");
  return header;
}

/** Number, tag or hash, as the API description allows them. */
function toBlockId(value: unknown): BlockId {
  const text = String(value ?? "latest").toLowerCase();
  const tag = TAGS.find((name) => name === text);
  if (tag) return tag;
  return text.startsWith("0x") ? { hash: text as Hash } : BigInt(text);
}

import { restOrNothing, rpcBatch } from "../lib/api.js";
import { formatUnits, grouped, shorten } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import {
  AddressLink,
  Ago,
  Amount,
  Badge,
  Card,
  Facts,
  Hash,
  Loaded,
  PageTitle,
  Table,
  TxLink,
} from "../parts/ui.js";
import { BlockTable, readBlocks } from "./home.js";

const PER_PAGE = 25;
/** Transactions of one block that are shown at once. */
const SHOWN = 100;

/** Blocks, newest first. */
export function BlocksPage({ query }) {
  const top = /^\d{1,15}$/.test(query.get("from") ?? "") ? Number(query.get("from")) : undefined;
  const state = useData((signal) => readBlocks(top, PER_PAGE, signal), [top], {
    everyMs: top === undefined ? 2_000 : undefined,
    on: ["heads"],
  });
  return html`<${PageTitle}>Blocks</${PageTitle}>
    <${Card} title="L2 blocks" source=${["eth_getBlockByNumber", ["latest", false]]}>
      <${Loaded} state=${state}>${({ first, blocks, head }) => {
        const older = first - PER_PAGE;
        const newer = first + PER_PAGE;
        return html`<${BlockTable} blocks=${blocks} />
          <nav class="pager" aria-label="Pages">
            ${first < head && html`<a href=${newer >= head ? "#/blocks" : `#/blocks?from=${newer}`}>← newer</a>`}
            ${older >= 0 && html`<a href=${`#/blocks?from=${older}`}>older →</a>`}
          </nav>`;
      }}</${Loaded}>
    </${Card}>`;
}

const isHash = (id) => /^0x[0-9a-fA-F]{64}$/.test(id);
const TAGS = ["latest", "safe", "finalized", "earliest"];

async function readBlock(id, signal) {
  const call = isHash(id)
    ? ["eth_getBlockByHash", [id, true]]
    : ["eth_getBlockByNumber", [TAGS.includes(id) ? id : `0x${BigInt(id).toString(16)}`, true]];
  const [block, safe, finalized] = await rpcBatch(
    [
      call,
      ["eth_getBlockByNumber", ["safe", false]],
      ["eth_getBlockByNumber", ["finalized", false]],
    ],
    { signal },
  );
  if (!block) return { call };
  const provenance = await restOrNothing(`/blocks/${block.hash}/provenance`, { signal }).catch(
    () => undefined,
  );
  const number = Number(block.number);
  const state =
    number <= Number(finalized?.number ?? -1)
      ? "finalized"
      : number <= Number(safe?.number ?? -1)
        ? "safe"
        : "unsafe";
  return { block, call, provenance, state };
}

/** One block with its transactions. */
export function BlockPage({ id }) {
  if (!isHash(id) && !TAGS.includes(id) && !/^\d{1,15}$/.test(id)) {
    return html`<${PageTitle} sub="A block is a number, a hash, or latest, safe, finalized, earliest.">No such block</${PageTitle}>`;
  }
  const state = useData((signal) => readBlock(id, signal), [id], {
    everyMs: 5_000,
    on: ["heads", "batches", "proposals"],
  });
  return html`<${Loaded} state=${state}>${(found) =>
    found.block === undefined
      ? html`<${PageTitle} sub="It may have been reorged, or is not made yet.">No block ${shorten(id, 12)}</${PageTitle}>`
      : html`<${BlockView} ...${found} />`}</${Loaded}>`;
}

function BlockView({ block, call, provenance, state }) {
  const number = Number(block.number);
  return html`
    <${PageTitle} sub=${html`<${Badge} state=${state} tone=${state === "unsafe" ? "plain" : "good"} /> <${Ago} time=${block.timestamp} />`}>Block ${grouped(number)}</${PageTitle}>
    <nav class="pager top-pager" aria-label="Neighbours">
      ${number > 0 && html`<a href=${`#/block/${number - 1}`}>← ${grouped(number - 1)}</a>`}
      <a href=${`#/block/${number + 1}`}>${grouped(number + 1)} →</a>
    </nav>
    <div class="columns">
      <${Card} title="Block" source=${call}>
        <${Facts} rows=${[
          ["Hash", html`<${Hash} value=${block.hash} />`],
          [
            "Parent",
            html`<${Hash} value=${block.parentHash} to=${`#/block/${block.parentHash}`} />`,
          ],
          ["Time", new Date(Number(block.timestamp) * 1000).toISOString().replace(".000", "")],
          [
            "Gas used",
            html`<span class="num">${grouped(BigInt(block.gasUsed))} of ${grouped(BigInt(block.gasLimit))}</span>`,
          ],
          [
            "Base fee",
            html`<span class="num">${formatUnits(block.baseFeePerGas ?? 0, 9, 9)} gwei</span>`,
          ],
          ["State root", html`<${Hash} value=${block.stateRoot} />`],
          ["Withdrawals root", html`<${Hash} value=${block.withdrawalsRoot} />`],
          ["Size", `${grouped(BigInt(block.size ?? 0))} bytes`],
        ]} />
      </${Card}>
      <${Provenance} provenance=${provenance} number=${number} />
    </div>
    <${Transactions} block=${block} call=${call} />`;
}

/** Where the block comes from: L1 origin, batch, proposal. */
function Provenance({ provenance, number }) {
  const source = `/api/v1/blocks/${number}/provenance`;
  if (provenance === undefined) {
    return html`<${Card} title="Comes from"><p class="empty">Not known here.</p></${Card}>`;
  }
  const { l1Origin, batch, proposal, output } = provenance;
  return html`<${Card} title="Comes from" source=${source}>
    <${Facts} rows=${[
      [
        "L1 origin",
        html`<span class="num">${grouped(l1Origin.number)}</span> <${Hash} value=${l1Origin.hash} />`,
      ],
      ["Sequence number", html`<span class="num">${provenance.sequenceNumber}</span>`],
      [
        "Batch",
        batch
          ? html`<a href=${`#/batches/${batch.index}`}>${grouped(batch.index)}</a> <${Badge} state=${batch.status} />`
          : "not on L1 yet",
      ],
      ["Posted by", batch && html`L1 <${Hash} value=${batch.l1.txHash} />`],
      [
        "Proposal",
        proposal
          ? html`<a href=${`#/proposals/${proposal.index}`}>${grouped(proposal.index)}</a> up to block ${grouped(proposal.l2BlockNumber)}`
          : "none covers it yet",
      ],
      ["Output root", html`<${Hash} value=${output.outputRoot} />`],
    ]} />
  </${Card}>`;
}

function Transactions({ block, call }) {
  const shown = block.transactions.slice(0, SHOWN);
  const note =
    block.transactions.length > SHOWN
      ? `the first ${SHOWN} of ${grouped(block.transactions.length)}`
      : `${block.transactions.length}`;
  return html`<${Card} title="Transactions" note=${note} source=${call}>
    <${Table} label="Transactions" columns=${["Hash", "Kind", "From", "To", "Value"]}
      rows=${shown.map((tx) => [
        html`<${TxLink} hash=${tx.hash} copy=${false} />`,
        kindOf(tx),
        html`<${AddressLink} address=${tx.from} copy=${false} />`,
        tx.to ? html`<${AddressLink} address=${tx.to} copy=${false} />` : "creation",
        html`<${Amount} wei=${tx.value} />`,
      ])} />
  </${Card}>`;
}

const ATTRIBUTES_SENDER = "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001";

/** What a transaction is, in a word or two. */
export function kindOf(tx) {
  if (tx.from?.toLowerCase() === ATTRIBUTES_SENDER) return "L1 attributes";
  if (tx.type === "0x7e") return "deposit";
  if (!tx.to) return "creation";
  return tx.input === "0x" ? "transfer" : "call";
}

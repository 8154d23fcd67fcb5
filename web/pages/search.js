import { rest, restOrNothing, rpcBatch } from "../lib/api.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Loaded, PageTitle } from "../parts/ui.js";

/** Page of what was typed: a number, an address, or a hash of anything; undefined if nothing fits. */
export async function findPage(text, signal) {
  const query = text.trim().replaceAll(",", "");
  if (/^\d{1,15}$/.test(query)) return `block/${query}`;
  if (["latest", "safe", "finalized", "earliest"].includes(query)) return `block/${query}`;
  const hex = query.toLowerCase().replace(/^(?!0x)/, "0x");
  if (/^0x[0-9a-f]{40}$/.test(hex)) return `address/${hex}`;
  if (!/^0x[0-9a-f]{64}$/.test(hex)) return undefined;
  const [tx, block] = await rpcBatch(
    [
      ["eth_getTransactionByHash", [hex]],
      ["eth_getBlockByHash", [hex, false]],
    ],
    { signal },
  );
  if (tx) return `tx/${hex}`;
  if (block) return `block/${hex}`;
  for (const filter of ["l1TxHash", "l2TxHash"]) {
    const { data } = await rest(`/deposits?${filter}=${hex}&limit=1`, { signal });
    if (data.length > 0) return `deposits/${hex}`;
  }
  if (await restOrNothing(`/withdrawals/${hex}`, { signal })) return `withdrawals/${hex}`;
  return undefined;
}

/** Goes on to what was found. */
export function SearchPage({ id }) {
  const state = useData(
    async (signal) => {
      const page = await findPage(id, signal);
      if (page !== undefined) location.replace(`#/${page}`);
      return { page };
    },
    [id],
  );
  return html`<${Loaded} state=${state}>${({ page }) =>
    page === undefined
      ? html`<${PageTitle} sub="Look for a block number, or the hash of a block, transaction, deposit or withdrawal, or an address.">Nothing found</${PageTitle}><p class="mono whole">${id.slice(0, 100)}</p>`
      : html`<p class="empty">Found.</p>`}</${Loaded}>`;
}

import { rpcBatch } from "../lib/api.js";
import { formatBytes, grouped } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Amount, Card, Facts, Hash, Loaded, PageTitle } from "../parts/ui.js";

/** Balance, nonce and code of an address on L2. */
export function AddressPage({ id }) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(id)) {
    return html`<${PageTitle} sub="An address has 40 hex digits.">No such address</${PageTitle}>`;
  }
  const state = useData(
    (signal) =>
      rpcBatch(
        [
          ["eth_getBalance", [id, "latest"]],
          ["eth_getTransactionCount", [id, "latest"]],
          ["eth_getCode", [id, "latest"]],
        ],
        { signal },
      ),
    [id],
    { everyMs: 5_000, on: ["heads"] },
  );
  return html`<${PageTitle} sub=${html`<${Hash} value=${id} whole />`}>Address</${PageTitle}>
    <${Card} title="On L2" source=${["eth_getBalance", [id, "latest"]]}>
      <${Loaded} state=${state}>${([balance, nonce, code]) => html`<${Facts} rows=${[
        ["Balance", html`<${Amount} wei=${balance} />`],
        ["Nonce", html`<span class="num">${grouped(BigInt(nonce))}</span>`],
        ["Code", code === "0x" ? "none" : formatBytes((code.length - 2) / 2)],
        ["Deposits", html`<a href=${`#/deposits?from=${id}`}>sent from it</a>`],
        ["Withdrawals", html`<a href=${`#/withdrawals?sender=${id}`}>sent from it</a>`],
      ]} />
      ${code !== "0x" && html`<details><summary>Code</summary><pre class="raw">${code.slice(0, 8_192)}${code.length > 8_192 ? "…" : ""}</pre></details>`}`}</${Loaded}>
    </${Card}>`;
}

import { readSettings, rest, restOrNothing, rpcBatch } from "../lib/api.js";
import { formatBytes, words } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { SignerChoice, useSigner } from "../parts/signer.js";
import { AddressLink, Amount, Card, Facts, Hash, Loaded, PageTitle, Table } from "../parts/ui.js";

/** L2 contracts at fixed addresses. Source: docs/protocol/genesis.md */
const PREDEPLOYS = [
  ["L2ToL1MessagePasser", "0x4200000000000000000000000000000000000016"],
  ["L2CrossDomainMessenger", "0x4200000000000000000000000000000000000007"],
  ["L2StandardBridge", "0x4200000000000000000000000000000000000010"],
  ["OptimismMintableERC20Factory", "0x4200000000000000000000000000000000000012"],
  ["L1Block", "0x4200000000000000000000000000000000000015"],
  ["GasPriceOracle", "0x420000000000000000000000000000000000000f"],
  ["WETH", "0x4200000000000000000000000000000000000006"],
];

/** Addresses and parameters of both layers, and the buttons that tell a wallet about them. */
export function ContractsPage() {
  const contracts = useData((signal) => rest("/contracts", { signal }), []);
  const config = useData((signal) => restOrNothing("/config", { signal }), []);
  const codes = useData(
    (signal) =>
      rpcBatch(
        PREDEPLOYS.map(([, address]) => ["eth_getCode", [address, "latest"]]),
        { signal },
      ),
    [],
  );
  const settings = useData(() => readSettings(), []);
  return html`<${PageTitle}>Contracts and parameters</${PageTitle}>
    <div class="columns">
      <${Card} title="On L1" source="/api/v1/contracts"><${Loaded} state=${contracts}>${(found) =>
        html`<${Facts} rows=${Object.entries(found).map(([name, value]) => [
          words(name),
          /^0x[0-9a-fA-F]{40}$/.test(String(value))
            ? html`<${Hash} value=${value} />`
            : typeof value === "object"
              ? undefined
              : String(value),
        ])} />`}</${Loaded}></${Card}>
      <${Card} title="On L2" source=${["eth_getCode", [PREDEPLOYS[0][1], "latest"]]}><${Loaded} state=${codes}>${(
        found,
      ) =>
        html`<${Table} label="Predeploys" columns=${["Contract", "Address", "Code"]} rows=${PREDEPLOYS.map(
          ([name, address], i) => [
            name,
            html`<${AddressLink} address=${address} copy=${false} />`,
            html`<span class="num">${formatBytes((found[i].length - 2) / 2)}</span>`,
          ],
        )} />`}</${Loaded}></${Card}>
    </div>
    <${Wallet} />
    ${config.data && html`<${Card} title="Parameters" source="/api/v1/config"><${Facts} rows=${flatten(config.data)} /></${Card}>`}
    <${Links} settings=${settings.data} />`;
}

/** Nested values by their path. */
function flatten(value, prefix = "") {
  return Object.entries(value).flatMap(([name, one]) => {
    const title = `${prefix}${words(name)}`;
    if (one === null || one === undefined) return [];
    if (Array.isArray(one)) return [[title, one.map(String).join(", ")]];
    if (typeof one === "object") return flatten(one, `${title} · `);
    const text = String(one);
    if (/Wei$/.test(name)) return [[title, html`<${Amount} wei=${text} />`]];
    return [[title, /^0x[0-9a-f]{40,64}$/i.test(text) ? html`<${Hash} value=${text} />` : text]];
  });
}

function Wallet() {
  const { settings, signer, choose } = useSigner();
  if (settings === undefined) return null;
  return html`<${Card} title="Wallet">
    <${Facts} rows=${[
      ["L2", html`chain ${settings.l2ChainId} at <span class="mono">${location.origin}</span>`],
      [
        "L1",
        html`chain ${settings.l1ChainId}${settings.l1RpcUrl && html` at <span class="mono">${settings.l1RpcUrl}</span>`}`,
      ],
    ]} />
    <${SignerChoice} settings=${settings} signer=${signer} choose=${choose} />
  </${Card}>`;
}

function Links({ settings }) {
  return html`<${Card} title="More"><${Facts} rows=${[
    ["REST API", html`<a href="/docs">documentation</a>`],
    [
      "Job queues",
      settings?.adminUrl &&
        html`<a href=${`${settings.adminUrl}/queues`}>${settings.adminUrl}/queues</a> (needs the admin token)`,
    ],
  ]} /></${Card}>`;
}

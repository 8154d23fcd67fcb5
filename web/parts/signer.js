import { useEffect, useState } from "preact/hooks";
import { readSettings } from "../lib/api.js";
import { createDevProvider } from "../lib/devSigner.js";
import { shorten } from "../lib/format.js";
import { html } from "../lib/html.js";
import { addChain, connect, watchAccount, watchWallets } from "../lib/wallet.js";
import { Problem } from "./ui.js";

let chosen;

/** Settings of the server, and the account that signs; the choice is kept from page to page. */
export function useSigner() {
  const [settings, setSettings] = useState();
  const [signer, setSigner] = useState(chosen);
  useEffect(() => {
    readSettings().then(setSettings, () => {});
  }, []);
  useEffect(() => {
    if (signer === undefined || signer.isDev) return undefined;
    return watchAccount(signer, (address) => choose(address && { ...signer, address }));
  }, [signer]);
  const choose = (next) => {
    chosen = next;
    setSigner(next);
  };
  return { settings, signer, choose };
}

/** Choice of who signs: a wallet of the browser, or in development a test account. */
export function SignerChoice({ settings, signer, choose }) {
  const [wallets, setWallets] = useState([]);
  const [error, setError] = useState();
  useEffect(() => watchWallets(setWallets), []);
  const attempt = (work) => async () => {
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    }
  };
  const chooseDev = (event) => {
    const account = settings.devAccounts[Number(event.target.value)];
    if (account === undefined) return choose(undefined);
    const rpcUrls = { [settings.l1ChainId]: settings.l1RpcUrl, [settings.l2ChainId]: "/" };
    choose({
      name: "Test account",
      isDev: true,
      provider: createDevProvider({ account, rpcUrls }),
      address: account.address,
    });
  };
  if (settings === undefined) return null;
  const { devAccounts = [] } = settings;
  const selected = devAccounts.findIndex(({ address }) => address === signer?.address);
  return html`<div class="signer">
    <div class="row">
      ${wallets.map((wallet) => html`<button type="button" onClick=${attempt(async () => choose(await connect(wallet)))}>${signer?.provider === wallet.provider ? `${wallet.name}: ${shorten(signer.address)}` : `Connect ${wallet.name}`}</button>`)}
      ${
        devAccounts.length > 0 &&
        html`<label class="row"><span class="muted">Sign with</span>
          <select aria-label="Use dev account" value=${selected < 0 ? "" : String(selected)} onChange=${chooseDev}>
            <option value="">${wallets.length > 0 ? "the wallet" : "choose a dev account"}</option>
            ${devAccounts.map(({ address }, i) => html`<option value=${String(i)}>dev account ${i} · ${shorten(address, 6)}</option>`)}
          </select></label>`
      }
      ${wallets.length === 0 && devAccounts.length === 0 && html`<span class="muted">No wallet was found in this browser.</span>`}
    </div>
    ${
      wallets.length > 0 &&
      html`<div class="row small">${["l1", "l2"]
        .filter((layer) => layer === "l2" || settings.l1RpcUrl !== undefined)
        .map(
          (layer) =>
            html`<button type="button" onClick=${attempt(() => addChain((signer ?? wallets[0]).provider, layer, settings))}>Add ${layer.toUpperCase()} to the wallet</button>`,
        )}</div>`
    }
    <${Problem} error=${error} />
  </div>`;
}

// What is asked: each entry is one route with requests spread over the whole chain.

/** JSON-RPC that the page of blocks sends for `count` blocks down from `top`. */
export function blockList(top, count) {
  const calls = Array.from({ length: count }, (_, i) => ({
    jsonrpc: "2.0",
    id: i,
    method: "eth_getBlockByNumber",
    params: [`0x${Math.max(0, top - i).toString(16)}`, false],
  }));
  return { path: "/", body: JSON.stringify(calls) };
}

/** Cursors of a list, each some pages further. */
async function cursors(url, path, pages) {
  const found = [];
  let cursor = "";
  for (let page = 0; page < pages; page++) {
    const answer = await (await fetch(`${url}${path}${cursor}`)).json();
    if (!answer.nextCursor) break;
    cursor = `&cursor=${answer.nextCursor}`;
    found.push({ path: `${path}${cursor}` });
  }
  return found;
}

/** Routes of one server, by name. */
export async function questionsFor(url, { blocks, proposals, deposits, samples }) {
  const api = (path) => `/api/v1${path}`;
  const spread = (count, toPath) =>
    Array.from({ length: 200 }, (_, i) => ({ path: api(toPath(Math.floor((i * count) / 200))) }));
  const list = async (path) => [{ path: api(path) }, ...(await cursors(url, api(path), 20))];
  return {
    "transaction lifecycle": samples.transactions.map((hash) => ({
      path: api(`/transactions/${hash}/lifecycle`),
    })),
    "withdrawal status": samples.withdrawals.map((hash) => ({ path: api(`/withdrawals/${hash}`) })),
    "withdrawals, 25": await list("/withdrawals?limit=25"),
    "withdrawals, 100": await list("/withdrawals?limit=100"),
    "withdrawals of a status": [{ path: api("/withdrawals?status=finalized&limit=25") }],
    "withdrawals of an account": await list(`/withdrawals?sender=${samples.address}&limit=25`),
    "withdrawal proof": samples.withdrawals
      .slice(0, Math.floor(samples.withdrawals.length * 0.9))
      .map((hash) => ({ path: api(`/withdrawals/${hash}/proof`) })),
    deposit: spread(deposits, (index) => `/deposits/${index}`),
    "deposits, 25": await list("/deposits?limit=25"),
    "deposits, 100": await list("/deposits?limit=100"),
    "batches, 25": await list("/batches?limit=25"),
    "batches, 100": await list("/batches?limit=100"),
    "batches from a block": spread(blocks, (block) => `/batches?fromL2Block=${block}&order=asc`),
    "feed entries, 25": await list("/feeds/batches/entries?limit=25"),
    "block provenance": spread(blocks, (block) => `/blocks/${block}/provenance`),
    proposal: spread(proposals, (index) => `/proposals/${index}`),
    "proposals, 25": await list("/proposals?limit=25"),
    "proposals, 100": await list("/proposals?limit=100"),
    "proposal that covers": spread(
      Math.floor(blocks * 0.95),
      (block) => `/proposals/covering?l2Block=${block}`,
    ),
    "pending batch": [{ path: api("/batches/pending") }],
    status: [{ path: api("/status") }],
    sync: [{ path: api("/sync") }],
    "25 blocks by JSON-RPC": Array.from({ length: 200 }, (_, i) =>
      blockList(Math.floor((i * blocks) / 200) + 25, 25),
    ),
    "a transaction by JSON-RPC": samples.transactions.map((hash) => ({
      path: "/",
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "eth_getTransactionByHash",
        params: [hash],
      }),
    })),
  };
}

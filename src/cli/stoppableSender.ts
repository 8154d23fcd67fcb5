import type { L1Sender } from "../l1/types.js";

/** A sender whose waiting ends when the server stops; what is on its way to L1 is found there by the next start. */
export function stoppableSender(sender: L1Sender, stopping: AbortSignal): L1Sender {
  return {
    address: sender.address,
    getBalance: () => sender.getBalance(),
    send: (request, signal) =>
      sender.send(request, signal === undefined ? stopping : AbortSignal.any([signal, stopping])),
  };
}

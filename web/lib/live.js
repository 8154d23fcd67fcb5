const EVENTS = "/api/v1/events";
const TOPICS = ["heads", "batches", "deposits", "withdrawals", "proposals", "incidents"];
/** Pause before the stream is asked for again after the server refused it; lost connections the browser opens again by itself. */
const REFUSED_MS = 15_000;

const listeners = new Set();
let source;
let timer;
let isOpen = false;

/** Whether events come in, so that polling can rest. */
export const isLive = () => isOpen;

/**
 * Calls `listener({ topic, data })` with what happens on the server, from one stream per page. Topic `link`: the stream was opened or
 * lost, so that anything may have been missed. Answers the function that ends it.
 */
export function watch(listener) {
  listeners.add(listener);
  open();
  return () => {
    listeners.delete(listener);
    // The next page may listen in a moment.
    setTimeout(() => listeners.size === 0 && close());
  };
}

/** Browsers allow six connections to a server over all their tabs, so hidden ones hold none. */
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));

function open() {
  if (source !== undefined || document.hidden || listeners.size === 0) return;
  clearTimeout(timer);
  source = new EventSource(EVENTS);
  source.onopen = () => setOpen(true);
  source.onerror = () => {
    if (source?.readyState === EventSource.CLOSED) {
      close();
      timer = setTimeout(open, REFUSED_MS);
    }
    setOpen(false);
  };
  // Too much was missed to tell it one by one.
  source.addEventListener("reset", () => tell({ topic: "link" }));
  for (const topic of TOPICS) {
    source.addEventListener(topic, ({ data }) => tell({ topic, data: JSON.parse(data) }));
  }
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = undefined;
  isOpen = false;
}

function setOpen(next) {
  if (isOpen === next) return;
  isOpen = next;
  tell({ topic: "link" });
}

function tell(event) {
  for (const listener of [...listeners]) listener(event);
}

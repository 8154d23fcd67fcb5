import { useEffect, useRef, useState } from "preact/hooks";
import { isLive, watch } from "./live.js";

/** Pause between two loads while events say when something changes: only for what no event tells. */
const LIVE_MS = 15_000;
/** Events that come in a bunch are answered by one load. */
const GAP_MS = 400;
/** A server that does not answer is asked so often. */
const RETRY_MS = 1_000;

/**
 * Loads something, and again while the page is visible: when the server tells of one of the topics `on`, and without its stream of
 * events every `everyMs`. `liveMs`: how often all the same while the stream is open. `patch(data, event)`: the data with an event
 * taken in, where that needs no load, else undefined. The last answer stays while the next one is on its way and when it fails.
 */
export function useData(load, inputs, { everyMs, on = [], liveMs = LIVE_MS, patch } = {}) {
  const [state, setState] = useState({ data: undefined, error: undefined, isLoading: true });
  const reload = useRef(() => {});
  useEffect(() => {
    const controller = new AbortController();
    let timer;
    let dueMs = Number.POSITIVE_INFINITY;
    let endedMs = 0;
    let isRunning = false;
    let isStale = false;
    setState({ data: undefined, error: undefined, isLoading: true });
    const plan = (pauseMs) => {
      const nextMs = Date.now() + pauseMs;
      // Events must not put off what is due sooner.
      if (nextMs >= dueMs || controller.signal.aborted || document.hidden) return;
      clearTimeout(timer);
      dueMs = nextMs;
      timer = setTimeout(run, pauseMs);
    };
    const planSoon = () => {
      if (isRunning) isStale = true;
      else plan(Math.max(GAP_MS, endedMs + (everyMs ?? 0) / 2 - Date.now()));
    };
    const run = async () => {
      if (isRunning) {
        isStale = true;
        return;
      }
      clearTimeout(timer);
      dueMs = Number.POSITIVE_INFINITY;
      isRunning = true;
      isStale = false;
      let next = on.length > 0 && isLive() ? Math.max(liveMs, everyMs) : everyMs;
      try {
        const data = await load(controller.signal);
        if (!controller.signal.aborted) setState({ data, error: undefined, isLoading: false });
      } catch (error) {
        if (error.code === "unreachable") next = RETRY_MS;
        if (!controller.signal.aborted) {
          setState((last) => ({ data: last.data, error, isLoading: false }));
        }
      }
      isRunning = false;
      endedMs = Date.now();
      if (isStale) planSoon();
      else if (next !== undefined) plan(next);
    };
    const onEvent = (event) => {
      if (event.topic !== "link") {
        if (patch !== undefined) {
          setState((last) => {
            const data = last.data && patch(last.data, event);
            return data === undefined ? last : { ...last, data };
          });
        }
        if (!on.includes(event.topic)) return;
      }
      planSoon();
    };
    const onVisible = () => {
      if (!document.hidden && everyMs !== undefined) run();
    };
    const unwatch = everyMs !== undefined && on.length > 0 ? watch(onEvent) : () => {};
    document.addEventListener("visibilitychange", onVisible);
    reload.current = run;
    run();
    return () => {
      controller.abort();
      unwatch();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, inputs);
  return { ...state, reload: () => reload.current() };
}

/** Whether the page is told of changes, or asks for them. */
export function useLive() {
  const [live, setLive] = useState(isLive());
  useEffect(() => watch(() => setLive(isLive())), []);
  return live;
}

/** Seconds since 1970, refreshed every second. */
export function useNow() {
  const [now, setNow] = useState(Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** What stands behind the # of the address: path parts and query. */
export function useRoute() {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const onChange = () => setRoute(readRoute());
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);
  return route;
}

function readRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter((part) => part !== "");
  return { parts: parts.map(decode), query: new URLSearchParams(query ?? ""), key: location.hash };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

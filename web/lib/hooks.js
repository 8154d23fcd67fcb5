import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Loads something, again every `everyMs` while the page is visible. The last answer stays while the next one is on its way and when
 * it fails.
 */
export function useData(load, inputs, { everyMs } = {}) {
  const [state, setState] = useState({ data: undefined, error: undefined, isLoading: true });
  const reload = useRef(() => {});
  useEffect(() => {
    const controller = new AbortController();
    let timer;
    let isRunning = false;
    setState({ data: undefined, error: undefined, isLoading: true });
    const run = async () => {
      clearTimeout(timer);
      if (isRunning) return;
      isRunning = true;
      try {
        const data = await load(controller.signal);
        if (!controller.signal.aborted) setState({ data, error: undefined, isLoading: false });
      } catch (error) {
        if (!controller.signal.aborted) {
          setState((last) => ({ data: last.data, error, isLoading: false }));
        }
      } finally {
        isRunning = false;
        if (everyMs !== undefined && !controller.signal.aborted && !document.hidden) {
          timer = setTimeout(run, everyMs);
        }
      }
    };
    const onVisible = () => {
      if (!document.hidden && everyMs !== undefined) run();
    };
    document.addEventListener("visibilitychange", onVisible);
    reload.current = run;
    run();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, inputs);
  return { ...state, reload: () => reload.current() };
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

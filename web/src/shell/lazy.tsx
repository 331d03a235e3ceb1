/** A component that the first screen does without: loaded when it is first shown, or before. */
import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../words/index.ts";

const AGAIN_MS = 3_000;
/** Where a browser does not tell when it has nothing to do. */
const SOON_MS = 1_000;

/** Once something is drawn and nothing else is to do. A page that nobody looks at draws nothing. */
export function whenIdle(run: () => void): void {
  const watch = new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length === 0) return;
    watch.disconnect();
    if ("requestIdleCallback" in globalThis) requestIdleCallback(run);
    else setTimeout(run, SOON_MS);
  });
  watch.observe({ type: "paint", buffered: true });
}

export function lazy<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  const loaded = signal<FunctionComponent<Props>>();
  const failed = signal(0);

  return (props: Props) => {
    const Component = loaded.value;
    useEffect(() => {
      if (loaded.peek()) return undefined;
      const get = () =>
        void load().then(
          (component) => (loaded.value = component),
          () => (failed.value += 1),
        );
      const timer = setTimeout(get, failed.value === 0 ? 0 : AGAIN_MS);
      return () => clearTimeout(timer);
    }, [failed.value]);
    if (Component) return <Component {...props} />;
    return (
      <main class="card-page">
        <p role="status" class="muted">
          {t(failed.value === 0 ? "shell.resuming" : "banner.reconnecting")}
        </p>
      </main>
    );
  };
}

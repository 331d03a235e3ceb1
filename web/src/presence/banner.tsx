/** Says that the connection is away, once it is worth saying, and that nothing written is lost. */
import { signal, useComputed, useSignalEffect } from "@preact/signals";
import { offline } from "../shell/browser.ts";
import { Icon } from "../shell/icon.tsx";
import { client, connection, screen, state } from "../shell/state.ts";
import { t } from "../words/index.ts";

/** Most reconnects are over before anybody needs to know. */
const PATIENCE_MS = 1_200;
const late = signal(false);

export function Banner() {
  const away = useComputed(() => connection.value.state === "waiting" || connection.value.state === "connecting");
  useSignalEffect(() => {
    if (!away.value) return void (late.value = false);
    const timer = setTimeout(() => (late.value = true), PATIENCE_MS);
    return () => clearTimeout(timer);
  });
  // Whoever has not begun has no connection to lose, but needs a network to begin.
  const idle = connection.value.state === "idle";
  const show = ((away.value && late.value) || (offline.value && (away.value || idle))) && screen.value !== "over";
  const { outbox, uploads } = state.value;
  const unsent = [...outbox, ...uploads].filter(({ failed }) => !failed).length;
  return (
    <div role="status" class="banner-place">
      {show && (
        <div class="banner">
          <Icon name="wifiOff" />
          <p>
            {t(offline.value ? "banner.offline" : "banner.reconnecting")}{" "}
            {unsent > 0 && t("banner.unsent", { count: unsent })}
          </p>
          {!offline.value && (
            <button type="button" class="link" onClick={() => client.wake()}>
              {t("banner.try-now")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Where a call is shown, once there is one. */
import { useSignalEffect } from "@preact/signals";
import { incoming, load, loaded, part } from "./state.ts";

export function Calls() {
  useSignalEffect(() => {
    if (incoming.value || part.value.state !== "none") void load();
  });
  const code = loaded.value;
  return code ? <code.Call /> : null;
}

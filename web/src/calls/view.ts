/** How the call is shown: as a stage, or small, out of the chat's way. */
import { signal } from "@preact/signals";

export const small = signal(false);
export const devicesOpen = signal(false);

/** As wide as stage and chat beside each other need; call-sizes.css has the same. */
const wide = matchMedia("(min-width: 64rem)");
export const beside = signal(wide.matches);
wide.addEventListener("change", ({ matches }) => (beside.value = matches));

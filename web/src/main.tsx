import { render } from "preact";
import { callOnMeeting } from "./calls/greeting.ts";
import { startNotifying } from "./presence/notify.ts";
import { App } from "./shell/app.tsx";
import { listen } from "./shell/browser.ts";
import { listenToKeys } from "./shell/shortcuts.ts";
import { startTheme } from "./shell/theme.ts";
import { startLanguage } from "./words/index.ts";

startTheme();
await startLanguage();
listen();
listenToKeys();
startNotifying();
/** Taken away where the browser is too old: what stands there says so. */
const place = document.getElementById("app");
if (!place) {
  // Nothing to draw into.
} else if (location.pathname === "/status") {
  const { StatusPage } = await import("./status/page.tsx");
  render(<StatusPage />, place);
} else if (location.pathname === "/moderator") {
  const { ModeratorPage } = await import("./moderator/page.tsx");
  render(<ModeratorPage />, place);
} else {
  callOnMeeting();
  render(<App />, place);
}

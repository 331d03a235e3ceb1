import { render } from "preact";
import { App } from "./shell/app.tsx";
import { listen } from "./shell/browser.ts";
import { startLanguage } from "./words/index.ts";

await startLanguage();
listen();
render(<App />, document.getElementById("app")!);

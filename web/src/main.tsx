import { render } from "preact";
import { App } from "./shell/app.tsx";
import { listen } from "./shell/browser.ts";

listen();
render(<App />, document.getElementById("app")!);

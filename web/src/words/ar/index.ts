import calls from "./calls.ts";
import status from "./status.ts";
import safety from "./safety.ts";
import settings from "./settings.ts";
import matching from "./matching.ts";
import messages from "./messages.ts";
import reports from "./reports.ts";
import rooms from "./rooms.ts";
import sessions from "./sessions.ts";
import shell from "./shell.ts";
import uploads from "./uploads.ts";
import voice from "./voice.ts";

export default {
  ...calls,
  ...status,
  ...safety,
  ...settings,
  ...matching,
  ...messages,
  ...reports,
  ...rooms,
  ...sessions,
  ...shell,
  ...uploads,
  ...voice,
};

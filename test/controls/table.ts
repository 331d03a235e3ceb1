/** All that is promised under faults and abuse, line by line, each with its tests and what shows that they can fail. */
import { access } from "./access.ts";
import { calls } from "./calls.ts";
import { delivery } from "./delivery.ts";
import { hostile } from "./hostile.ts";
import { infrastructure } from "./infrastructure.ts";
import { limits } from "./limits.ts";
import { matching } from "./matching.ts";
import { strangers } from "./strangers.ts";
import { uploads } from "./uploads.ts";

export const table = {
  delivery,
  matching,
  infrastructure,
  abuse: { ...hostile, ...strangers, ...access, ...limits },
  uploads,
  calls,
};

export const rows = Object.entries(table).flatMap(([capability, lines]) =>
  Object.entries(lines).flatMap(([line, list]) => list.map((row) => ({ capability, line, row }))),
);

/** What belongs to others is out of reach, by every event and every route. */
import type { Lines, Mutation } from "./row.ts";

const strange = { test: "test/abuse.test.ts", title: "reaches no stranger's room, message, call or guest" };
const routes = { test: "test/functions-strangers.test.ts", title: "reaches nothing of a stranger's" };

const inRoom = "redis.call('HEXISTS', K.members .. room, guest) == 0";
const inCall = "redis.call('HEXISTS', K.members .. c.roomId, guest) == 0";

/** A script that does not ask whether the guest is a member. */
const anybodys = (script: string, asks = inRoom): Mutation => ({
  fault: `${script} asks nobody for membership`,
  file: `shared/stores/${script}.lua`,
  from: asks,
  to: "false",
});

export const strangers: Lines = {
  "every event × a stranger's things": [
    {
      test: "test/abuse.test.ts",
      title: "[P3] the matrix of strangers' things holds every request",
      fault: "an event is missing from the matrix",
      file: "test/support/matrix.ts",
      from: '  "message:ack": inRoom(() => ({ readSeq: 1 })),\n',
      to: "",
    },
    ...["message_ack", "message_delete", "message_react", "message_send", "room_read", "call_start"].map((script) => ({
      ...strange,
      ...anybodys(script),
    })),
    { ...strange, ...anybodys("room_tell", "redis.call('HEXISTS', K.members .. ARGV[1], ARGV[2]) == 0") },
    { ...strange, ...anybodys("call_accept", inCall) },
    { ...strange, ...anybodys("call_leave", inCall) },
    {
      ...strange,
      fault: "call_set takes anybody for the first in the call",
      file: "shared/stores/call_set.lua",
      from: `if redis.call('HEXISTS', K.members .. c.roomId, guest) == 0 then return { 'stranger' } end
local p = personOf(c, guest)
`,
      to: "local p = c.people[1]\n",
    },
    {
      ...strange,
      fault: "call_signal takes anybody for the first in the call",
      file: "shared/stores/call_signal.lua",
      from: `if redis.call('HEXISTS', K.members .. c.roomId, guest) == 0 then return 'stranger' end
local me, other = personOf(c, guest), personOf(c, to)
`,
      to: "local me, other = c.people[1], personOf(c, to)\n",
    },
  ],
  "every route × a stranger's things": [
    { ...routes, ...anybodys("room_read") },
    { ...routes, ...anybodys("upload_create") },
    {
      ...routes,
      fault: "anybody completes anybody's upload",
      file: "shared/stores/upload_begin.lua",
      from: "if u.owner ~= ARGV[2] then return { 'forbidden' } end\n",
      to: "",
    },
    {
      ...routes,
      fault: "whoever has an upload's id may read it",
      file: "shared/stores/uploads.ts",
      from: '      if (!(await redis.hexists(key("members", room), userId))) throw notTheirs();\n',
      to: "",
    },
    {
      ...routes,
      fault: "a ticket is good for every upload",
      file: "shared/tickets.ts",
      from: "update(`upload-ticket:${uploadId}:${expires}`)",
      to: "update(`upload-ticket:${expires}`)",
    },
    {
      ...routes,
      fault: "any token is the operator's",
      file: "shared/middleware/admin.ts",
      from: "  if (!isAdmin(req.headers.authorization, admin)) throw",
      to: "  if (!req.headers.authorization) throw",
    },
    {
      ...routes,
      fault: "whoever looks at a group sees who is in it",
      file: "shared/stores/room_read.lua",
      from: "  if mode == 'look' and m[1] == 'group' then return { 'ok', m, {}, {}, {}, {}, 0, 0, count } end\n  return { 'forbidden' }",
      to: "  if mode ~= 'look' or m[1] ~= 'group' then return { 'forbidden' } end",
    },
    {
      test: routes.test,
      title: "[P3] the matrix holds every route",
      fault: "a route is missing from the matrix",
      file: "test/support/route-matrix.ts",
      from: '  "GET /api/calls/ice-servers": own,\n',
      to: "",
    },
  ],
};

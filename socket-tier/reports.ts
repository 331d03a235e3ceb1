/** Blocking at the socket. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { Handlers, NodeContext } from "./context.ts";

export const reports = ({ stores }: NodeContext): Handlers<"user:block"> => ({
  "user:block": async (socket, { userId }) => {
    if (userId === socket.data.userId)
      throw new PasserbyError("invalid", undefined, { fields: { userId: "is your own" } });
    await stores.reports.block(socket.data.userId, userId);
    return {};
  },
});

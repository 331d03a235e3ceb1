/** The other one of a talk, without a page: writes as fast as it is told to. */
import { createClient, type Client } from "../../shared/client/index.ts";
import { until } from "./until.ts";

export interface Stranger extends AsyncDisposable {
  client: Client;
  /** Finds whoever waits; resolves once they are met. */
  meet: () => Promise<string>;
  /** Sends them in this order; resolves once all are stored. */
  say: (...texts: string[]) => Promise<void>;
}

export async function stranger(httpUrl: string, username?: string): Promise<Stranger> {
  const client = createClient({ httpUrl });
  await client.start(username === undefined ? {} : { username });
  let roomId: string | undefined;
  return {
    client,
    async meet() {
      await until("the last talk to be over", () => client.getState().match.state !== "matched");
      await client.join({ media: "text" });
      roomId = await until("the stranger to be met", () => {
        const { match } = client.getState();
        return match.state === "matched" && match.roomId;
      });
      return roomId;
    },
    async say(...texts) {
      for (const text of texts) client.send(roomId!, text);
      await until("what was said to be stored", () => client.getState().outbox.length === 0, 60_000);
    },
    [Symbol.asyncDispose]: () => client.signOut(),
  };
}

/** A process of its own that starts clients and destroys each in the middle of something: then it has nothing left to wait for. */
import { createClient } from "../../shared/client/index.ts";

const [httpUrl, hungHttpUrl, hungSocketHttpUrl] = process.argv.slice(2) as [string, string, string];

type Client = ReturnType<typeof createClient>;

const connecting = (client: Client) =>
  client.when(({ connection }) => connection.state === "connecting", 30_000, "connecting");
const unanswered = () => new Promise((resolve) => setTimeout(resolve, 300));

/** What is under way when `destroy` comes. @returns what else has to end with it */
const moments: [what: string, url: string, (client: Client) => Promise<Promise<unknown>[]>][] = [
  ["asking for a guest", httpUrl, async () => []],
  ["a server that does not answer", hungHttpUrl, () => unanswered().then(() => [])],
  ["connecting", httpUrl, (client) => connecting(client).then(() => [])],
  [
    "a node that accepts and says nothing",
    hungSocketHttpUrl,
    (client) =>
      connecting(client)
        .then(unanswered)
        .then(() => []),
  ],
  [
    "searching without a connection",
    hungSocketHttpUrl,
    async (client) => {
      await connecting(client);
      const searching = client.join({});
      await unanswered();
      return [searching];
    },
  ],
];

const said: Record<string, string[]> = {};
const code = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
for (const [what, url, reach] of moments) {
  const client = createClient({ httpUrl: url });
  const started = code(client.start());
  const others = (await reach(client)).map(code);
  client.destroy();
  said[what] = await Promise.all([started, ...others]);
}
// One that nothing was under way with any more.
const client = createClient({ httpUrl });
await client.start();
await client.join({});
client.destroy();
client.takeBack();
said["in the queue"] = [client.getState().connection.state];
console.log(JSON.stringify(said));

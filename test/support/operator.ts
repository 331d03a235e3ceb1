/** The operator who bans, and guests who come from somewhere. */
import type { Ban } from "../../shared/protocol/bans.ts";
import type { Credentials } from "../../shared/protocol/index.ts";
import type { Api, Asked } from "./http.ts";

export const ADMIN_TOKEN = "an-operator-s-own-secret";
export const HOUR_MS = 3_600_000;
export const from = (address: string) => ({ "x-forwarded-for": address });

export function operator(api: Api) {
  const admin = (path: string, asked: Asked = {}) => api.ask(path, { token: ADMIN_TOKEN, ...asked });
  return {
    admin,
    ban: async (body: object): Promise<Ban[]> => {
      const answer = await admin("/api/bans", { body: { guest: true, address: false, durationMs: HOUR_MS, ...body } });
      if (answer.status !== 201) throw new Error(answer.text);
      return (answer.json() as { bans: Ban[] }).bans;
    },
  };
}

/** Made over HTTP from that address. */
export async function guestFrom(api: Api, address: string, headers: Record<string, string> = from(address)) {
  const answer = await api.ask("/api/guest", { body: {}, headers });
  if (answer.status !== 201) throw new Error(answer.problem().code);
  return answer.json() as Credentials;
}

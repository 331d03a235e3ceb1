/**
 * Where one address makes many guests, each further one costs its client a proof of work (altcha's, no third party's captcha).
 * Nothing is kept of a challenge until it is solved: it is signed, bound to the address, good for minutes and once.
 */
import { createHash, hkdfSync } from "node:crypto";
import { createChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { z } from "zod";
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { HttpContext } from "./context.ts";

const GOOD_MS = 5 * 60_000;
/** About 256 tries of so many rounds: a tenth of a second here; doubled for every five guests more, up to some seconds. */
const WORK = { prefix: "00", rounds: 1_000, doubledEvery: 5, mostDoublings: 5 };

/** How hard the nth guest beyond the free ones is. */
export const roundsFor = (nth: number): number =>
  WORK.rounds * 2 ** Math.min(WORK.mostDoublings, Math.floor((nth - 1) / WORK.doubledEvery));

const hex = z.string().regex(/^[0-9a-f]{2,128}$/);
const answer = z.object({
  challenge: z.object({
    parameters: z.object({
      algorithm: z.literal("PBKDF2/SHA-256"),
      nonce: hex,
      salt: hex,
      cost: z.int().min(1).max(1_000_000),
      keyLength: z.literal(32),
      keyPrefix: z.literal(WORK.prefix),
      expiresAt: z.int(),
      data: z.object({ for: z.string().max(64) }),
    }),
    signature: hex,
  }),
  solution: z.object({
    counter: z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    derivedKey: hex,
  }),
});

function parse(text: string): z.output<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** `cheap`: seen at a glance. What had to be worked out costs us as much as it costs them, and counts as a guest. */
interface Fault {
  why: string;
  cheap: boolean;
}
const cheap = (why: string): Fault => ({ why, cheap: true });
const dear = (why: string): Fault => ({ why, cheap: false });

export function createChallenges({ config, stores, limits }: Pick<HttpContext, "config" | "stores" | "limits">) {
  const secrets = config.secrets.jwtKeys.map(({ secret }) =>
    Buffer.from(hkdfSync("sha256", secret, "", "passerby challenge", 32)).toString("hex"),
  );

  async function required(address: string, cost: number, why: string): Promise<PasserbyError> {
    const [today = ""] = await stores.pseudonyms(address);
    const challenge = await createChallenge({
      algorithm: "PBKDF2/SHA-256",
      cost,
      keyPrefix: WORK.prefix,
      deriveKey,
      expiresAt: new Date(Date.now() + GOOD_MS),
      data: { for: today },
      hmacSignatureSecret: secrets[0]!,
    });
    return new PasserbyError("challenge-required", why, { fields: { challenge: JSON.stringify(challenge) } });
  }

  /** What is wrong with it; undefined: it is good, and used up now. */
  async function fault(text: string, address: string, cost: number): Promise<Fault | undefined> {
    const given = parse(text);
    if (!given) return cheap("That is no solution");
    const { challenge, solution } = given;
    if (!(await stores.pseudonyms(address)).includes(challenge.parameters.data.for))
      return cheap("It was another's challenge");
    if (challenge.parameters.cost < cost) return cheap("It has become harder meanwhile");
    for (const hmacSignatureSecret of secrets) {
      const result = await verifySolution({ challenge, solution, deriveKey, hmacSignatureSecret });
      if (result.expired) return cheap("It came too late");
      if (result.invalidSolution) return dear("It is not solved");
      if (!result.verified) continue; // signed with another key
      const id = createHash("sha256").update(challenge.signature).digest("base64url");
      return (await stores.challenges.spend(id, GOOD_MS)) ? undefined : dear("It was used before");
    }
    return cheap("It is not solved");
  }

  return {
    /**
     * @param made guests of this address in the window, this one included
     * @throws `challenge-required`, whose `fields.challenge` is the challenge as JSON
     */
    async demand(address: string, made: number, given: string | undefined): Promise<void> {
      const { challengeAfter } = config;
      if (challengeAfter === 0 || made <= challengeAfter) return;
      const cost = roundsFor(made - challengeAfter);
      const found = given === undefined ? cheap("Solve the challenge first") : await fault(given, address, cost);
      if (!found) return;
      if (found.cheap) await limits.guests.refund(address); // nobody was made
      throw await required(address, cost, found.why);
    },
  };
}

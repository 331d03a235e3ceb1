/** Loaded when a challenge is asked for, which is rare. The work is the platform's own crypto, beside the page's thread. */
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";

/** @param challenge as the server gave it. @returns what it wants to see; undefined where it could not be solved in time */
export async function solve(challenge: string): Promise<string | undefined> {
  const asked = JSON.parse(challenge) as Parameters<typeof solveChallenge>[0]["challenge"];
  const solution = await solveChallenge({ challenge: asked, deriveKey });
  return solution ? JSON.stringify({ challenge: asked, solution }) : undefined;
}

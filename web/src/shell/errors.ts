/** A sentence and, where there is one, a next step for every code of the closed list. */
import { errors, PasserbyError, type ErrorCode } from "../../../shared/protocol/errors.ts";
import { t } from "../words/index.ts";

const isCode = (code: string | undefined): code is ErrorCode => code !== undefined && Object.hasOwn(errors, code);

/** For the guest: what happened and what to do. Anything unknown is our fault. */
export function sentenceFor(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code;
  return t(`error.${isCode(code) ? code : "internal"}`);
}

/** The field of a form that an error speaks of, if any. */
export const fieldOf = (error: unknown): string | undefined =>
  error instanceof PasserbyError ? Object.keys(error.fields ?? {})[0] : undefined;

/** The operator's routes. The token lives in this module's memory and nowhere else: a reload asks again. */
import { signal } from "@preact/signals";
import type { HttpOptions } from "../../../shared/client/index.ts";
import type { RouteAnswer, RouteName } from "../../../shared/protocol/index.ts";
import { sentenceFor } from "../shell/errors.ts";
import { client } from "../shell/state.ts";
import { m } from "./words.ts";

export const token = signal<string>();
export const problem = signal<string>();

export async function ask<R extends RouteName>(route: R, options: HttpOptions<R> = {}): Promise<RouteAnswer<R>> {
  return client.http(route, { token: token.value ?? "", ...options });
}

/** For a click: what went wrong is said above everything, a wrong token asks for another. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await work();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "unauthenticated") token.value = undefined;
    problem.value =
      code === "unauthenticated"
        ? m("mod.not-the-token")
        : code === "not-found"
          ? m("mod.not-found")
          : sentenceFor(error);
  }
}

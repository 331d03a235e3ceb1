import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { RouteName } from "../shared/protocol/index.ts";
import type { HttpContext } from "./context.ts";

/** Routes of the contract whose capability is not there yet: admitted and checked like any other, then `unavailable`. */
export const later =
  (...names: RouteName[]) =>
  (router: Router, ctx: HttpContext): void => {
    for (const name of names) {
      mount(router, ctx, name, async () => {
        throw new PasserbyError("unavailable", "Not part of this deployment yet");
      });
    }
  };

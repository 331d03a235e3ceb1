import type { Router } from "express";
import { clientAddress } from "../shared/middleware/client-address.ts";
import { facts } from "../shared/middleware/locals.ts";
import { mount } from "../shared/middleware/mount.ts";
import type { User } from "../shared/protocol/index.ts";
import { createChallenges } from "./challenges.ts";
import type { HttpContext } from "./context.ts";

export function guests(router: Router, ctx: HttpContext): void {
  const { config, limits, tokens } = ctx;
  const { sessions } = ctx.stores;
  const challenges = createChallenges(ctx);
  const credentials = ({ user }: { user: User }) => ({
    ...tokens.issue(user.id),
    socketUrl: config.socketUrl,
    user,
  });

  mount(
    router,
    ctx,
    "POST /api/guest",
    async ({ body: { username, interests, language, challenge } }, res) => {
      const address = clientAddress(res.req, config.trustedProxies);
      const { limit, remaining } = facts(res).counted!;
      await challenges.demand(address, limit - remaining, challenge);
      return credentials(await sessions.create({ username, interests, language }, address));
    },
    limits.guests,
  );
  mount(router, ctx, "GET /api/guest/username", async () => ({ username: await sessions.suggestUsername() }));
  mount(router, ctx, "GET /api/guest/me", ({ userId }) => sessions.read(userId));
  mount(router, ctx, "PATCH /api/guest/me", ({ userId, body }) => sessions.update(userId, body));
  mount(router, ctx, "DELETE /api/guest/me", ({ userId }) => sessions.end(userId, "deleted"));
  mount(router, ctx, "POST /api/guest/refresh", async ({ userId }) => credentials(await sessions.refresh(userId)));
}

import compression from "compression";
import type { Router } from "express";

/** Goes before the route groups whose answers may be large; for small ones it costs more than all else that they take. */
export const compressed = (router: Router): void => void router.use(compression());

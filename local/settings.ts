import { loadConfig } from "../shared/config.ts";
import { demandFree, freePort } from "./port.ts";

/**
 * Checks all settings before anything starts, and makes up those that all parts of one machine have to share:
 * they read them from the environment, in this process and in the socket tier's.
 * @throws ConfigError, or Error with one line, for the operator
 */
export async function settle(env: NodeJS.ProcessEnv) {
  env["NODE_ENV"] ||= "development";
  if (env["SOCKET_PORT"] === "0") env["SOCKET_PORT"] = String(await freePort());
  const config = loadConfig(env);
  env["JWT_KEYS"] ||= config.secrets.jwtKeys.map(({ kid, secret }) => `${kid}:${secret}`).join(",");
  if (config.httpPort !== 0) await demandFree("HTTP_PORT", config.httpPort);
  await demandFree("SOCKET_PORT", config.socketPort);
  return config;
}

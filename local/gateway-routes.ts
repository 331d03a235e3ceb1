import type { Route } from "../functions/routes.ts";

export interface Hit extends Route {
  params: Record<string, string>;
}

function compile({ route, handler }: Route) {
  const [method, path] = route.split(" ") as [string, string];
  const names: string[] = [];
  const pattern = path
    .split(/(\{\w+\+?\})/)
    .map((part) => {
      const variable = /^\{(\w+)(\+?)\}$/.exec(part);
      if (!variable) return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
      names.push(variable[1]!);
      return variable[2] ? "(.+)" : "([^/]+)";
    })
    .join("");
  return { route, handler, method, names, regex: new RegExp(`^${pattern}/?$`), greedy: path.includes("+}") };
}

type Compiled = ReturnType<typeof compile>;

/** API Gateway's order: a full path, then one with variables, then a greedy one (the longest first); a method before ANY. */
const order = (a: Compiled, b: Compiled) =>
  Number(a.greedy) - Number(b.greedy) ||
  a.names.length - b.names.length ||
  b.route.length - a.route.length ||
  Number(a.method === "ANY") - Number(b.method === "ANY");

/** @returns a look-up: the route that API Gateway would choose for a request, with its path variables as they were sent */
export function compileRoutes(routes: readonly Route[]): (method: string, url: string) => Hit | undefined {
  const table = routes.map(compile).toSorted(order);
  return (method, url) => {
    const path = url.split("?", 1)[0]!;
    for (const { route, handler, method: wanted, names, regex } of table) {
      const match = wanted === "ANY" || wanted === method ? regex.exec(path) : null;
      if (match) return { route, handler, params: Object.fromEntries(names.map((name, i) => [name, match[i + 1]!])) };
    }
    return undefined;
  };
}

/** From a path to its operation, and back. Pure. */
import { operations } from "./all.ts";
import type { AnyInput, Operation } from "./operation.ts";

/** The path that calls an operation with these values for its parameters. */
export function pathOf(route: string, params: AnyInput["params"] = {}): string {
  return route.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

/** The values of a pattern's parameters in a path; `undefined` if it does not match. */
export function matchRoute(route: string, path: string): Record<string, string> | undefined {
  const parts = path.split("/");
  const wanted = route.split("/");
  if (parts.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [place, name] of wanted.entries()) {
    const part = parts[place] ?? "";
    if (!name.startsWith(":")) {
      if (part !== name) return undefined;
    } else {
      if (part === "") return undefined;
      params[name.slice(1)] = part;
    }
  }
  return params;
}

/** A path without query. */
export function findOperation(
  method: string,
  path: string,
): { readonly operation: Operation; readonly params: Record<string, string> } | undefined {
  for (const operation of operations) {
    const params = operation.method === method ? matchRoute(operation.route, path) : undefined;
    if (params !== undefined) return { operation, params };
  }
  return undefined;
}

/**
 * Whether a read-only token may use it: a GET that shows no secret and makes the machine do
 * nothing.
 */
export function isReadable(method: string, route: string): boolean {
  return operations.some(
    (one) =>
      one.method === method &&
      one.route === route &&
      one.method === "GET" &&
      one.isForOperators !== true,
  );
}

/** Whether a recorded call may be replayed. The recording's own claim is not trusted. */
export function isRepeatable({ method, path }: { method: string; path: string }): boolean {
  const found = findOperation(method, path);
  if (found?.operation.isRepeatable !== true) return false;
  return Object.values(found.params).every((value) => /^[1-9]\d{0,14}$/.test(value));
}

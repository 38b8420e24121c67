/** The app's own routes: which are open, and which methods a path has. */
import { matchRoute } from "../../operations/route.ts";
import type { Refusal } from "../edge/problem.ts";

type Route = {
  readonly method: string;
  readonly path: string;
  readonly hooks: { readonly detail?: { readonly security?: readonly unknown[] } };
};

/** The routes of the running app. Reads them on first use, and again when there are more. */
export class RouteTable {
  readonly #routes: () => readonly Route[];
  #open: ReadonlySet<string> | undefined;

  constructor(routes: () => readonly Route[]) {
    this.#routes = routes;
  }

  /** `route` is the pattern as declared. Open are those whose description says `security: []`. */
  isOpen(method: string, route: string): boolean {
    this.#open ??= new Set(
      this.#routes()
        .filter(({ hooks }) => hooks.detail?.security?.length === 0)
        .map(({ method: name, path }) => `${name} ${path}`),
    );
    return this.#open.has(`${method} ${route}`);
  }

  /** There are more routes than before. */
  grown(): void {
    this.#open = undefined;
  }

  /** 405 with the allowed methods if another method would have found a route, else 404. */
  refuseMissing(request: Request): Refusal {
    const path = new URL(request.url).pathname;
    const methods = this.#methodsOf(path);
    const values = { path: path.slice(0, 200) };
    if (methods.length === 0 || methods.includes(request.method)) {
      const message = `Cannot find "${values.path}": no such address`;
      return { status: 404, code: "not_found", message, values };
    }
    const allow = methods.join(", ");
    const message = `Cannot ${request.method.slice(0, 16)} "${values.path}": it takes ${allow}`;
    return { status: 405, code: "method_not_allowed", message, values, allow };
  }

  #methodsOf(path: string): string[] {
    const found = this.#routes().filter((route) => matchRoute(route.path, path) !== undefined);
    const methods = new Set(found.map(({ method }) => method));
    if (methods.has("GET")) methods.add("HEAD");
    return [...methods].sort();
  }
}

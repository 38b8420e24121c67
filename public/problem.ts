/**
 * The message above the page for a part that could not be loaded (the server sends it there)
 * disappears when the same address answers again.
 */
export function followProblems(): void {
  let failedPath: string | undefined;
  document.body.addEventListener("htmx:after:request", (event) => {
    if (!(event instanceof CustomEvent)) return;
    const { response } = event.detail.ctx;
    if (response === undefined) return;
    const path = new URL(response.raw.url).pathname;
    if (response.status >= 400) failedPath = path;
    if (response.status < 400 && path === failedPath) {
      failedPath = undefined;
      document.querySelector("#problem")?.replaceChildren();
    }
  });
}

/**
 * What is said above the page when a part of it could not be answered (the server sends it there)
 * goes away once the same address answers again.
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

/** What htmx puts on the window: other scripts use it without carrying it a second time. */
interface Window {
  readonly htmx: {
    ajax(method: string, address: string, where: { target: string; swap: string }): Promise<void>;
  };
}

/** What htmx defines on the window: other scripts use it without bundling it again. */
interface Window {
  readonly htmx: {
    ajax(method: string, address: string, where: { target: string; swap: string }): Promise<void>;
  };
}

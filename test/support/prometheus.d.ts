/** The public parser brings no types. */
declare module "parse-prometheus-text-format" {
  type Sample = { readonly value: string; readonly labels?: Readonly<Record<string, string>> };
  type Metric = {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly metrics: readonly Sample[];
  };
  function parse(text: string): Metric[];

  // biome-ignore lint/style/noDefaultExport: it is the package's only export
  export { parse as default };
}

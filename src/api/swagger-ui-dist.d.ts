/** The package brings no types for its files, of which only the paths are wanted here. */
declare module "swagger-ui-dist/*" {
  const path: string;
  // biome-ignore lint/style/noDefaultExport: the form in which the runtime gives a file's path
  export default path;
}

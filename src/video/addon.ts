/** Makes FFmpeg's addon loadable; must have resolved before anything imports `node-av`. */

/** In a checkout the addon lies in its package and is found by name. */
export function prepareAddon(): Promise<void> {
  return Promise.resolve();
}

/** A worker: a server that takes connections and never answers. Told the path; says when it listens. */
declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<string>) => {
  Bun.listen({ unix: data, socket: { data: () => undefined } });
  self.postMessage("listening");
};

/** A way to a port of this machine that a test can cut: every connection through it ends at once. */
import type { Socket } from "bun";

type Data = { other: Socket<Data> | undefined; waiting: Uint8Array[] };

export function cuttable(port: number) {
  const ends = new Set<Socket<Data>>();
  const pass = (to: Socket<Data> | undefined, from: Socket<Data>) => {
    const { waiting } = from.data;
    while (to !== undefined) {
      const [first] = waiting;
      if (first === undefined) return;
      const count = to.write(first);
      if (count < first.byteLength) {
        waiting[0] = first.subarray(Math.max(0, count));
        from.pause();
        return;
      }
      waiting.shift();
    }
  };
  const events = {
    data: (socket: Socket<Data>, bytes: Uint8Array) => {
      socket.data.waiting.push(new Uint8Array(bytes));
      pass(socket.data.other, socket);
    },
    drain: (socket: Socket<Data>) => {
      const { other } = socket.data;
      if (other === undefined) return;
      other.resume();
      pass(socket, other);
    },
    close: (socket: Socket<Data>) => {
      ends.delete(socket);
      socket.data.other?.end();
    },
    error: (socket: Socket<Data>) => void socket.terminate(),
  };
  const listener = Bun.listen<Data>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...events,
      open: (near) => {
        near.data = { other: undefined, waiting: [] };
        ends.add(near);
        void Bun.connect<Data>({
          hostname: "127.0.0.1",
          port,
          data: { other: near, waiting: [] },
          socket: {
            ...events,
            open: (far) => {
              ends.add(far);
              near.data.other = far;
              pass(far, near);
            },
          },
        }).catch(() => near.terminate());
      },
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    cut: () => {
      for (const end of [...ends]) end.terminate();
    },
    [Symbol.asyncDispose]: async () => {
      listener.stop(true);
      await Promise.resolve();
    },
  };
}

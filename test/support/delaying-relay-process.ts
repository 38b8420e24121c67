/**
 * A stretch of network that is far: passes datagrams and the control connection of one port to a
 * host, each after a fixed time. From SIGUSR1 on it is unsteady as a busy wireless link is: every now
 * and then datagrams wait until a stall is over, and then leave in order; nothing is lost. Arguments:
 * the port to listen at, the host's address, its port, the milliseconds, the longest stall.
 */
const [port = 0, , hostPort = 0, fixedMs = 0, stallMsMax = 0] = process.argv.slice(2).map(Number);
const host = process.argv[3] ?? "";
const betweenMsMax = 500;
let stallEndMs = 0;
const stall = () => {
  const stallMs = stallMsMax * (0.5 + Math.random() / 2);
  stallEndMs = performance.now() + stallMs;
  setTimeout(stall, stallMs + Math.random() * betweenMsMax);
};
process.on("SIGUSR1", stall);
const later = (send: () => void) => {
  const delayMs = fixedMs + Math.max(0, stallEndMs - performance.now());
  setTimeout(() => {
    try {
      send();
    } catch {
      // One of the two has closed its port.
    }
  }, delayMs);
};
const error = () => undefined;

type Pipe = { other?: Bun.Socket<Pipe>; held: Uint8Array[] };

const pass = (socket: Bun.Socket<Pipe>, chunk: Uint8Array) => {
  const bytes = chunk.slice();
  setTimeout(() => {
    if (socket.data.other === undefined) socket.data.held.push(bytes);
    else socket.data.other.write(bytes);
  }, fixedMs);
};

Bun.listen<Pipe>({
  hostname: "127.0.0.1",
  port,
  socket: {
    open: (socket) => {
      socket.data = { held: [] };
      void Bun.connect<Pipe>({
        hostname: host,
        port: hostPort,
        data: { other: socket, held: [] },
        socket: {
          open: (upstream) => {
            socket.data.other = upstream;
            for (const bytes of socket.data.held.splice(0)) upstream.write(bytes);
          },
          data: pass,
          close: () => void socket.end(),
          error,
        },
      });
    },
    data: pass,
    close: (socket) => void socket.data.other?.end(),
    error,
  },
});
let player: { readonly port: number; readonly address: string } | undefined;
const outer = await Bun.udpSocket({
  hostname: "127.0.0.1",
  port,
  binaryType: "uint8array",
  socket: {
    error,
    data: (...[, datagram, fromPort, address]) => {
      player = { port: fromPort, address };
      const bytes = datagram.slice();
      later(() => void inner.send(bytes));
    },
  },
});
const inner = await Bun.udpSocket({
  hostname: "0.0.0.0",
  port: 0,
  connect: { hostname: host, port: hostPort },
  binaryType: "uint8array",
  socket: {
    error,
    data: (_socket, datagram) => {
      const bytes = datagram.slice();
      later(() => void (player && outer.send(bytes, player.port, player.address)));
    },
  },
});
process.stdout.write("ready\n");

/** A service manager's socket: takes what it is sent, a datagram at a time. */
const listener = `
import socket, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = sys.argv[1]
sock.bind("\\0" + path[1:] if path.startswith("@") else path)
print("bound", flush=True)
while True: print(repr(sock.recv(65536).decode()), flush=True)
`;

/** Ended when disposed. @param path as in `NOTIFY_SOCKET`: one that begins with @ is an abstract name */
export async function openNotifySocket(path: string) {
  const child = Bun.spawn(["python3", "-c", listener, path], { stdout: "pipe", stderr: "inherit" });
  const taken: string[] = [];
  const bound = Promise.withResolvers<void>();
  void (async () => {
    let text = "";
    for await (const part of child.stdout) {
      text += new TextDecoder().decode(part);
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line === "bound") bound.resolve();
        else taken.push(line.slice(1, -1).replaceAll("\\n", "\n"));
      }
    }
  })();
  await bound.promise;
  return {
    taken,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.exited;
    },
  };
}

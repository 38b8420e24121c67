/** WebSockets of the console's port, which parts of the host serve. */

/** What a socket carries: the listener calls these with what happens on it. */
export type SocketEvents<Socket> = {
  open(socket: Socket): void;
  message(socket: Socket, message: string | Uint8Array): void;
  drain(): void;
  close(socket: Socket, code: number, reason: string): void;
};

/** WebSockets of the console's port, served by parts of the host. */

/** Handlers of a socket, called by the listener. */
export type SocketEvents<Socket> = {
  open(socket: Socket): void;
  message(socket: Socket, message: string | Uint8Array): void;
  drain(): void;
  close(socket: Socket, code: number, reason: string): void;
};

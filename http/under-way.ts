/** The answers that are not finished, by connection: a client may send its next request before it has read the last answer. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface UnderWay {
  add(socket: Socket, response: ServerResponse): void;
  of(socket: Socket): ReadonlySet<ServerResponse>;
  readonly size: number;
}

const NONE: ReadonlySet<ServerResponse> = new Set();

export function createUnderWay(): UnderWay {
  const bySocket = new Map<Socket, Set<ServerResponse>>();
  let size = 0;

  function open(socket: Socket): Set<ServerResponse> {
    const answers = new Set<ServerResponse>();
    bySocket.set(socket, answers);
    // An answer whose turn never came does not close itself.
    socket.once('close', () => {
      size -= answers.size;
      answers.clear();
      bySocket.delete(socket);
    });
    return answers;
  }

  return {
    add(socket, response) {
      const answers = bySocket.get(socket) ?? open(socket);
      answers.add(response);
      size += 1;
      response.once('close', () => {
        if (answers.delete(response)) size -= 1;
      });
    },
    of: (socket) => bySocket.get(socket) ?? NONE,
    get size() {
      return size;
    },
  };
}

/** Server-sent events, read off a response's body piece by piece. */

export interface ServerEvent {
  name: string;
  data: unknown;
}

export async function* events(response: Response): AsyncGenerator<ServerEvent> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // A piece may end between the two halves of a line's end, so that half is kept for the next.
      const blocks = rest.replace(/\r\n/g, "\n").split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: ?(.+)/m.exec(block);
        if (data) yield { name: /^event: ?(.+)/m.exec(block)?.[1] ?? "", data: JSON.parse(data[1] as string) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

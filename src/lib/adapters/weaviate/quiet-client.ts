/** What the client does with every gRPC call that failed and that it tries again. */
interface RetryOptions {
  onRetryableError: () => void;
}

type Client = typeof import("weaviate-client").default;

/**
 * The client, without the words and the stack that it writes to stderr whenever it tries a call again: whoever asks is
 * told once, by the error or the fallback. It has no setting for that, its `console.warn` stands in an object of a
 * module that it does not export, and a retry outlives our call: so that one function is replaced, and nobody's
 * console is. Where another version of the client keeps it elsewhere, it is as loud as it was.
 */
export async function quietClient(): Promise<Client> {
  const { default: weaviate } = await import("weaviate-client");
  try {
    const { href } = new URL("./grpc/retry.js", import.meta.resolve("weaviate-client"));
    const { retryOptions } = (await import(/* @vite-ignore */ href)) as {
      readonly retryOptions: RetryOptions;
    };
    retryOptions.onRetryableError = () => {};
  } catch {
    // elsewhere
  }
  return weaviate;
}

/** Of what is printed so much is kept. */
const MOST = 4_000;

/** Keeps what is written to both streams of this process from now on, instead of writing it. @returns ends that, and gives it */
export function keepPrinted(): () => string {
  let text = "";
  const restore = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array) => {
      if (text.length < MOST) text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      return true;
    };
    return () => void (stream.write = write);
  });
  return () => {
    for (const back of restore) back();
    return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  };
}

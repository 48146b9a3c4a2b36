import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** ms from the opening of a page with one output until a browser without a window has drawn its figure or image. */
export async function drawnAfter(chromium: string, output: string, folder: string): Promise<number> {
  const page = join(folder, "output.html");
  writeFileSync(
    page,
    `<!doctype html><html class="rhyme-page"><meta charset="utf-8"><body style="width:1000px">${output}</body></html>`,
  );
  const profile = mkdtempSync(join(tmpdir(), "rhyme-chromium-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const own = ["--disable-background-networking", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(chromium, [...flags, ...own, "about:blank"], { stdio: "ignore" });
  try {
    const send = await connect(join(profile, "DevToolsActivePort"));
    await send("Page.enable", {});
    await send("Page.navigate", { url: pathToFileURL(page).href });
    const { result } = (await send("Runtime.evaluate", {
      awaitPromise: true,
      returnByValue: true,
      expression: `new Promise((done) => {
        const look = () => {
          const figure = document.querySelector(".figure"), image = document.querySelector("img");
          const isDrawn = figure ? figure.dataset.ready === "yes" : image?.complete && image.naturalWidth > 0;
          if (isDrawn) requestAnimationFrame(() => done(performance.now()));
          else setTimeout(look, 10);
        };
        look();
      })`,
    })) as { result: { value: number } };
    return result.value;
  } finally {
    child.kill("SIGKILL");
    await pause(200);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Send = (method: string, params: object) => Promise<unknown>;

/** To the first page of the browser that wrote this file of its port. */
async function connect(portFile: string): Promise<Send> {
  for (let i = 0; i < 300 && !existsSync(portFile); i++) await pause(50);
  await pause(100);
  const port = readFileSync(portFile, "utf8").split("\n")[0];
  const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(pages.find(({ type }) => type === "page")!.webSocketDebuggerUrl);
  await new Promise((done) => socket.addEventListener("open", done, { once: true }));
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  return (method, params) =>
    new Promise((done) => {
      waiting.set(++last, done);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
}

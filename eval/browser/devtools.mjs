// A page of headless Chromium, driven through the DevTools protocol over two pipes: no package is needed, and no port.
// https://chromedevtools.github.io/devtools-protocol/

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** The browser's command: $CHROMIUM, or the first usual name that runs; undefined if there is none. */
export function findChromium() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES;
  return names.find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** A browser with one page. `problems` collects what a console would show as an error, and every request. */
export class Page {
  problems = [];
  requests = [];
  #waiting = new Map();
  #listeners = new Map();
  #next = 1;

  static async open(command) {
    const page = new Page();
    page.profile = mkdtempSync(join(tmpdir(), "report-test-"));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"];
    page.process = spawn(command, [...flags, "--remote-debugging-pipe", `--user-data-dir=${page.profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    page.ended = new Promise((end) => page.process.once("exit", end));
    page.#read();
    const { targetId } = await page.send("Target.createTarget", { url: "about:blank" });
    page.session = (await page.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    return page;
  }

  /** Sends a command and gives its result. */
  send(method, params = {}) {
    const id = this.#next++;
    const message = { id, method, params, sessionId: this.session };
    this.process.stdio[3].write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
  }

  /** Loads an address and waits until it has loaded. */
  async goto(url) {
    // The same document with another hash would not be loaded again.
    await this.#load("about:blank");
    await this.#load(url);
  }

  /** The value of an expression in the page. */
  async evaluate(expression) {
    const answer = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? expression);
    return answer.result.value;
  }

  /** Presses and releases a key that types nothing. */
  async press(key) {
    const codes = { ArrowDown: 40, ArrowUp: 38, Home: 36, End: 35 };
    for (const type of ["keyDown", "keyUp"]) {
      await this.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: codes[key] });
    }
  }

  /** Size of the window and colour scheme (`light`, `dark`). */
  async look(width, height, scheme) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  /** The whole page as PNG. */
  async screenshot() {
    const { cssContentSize } = await this.send("Page.getLayoutMetrics");
    const { width, height } = cssContentSize;
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const shot = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    return Buffer.from(shot.data, "base64");
  }

  async close() {
    await this.send("Browser.close").catch(() => undefined);
    await this.ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #load(url) {
    const loaded = new Promise((resolve) => this.#listeners.set("Page.loadEventFired", resolve));
    await this.send("Page.navigate", { url });
    await loaded;
  }

  #read() {
    const pipe = this.process.stdio[4];
    let rest = "";
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk) => {
      const messages = (rest + chunk).split("\0");
      rest = messages.pop();
      for (const message of messages) this.#receive(JSON.parse(message));
    });
    const failed = () => {
      for (const { method, reject } of this.#waiting.values()) reject(new Error(`the browser ended before ${method} was answered`));
      this.#waiting.clear();
    };
    pipe.on("close", failed);
    this.process.on("error", failed);
    this.process.stdio[3].on("error", failed);
  }

  #receive({ id, method, params, result, error }) {
    if (id !== undefined) {
      const { resolve, reject, method: sent } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`${sent}: ${error.message}`));
      else resolve(result);
      return;
    }
    if (method === "Runtime.exceptionThrown") this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(params.type)) this.problems.push(JSON.stringify(params.args));
    if (method === "Log.entryAdded" && params.entry.level === "error") this.problems.push(params.entry.text);
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Page.javascriptDialogOpening") this.problems.push(`a dialog opened: ${params.message}`);
    this.#listeners.get(method)?.(params);
  }
}

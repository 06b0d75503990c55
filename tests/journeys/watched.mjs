/** A real process under a name of its own, and the machine's target that watches it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { api, until } from "./lib.mjs";

export class Watched {
  #folder;
  #child;
  #target;
  #before;

  /** Linux keeps 15 characters of a process's name; `mark` tells several of a journey apart. */
  constructor(mark = "") {
    this.name = `wr-${Date.now().toString(36).slice(-8)}${mark}`;
  }

  /** Ends the process alone; what watches it is somebody else's to put right. */
  stop() {
    this.#child?.kill("SIGKILL");
  }

  async start() {
    this.#folder ??= await mkdtemp(join(tmpdir(), "wardround-watched-"));
    const program = join(this.#folder, this.name);
    if (!this.#child) {
      await copyFile("/bin/sleep", program);
      await chmod(program, 0o755);
    }
    this.#child = spawn(program, ["100000"], { stdio: "ignore" });
    await once(this.#child, "spawn");
  }

  async kill() {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  /** Let the target of this machine watch the process, and wait until it was seen alive. */
  async watch(page) {
    const { items } = await api(page, "GET", "/targets?template=linux-machine");
    this.#target = items[0];
    assert.ok(this.#target, "the demonstration has no target of the template linux-machine");
    this.#before = this.#target.parameters.processes ?? [];
    await this.#set(page, [...this.#before, this.name]);
    await this.seen(page, 1);
  }

  async #set(page, processes) {
    const parameters = { ...this.#target.parameters, processes };
    await api(page, "PATCH", `/targets/${this.#target.id}`, { parameters });
  }

  /** The machine as its tickets name it. */
  get machine() {
    return this.#target.item.name;
  }

  async seen(page, value) {
    const path = `/samples?metric=process_up&item=${this.#target.item.id}&label.name=${this.name}&step=raw`;
    await until(`process_up of ${this.name} = ${value}`, async () => {
      const { items } = await api(page, "GET", path);
      return items[0]?.points.at(-1)?.[1] === value;
    });
  }

  async end(page) {
    if (this.#target) await this.#set(page, this.#before);
    this.stop();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }
}

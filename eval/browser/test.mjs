// Drives report.html in headless Chromium, in light and dark: the filter, the evidence, the keyboard, links and widths.
//
//   node eval/browser/test.mjs [--report FOLDER] [--screenshots FOLDER]
//
// Without --report it scores nothing: the crate's example writes a sample report. What must be found is worked out here
// from report.json, so the page is not compared with itself. Without a browser it says so and passes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { Page, findChromium } from "./devtools.mjs";

const { values: flags } = parseArgs({ options: { report: { type: "string" }, screenshots: { type: "string" } } });
const WIDE = [1400, 1000];
const NARROW = [420, 900];

function sample() {
  const folder = mkdtempSync(join(tmpdir(), "report-sample-"));
  const cargo = ["run", "--release", "--locked", "--quiet", "--package", "depeche-eval", "--example", "sample_report", "--", folder];
  execFileSync("cargo", cargo, { stdio: ["ignore", "ignore", "inherit"], cwd: fileURLToPath(new URL(".", import.meta.url)) });
  return folder;
}

/** Ids of the articles for which `wanted` holds of the system's prediction. */
function ids(task, system, wanted) {
  return task.articles.filter((article, at) => wanted(system.predictions[at], article)).map((article) => article.id);
}

/** The system, topic and kind whose filter leaves most articles, but not all, and whose first article has evidence. */
function interesting(task) {
  const cases = task.systems.flatMap((system) =>
    task.topics.map((topic) => {
      const found = ids(task, system, (said) => said.faults.some((fault) => fault.kind === "invented" && fault.what === topic.id));
      return { system, topic: topic.id, kind: "invented", found };
    }));
  return cases.filter((one) => one.found.length > 0).sort((a, b) => b.found.length - a.found.length)[0];
}

/** Sets fields of the filter as a user would, and gives the ids in the list. */
async function filter(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    await page.evaluate(`(() => {
      const field = document.querySelector('#filter [name="${name}"]');
      field.value = ${JSON.stringify(value)};
      if (field.value !== ${JSON.stringify(value)}) throw new Error("no such choice: ${name} " + ${JSON.stringify(value)});
      field.dispatchEvent(new Event("input", { bubbles: true }));
    })()`);
  }
  return listed(page);
}

const listed = (page) => page.evaluate(`[...document.querySelectorAll("#articles small:first-of-type")].map((node) => node.textContent.split(" · ")[0])`);

async function topicFilter(page, report) {
  const task = report.tasks.find((one) => one.kind === "topics" && one.articles.length > 0);
  const { system, topic, kind, found } = interesting(task);
  const reset = { task: task.name, system: system.name, topic: "", kind: "all", query: "" };
  assert.deepEqual(await filter(page, reset), task.articles.map((article) => article.id), "all articles");
  assert.deepEqual(await filter(page, { kind, topic }), found, `${kind} ${topic} of ${system.name}`);
  assert.ok(found.length < task.articles.length);
  assert.match(await page.evaluate(`document.getElementById("found").textContent`), new RegExp(`^${found.length} of ${task.articles.length} `));

  const at = task.articles.findIndex((article) => article.id === found[0]);
  const bytes = Buffer.from(task.articles[at].text);
  const spans = system.predictions[at].topics.find((one) => one.id === topic).evidence;
  const marked = await page.evaluate(`[...document.querySelectorAll("#article mark")].filter((mark) => mark.dataset.topics.split(" ").includes(${JSON.stringify(topic)})).map((mark) => mark.textContent).join("")`);
  assert.equal(marked, spans.map(([start, end]) => bytes.subarray(start, end).toString()).join(""), "marked evidence");
  assert.ok(marked.length > 0, "there is evidence");
  assert.equal(await page.evaluate(`document.querySelector("#article .prose").textContent`), task.articles[at].text, "whole text");
  const states = await page.evaluate(`document.querySelector('#article tr[data-topic="${topic}"]').textContent`);
  assert.match(states, /invented/);
  return { task, reset };
}

async function keyboard(page, { task, reset }) {
  await filter(page, reset);
  await page.evaluate(`document.querySelector("#articles button").focus()`);
  const chosen = () => page.evaluate(`document.querySelector('#articles [aria-current="true"] small').textContent.split(" · ")[0]`);
  for (const [key, at] of [["ArrowDown", 1], ["ArrowDown", 2], ["ArrowUp", 1], ["End", task.articles.length - 1], ["Home", 0]]) {
    await page.press(key);
    assert.equal(await chosen(), task.articles[at].id, key);
    assert.ok(await page.evaluate(`document.activeElement.getAttribute("aria-current") === "true"`), "focus goes along");
  }
}

async function search(page, { task, reset }) {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const word = task.articles.flatMap((article) => article.text.split(/[^\p{L}]+/u)).find((one) => one.length > 6 && plain(one) !== one.toLowerCase());
  const expected = task.articles.filter((article) => plain(article.text).includes(plain(word))).map((article) => article.id);
  const found = await filter(page, { ...reset, query: plain(word).toUpperCase() });
  for (const id of expected) assert.ok(found.includes(id), `${word} in ${id}`);
  assert.deepEqual(await filter(page, { query: "no-such-word-anywhere" }), []);
  assert.ok(await page.evaluate(`document.getElementById("article").hidden`));
}

async function abstracts(page, report) {
  const task = report.tasks.find((one) => one.kind === "abstracts" && one.articles.length > 0);
  if (!task) return;
  const has = (kind) => (said) => said.faults.some((fault) => fault.kind === kind);
  const system = task.systems.find((one) => one.predictions.some(has("number"))) ?? task.systems[0];
  await filter(page, { query: "", task: task.name });
  const found = await filter(page, { system: system.name, kind: "number" });
  assert.deepEqual(found, ids(task, system, has("number")));
  const at = task.articles.findIndex((article) => article.id === found[0]);
  const shown = await page.evaluate(`document.querySelector("#article .two").textContent`);
  assert.ok(shown.includes(system.predictions[at].abstract.text), "the abstract");
  assert.ok(shown.includes(task.articles[at].abstract), "the reference beside it");
}

async function links(page, report, url) {
  const { task: name, system: author, kind } = await page.evaluate(`({ ...document.querySelector("a[data-task]").dataset })`);
  await page.evaluate(`document.querySelector("a[data-task]").click()`);
  const task = report.tasks.find((one) => one.name === name);
  const system = task.systems.find((one) => one.name === author);
  const expected = ids(task, system, (said) => said.faults.some((fault) => fault.kind === kind));
  assert.deepEqual(await listed(page), expected, "a link of the table of faults");
  const view = await page.evaluate("location.hash");
  await page.goto(url + view);
  assert.deepEqual(await listed(page), expected, `the address keeps the view: ${view}`);
}

async function shape(page) {
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.ok(overflow <= 0, `the page is ${overflow} px wider than its window`);
  const twice = await page.evaluate(`(() => { const ids = [...document.querySelectorAll("[id]")].map((node) => node.id); return ids.filter((id, at) => ids.indexOf(id) !== at); })()`);
  assert.deepEqual(twice, [], "ids are unique");
  assert.equal(await page.evaluate(`document.querySelectorAll("img, iframe, link, script[src]").length`), 0, "nothing foreign in the page");
}

async function run(page, folder, scheme) {
  const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
  const url = pathToFileURL(join(folder, "report.html")).href;
  await page.look(...WIDE, scheme);
  await page.goto(url);
  const state = await topicFilter(page, report);
  await shape(page);
  if (flags.screenshots) await shoot(page, `${scheme}-wide`);
  await keyboard(page, state);
  await search(page, state);
  await abstracts(page, report);
  if (flags.screenshots) await shoot(page, `${scheme}-abstracts`);
  await links(page, report, url);
  await page.look(...NARROW, scheme);
  await shape(page);
  if (flags.screenshots) await shoot(page, `${scheme}-narrow`);
  const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  const bright = Math.max(...background.match(/\d+/g).map(Number)) > 127;
  assert.equal(bright, scheme === "light", `${scheme}: the page is ${background}`);
  const foreign = page.requests.filter((address) => !address.startsWith(url) && address !== "about:blank");
  assert.deepEqual(foreign, [], "no request but for the page");
  assert.deepEqual(page.problems, [], "no error in the console");
}

async function shoot(page, name) {
  mkdirSync(flags.screenshots, { recursive: true });
  writeFileSync(join(flags.screenshots, `${name}.png`), await page.screenshot());
}

const command = findChromium();
if (!command) {
  console.log("skipped: no Chromium here (install chromium, or name it in $CHROMIUM)");
  process.exit(0);
}
const folder = flags.report ? resolve(flags.report) : sample();
const page = await Page.open(command);
try {
  for (const scheme of ["light", "dark"]) await run(page, folder, scheme);
  console.log("report.html: filter, evidence, keyboard, search, links and widths hold in light and dark");
} finally {
  await page.close();
  if (!flags.report) rmSync(folder, { recursive: true, force: true });
}

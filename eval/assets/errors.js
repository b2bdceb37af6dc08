// The error browser: filters articles by task, system, topic, kind of error and words, and shows one of them.
// Everything from the data is set as text; nothing is ever parsed as markup.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const form = document.getElementById("filter");
  const list = document.getElementById("articles");
  const pane = document.getElementById("article");
  const status = document.getElementById("found");
  const NAMES = ["task", "system", "topic", "kind", "query"];
  const TOPIC_KINDS = ["missed", "invented", "tempted", "unsure"];
  const LABELS = {
    any: "any error", all: "all articles", none: "no error", missed: "missed topic", invented: "invented topic",
    tempted: "invented, though a known temptation", unsure: "unsure topic", not_english: "not English",
  };
  let focused = null; // Topic whose evidence is singled out.
  let chosen = null; // Index of the article that is shown.

  /** An element with attributes and children; strings become text. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** Lower case without accents. */
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (kind) => LABELS[kind] ?? kind.replaceAll("_", " ");
  const task = () => data.tasks.find((one) => one.name === form.elements.task.value) ?? data.tasks[0];
  const systems = () => {
    const name = form.elements.system.value;
    return task().systems.filter((one) => name === "" || one.name === name);
  };

  /** How a topic of a prediction stands to gold. */
  function state(article, id, decision) {
    const gold = article.topics.includes(id);
    if (decision === "assigned") return gold ? "found" : "invented";
    if (decision === "unsure") return gold ? "missed, unsure" : "unsure";
    return gold ? "missed" : "rejected";
  }

  /** The errors of a prediction, as kind and what they are about: its faults, and what is no fault but worth a look. */
  function errors(article, prediction) {
    const tempting = new Set(article.hard_negatives.map(([topic]) => topic));
    const more = prediction.faults
      .filter((fault) => fault.kind === "invented" && tempting.has(fault.what))
      .map((fault) => ({ kind: "tempted", what: fault.what }));
    const unsure = prediction.topics
      .filter((topic) => topic.decision === "unsure")
      .map((topic) => ({ kind: "unsure", what: topic.id }));
    return { faults: prediction.faults, extra: [...more, ...unsure] };
  }

  function hits(article, prediction, kind, topic) {
    const { faults, extra } = errors(article, prediction);
    const about = (error) => topic === "" || !TOPIC_KINDS.includes(error.kind) || error.what === topic;
    const has = article.topics.includes(topic) || prediction.topics.some((t) => t.id === topic && t.decision === "assigned");
    const relevant = topic === "" || has;
    if (kind === "all") return relevant;
    if (kind === "none") return relevant && faults.length === 0;
    const wanted = (kind === "any" ? faults : [...faults, ...extra].filter((error) => error.kind === kind)).filter(about);
    // An error that is about no topic counts if the article has the topic.
    return wanted.some((error) => TOPIC_KINDS.includes(error.kind) || relevant);
  }

  function mentions(index, query) {
    const article = task().articles[index];
    const written = systems().map((system) => system.predictions[index]?.abstract?.text);
    const texts = [article.id, article.title, data.texts[article.text], article.abstract, ...written];
    const haystack = folded(texts.filter((text) => text).join("\n"));
    return folded(query).split(/\s+/).every((word) => haystack.includes(word));
  }

  /** Indices of the articles that pass the filter. */
  function found() {
    const { kind, topic, query } = Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value]));
    return task().articles.flatMap((article, index) => {
      const predictions = systems().map((system) => system.predictions[index]).filter((one) => one);
      const passes = predictions.length === 0 ? kind === "all" : predictions.some((one) => hits(article, one, kind, topic));
      return passes && mentions(index, query) ? [index] : [];
    });
  }

  // Controls

  function options(select, entries, wanted) {
    const shown = entries.map(([value, label]) => el("option", { value }, label));
    select.replaceChildren(...shown);
    select.value = entries.some(([value]) => value === wanted) ? wanted : entries[0][0];
  }

  function fill(wanted) {
    const controls = form.elements;
    options(controls.task, data.tasks.map((one) => [one.name, one.title]), wanted.task);
    const names = task().systems.map((one) => [one.name, one.title]);
    options(controls.system, [...names, ["", "every system"]], wanted.system);
    const gold = task().articles.flatMap((article) => article.topics);
    const topics = [...new Set([...task().topics, ...gold])];
    options(controls.topic, [["", "every topic"], ...topics.map((id) => [id, id])], wanted.topic);
    const kinds = new Set();
    for (const system of task().systems) {
      system.predictions.forEach((prediction, index) => {
        const { faults, extra } = errors(task().articles[index], prediction);
        for (const error of [...faults, ...extra]) kinds.add(error.kind);
      });
    }
    const shown = ["any", "all", "none", ...[...kinds].sort()];
    options(controls.kind, shown.map((kind) => [kind, words(kind)]), wanted.kind);
    controls.query.value = wanted.query ?? "";
  }

  const current = () => Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value]));

  /** Keeps the filter in the address, so that a view can be sent to somebody. */
  function remember() {
    const view = new URLSearchParams(Object.entries(current()).filter(([, value]) => value !== ""));
    if (chosen !== null) view.set("article", task().articles[chosen].id);
    // A page from a file may be denied its history; the filter works without.
    try { history.replaceState(null, "", `#errors?${view}`); } catch { /* nothing to do */ }
  }

  function recall() {
    if (!location.hash.startsWith("#errors?")) return false;
    const view = new URLSearchParams(location.hash.slice("#errors?".length));
    const at = Object.fromEntries(NAMES.map((name) => [name, view.get(name) ?? ""]));
    fill(at);
    const index = task().articles.findIndex((article) => article.id === view.get("article"));
    chosen = index < 0 ? null : index;
    refresh();
    document.getElementById("errors").scrollIntoView();
    return true;
  }

  // The list

  function refresh() {
    const indices = found();
    if (!indices.includes(chosen)) chosen = indices[0] ?? null;
    focused = form.elements.topic.value || null;
    list.replaceChildren(...indices.map((index) => el("li", {}, entry(index))));
    const total = task().articles.length;
    status.textContent = `${indices.length} of ${total} articles`;
    show();
  }

  function entry(index) {
    const article = task().articles[index];
    const kinds = systems().flatMap((system) => system.predictions[index]?.faults ?? []);
    const counts = new Map();
    for (const { kind } of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const summary = [...counts].map(([kind, count]) => (count > 1 ? `${words(kind)} ×${count}` : words(kind))).join(", ");
    return el(
      "button",
      { type: "button", "data-index": index, tabindex: index === chosen ? 0 : -1, "aria-current": index === chosen ? "true" : null, click: () => choose(index) },
      article.title ?? article.id,
      el("small", {}, [article.id, article.date].filter((part) => part).join(" · ")),
      summary === "" ? null : el("small", {}, summary),
    );
  }

  function choose(index) {
    chosen = index;
    for (const button of list.querySelectorAll("button")) {
      const here = Number(button.dataset.index) === index;
      button.tabIndex = here ? 0 : -1;
      if (here) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    show();
    remember();
  }

  list.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    const button = buttons[Math.min(Math.max(next, 0), buttons.length - 1)];
    button.focus();
    choose(Number(button.dataset.index));
  });

  // The article

  function show() {
    pane.hidden = chosen === null;
    if (chosen === null) return;
    const article = task().articles[chosen];
    const shown = systems().map((system) => [system, system.predictions[chosen]]).filter(([, prediction]) => prediction);
    pane.replaceChildren(
      el("h3", { lang: "fr" }, article.title ?? article.id),
      el("p", { class: "quiet" }, [article.id, article.date].filter((part) => part).join(" · ")),
      ...shown.flatMap(([system, prediction]) => predicted(article, system, prediction)),
      el("h4", {}, "Article"),
      prose(data.texts[article.text], shown.flatMap(([, prediction]) => prediction.topics)),
    );
  }

  function predicted(article, system, prediction) {
    const labels = task().kind === "abstracts" ? [] : [topics(article, prediction)];
    const texts = task().kind === "abstracts" || prediction.abstract ? [abstracts(article, prediction)] : [];
    const lost = prediction.lost_evidence;
    return [
      el("h4", {}, system.title),
      faults(prediction),
      ...(task().kind === "abstracts" ? [...texts, ...labels] : [...labels, ...texts]),
      lost ? el("p", { class: "notice" }, `${lost} evidence span(s) lie outside the text and are not shown.`) : null,
    ].filter((part) => part);
  }

  function faults(prediction) {
    if (prediction.faults.length === 0) return el("p", { class: "quiet" }, "No error found.");
    const rows = prediction.faults.map((fault) => el("li", {}, el("strong", {}, words(fault.kind)), `: ${fault.what}`));
    return el("ul", { class: "faults" }, rows);
  }

  /** Gold topics against predicted ones; what was rightly rejected is folded away. */
  function topics(article, prediction) {
    const said = new Map(prediction.topics.map((topic) => [topic.id, topic]));
    const ids = [...new Set([...prediction.topics.map((topic) => topic.id), ...article.topics])];
    const tempting = new Map(article.hard_negatives);
    const quiet = (id) => state(article, id, said.get(id)?.decision) === "rejected" && !tempting.has(id);
    const table = (shown) => el("table", {},
      el("thead", {}, el("tr", {}, ["Topic", "Gold", "Predicted", "Probability", "Evidence"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, shown.map((id) => topic(article, id, said.get(id), tempting.get(id)))));
    const rest = ids.filter(quiet);
    return el("div", { class: "scroll" },
      table(ids.filter((id) => !quiet(id))),
      rest.length === 0 ? null : el("details", {}, el("summary", {}, `${rest.length} rightly rejected`), table(rest)));
  }

  function topic(article, id, said, temptation) {
    const stand = task().topics.includes(id) ? state(article, id, said?.decision) : "not scored";
    const signs = { found: "✓", missed: "✗", invented: "+", unsure: "?" };
    const kind = stand.split(",")[0];
    const gold = article.topics.includes(id) ? "yes" : temptation === undefined ? "no" : `no (tempting: ${words(temptation)})`;
    const count = said?.evidence.length ?? 0;
    const one = () => { focused = focused === id ? null : id; show(); };
    const evidence = count === 0 ? "–" : el("button", { type: "button", class: "plain", "aria-pressed": String(focused === id), "data-evidence": id, click: one }, `show ${count}`);
    return el("tr", { "data-topic": id },
      el("th", { scope: "row" }, id),
      el("td", {}, gold),
      el("td", {}, el("span", { class: `state ${kind}` }, `${signs[kind] ?? ""} ${stand}`.trim())),
      el("td", { class: "number" }, typeof said?.probability === "number" ? said.probability.toFixed(3) : "–"),
      el("td", {}, evidence));
  }

  function abstracts(article, prediction) {
    const summary = prediction.abstract;
    const checks = (summary?.checks ?? []).map(([name, passed, reason]) =>
      el("li", {}, el("span", { class: passed ? "good" : "bad" }, passed ? "✓ " : "✗ "), name, reason ? `: ${reason}` : ""));
    return el("div", { class: "two" },
      el("div", {},
        el("h4", {}, "Abstract ", summary ? el("span", { class: `badge ${summary.status === "verified" ? "good" : ""}` }, words(summary.status)) : null),
        el("p", { lang: "en" }, summary?.text ?? "None was written."),
        checks.length === 0 ? null : el("ul", { class: "faults", "aria-label": "Checks" }, checks)),
      el("div", {},
        el("h4", {}, "Reference"),
        el("p", { lang: "en" }, article.abstract ?? "There is none.")));
  }

  /** The text with evidence marked. Spans may overlap: the text is cut wherever one begins or ends. */
  function prose(text, said) {
    const spans = said.flatMap((topic) => topic.evidence.map(([start, end]) => ({ start, end, id: topic.id })));
    const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
    const parts = cuts.slice(1).map((end, at) => {
      const piece = text.slice(cuts[at], end);
      const over = spans.filter((span) => span.start <= cuts[at] && span.end >= end);
      if (over.length === 0) return piece;
      const ids = [...new Set(over.map((span) => span.id))];
      const weak = focused !== null && !ids.includes(focused) ? "weak" : "";
      const open = over.every((span) => span.end > end) ? "open" : "";
      return el("mark", { class: `${weak} ${open}`.trim() || null, "data-topics": ids.join(" "), "data-label": ids.join(", "), title: `evidence: ${ids.join(", ")}` }, piece);
    });
    return el("div", { class: "prose", lang: "fr" }, parts);
  }

  // Start

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    fill({});
    refresh();
    remember();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name === "task") fill({ ...current(), task: event.target.value });
    refresh();
    remember();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-task]");
    if (!link) return;
    event.preventDefault();
    fill({ task: link.dataset.task, system: link.dataset.system, kind: link.dataset.kind, topic: "", query: "" });
    refresh();
    remember();
    document.getElementById("errors").scrollIntoView();
    form.elements.task.focus({ preventScroll: true });
  });
  for (const code of document.querySelectorAll("code.signature")) {
    const button = el("button", { type: "button", class: "copy", "aria-label": `Copy the signature ${code.textContent}` }, "copy");
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(code.textContent); button.textContent = "copied"; }
      catch { getSelection().selectAllChildren(code); }
    });
    code.after(" ", button);
  }
  window.addEventListener("hashchange", recall);
  form.hidden = false;
  fill({});
  if (!recall()) refresh();
})();

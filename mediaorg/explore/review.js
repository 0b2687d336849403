// The review grid: a plan of any length, of which only the rows in sight are in the page.
//
// Table  the rows as columns, as Python keeps them; asks Python for every change, and takes in what changed.
// Grid   one view of them: which rows are shown, in what order, what is drawn, and the keys.
//
// All text goes into the page as text (textContent, value, setAttribute); nothing here makes HTML of it.

const ROW = 46; // px, as in review.css
const HEADS = 44;
const SPARE = 6; // rows drawn above and below those in sight

const COLUMNS = [
  { name: "operation", head: "✓", says: "ticked" },
  { name: "status", head: "status" },
  { name: "media_type", head: "type", says: "type", edits: true },
  { name: "title", head: "title", edits: true },
  { name: "year", head: "year", edits: true },
  { name: "season", head: "S", says: "season", edits: true },
  { name: "episodes", head: "E", says: "episodes", edits: true },
  { name: "confidence", head: "sure", says: "confidence" },
  { name: "reason", head: "reason" },
  { name: "source", head: "old", says: "old path" },
  { name: "target", head: "new", says: "new path", edits: true },
];
const SAYS = Object.fromEntries(COLUMNS.map(({ name, says }) => [name, says ?? name]));
const EDITS = COLUMNS.filter((column) => column.edits).map((column) => column.name);
const MEDIA_TYPES = ["movie", "episode", "extra", "home_video", "other"];

const STATUSES = ["conflict", "blocked", "review", "ready", "unchanged"]; // the doubtful first
const SIGNS = { conflict: "≠", blocked: "!", review: "?", ready: "✓", unchanged: "=" };

const KEYS = [
  ["j k ↓ ↑", "next, previous row"],
  ["← →", "choose a cell"],
  ["PageDown PageUp Home End", "go far"],
  ["Space", "tick, or take out"],
  ["Enter", "edit the cell; Enter keeps, Escape drops"],
  ["a", "accept this row"],
  ["/", "filter"],
  ["t", "set a column of all rows shown"],
  ["A  R", "accept, take out all rows shown"],
  ["d", "the doubtful first, or as planned"],
  ["s", "sort by this column"],
  ["z", "take the last edit back"],
  ["?", "these keys"],
];

// ---- the rows ----

class Table {
  constructor(model) {
    this.model = model;
    this.length = 0;
    this.version = -1;
    this.undoable = 0;
    this.words = "";
    this.refused = false;
    this.pending = new Set();
    this.views = new Set();
    this.texts = [];
    this.columns = Object.fromEntries(COLUMNS.map(({ name }) => [name, []]));
    this.hear = (message, buffers) => {
      this.heard = this.heard.then(() => this.take(message, buffers));
    };
    model.on("msg:custom", this.hear);
    this.heard = unpacked(model.get("_table")).then((content) => this.begin(content));
    this.ready = this.heard.then(() => this.model.send({ do: "hello", version: this.version }));
  }

  close() {
    this.model.off("msg:custom", this.hear);
  }

  ask(message) {
    this.refused = false;
    for (const row of message.rows ?? []) this.pending.add(row);
    this.model.send(message);
    this.tell(message.rows ?? []);
  }

  async take(message, buffers) {
    if (message.kind === "refused") {
      const rows = [...this.pending];
      this.pending.clear();
      this.words = message.words;
      this.refused = true;
      this.tell(rows);
      return;
    }
    const content = await unpacked(buffers[0]);
    if (message.kind === "table") {
      this.begin(content);
      for (const view of this.views) view.arrange();
    } else if (content.version === this.version + 1) {
      this.change(content);
    } else if (content.version > this.version) {
      this.model.send({ do: "hello", version: this.version }); // a change was missed: ask for all
    }
  }

  begin(content) {
    this.above = content.above;
    this.root = content.root;
    this.length = content.rows;
    this.columns = content.columns;
    this.texts = new Array(this.length);
    this.version = content.version;
    this.undoable = content.undoable;
    this.pending.clear();
  }

  change({ version, undoable, words, rows, columns }) {
    const changed = new Set([...rows, ...this.pending]);
    this.pending.clear();
    for (const [name, values] of Object.entries(columns)) {
      const column = this.columns[name];
      rows.forEach((row, at) => (column[row] = values[at]));
    }
    for (const row of rows) this.texts[row] = undefined;
    Object.assign(this, { version, undoable, words, refused: false });
    this.tell(changed);
  }

  tell(rows) {
    for (const view of this.views) view.changed(rows);
  }

  get(name, row) {
    return this.columns[name][row];
  }

  isTicked(row) {
    return this.get("operation", row) !== "skip";
  }

  // A path without what all paths have in common.
  short(name, row) {
    const path = this.get(name, row);
    const above = name === "source" ? this.above : this.root;
    return path !== null && above && path.startsWith(above) ? path.slice(above.length) : path;
  }

  // What a word of the filter is looked for in.
  text(row) {
    return (this.texts[row] ??= ["title", "status", "reason", "media_type"]
      .map((name) => this.get(name, row) ?? "")
      .concat(this.short("source", row) ?? "", this.short("target", row) ?? "")
      .join("\n")
      .toLowerCase());
  }
}

async function unpacked(view) {
  let bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  if (bytes[0] === 0x78) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    bytes = await new Response(stream).arrayBuffer();
  }
  return JSON.parse(new TextDecoder().decode(bytes));
}

// ---- the filter ----

const ASK = /(-?)(?:([a-z_]+)(<=|>=|[:<>=]))?("[^"]*"?|\S+)/giu;
const NAMES = {
  conf: "confidence", confidence: "confidence", sure: "confidence", type: "media_type", media_type: "media_type",
  season: "season", episode: "episodes", episodes: "episodes", year: "year", title: "title", status: "status",
  reason: "reason", old: "source", source: "source", path: "source", new: "target", target: "target",
  operation: "operation", is: "is",
};

// What was typed, as a question to a row: lost status:conflict conf<0.7 -"two words" is:unticked.
function question(table, typed) {
  const asked = [];
  for (const [whole, not, field, sign, quoted] of typed.matchAll(ASK)) {
    const name = field && NAMES[field.toLowerCase()];
    const word = (name || !field ? quoted : whole.slice(not.length)).replaceAll('"', "").toLowerCase();
    if (!word) continue;
    const holds = name ? about(table, name, sign, word) : (row) => table.text(row).includes(word);
    asked.push(not ? (row) => !holds(row) : holds);
  }
  return (row) => asked.every((holds) => holds(row));
}

function about(table, name, sign, word) {
  if (name === "is") {
    if ("ticked".startsWith(word)) return (row) => table.isTicked(row);
    if ("unticked".startsWith(word)) return (row) => !table.isTicked(row);
    return (row) => ["conflict", "blocked", "review"].includes(table.get("status", row));
  }
  const number = Number(word);
  if (sign !== ":" && sign !== "=" && !Number.isNaN(number)) {
    const than = { "<": (a) => a < number, ">": (a) => a > number, "<=": (a) => a <= number, ">=": (a) => a >= number };
    return (row) => table.get(name, row) !== null && than[sign](Number(table.get(name, row)));
  }
  const exact = ["year", "season", "confidence"].includes(name) || sign === "=";
  return (row) => {
    const value = table.get(name, row);
    if (word === "none") return value === null;
    if (value === null) return false;
    const text = String(value).toLowerCase();
    return exact ? text === word : text.includes(word);
  };
}

// ---- what is drawn ----

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const HIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

// A sign that hides, or turns round what stands beside it, is shown by its number.
function seen(text) {
  return text.replace(HIDDEN, (sign) => `[U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

function bidi(text) {
  return make("bdi", {}, seen(text));
}

// The words of two paths, and which of them both have: in order, and whatever their case.
function difference(old, fresh) {
  const split = (path) => path.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu) ?? [];
  const [a, b] = [split(old), split(fresh)];
  const [low, wol] = [a, b].map((words) => words.map((word) => word.toLowerCase()));
  const isWord = (word) => /[\p{L}\p{N}]/u.test(word);
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = low[i] === wol[j] && isWord(low[i]);
      longest[i][j] = same ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const kept = [a.map((word) => !isWord(word)), b.map((word) => !isWord(word))]; // dots and dashes are no news
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (low[i] === wol[j] && isWord(low[i])) [kept[0][i++], kept[1][j++]] = [true, true];
    else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
    else j++;
  }
  return [a.map((word, i) => [word, kept[0][i]]), b.map((word, j) => [word, kept[1][j]])];
}

function marked(pieces, tag) {
  const parts = [];
  for (const [word, same] of pieces) {
    const last = parts.at(-1);
    if (last?.same === same) last.text += word;
    else parts.push({ same, text: word });
  }
  return parts.map(({ same, text }) => (same ? seen(text) : make(tag, {}, seen(text))));
}

let grids = 0;

class Grid {
  constructor(table, place) {
    this.table = table;
    this.id = `mediaorg-review-${++grids}`;
    this.order = []; // rows shown
    this.drawn = new Map(); // row -> its element
    this.active = 0; // place in `order`
    this.column = null; // the chosen cell's; null is the row as a whole
    this.sort = { by: "doubt", down: false };
    this.editor = null;
    this.build(place);
    table.views.add(this);
    table.ready.then(() => this.arrange());
  }

  close() {
    this.watch.disconnect();
    this.table.views.delete(this);
  }

  build(place) {
    const button = (words, key, does) =>
      make("button", { type: "button", tabindex: -1, title: `${words} (key ${key})`, "aria-keyshortcuts": key, onclick: does }, words);
    this.filter = make("input", {
      type: "search", class: "filter", "aria-label": "filter the rows", spellcheck: "false", autocomplete: "off",
      placeholder: "filter: words, status:conflict, conf<0.7",
      oninput: () => this.arrange(),
    });
    this.undo = button("undo", "z", () => this.act("z"));
    this.doubt = button("doubtful first", "d", () => this.act("d"));
    const bar = make(
      "div", { class: "bar" }, this.filter, this.doubt,
      button("set…", "t", () => this.act("t")),
      button("accept shown", "A", () => this.act("A")),
      button("take out shown", "R", () => this.act("R")),
      this.undo,
      button("keys", "?", () => this.act("?")),
    );
    this.heads = new Map(COLUMNS.map(({ name, head }) => [name, make("button", {
      type: "button", tabindex: -1, class: `head ${name}`, onclick: () => this.sortBy(name),
    }, head)]));
    const help = make("div", { class: "help", id: `${this.id}-help`, hidden: "" });
    for (const [keys, does] of KEYS) help.append(make("kbd", {}, keys), make("span", {}, does));
    this.help = help;
    this.room = make("div", { class: "room", role: "presentation" });
    this.grid = make("div", {
      class: "grid", role: "grid", tabindex: 0, "aria-label": "plan", "aria-colcount": COLUMNS.length,
      "aria-multiselectable": "true", "aria-describedby": `${this.id}-help`, onclick: (event) => this.clicked(event),
      ondblclick: (event) => this.edit(event.target.closest("[data-column]")?.dataset.column),
    }, this.room);
    this.scroller = make(
      "div", { class: "scroller", onscroll: () => this.draw() },
      make("div", { class: "heads", role: "group", "aria-label": "sort by" }, ...this.heads.values()), this.grid,
    );
    this.detail = make("div", { class: "detail", "aria-live": "polite" });
    this.counts = make("span", { class: "counts" });
    this.words = make("span", { class: "words" });
    this.root = make(
      "div",
      { class: "mediaorg-review tex2jax_ignore mathjax_ignore", "data-lm-suppress-shortcuts": "true", onkeydown: (event) => this.key(event) },
      bar, this.bulkForm(), this.scroller, this.detail, help, make("div", { class: "status", role: "status" }, this.counts, this.words),
    );
    // What is typed here is no command of the notebook, whose "d d" would delete the cell.
    for (const kind of ["keypress", "keyup"]) this.root.addEventListener(kind, (event) => event.stopPropagation());
    place.append(this.root);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.scroller);
  }

  // The rows shown, in their order: after a filter or a sort, never after an edit, so that no row runs away.
  arrange() {
    const { table } = this;
    const here = this.order[this.active];
    const holds = question(table, this.filter.value);
    const shown = [];
    for (let row = 0; row < table.length; row++) if (holds(row)) shown.push(row);
    const { by, down } = this.sort;
    if (by === "doubt") shown.sort(byDoubt(table));
    else if (by !== null) shown.sort(byColumn(table, by, down));
    this.order = shown;
    this.active = Math.max(0, shown.indexOf(here));
    this.editor = null;
    this.room.replaceChildren();
    this.drawn.clear();
    this.room.style.height = `${shown.length * ROW}px`;
    this.scroller.style.height = `${HEADS + Math.max(1, table.length) * ROW}px`; // of the plan's length: no filter makes the page jump
    this.grid.setAttribute("aria-rowcount", shown.length);
    if (here === undefined || shown[this.active] !== here) this.scroller.scrollTop = 0;
    for (const [name, head] of this.heads) {
      const way = by !== name ? "" : down ? ", descending" : ", ascending";
      head.setAttribute("aria-label", `sort by ${SAYS[name]}${way}`);
      head.dataset.way = by !== name ? "" : down ? "▾" : "▴";
    }
    this.doubt.setAttribute("aria-pressed", by === "doubt");
    this.draw();
    this.tellCounts();
  }

  sortBy(name) {
    const { by, down } = this.sort;
    this.sort = by !== name ? { by: name, down: false } : down ? { by: null, down: false } : { by: name, down: true };
    this.arrange();
  }

  // ---- drawing ----

  draw() {
    const top = Math.floor(this.scroller.scrollTop / ROW);
    const first = Math.max(0, top - SPARE);
    const last = Math.min(this.order.length, top + Math.ceil(this.scroller.clientHeight / ROW) + SPARE);
    const wanted = new Set(this.order.slice(first, last));
    if (this.editor) wanted.add(this.editor.row);
    for (const [row, element] of this.drawn) {
      if (!wanted.has(row)) {
        element.remove();
        this.drawn.delete(row);
      }
    }
    for (let at = first; at < last; at++) {
      if (this.drawn.has(this.order[at])) continue;
      const element = this.rowElement(at);
      this.drawn.set(this.order[at], element);
      const next = this.order.slice(at + 1, last).find((row) => this.drawn.has(row));
      this.room.insertBefore(element, this.drawn.get(next) ?? null); // in the page as in the plan, for those who listen
    }
    this.point();
  }

  rowElement(at) {
    const { table } = this;
    const row = this.order[at];
    const status = table.get("status", row) ?? "";
    const element = make("div", {
      class: `row ${STATUSES.includes(status) ? status : ""}`, role: "row", id: `${this.id}-${row}`, "data-row": row,
      "aria-rowindex": at + 1, "aria-selected": table.isTicked(row),
    });
    element.style.transform = `translateY(${at * ROW}px)`;
    if (!table.isTicked(row)) element.classList.add("out");
    if (table.pending.has(row)) {
      element.classList.add("pending");
      element.setAttribute("aria-busy", "true");
    }
    const paths = [table.short("source", row) ?? "", table.short("target", row) ?? ""];
    const [old, fresh] = difference(...paths);
    const content = {
      source: marked(paths[1] ? old : [[paths[0], true]], "del"),
      target: paths[1] ? marked(fresh, "ins") : ["stays where it is"],
      status: [make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[status] ?? "!"), ` ${seen(status)}`],
    };
    COLUMNS.forEach(({ name, edits }, at) => {
      const value = name === "source" || name === "target" ? table.short(name, row) : table.get(name, row);
      const text = value === null ? "" : name === "confidence" ? Number(value).toFixed(2) : seen(String(value));
      const cell = make("div", {
        role: "gridcell", class: `cell ${name}`, "data-column": name, id: `${this.id}-${row}-${name}`, "aria-colindex": at + 1,
        "aria-label": `${SAYS[name]}: ${text || "none"}`, title: text.length > 8 ? text : null, "aria-readonly": edits ? null : "true",
      });
      if (name === "operation") {
        const ticked = table.isTicked(row);
        cell.setAttribute("aria-label", ticked ? "ticked" : "not ticked");
        cell.append(make("span", { class: "box", "aria-hidden": "true" }, ticked ? "✓" : ""));
      } else if (content[name]) {
        cell.append(make("bdi", { class: paths[1] || name !== "target" ? "" : "none" }, ...content[name]));
      } else if (text) {
        cell.append(make("bdi", {}, name === "media_type" ? text.replaceAll("_", " ") : text));
      }
      element.append(cell);
    });
    return element;
  }

  // Where the keys are: told by a class, and to those who listen by the grid's active descendant.
  point() {
    for (const element of this.room.querySelectorAll(".active, .chosen")) element.classList.remove("active", "chosen");
    const row = this.order[this.active];
    const element = this.drawn.get(row);
    element?.classList.add("active");
    const cell = this.column && element?.querySelector(`[data-column="${this.column}"]`);
    cell?.classList.add("chosen");
    if (element) this.grid.setAttribute("aria-activedescendant", (cell || element).id);
    else this.grid.removeAttribute("aria-activedescendant");
    if (this.detail.dataset.row !== `${row} ${this.table.version}`) this.tellDetail(row);
  }

  tellDetail(row) {
    const { table, detail } = this;
    detail.dataset.row = `${row} ${table.version}`;
    detail.replaceChildren();
    if (row === undefined) {
      detail.append(make("p", {}, table.length ? "No row is like that." : "The plan is empty."));
      return;
    }
    const reason = table.get("reason", row);
    const lines = [
      ["old", table.get("source", row)], ["new", table.get("target", row)],
      [table.get("status", row) ?? "", reason ?? (table.get("status", row) === "ready" ? "goes when the plan is applied" : "")],
    ];
    for (const [name, value] of lines) {
      if (value) detail.append(make("p", {}, make("b", {}, seen(String(name))), " ", bidi(String(value))));
    }
  }

  tellCounts() {
    const { table } = this;
    let ticked = 0;
    const found = Object.fromEntries(STATUSES.map((status) => [status, 0]));
    for (const row of this.order) {
      if (table.isTicked(row)) ticked++;
      found[table.get("status", row)]++;
    }
    const shown = this.order.length.toLocaleString("en");
    const told = STATUSES.filter((status) => found[status]).map((status) => `${found[status].toLocaleString("en")} ${status}`);
    const of = this.order.length === table.length ? `${shown} rows` : `${shown} of ${table.length.toLocaleString("en")} rows`;
    this.counts.textContent = [of, `${ticked.toLocaleString("en")} ticked`, ...told].join(" · ");
    const busy = table.pending.size ? "waiting for Python…" : "";
    this.words.textContent = busy || (table.words ? seen(table.words) : "");
    this.words.classList.toggle("refused", table.refused && !busy);
    this.undo.disabled = !table.undoable;
  }

  changed(rows) {
    for (const row of rows) {
      if (this.editor?.row === row) continue;
      this.drawn.get(row)?.remove();
      this.drawn.delete(row);
    }
    this.draw();
    this.tellCounts();
  }

  // ---- going, ticking, editing ----

  go(at) {
    this.active = Math.max(0, Math.min(this.order.length - 1, at));
    const top = this.active * ROW;
    const height = this.scroller.clientHeight - this.grid.offsetTop;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW > this.scroller.scrollTop + height) this.scroller.scrollTop = top + ROW - height;
    this.draw();
  }

  choose(step) {
    const names = COLUMNS.map((column) => column.name);
    const at = this.column === null ? (step > 0 ? -1 : names.length) : names.indexOf(this.column);
    const next = at + step;
    this.column = next < 0 || next >= names.length ? null : names[next];
    this.point();
    this.drawn.get(this.order[this.active])?.querySelector(".chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  clicked(event) {
    const at = this.order.indexOf(Number(event.target.closest("[data-row]")?.dataset.row));
    if (at < 0 || this.editor) return;
    this.column = event.target.closest("[data-column]")?.dataset.column ?? null;
    this.go(at);
    if (this.column === "operation") this.tick();
    this.grid.focus({ preventScroll: true });
  }

  tick() {
    const row = this.order[this.active];
    if (row !== undefined) this.table.ask({ do: this.table.isTicked(row) ? "untick" : "tick", rows: [row] });
  }

  edit(name = this.column) {
    const row = this.order[this.active];
    const column = EDITS.includes(name) ? name : "title";
    if (row === undefined || this.editor) return;
    this.go(this.active);
    const cell = this.drawn.get(row).querySelector(`[data-column="${column}"]`);
    const was = String((column === "target" ? this.table.short("target", row) : this.table.get(column, row)) ?? "");
    const input = field(column, was);
    input.setAttribute("aria-label", `${SAYS[column]} of row ${this.active + 1}`);
    this.editor = { row, input };
    const end = (keep) => {
      if (this.editor?.input !== input) return;
      this.editor = null;
      const value = input.value;
      this.drawn.get(row)?.remove();
      this.drawn.delete(row);
      if (keep && value !== was) this.table.ask({ do: "edit", rows: [row], column, value });
      else this.draw();
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || !["Enter", "Escape", "Tab"].includes(event.key)) return;
      event.preventDefault();
      end(event.key !== "Escape");
      this.grid.focus({ preventScroll: true });
      if (event.key !== "Tab") return;
      const next = EDITS.indexOf(column) + (event.shiftKey ? -1 : 1);
      if (EDITS[next]) this.edit((this.column = EDITS[next]));
    });
    input.addEventListener("blur", () => end(true));
    cell.replaceChildren(input);
    cell.classList.add("editing");
    input.focus({ preventScroll: true });
    input.select?.();
  }

  // ---- many rows at once ----

  bulkForm() {
    this.bulk = {
      column: make("select", { "aria-label": "column", onchange: () => this.bulkField() }, ...EDITS.filter((name) => name !== "target").map((name) => make("option", { value: name }, SAYS[name]))),
      scope: make("select", { "aria-label": "of which rows" }),
      holder: make("span", { class: "value" }),
    };
    this.bulk.column.value = "title";
    this.bulk.form = make(
      "form", { class: "bulk", hidden: "", onsubmit: (event) => this.bulkSet(event) },
      "set", this.bulk.column, "of", this.bulk.scope, "to", this.bulk.holder, make("button", { type: "submit" }, "set"),
      make("button", { type: "button", onclick: () => this.bulkEnd() }, "cancel"),
    );
    return this.bulk.form;
  }

  bulkField() {
    this.bulk.input = field(this.bulk.column.value, "");
    this.bulk.input.setAttribute("aria-label", "to what");
    this.bulk.holder.replaceChildren(this.bulk.input);
  }

  bulkBegin() {
    const { table } = this;
    const title = table.get("title", this.order[this.active]);
    const count = (rows) => `${rows.length.toLocaleString("en")} row${rows.length === 1 ? "" : "s"}`;
    this.bulk.rows = { shown: [...this.order] };
    const options = [make("option", { value: "shown" }, `the ${count(this.order)} shown`)];
    if (title) {
      const show = [];
      for (let row = 0; row < table.length; row++) if (table.get("title", row) === title) show.push(row);
      this.bulk.rows.show = show;
      options.push(make("option", { value: "show" }, `the ${count(show)} of ${seen(title).slice(0, 40)}`));
    }
    this.bulk.scope.replaceChildren(...options);
    this.bulkField();
    this.bulk.form.hidden = false;
    this.bulk.input.focus();
  }

  bulkSet(event) {
    event.preventDefault();
    const rows = this.bulk.rows[this.bulk.scope.value];
    if (rows.length) this.table.ask({ do: "edit", rows, column: this.bulk.column.value, value: this.bulk.input.value });
    this.bulkEnd();
  }

  bulkEnd() {
    this.bulk.form.hidden = true;
    this.grid.focus({ preventScroll: true });
  }

  // ---- keys ----

  key(event) {
    event.stopPropagation();
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (event.key === "Escape" && target !== this.grid) {
      event.preventDefault();
      this.bulkEnd();
    } else if (target === this.filter && ["Enter", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      this.grid.focus({ preventScroll: true });
    } else if (target === this.grid && this.act(event.key)) {
      event.preventDefault();
    }
  }

  // Does what a key means; says whether it means anything.
  act(key) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 2);
    const all = () => [...this.order];
    const row = this.order[this.active];
    const does = {
      j: () => this.go(this.active + 1), ArrowDown: () => this.go(this.active + 1),
      k: () => this.go(this.active - 1), ArrowUp: () => this.go(this.active - 1),
      PageDown: () => this.go(this.active + page), PageUp: () => this.go(this.active - page),
      Home: () => this.go(0), End: () => this.go(this.order.length - 1),
      ArrowRight: () => this.choose(1), ArrowLeft: () => this.choose(-1),
      " ": () => this.tick(), Enter: () => this.edit(),
      "/": () => this.filter.select(), t: () => this.bulkBegin(),
      a: () => row !== undefined && this.table.ask({ do: "accept", rows: [row] }),
      A: () => this.table.ask({ do: "accept", rows: all() }), R: () => this.table.ask({ do: "untick", rows: all() }),
      z: () => this.table.ask({ do: "undo" }),
      d: () => { this.sort = { by: this.sort.by === "doubt" ? null : "doubt", down: false }; this.arrange(); },
      s: () => this.sortBy(this.column ?? "title"),
      "?": () => { this.help.hidden = !this.help.hidden; },
    }[key];
    does?.();
    return does !== undefined;
  }
}

function field(column, value) {
  if (column !== "media_type") {
    const input = make("input", { type: "text", spellcheck: "false", autocomplete: "off" });
    input.value = value;
    return input;
  }
  const select = make("select", {}, make("option", { value: "" }, "none"), ...MEDIA_TYPES.map((type) => make("option", { value: type }, type.replaceAll("_", " "))));
  select.value = value;
  return select;
}

function byDoubt(table) {
  const rank = (row) => {
    const at = STATUSES.indexOf(table.get("status", row));
    return at < 0 ? 0 : Math.min(at, 3); // what goes and what is there already stay as planned
  };
  return (a, b) =>
    rank(a) - rank(b) || (rank(a) < 3 ? (table.get("confidence", a) ?? 2) - (table.get("confidence", b) ?? 2) : 0) || a - b;
}

function byColumn(table, name, down) {
  const way = down ? -1 : 1;
  const { compare } = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const value = (row) => (name === "status" ? STATUSES.indexOf(table.get(name, row)) : table.get(name, row));
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null) - (y === null) || a - b; // what is missing comes last
    const less = typeof x === "number" && typeof y === "number" ? x - y : compare(String(x), String(y));
    return way * less || a - b;
  };
}

export default () => {
  let table;
  return {
    initialize({ model }) {
      table = new Table(model);
      return () => table.close();
    },
    render({ el }) {
      const grid = new Grid(table, el);
      return () => grid.close();
    },
  };
};

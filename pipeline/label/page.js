/* One page after the other, its blocks with a box to tick. Texts of pages become text nodes only, never markup.
   What the person says goes into a queue that is sent in order and tried again until the server has it on disk. */
const find = (name) => document.getElementById(name);
const state = {pages: [], ready: false, at: -1, page: null, turning: false, rows: [], current: 0, last: -1, looked: new Set(), undo: []};
const waiting = [];
let sending = false;

// --- the server ---------------------------------------------------------------------------------------------------
async function ask(place, told) {
  const post = told && {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(told)};
  const answer = await fetch(place, post || {});
  if (!answer.ok) throw Object.assign(new Error(await answer.text()), {answered: true});
  return answer.json();
}

function say(words, wrong = false) {
  find("status").textContent = words;
  find("status").classList.toggle("wrong", wrong);
}

async function send() {
  if (sending) return;
  sending = true;
  say("Writing …");
  while (waiting.length) {
    try {
      await ask(...waiting[0]);
      waiting.shift();
    } catch (error) {
      say(error.answered ? `Not written: ${error.message}` : "Not written: thresher does not answer. Trying again …", true);
      if (error.answered) { waiting.length = 0; sending = false; return; }
      await new Promise((wait) => setTimeout(wait, 1500));
    }
  }
  sending = false;
  say("All corrections are on disk.");
}

function tell(place, told) {
  waiting.push([place, told]);
  return send();
}

// --- the list of pages --------------------------------------------------------------------------------------------
async function refresh() {
  const told = await ask("pages");
  state.ready = told.ready;
  for (const [number, page] of told.pages.entries()) {
    if (number >= state.pages.length) state.pages.push(page);
  }
  if (find("type").length === 1) find("type").append(...told.types.map((name) => new Option(name)));
  find("save").title = `Write the labels of all pages that are done into ${told.out} (s)`;
  list();
}

function list() {
  const done = state.pages.filter((page) => page.done).length;
  find("progress").textContent = `${done} of ${state.pages.length}${state.ready ? "" : "+"} pages done`;
  find("bar").value = done / Math.max(1, state.pages.length);
  const select = find("pages");
  state.pages.forEach((page, number) => {
    if (number >= select.length) select.append(new Option("", number));
    const name = `${number + 1} / ${state.pages.length}${page.done ? " ✓" : ""}`;
    if (select.options[number].text !== name) select.options[number].text = name;
  });
  select.value = state.at;
  find("previous").disabled = state.at <= 0;
  find("next").disabled = state.at >= state.pages.length - 1;
}

async function watch() {
  while (!state.ready || state.at < 0) {
    try {
      await refresh();
      if (state.at < 0) await open(first());
    } catch (error) {
      say(error.answered ? error.message : "thresher does not answer.", true);
    }
    if (!state.ready) await new Promise((wait) => setTimeout(wait, 2000));
  }
}

function first() {
  const asked = parseInt(location.hash.slice(1), 10) - 1;
  return state.pages[asked] ? asked : Math.max(0, state.pages.findIndex((page) => !page.done));
}

// --- one page -----------------------------------------------------------------------------------------------------
async function open(number) {
  if (!state.pages[number] || state.turning) return;
  state.turning = true; // keys pressed now were meant for the next page, which is not there yet
  try {
    while (waiting.length) await new Promise((wait) => setTimeout(wait, 20));
    show(number, await ask(`page/${number}`));
  } catch (error) {
    say(error.answered ? error.message : "thresher does not answer.", true);
  } finally {
    state.turning = false;
  }
}

function show(number, page) {
  Object.assign(state, {at: number, page, current: 0, last: -1, undo: [], looked: new Set()});
  history.replaceState(null, "", `#${number + 1}`);
  find("title").firstElementChild.textContent = page.title;
  document.title = `${number + 1}: ${page.title}`;
  find("where").textContent = page.url && page.url !== page.id ? `${page.id} · ${page.url}` : page.id;
  find("type").value = page.page_type;
  state.rows = page.blocks.map(row);
  find("blocks").replaceChildren(...state.rows);
  list();
  about();
  focusOn(0);
  scrollTo(0, 0);
}

function about() {
  const {blocks, done, outcome, language} = state.page;
  const kept = blocks.filter((block) => block.now).length;
  const close = blocks.filter((block) => block.unsure).length;
  const corrected = blocks.filter((block) => block.now !== block.kept).length;
  const parts = [`${kept} of ${blocks.length} blocks kept`, `${close} unsure`, `${corrected} corrected`];
  if (language) parts.push(`language ${language}`);
  if (outcome !== "kept") parts.push(`judged as ${outcome}`);
  if (done) parts.push("done");
  find("about").textContent = parts.join(" · ");
  find("done").textContent = done ? "Not done" : "Done, next";
  find("undo").disabled = !state.undo.length;
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function row(block, number) {
  const label = element("label", "", "");
  const box = element("input", "", "");
  box.type = "checkbox";
  box.tabIndex = -1;
  const text = element("span", "text", block.marker ? `${block.marker} ${block.text}` : block.text);
  text.dir = "auto";
  if (block.more) text.append(element("span", "more", ` … ${block.more} more characters`));
  label.dataset.block = number;
  label.append(box, text, element("span", "why", ""));
  paint(label, block);
  return label;
}

function paint(label, block) {
  const corrected = block.now !== block.kept;
  label.className = `block ${block.kind}${block.now ? "" : " gone"}${corrected ? " corrected" : ""}`;
  label.firstChild.checked = block.now;
  const why = label.lastChild;
  why.replaceChildren();
  if (corrected) why.append(element("span", "badge you", block.now ? "you keep it" : "you remove it"));
  else if (!block.kept) why.append(element("span", "badge category", block.category || "other"));
  if (block.unsure) why.append(element("span", "badge close", "unsure"));
  const was = corrected ? (block.kept ? "it was kept. " : `it was removed as ${block.category}. `) : "";
  why.append(was + (block.rule && (block.unsure || !block.kept) ? `${block.evidence} (${block.rule}, ${block.score})` : ""));
}

function focusOn(number, middle = false) {
  if (!state.rows[number]) return;
  state.rows[state.current]?.firstChild.setAttribute("tabindex", -1);
  state.current = number;
  const box = state.rows[number].firstChild;
  box.tabIndex = 0;
  state.rows[number].scrollIntoView({block: middle ? "center" : "nearest"});
  box.focus({preventScroll: true});
  state.looked.add(number);
}

// --- what the person does -----------------------------------------------------------------------------------------
function correct(numbers, kept) {
  const changed = numbers.filter((number) => state.page.blocks[number].now !== kept);
  for (const number of changed) {
    state.page.blocks[number].now = kept;
    paint(state.rows[number], state.page.blocks[number]);
  }
  about();
  if (changed.length) tell(`page/${state.at}/blocks`, {blocks: changed, kept});
  return changed;
}

function flip(number, range) {
  const from = range && state.last >= 0 ? state.last : number;
  const kept = from === number ? !state.page.blocks[number].now : state.page.blocks[from].now;
  const numbers = [];
  for (let at = Math.min(from, number); at <= Math.max(from, number); at += 1) numbers.push(at);
  const changed = correct(numbers, kept);
  if (changed.length) state.undo.push([changed, !kept]);
  state.last = number;
  about();
}

function undo() {
  const back = state.undo.pop();
  if (!back) return;
  correct(...back);
  focusOn(back[0][0]);
}

function leastSure() {
  const found = state.page.blocks
    .map((block, number) => [block.margin, number, block.unsure])
    .filter(([, number, unsure]) => unsure && !state.looked.has(number))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (found.length) { focusOn(found[0][1], true); return; }
  const later = state.pages.findIndex((page, number) => number > state.at && page.unsure && !page.done);
  if (later < 0) { say(state.ready ? "No unsure block is left from here on." : "No unsure block so far; more pages come."); return; }
  open(later).then(() => { state.looked.clear(); leastSure(); });
}

async function done() {
  const was = state.page.done;
  state.page.done = state.pages[state.at].done = !was;
  tell(`page/${state.at}/review`, {done: !was, page_type: find("type").value});
  about();
  list();
  if (was) return;
  const later = state.pages.findIndex((page, number) => number > state.at && !page.done);
  const next = later >= 0 ? later : state.pages.findIndex((page) => !page.done);
  if (next >= 0) await open(next);
  else await save();
}

async function save() {
  while (waiting.length) await new Promise((wait) => setTimeout(wait, 20));
  say("Saving …");
  try {
    const told = await ask("save", {});
    say(`${told.rows} labelled page${told.rows === 1 ? "" : "s"} in ${told.out}`);
  } catch (error) {
    say(`Not saved: ${error.answered ? error.message : "thresher does not answer."}`, true);
  }
}

const turn = (by) => open(state.at + by);
const keys = {
  j: () => focusOn(state.current + 1), ArrowDown: () => focusOn(state.current + 1),
  k: () => focusOn(state.current - 1), ArrowUp: () => focusOn(state.current - 1),
  Home: () => focusOn(0), End: () => focusOn(state.rows.length - 1),
  n: () => turn(1), ArrowRight: () => turn(1), p: () => turn(-1), ArrowLeft: () => turn(-1),
  u: () => leastSure(), z: undo, s: save, Enter: done,
  "?": () => { find("keys").open = !find("keys").open; if (find("keys").open) find("keys").scrollIntoView(); },
};

addEventListener("keydown", (event) => {
  const {key, target} = event;
  if (event.ctrlKey || event.altKey || event.metaKey || !state.page || state.turning) return;
  const box = target.type === "checkbox";
  if ((!box && target.closest("select, summary")) || (target.closest("button") && (key === "Enter" || key === " "))) return;
  if (key === " " || key.toLowerCase() === "x") flip(state.current, event.shiftKey);
  else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
});
addEventListener("keyup", (event) => { if (event.key === " " && event.target.type === "checkbox") event.preventDefault(); });
find("blocks").addEventListener("click", (event) => {
  const label = event.target.closest(".block");
  if (!label) return;
  if (event.target.type !== "checkbox") event.preventDefault(); // a cancelled click would set the box back
  if (!getSelection().isCollapsed && !event.shiftKey) return;
  getSelection().removeAllRanges();
  const number = Number(label.dataset.block);
  flip(number, event.shiftKey);
  focusOn(number);
});
for (const [name, act] of [["previous", () => turn(-1)], ["next", () => turn(1)], ["unsure", () => leastSure()], ["undo", undo], ["done", done], ["save", save]]) {
  find(name).addEventListener("click", act);
}
find("pages").addEventListener("change", (event) => open(Number(event.target.value)));
find("type").addEventListener("change", (event) => {
  state.page.page_type = event.target.value;
  tell(`page/${state.at}/review`, {done: state.page.done, page_type: event.target.value});
});
addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });
watch();

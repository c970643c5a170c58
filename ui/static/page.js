// Applies the views that the server sends and turns clicks and keys into events. All HTML in a view was escaped on
// the server; what a person types is put on the page as text only.
const app = element.querySelector(".concierge");
const log = app.querySelector(".log");
const find = (selector) => app.querySelector(selector);
// What stands on the page for good is looked up once: a long conversation makes every search of the page longer.
const named = (key) => Object.fromEntries([...app.querySelectorAll(`[data-${key}]`)].map((one) => [one.dataset[key], one]));
const region = named("region"), dialogs = named("dialog"), mirrors = named("mirror");
const hint = find(".hint"), skip = find(".skip"), announcer = find("[data-announce]");
// Nothing is kept where the browser allows no storage; the page works all the same.
const keeper = (storage) => ({
  get(name) { try { return storage().getItem(`concierge.${name}`); } catch { return null; } },
  set(name, value) { try { storage().setItem(`concierge.${name}`, value); } catch { /* not kept */ } },
  drop(name) { try { storage().removeItem(`concierge.${name}`); } catch { /* not kept */ } },
});
const store = keeper(() => localStorage), tab = keeper(() => sessionStorage);
const shown = { seq: 0, epoch: null, parts: {}, regions: {}, live: null, picked: null, words: {}, busy: false, asked: 0, heard: 0, lost: false };

function newPerson() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  const name = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  store.set("person", name);
  return name;
}

function look(name) {
  if (name === "auto") delete document.documentElement.dataset.look;
  else document.documentElement.dataset.look = name;
  store.set("look", name);
}

// ---- putting a view on the page ------------------------------------------------------------------------------------
function fill(target, html) {
  const active = document.activeElement;
  const key = target.contains(active) ? active.dataset.key : null;
  const typed = {};
  target.querySelectorAll("[data-key^=add-]").forEach((field) => { typed[field.dataset.key] = field.value; });
  target.innerHTML = html;
  for (const [name, value] of Object.entries(typed)) {
    const field = target.querySelector(`[data-key="${name}"]`);
    if (field && value && field.tagName !== "BUTTON") field.value = value;
  }
  if (key) (target.querySelector(`[data-key="${CSS.escape(key)}"]`) || firstIn(target))?.focus();
}

function firstIn(target) {
  return [...target.querySelectorAll("button, input, select, [tabindex]")].find((field) => field.offsetParent);
}

function applyRegions(regions) {
  for (const [name, html] of Object.entries(regions)) {
    if (shown.regions[name] === html) continue;
    shown.regions[name] = html;
    if (region[name]) fill(region[name], html);
    if (mirrors[name]?.open) mirrorTaste();
  }
}

function article(id) {
  const made = document.createElement("article");
  made.className = "turn";
  made.dataset.turn = id;
  for (const name of ["user", "status", "problems", "notes", "shelf", "prose", "tail"]) {
    const part = document.createElement("div");
    part.className = `part-${name}`;
    part.dataset.part = name;
    made.append(part);
  }
  return made;
}

// Turns that are not the last any more: they keep their height when out of sight, so that nothing below them moves.
function settle(turns) {
  const heights = turns.map((turn) => {
    const { paddingTop, paddingBottom } = getComputedStyle(turn);
    return turn.offsetHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
  });
  turns.forEach((turn, place) => {
    turn.style.containIntrinsicSize = `auto ${heights[place]}px`;
    turn.classList.add("settled");
  });
}

function append(turn) {
  const before = log.lastElementChild;
  log.append(turn);
  if (before && !before.classList.contains("settled")) settle([before]);
  turn.scrollIntoView({ block: "start" });
}

function pendingTurn() {
  return log.lastElementChild?.dataset.turn === "pending" ? log.lastElementChild : null;
}

function dropPending() {
  pendingTurn()?.remove();
}

function busy(on) {
  shown.busy = on;
  app.classList.toggle("busy", on);
  region.composer.classList.toggle("working", on);
  log.lastElementChild?.classList.toggle("working", on);
}

function applyLive(live) {
  let target = [...log.children].findLast((turn) => turn.dataset.turn === live.id);
  if (!target) {
    dropPending();
    target = article(live.id);
    append(target);
    shown.parts = {};
  }
  if (shown.live !== live.id) { shown.parts = {}; shown.live = live.id; }
  for (const [name, html] of Object.entries(live.parts)) {
    if (shown.parts[name] === html) continue;
    shown.parts[name] = html;
    fill(target.querySelector(`[data-part="${name}"]`), html);
  }
}

function apply(view) {
  if (!view || typeof view !== "object" || view.seq <= shown.seq) return;
  shown.seq = view.seq;
  shown.heard = Date.now();
  if (shown.lost) { shown.lost = false; hint.textContent = ""; }
  if (shown.words.skip !== view.words.skip) {
    app.lang = document.documentElement.lang = view.language;
    log.setAttribute("aria-label", view.words.conversation);
    skip.textContent = view.words.skip;
  }
  shown.words = view.words;
  applyRegions(view.regions);
  const held = log.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  if (view.turns && view.epoch !== shown.epoch) {
    shown.epoch = view.epoch;
    shown.parts = {};
    shown.live = null;
    log.innerHTML = view.turns.join("");
    settle([...log.children].slice(0, -1));
  }
  if (view.live) {
    applyLive(view.live);
    // An answer in words alone leaves the cards that it is about in sight.
    log.lastElementChild.classList.toggle("brief", !view.busy && !view.live.parts.shelf);
  }
  if (held && !log.contains(document.activeElement)) {
    (log.querySelector(`[data-key="${CSS.escape(held)}"]`) || log).focus({ preventScroll: true });
  }
  busy(view.busy);
  app.classList.toggle("empty", !log.children.length);
  if (view.compose !== null) write(view.compose);
  if (view.announce) announcer.textContent = view.announce;
  if (view.dialog && shown.opened !== view.seq) { shown.opened = view.seq; open(view.dialog); }
  if (view.download) download(view.download);
  if (view.forgotten) { store.drop("person"); store.set("person", view.person); }
  if (location.hash !== `#c=${view.conversation}`) history.replaceState(null, "", `#c=${view.conversation}`);
  const select = region.settings.querySelector('[data-set="look"]');
  if (select) select.value = store.get("look") || "auto";
  if (!app.dataset.ready) restore();
  app.dataset.ready = "true";
}

function restore() {
  const unsent = tab.get("unsent");
  if (!unsent) return;
  tab.drop("unsent");
  write(unsent);
}

function write(text) {
  const field = find("#say");
  field.value = text;
  grow(field);
  field.focus();
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
}

function download(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file.text], { type: "application/json" }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}

// ---- sheets --------------------------------------------------------------------------------------------------------
function mirrorTaste() {
  const mirror = mirrors.taste;
  fill(mirror, region.taste.innerHTML.replaceAll("taste-h", "taste-sheet-h"));
  mirror.setAttribute("aria-label", shown.words.taste);
}

function open(name) {
  if (name === "taste") mirrorTaste();
  if (!dialogs[name].open) dialogs[name].showModal();
}

app.querySelectorAll("dialog").forEach((sheet) => {
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
});

// ---- saying something ----------------------------------------------------------------------------------------------
function pending(text) {
  dropPending();
  const turn = article("pending");
  const said = document.createElement("div");
  said.className = "said typed";
  said.append(Object.assign(document.createElement("p"), { textContent: text }));
  turn.querySelector('[data-part="user"]').append(said);
  const now = Object.assign(document.createElement("span"), { className: "now" });
  now.append(...[1, 2, 3].map(() => document.createElement("i")), shown.words.reading || "");
  const steps = Object.assign(document.createElement("p"), { className: "steps" });
  steps.append(now);
  turn.querySelector('[data-part="status"]').append(steps);
  app.classList.remove("empty");
  append(turn);
  busy(true);
}

function say(text) {
  if (!text.trim()) { find("#say").focus(); return; }
  shown.asked = Date.now();
  pending(text);
  trigger("submit", { text });
}

function act(data) {
  shown.asked = Date.now();
  trigger("select", data);
}

// No view for a while after something was asked: the server may be gone. Then the page says so, and goes on from what
// is kept once it is back; what was typed meanwhile waits in the field.
const WAIT_MS = 4000;
setInterval(async () => {
  const waits = shown.lost || shown.busy || shown.asked > shown.heard;
  if (!waits || Date.now() - Math.max(shown.asked, shown.heard) < WAIT_MS) return;
  try {
    await fetch(document.baseURI, { method: "HEAD", cache: "no-store" });
  } catch {
    shown.lost = true;
    busy(false);
    hint.textContent = shown.words.offline;
    return;
  }
  if (!shown.lost || store.get("memory") === "off") return;
  const unsent = find("#say").value || pendingTurn()?.querySelector(".said p").textContent;
  if (unsent) tab.set("unsent", unsent);
  location.reload();
}, 1000);

// Forgotten in another tab: nothing of the person stays here either.
window.addEventListener("storage", (event) => { if (event.key === "concierge.person" && event.newValue) location.reload(); });

const local = {
  "skip"() { find("#say").focus(); },
  "say"(button) { say(button.dataset.text); },
  "retry"() { busy(true); trigger("submit", { again: true }); },
  "stop"() { act({ do: "stop" }); },
  "edit"(button) { act({ do: "edit", turn: button.dataset.turnId }); },
  "open-history"() { open("history"); },
  "open-taste"() { open("taste"); },
  "open-settings"() { open("settings"); act({ do: "status" }); },
  "close"(button) { button.closest("dialog")?.close(); },
  "why"(button) {
    const panel = find(`#${CSS.escape(button.getAttribute("aria-controls"))}`);
    const opened = panel.hidden;
    if (!panel.firstChild) panel.innerHTML = panel.dataset.inside;
    panel.parentElement.querySelectorAll(".why").forEach((other) => { other.hidden = true; });
    panel.parentElement.querySelectorAll(".ask-why").forEach((other) => other.setAttribute("aria-expanded", "false"));
    panel.hidden = !opened;
    button.setAttribute("aria-expanded", String(opened));
    if (opened) { panel.focus({ preventScroll: true }); panel.scrollIntoView({ block: "nearest" }); }
  },
  "why-close"(button) {
    const panel = find(`#${CSS.escape(button.dataset.for)}`);
    panel.hidden = true;
    const asked = find(`[aria-controls="${CSS.escape(panel.id)}"]`);
    asked.setAttribute("aria-expanded", "false");
    asked.focus();
  },
  "pick"(button) {
    if (shown.picked && shown.picked.id !== button.dataset.id) {
      act({ do: "compare", ids: [shown.picked.id, button.dataset.id] });
      unpick();
    } else if (shown.picked) {
      unpick();
    } else {
      shown.picked = { id: button.dataset.id };
      button.setAttribute("aria-pressed", "true");
      hint.textContent = shown.words.compare_pick.replace("{title}", button.dataset.title);
    }
  },
  "forget-ask"(button) { const sure = find(".sure"); sure.hidden = false; button.setAttribute("aria-expanded", "true"); sure.querySelector("button").focus(); },
  "forget-no"() { find(".sure").hidden = true; find('[data-do="forget-ask"]').focus(); },
  "new"() { act({ do: "new" }); find("#say").focus(); },
  "open"(button) { dialogs.history.close(); act({ do: "open", id: button.dataset.id }); },
};

function unpick() {
  shown.picked = null;
  hint.textContent = "";
  app.querySelectorAll('[data-do="pick"]').forEach((button) => button.setAttribute("aria-pressed", "false"));
}

app.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button || !app.contains(button)) return;
  event.preventDefault();
  const name = button.dataset.do;
  if (local[name]) { local[name](button); return; }
  const { id, place, label, text } = button.dataset;
  act({ do: name, id, place: place === undefined ? undefined : Number(place), label, text });
});

app.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.form === "say") {
    const field = find("#say");
    const text = field.value;
    if (text.trim()) { field.value = ""; grow(field); }
    say(text);
  } else {
    act({ do: "add", kind: form.elements.kind.value, text: form.elements.value.value });
    form.elements.value.value = "";
  }
});

app.addEventListener("input", (event) => { if (event.target.id === "say") grow(event.target); });

app.addEventListener("change", (event) => {
  const { tune, set } = event.target.dataset;
  if (tune) act({ do: "tune", name: tune, value: Number(event.target.value) });
  else if (set === "look") look(event.target.value);
  else if (set === "language") { store.set("language", event.target.value); act({ do: "language", text: event.target.value }); }
  else if (set === "memory") { store.set("memory", event.target.checked ? "on" : "off"); act({ do: "memory", on: event.target.checked }); }
  else if (set === "keep-taste") act({ do: "keep-taste", on: event.target.checked });
});

app.addEventListener("keydown", (event) => {
  const field = find("#say");
  if (event.target === field && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.target === field && event.key === "ArrowUp" && !field.value) {
    const typed = log.querySelectorAll('[data-do="edit"]');
    if (typed.length) { event.preventDefault(); typed[typed.length - 1].click(); }
  } else if (event.key === "Escape" && !app.querySelector("dialog[open]")) {
    const panel = event.target.closest(".why");
    if (panel) panel.querySelector('[data-do="why-close"]').click();
    else if (shown.picked) unpick();
    else if (shown.busy) act({ do: "stop" });
  }
});

// A poster that does not load leaves the drawn one in sight.
app.addEventListener("error", (event) => { if (event.target.tagName === "IMG") event.target.remove(); }, true);

watch("value", () => apply(props.value));
look(store.get("look") || "auto");
apply(props.value);
trigger("focus", {
  person: store.get("person") || newPerson(),
  conversation: new URLSearchParams(location.hash.slice(1)).get("c") || "",
  language: store.get("language") || (navigator.language || "en").slice(0, 2),
  memory: store.get("memory") !== "off",
});

// Brings the parts together: the chosen entity, the two views, pointer, keys, theme and print.

const said = document.getElementById("said");
const announce = (words) => { said.textContent = words; };
const asPicture = document.getElementById("as-picture");
const asTable = document.getElementById("as-table");
const fold = document.getElementById("fold");
const tip = document.getElementById("tip");

/** Choose an entity, or none with -1, as a step of the browser's history. */
function choose(node, { fly: far = false, replace = false } = {}) {
  const hash = node < 0 ? location.pathname + location.search : `#${encodeURIComponent(value(node, "_key"))}`;
  if (node !== selected) history[replace ? "replaceState" : "pushState"](null, "", hash);
  show(node, far);
}

function show(node, far = false) {
  selected = node;
  updateFocus();
  panel.replaceChildren(...(node < 0 ? overview() : details(node)).filter(Boolean));
  panel.scrollTop = 0;
  if (node >= 0) {
    fold.setAttribute("aria-expanded", "true");
    const worst = severityOf[node] ? `, ${SEVERITIES[severityOf[node]]} finding` : "";
    announce(`${types[typeOf[node]].name} ${nameOf(node)}${worst}`);
    if (far || !inView(node)) goTo([node, ...focus.named.slice(0, 12)]);
  }
  if (!listing.hidden) showTable();
  repaint();
}

/** Set what stands out: the chosen entity with what it reaches, else what passes the filters. */
function updateFocus() {
  focus = null;
  if (selected >= 0) {
    focus = { nodes: new Uint8Array(COUNT), near: Array.from(linesOf(selected)), far: [], named: [selected] };
    const neighbours = focus.near.map((at) => otherEnd(at, selected));
    for (const node of [selected, ...neighbours]) focus.nodes[node] = 1;
    if (is(selected, "sentry_member") || is(selected, "sentry_project")) {
      const { found, lines } = reach(selected);
      for (const node of found.keys()) focus.nodes[node] = 1;
      focus.far = lines;
      focus.named.push(...neighbours, ...found.keys());
    } else focus.named.push(...neighbours);
  } else if (filtering()) {
    focus = { nodes: new Uint8Array(COUNT), near: [], named: null };
    for (let node = 0; node < COUNT; node++) focus.nodes[node] = passes(node) ? 1 : 0;
    if (inTeam) focus.near = Array.from(linesOf(filters.team));
    if (inTeam) focus.named = [filters.team, ...focus.near.map((at) => otherEnd(at, filters.team))];
  }
}

addEventListener("popstate", () => {
  let key = "";
  try { key = decodeURIComponent(location.hash.slice(1)); } catch { /* not one of ours */ }
  show(numberOf(key));
});

// The two views.
function showView(table) {
  listing.hidden = !table;
  stage.hidden = table;
  asTable.setAttribute("aria-pressed", String(table));
  asPicture.setAttribute("aria-pressed", String(!table));
  if (table) { showTable(); return; }
  measure();
  repaintAll();
}
asTable.addEventListener("click", () => showView(true));
asPicture.addEventListener("click", () => showView(false));
fold.addEventListener("click", () => fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") !== "true")));
const nameFold = () => fold.setAttribute("aria-label", fold.getAttribute("aria-expanded") === "true" ? "Fold the panel" : "Unfold the panel");
new MutationObserver(nameFold).observe(fold, { attributeFilter: ["aria-expanded"] });
nameFold();

// Pointers: one moves the picture, two zoom, a tap chooses.
const pointers = new Map();
let moved = 0;
let apart = 0;

/** Return the entity at a point of the screen, or -1. */
function entityAt(px, py, slack) {
  let [best, nearest] = [-1, Infinity];
  const [x, y] = [worldX(px), worldY(py)];
  const most = Math.max(slack / camera.scale, 5);
  for (let node = 0; node < COUNT; node++) {
    if (!shown[node] || Math.abs(X[node] - x) > most || Math.abs(Y[node] - y) > most) continue;
    if (focus && !focus.nodes[node] && camera.scale < 1.5) continue;
    const far = Math.hypot(X[node] - x, Y[node] - y) - severityOf[node];
    if (far < Math.min(nearest, most)) [best, nearest] = [node, far];
  }
  return best;
}
const place = (event) => [event.clientX - canvas.getBoundingClientRect().left, event.clientY - canvas.getBoundingClientRect().top];

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, place(event));
  if (pointers.size === 1) moved = 0;
  apart = 0;
});
canvas.addEventListener("pointermove", (event) => {
  const [px, py] = place(event);
  const before = pointers.get(event.pointerId);
  if (!before) { hover(event, px, py); return; }
  pointers.set(event.pointerId, [px, py]);
  moved += Math.hypot(px - before[0], py - before[1]);
  if (moved < 5) return;
  canvas.classList.add("moving");
  pan((px - before[0]) / pointers.size, (py - before[1]) / pointers.size);
  if (pointers.size === 2) {
    const [[x1, y1], [x2, y2]] = [...pointers.values()];
    const now = Math.hypot(x1 - x2, y1 - y2);
    if (apart) zoom(now / apart, (x1 + x2) / 2, (y1 + y2) / 2);
    apart = now;
  }
});
function pointerEnded(event) {
  const tapped = pointers.delete(event.pointerId) && !pointers.size && moved < 5 && event.type === "pointerup";
  canvas.classList.remove("moving");
  apart = 0;
  if (tapped) choose(entityAt(...place(event), event.pointerType === "mouse" ? 8 : 18));
}
canvas.addEventListener("pointerup", pointerEnded);
canvas.addEventListener("pointercancel", pointerEnded);
canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const step = event.deltaY * (event.deltaMode ? 16 : 1);
  zoom(Math.exp(-Math.max(-90, Math.min(90, step)) * (event.ctrlKey ? 0.01 : 0.0035)), ...place(event));
}, { passive: false });
canvas.addEventListener("dblclick", (event) => zoom(2, ...place(event)));

function hover(event, px, py) {
  const node = event.pointerType === "mouse" ? entityAt(px, py, 8) : -1;
  tip.hidden = node < 0;
  canvas.style.cursor = node < 0 ? "" : "pointer";
  if (node < 0) return;
  const wrong = (findingsOf(node)).map(([check]) => check.title);
  tip.replaceChildren(nameOf(node), make("small", {}, ` ${[types[typeOf[node]].name, ...wrong].join(" \u00b7 ")}`));
  tip.style.left = `${Math.min(px + 14, size.width - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(py + 14, size.height - tip.offsetHeight - 8)}px`;
}

/** Return the point to zoom around without a pointer: the chosen entity, else the middle. */
const aim = () => (selected >= 0 && inView(selected) ? [screenX(X[selected]), screenY(Y[selected])] : []);

// Keys.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Return the next entity in a direction, or -1: the distance aside counts more than that ahead. */
function nextInDirection(node, [dx, dy]) {
  const [x, y] = node >= 0 ? [X[node], Y[node]] : [camera.x - dx, camera.y - dy];
  let [best, least] = [-1, Infinity];
  for (let other = 0; other < COUNT; other++) {
    if (other === node || !shown[other] || (filtering() && !passes(other))) continue;
    const along = (X[other] - x) * dx + (Y[other] - y) * dy;
    const aside = Math.abs((X[other] - x) * dy) + Math.abs((Y[other] - y) * dx);
    const cost = along + 2.5 * aside;
    if (along > 0 && along >= aside * 0.5 && cost < least) [best, least] = [other, cost];
  }
  return best;
}

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  if (arrow && event.shiftKey) pan(-arrow[0] * 60, -arrow[1] * 60);
  else if (arrow) {
    const node = nextInDirection(selected, arrow);
    if (node >= 0) choose(node, { replace: selected >= 0 });
  } else if (event.key === "Enter" && selected >= 0) panel.focus();
  else if (event.key === "+" || event.key === "=") zoom(1.4, ...aim());
  else if (event.key === "-") zoom(1 / 1.4, ...aim());
  else if (event.key === "0") fly(cameraForAll());
  else return;
  event.preventDefault();
});
addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, select");
  if (event.key === "/" && !typing) { event.preventDefault(); search.focus(); }
  if (event.key !== "Escape" || typing) return;
  if (panel.contains(event.target) && selected >= 0) (stage.hidden ? listing.querySelector("button") : canvas).focus();
  else if (selected >= 0) choose(-1);
  else if (filtering()) toggleFilters({ severity: filters.severity, change: filters.change, team: filters.team, check: filters.check });
});
document.getElementById("closer").addEventListener("click", () => zoom(1.6, ...aim()));
document.getElementById("further").addEventListener("click", () => zoom(1 / 1.6, ...aim()));
document.getElementById("whole").addEventListener("click", () => fly(cameraForAll()));

// Theme, size, print.
function recolour() { readColours(); repaintAll(); }
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
function printing(now) {
  measure();
  document.documentElement.classList.toggle("printing", now);
  readColours();
  painted = null;
  paint(false);
}
addEventListener("beforeprint", () => printing(true));
addEventListener("afterprint", () => printing(false));
let fitting = true; // until somebody moves the picture
new ResizeObserver(() => {
  const before = `${size.width} ${size.height}`;
  if (stage.hidden) return;
  measure();
  if (before === `${size.width} ${size.height}`) return;
  if (fitting) Object.assign(camera, cameraForAll());
  painted = null;
  paint(false);
}).observe(stage);
for (const name of ["pointerdown", "wheel", "keydown"]) stage.addEventListener(name, () => { fitting = false; }, { once: true });

// Begin.
document.getElementById("title").textContent = data.title;
document.getElementById("subtitle").textContent = [data.organizations.join(", "), `drawn ${data.at}`].filter(Boolean).join(" \u00b7 ");
canvas.setAttribute("aria-label", `${data.title}: ${types.map((type) => count(type.count, [type.name, type.names])).join(", ")}`);
Object.assign(camera, cameraForAll());
paint(false);
document.documentElement.dataset.picture = performance.now().toFixed(0);
requestAnimationFrame(() => setTimeout(() => { document.documentElement.dataset.shown = performance.now().toFixed(0); }));
let opening = -1;
try { opening = location.hash ? numberOf(decodeURIComponent(location.hash.slice(1))) : -1; } catch { /* not one of ours */ }
show(opening, opening >= 0);

// Finds entities while a name is typed: a text field with a list (the combobox pattern of ARIA).

const search = document.getElementById("search");
const hits = document.getElementById("hits");
const SEARCHED = ["title", "displayName", "name", "email", "slug", "shortId", "id", "_key"];
const MOST = 30;
let texts = null;
let found = [];
let at = -1;

function searchable() {
  texts ??= Array.from(X, (_, node) => SEARCHED.map((name) => value(node, name) ?? "").join("\n").toLowerCase());
  return texts;
}

/** Return the entities with these words: first those with a text that begins so, then by severity. */
function matches(words) {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const ranked = [];
  for (const [node, text] of searchable().entries()) {
    const place = text.indexOf(wanted);
    if (place < 0) continue;
    const start = place === 0 || text[place - 1] === "\n" ? 0 : 1;
    ranked.push([start * 10 - severityOf[node], typeOf[node], node]);
  }
  return ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map((each) => each[2]);
}

function showHits() {
  const all = matches(search.value);
  found = all.slice(0, MOST);
  at = found.length ? 0 : -1;
  hits.replaceChildren(...found.map((node, place) => make("li", { role: "option", id: `hit-${place}`,
    mousedown: (event) => { event.preventDefault(); chooseHit(place); } },
    markOf(node), make("span", {}, nameOf(node), " ", make("small", {}, [types[typeOf[node]].name, value(node, "email") ?? value(node, "slug")].filter(Boolean).join(" \u00b7 "))))));
  if (!all.length) hits.append(make("li", { class: "none", role: "option", "aria-disabled": "true" }, "Nothing has this in its name, e-mail address or slug."));
  if (all.length > MOST) hits.append(make("li", { class: "none", role: "option", "aria-disabled": "true" }, `And ${(all.length - MOST).toLocaleString("en")} more: type more of it.`));
  openHits(Boolean(search.value.trim()));
  announce(search.value.trim() ? `${all.length} found` : "");
}

function openHits(open) {
  hits.hidden = !open;
  search.setAttribute("aria-expanded", String(open));
  for (const [place, each] of [...hits.children].entries()) {
    if (place < found.length) each.setAttribute("aria-selected", String(place === at));
    if (place === at) each.scrollIntoView?.({ block: "nearest" });
  }
  if (open && at >= 0) search.setAttribute("aria-activedescendant", `hit-${at}`);
  else search.removeAttribute("aria-activedescendant");
}

function chooseHit(place) {
  if (!(place in found)) return;
  openHits(false);
  search.value = "";
  choose(found[place], { fly: true });
  panel.focus();
}

search.addEventListener("input", showHits);
search.addEventListener("focus", () => { if (search.value) showHits(); });
search.addEventListener("blur", () => openHits(false));
search.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) { at = (at + step + found.length) % found.length; openHits(true); }
  else if (event.key === "Enter") chooseHit(at);
  else if (event.key === "Escape") { if (hits.hidden) canvas.focus(); search.value = ""; openHits(false); }
  else return;
  event.preventDefault();
});

// The entities as a table, for users who cannot use a picture: filtered, sorted, page by page.

const listing = document.getElementById("listing");
const PAGE = 100;
const order = { by: "Findings", down: true, page: 0 };
const alphabet = new Intl.Collator("en", { numeric: true });

const COLUMNS = {
  Name: (node) => nameOf(node),
  Type: (node) => types[typeOf[node]].name,
  Teams: (node) => teamsOf(node).map(nameOf).join(", "),
  Reach: (node) => {
    if (is(node, "sentry_member")) return count(reach(node).found.size, PROJECTS);
    return is(node, "sentry_project") ? count(reach(node).found.size, PEOPLE) : "";
  },
  Findings: (node) => make("ul", {}, ...findingsOf(node).map(([check]) =>
    make("li", { class: "line" }, severityMark(check.severity), make("span", {}, check.title, make("small", { class: "unseen" }, `, ${check.severity}`))))),
  Change: (node) => (changeOf[node] ? CHANGES[changeOf[node]] : ""),
};
const SORTS = {
  Name: (a, b) => alphabet.compare(nameOf(a), nameOf(b)),
  Type: (a, b) => typeOf[a] - typeOf[b],
  Findings: (a, b) => severityOf[a] - severityOf[b],
  Change: (a, b) => changeOf[a] - changeOf[b],
};

const teamsOf = (node) => [...along(node, IN_TEAM), ...along(node, OF_TEAM)].map(([end]) => end).filter((end) => is(end, "sentry_team"));

function heading(name) {
  const mine = order.by === name;
  const sort = mine ? (order.down ? "descending" : "ascending") : null;
  const turn = () => {
    Object.assign(order, { by: name, down: mine ? !order.down : name !== "Name", page: 0 });
    showTable();
    listing.querySelector(`[data-sort="${name}"]`).focus();
  };
  return make("th", { scope: "col", class: `of-${name.toLowerCase()}`, "aria-sort": sort }, SORTS[name]
    ? make("button", { type: "button", "data-sort": name, click: turn }, name, mine ? (order.down ? " \u25be" : " \u25b4") : "") : name);
}

function tableRow(node) {
  return make("tr", {}, ...Object.entries(COLUMNS).map(([name, write]) => (name === "Name"
    ? make("th", { scope: "row" }, make("button", { type: "button", class: "row", click: () => { choose(node); panel.focus(); } }, markOf(node), make("span", {}, nameOf(node))))
    : make("td", {}, write(node)))));
}

function showTable() {
  const nodes = [];
  for (let node = 0; node < COUNT; node++) if (passes(node)) nodes.push(node);
  const turned = order.down ? -1 : 1;
  nodes.sort((a, b) => turned * SORTS[order.by](a, b) || a - b);
  const pages = Math.max(1, Math.ceil(nodes.length / PAGE));
  order.page = Math.min(order.page, pages - 1);
  const from = order.page * PAGE;
  const some = nodes.slice(from, from + PAGE);
  const go = (by) => () => { order.page += by; showTable(); listing.scrollTop = 0; listing.querySelector("caption").focus(); };
  const words = nodes.length ? `${(from + 1).toLocaleString("en")} to ${(from + some.length).toLocaleString("en")} of ${nodes.length.toLocaleString("en")}` : "Nothing passes the filters.";
  listing.replaceChildren(
    make("table", {}, make("caption", { tabindex: -1 }, words),
      make("thead", {}, make("tr", {}, ...Object.keys(COLUMNS).map(heading))), make("tbody", {}, ...some.map(tableRow))),
    make("div", { class: "pager" },
      make("button", { type: "button", disabled: order.page === 0, click: go(-1) }, "Previous"),
      make("button", { type: "button", disabled: order.page >= pages - 1, click: go(1) }, "Next"),
      `Page ${order.page + 1} of ${pages}`));
  announce(words);
}

// The panel about one entity: its findings, its changes, what it can reach, its neighbours and properties.

const panel = document.getElementById("panel");
const count = (number, [one, many]) => `${number.toLocaleString("en")} ${(number === 1 ? one : many).toLowerCase()}`;
const PEOPLE = KINDS.sentry_member;
const PROJECTS = KINDS.sentry_project;
/** Count the entities of a type, without removed ones. */
function total(name) {
  const type = types.find((each) => each.type === name);
  return type ? type.count - nodesByChange[3].filter((node) => is(node, name)).length : 0;
}

/** Return a value as text; by its name, a number may be a time in milliseconds. */
function written(given, name = "") {
  if (Array.isArray(given)) return given.map((each) => written(each)).join(", ") || "none";
  if (given === true) return "yes";
  if (given === false) return "no";
  if (given === null || given === undefined) return "unknown";
  if (typeof given === "number" && given > 1e11 && /On$|^last|^date/.test(name)) {
    return `${new Date(given).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  }
  if (typeof given !== "object") return String(given);
  return Object.entries(given).map(([key, each]) => `${key}: ${written(each)}`).join(", ");
}

function propertyList(pairs) {
  return make("dl", {}, ...pairs.flatMap(([name, given]) => [make("dt", {}, name), make("dd", {}, written(given, name))]));
}

function section(heading, ...inside) {
  return make("section", {}, make("h3", {}, heading), ...inside);
}

/** Make a list item with a button that chooses an entity. */
function entry(node, aside = "") {
  const words = make("span", {}, nameOf(node), aside ? make("small", {}, `  ${aside}`) : null);
  const worst = severityOf[node] ? make("span", { class: "unseen" }, `, ${SEVERITIES[severityOf[node]]}`) : null;
  return make("li", {}, make("button", { type: "button", class: "row", click: () => choose(node) }, markOf(node), words, worst,
    changeOf[node] ? changeMark(changeOf[node]) : null));
}

const changeMark = (change) => mark("circle", CHANGES[change], SIGNS[CHANGES[change]]);

/** Make a list of its first entries, with a button for more; an entry is a function that makes it. */
function list(entries, first = 12) {
  const made = make("ul");
  const more = make("button", { type: "button", click: () => grow(500)?.querySelector("button").focus() });
  const grow = (by) => {
    const added = entries.splice(0, by).map((each) => each());
    made.append(...added);
    more.textContent = `Show ${Math.min(entries.length, 500).toLocaleString("en")} more`;
    more.hidden = !entries.length;
    return added[0];
  };
  grow(first);
  return make("div", {}, made, more);
}

function findingBlock([check, row]) {
  return make("li", { class: `finding ${check.severity}` },
    make("span", { class: "word" }, severityMark(check.severity), `${check.title} (${check.severity})`),
    make("p", {}, check.remedy), propertyList(evidence(check, row)));
}

function changeBlock(node) {
  const word = CHANGES[changeOf[node]];
  const told = { added: "It was not there before.", removed: "It is not there any more." }[word];
  const pairs = Object.entries(data.changes.values[node] ?? {}).flatMap(([name, [before, after]]) => [
    make("dt", {}, name),
    make("dd", {}, make("del", {}, written(before, name)), " \u2192 ", make("ins", {}, written(after, name))),
  ]);
  return section("Changes", make("div", { class: `finding ${word}` },
    make("span", { class: "word" }, changeMark(changeOf[node]), word), told ? make("p", {}, told) : make("dl", {}, ...pairs)));
}

const canLogIn = (node) => value(node, "pending") !== true && value(node, "isSuspended") !== true && value(node, "active") !== false
  && changeOf[node] !== 3;
const reachesAllProjects = (node) => canLogIn(node) && ["owner", "manager"].includes(value(node, "role"));

function reachBlock(node) {
  const member = is(node, "sentry_member");
  const { found } = reach(node);
  const able = member ? [...found.keys()] : [...found.keys()].filter(canLogIn);
  const all = count(total(member ? "sentry_project" : "sentry_member"), member ? PROJECTS : PEOPLE);
  const teams = along(node, member ? IN_TEAM : OF_TEAM).length;
  const entries = sorted([...found.keys()]).map((end) => () => entry(end,
    `by ${found.get(end).map(nameOf).join(", ")}${member || canLogIn(end) ? "" : ", who cannot log in"}`));
  return section(member ? "Can reach" : "Can be reached by",
    make("p", { class: "lead" }, make("span", { class: "big" }, able.length.toLocaleString("en")),
      `of ${all}, by ${count(teams, KINDS.sentry_team)}`),
    ...caveats(node, member, found).map((each) => make("p", { class: "lead" }, each)), list(entries));
}

/** Return sentences about access without teams (roles, open membership), and about who cannot log in. */
function caveats(node, member, reached) {
  const told = [];
  if (member && !canLogIn(node)) told.push("Who cannot log in reaches nothing: this is an invitation, suspended, disabled or removed.");
  if (member && reachesAllProjects(node)) told.push(`As ${value(node, "role")} of the organization: every project, whatever the team.`);
  const members = types.find((each) => each.type === "sentry_member");
  const more = member ? 0 : Array.from({ length: members?.count ?? 0 }, (_, at) => members.first + at)
    .filter((each) => reachesAllProjects(each) && !reached.has(each)).length;
  if (more) told.push(`Besides, ${count(more, ["owner or manager reaches", "owners and managers reach"])} every project by the role.`);
  const organizations = types.find((each) => each.type === "sentry_organization");
  for (let at = 0; at < (organizations?.count ?? 0); at++) {
    if (value(organizations.first + at, "openMembership") === true) {
      told.push(`Open membership in ${nameOf(organizations.first + at)}: members may join any team by themselves.`);
    }
  }
  return told;
}

const sorted = (nodes) => nodes.sort((a, b) => severityOf[b] - severityOf[a] || a - b);

function neighbourBlocks(node) {
  const groups = new Map();
  for (const at of linesOf(node)) {
    const other = otherEnd(at, node);
    if (!groups.has(typeOf[other])) groups.set(typeOf[other], new Map());
    groups.get(typeOf[other]).set(other, at);
  }
  return [...groups].sort((a, b) => a[0] - b[0]).map(([type, found]) => {
    const entries = sorted([...found.keys()]).map((other) => () => {
      const change = CHANGES[lineChange[found.get(other)]];
      return entry(other, [teamRole(found.get(other)), change === "none" ? null : `${change} here`].filter(Boolean).join(", "));
    });
    return section(`${types[type].names} (${found.size.toLocaleString("en")})`, list(entries));
  });
}

function details(node) {
  const wrong = findingsOf(node);
  const type = types[typeOf[node]];
  return [
    make("div", { class: "bar" },
      make("button", { type: "button", click: () => history.back() }, "\u2039 Back"),
      make("button", { type: "button", id: "close", click: () => choose(-1) }, "Overview"),
      is(node, "sentry_team") ? make("button", { type: "button", click: () => toggleFilters({ team: node }) }, "Only this team") : null),
    make("h2", {}, nameOf(node)),
    make("p", { class: "lead" }, markOf(node), make("span", {}, type.name),
      make("span", {}, [value(node, "email"), value(node, "slug"), value(node, "shortId")].find((each) => each && each !== nameOf(node)) ?? "")),
    wrong.length ? section("What is wrong", make("ul", {}, ...wrong.map(findingBlock))) : null,
    changeOf[node] ? changeBlock(node) : null,
    is(node, "sentry_member") || is(node, "sentry_project") ? reachBlock(node) : null,
    ...neighbourBlocks(node),
    section("Properties", propertyList(properties(node))),
  ];
}

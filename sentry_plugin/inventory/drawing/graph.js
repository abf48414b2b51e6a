// Entities, by number: their names, findings, changes, relationships, and what they can reach.

const SEVERITIES = ["none", "low", "medium", "high", "critical"];
const CHANGES = ["none", "changed", "added", "removed"];
// Without a prototype, because a type could be called "constructor".
const KINDS = {
  __proto__: null,
  sentry_organization: ["Organization", "Organizations"],
  sentry_team: ["Team", "Teams"],
  sentry_project: ["Project", "Projects"],
  sentry_member: ["Member", "Members"],
  sentry_role: ["Role", "Roles"],
  sentry_service: ["Service", "Services"],
  sentry_finding: ["Issue", "Issues"],
  sentry_client_key: ["Client key", "Client keys"],
};
const IN_TEAM = "sentry_team_has_member";
const OF_TEAM = "sentry_team_assigned_project";

const types = data.types;
const X = runningSums(data.x);
const Y = runningSums(data.y);
const COUNT = X.length;
const typeOf = new Uint8Array(COUNT);
let filled = 0;
for (const [place, type] of types.entries()) {
  type.first = filled;
  [type.name, type.names] = KINDS[type.type] ?? [type.type, type.type];
  typeOf.fill(place, filled, (filled += type.count));
}

const is = (node, type) => types[typeOf[node]].type === type;
const numberOf = (key) => keys().get(key) ?? -1;

function value(node, name) {
  const type = types[typeOf[node]];
  return values(type.columns, name, type.count)[node - type.first];
}

function nameOf(node) {
  const found = ["title", "displayName", "name", "email", "slug"].map((each) => value(node, each));
  return String(found.find((each) => each !== null && each !== "") ?? value(node, "_key"));
}

let keysBefore;
function keys() {
  keysBefore ??= new Map(Array.from(X, (_, node) => [value(node, "_key"), node]));
  return keysBefore;
}

/** Return the properties of an entity as pairs of name and value. */
function properties(node) {
  const columns = types[typeOf[node]].columns;
  return Object.keys(columns).map((name) => [name, value(node, name)]).filter((pair) => pair[1] !== null);
}

// Findings.
const severityOf = new Uint8Array(COUNT);
const checks = data.checks;
for (const check of checks) {
  check.nodes = runningSums(check.nodes);
  const severity = SEVERITIES.indexOf(check.severity);
  for (const node of check.nodes) severityOf[node] = Math.max(severityOf[node], severity);
}

/** Return the checks that found an entity, each with the row of its evidence, the worst first. */
function findingsOf(node) {
  const found = checks.map((check) => [check, placeIn(check.nodes, node)]).filter(([, row]) => row >= 0);
  return found.sort(([a], [b]) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

/** Return the place of a number in sorted numbers, or -1. */
function placeIn(numbers, wanted) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle + 1; else high = middle;
  }
  return numbers[low] === wanted ? low : -1;
}

function evidence(check, row) {
  const own = check.own.map((name) => [name, value(check.nodes[row], name)]);
  const more = Object.keys(check.columns).map((name) => [name, values(check.columns, name, check.nodes.length)[row]]);
  return [...own, ...more].filter((pair) => pair[1] !== null);
}

// Changes.
const changeOf = new Uint8Array(COUNT);
for (const [node, change] of Object.entries(data.changes.states)) changeOf[node] = CHANGES.indexOf(change);

// Relationships: all are numbered lines, and each entity has the numbers of its lines.
const relations = data.relations;
const LINES = relations.reduce((sum, each) => sum + each.from.length, 0);
const source = new Int32Array(LINES);
const target = new Int32Array(LINES);
const relationOf = new Uint8Array(LINES);
const lineChange = new Uint8Array(LINES);
let line = 0;
for (const [place, each] of relations.entries()) {
  each.first = line;
  const count = each.from.length;
  source.set(runningSums(each.from), line);
  target.set(runningSums(each.to), line);
  relationOf.fill(place, line, line + count);
  if (each.change.one !== null) {
    const words = values(each, "change", count);
    for (let at = 0; at < count; at++) lineChange[line + at] = Math.max(0, CHANGES.indexOf(words[at]));
  }
  line += count;
}
const starts = new Int32Array(COUNT + 1);
for (let at = 0; at < LINES; at++) { starts[source[at] + 1]++; starts[target[at] + 1]++; }
for (let node = 0; node < COUNT; node++) starts[node + 1] += starts[node];
const ends = new Int32Array(2 * LINES);
const next = starts.slice();
for (let at = 0; at < LINES; at++) { ends[next[source[at]]++] = at; ends[next[target[at]]++] = at; }

const linesOf = (node) => ends.subarray(starts[node], starts[node + 1]);
const otherEnd = (at, node) => (source[at] === node ? target[at] : source[at]);
const teamRole = (at) => {
  const relation = relations[relationOf[at]];
  return values(relation, "role", relation.from.length)[at - relation.first];
};

/** Return pairs of other end and line, for one type of an entity's relationships, without removed ones. */
function along(node, type) {
  const there = (at) => relations[relationOf[at]].type === type && lineChange[at] !== 3;
  return Array.from(linesOf(node)).filter(there).map((at) => [otherEnd(at, node), at]);
}

/** Return what a member can reach by teams, or who can reach a project: ends with their teams, and all lines. */
function reach(node) {
  const [near, far] = is(node, "sentry_member") ? [IN_TEAM, OF_TEAM] : [OF_TEAM, IN_TEAM];
  const found = new Map();
  const lines = [];
  for (const [team, at] of along(node, near)) {
    lines.push(at);
    for (const [end, on] of along(team, far)) {
      if (!found.has(end)) found.set(end, []);
      found.get(end).push(team);
      lines.push(on);
    }
  }
  return { found, lines };
}

/** Return a flag for each entity: 1 for a team, its members and projects, and what these have. */
function entitiesOfTeam(team) {
  const inside = new Uint8Array(COUNT);
  inside[team] = 1;
  for (const at of linesOf(team)) {
    const end = otherEnd(at, team);
    inside[end] = 1;
    if (is(end, "sentry_project")) {
      for (const on of linesOf(end)) if (source[on] === end) inside[target[on]] = 1;
    }
  }
  return inside;
}

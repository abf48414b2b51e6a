// The panel about all entities: findings, changes, and the legend, whose entries are filters.

const filters = { hidden: new Set(), severity: 0, change: 0, team: -1, check: null };
let inTeam = null;

/** Tell whether an entity passes the filters. */
function passes(node) {
  return shown[node] && (!filters.severity || severityOf[node] === filters.severity)
    && (!filters.change || changeOf[node] === filters.change)
    && (!inTeam || inTeam[node]) && (!filters.check || inCheck[node]);
}
let inCheck = null;
const filtering = () => filters.severity || filters.change || inTeam || filters.check;

/** Set filters; one that has the same value already is taken back. */
function toggleFilters(wanted) {
  for (const [name, given] of Object.entries(wanted)) {
    const none = { severity: 0, change: 0, team: -1, check: null }[name];
    filters[name] = filters[name] === given ? none : given;
  }
  inTeam = filters.team >= 0 ? entitiesOfTeam(filters.team) : null;
  inCheck = filters.check && new Uint8Array(COUNT);
  for (const node of filters.check?.nodes ?? []) inCheck[node] = 1;
  choose(-1);
  if (filters.team >= 0) goTo(Array.from(X, (_, node) => node).filter((node) => inTeam[node] && is(node, "sentry_team")));
}

function toggleType(place) {
  if (!filters.hidden.delete(place)) filters.hidden.add(place);
  for (let node = 0; node < COUNT; node++) shown[node] = filters.hidden.has(typeOf[node]) ? 0 : 1;
  painted = null;
  choose(-1);
}

/** Make a line of the legend: a button with a mark, words and a number, pressed where it filters. */
function toggle(drawn, words, number, pressed, act, attributes = {}) {
  const again = () => {
    const place = [...panel.querySelectorAll(".row")].indexOf(made);
    act();
    panel.querySelectorAll(".row")[place]?.focus();
  };
  const made = make("button", { type: "button", class: "row", "aria-pressed": String(pressed), click: again, ...attributes },
    drawn, make("span", {}, words), make("b", {}, number.toLocaleString("en")));
  return make("li", {}, made);
}

function tally(of, length) {
  const found = new Array(length).fill(0);
  for (const each of of) found[each]++;
  return found;
}

function summary() {
  const [teams, members, projects] = ["sentry_team", "sentry_member", "sentry_project"];
  const counts = tally(severityOf, SEVERITIES.length);
  const worst = [4, 3, 2, 1].filter((each) => counts[each]).slice(0, 2).map((each) => `${counts[each].toLocaleString("en")} ${SEVERITIES[each]}`);
  return make("section", {}, make("h2", {}, worst.join(", ") || (checks.length ? "Nothing was found wrong" : data.title)),
    make("p", { class: "lead" }, `${count(total(members), PEOPLE)} reach ${count(total(projects), PROJECTS)} by ${count(total(teams), KINDS.sentry_team)}.`));
}

function partialNote() {
  if (!data.partial.length) return null;
  const lines = data.partial.map(({ type, organization, reason }) =>
    make("li", {}, make("b", {}, KINDS[type]?.[1] ?? type), organization ? ` of ${organization}` : "", `: ${reason}`));
  return make("section", {}, make("details", { class: "note" },
    make("summary", {}, `Not complete: ${count(lines.length, ["type is", "types are"])} partial. What is missing here may exist.`),
    make("ul", {}, ...lines)));
}

function wrongBlock() {
  const failed = checks.filter((each) => each.nodes.length);
  failed.sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.nodes.length - a.nodes.length);
  const rows = failed.map((check) => toggle(severityMark(check.severity), check.title, check.nodes.length,
    filters.check === check, () => toggleFilters({ check })));
  const unjudged = checks.filter((each) => each.status === "not_judged");
  const passed = checks.filter((each) => each.status === "passed").length;
  return checks.length ? section("What is wrong", make("ul", {}, ...rows),
    make("p", {}, make("small", {}, `${count(passed, ["check", "checks"])} passed.`)),
    unjudged.length ? make("details", {}, make("summary", {}, make("small", {}, `${count(unjudged.length, ["check", "checks"])} could not be judged.`)),
      make("ul", {}, ...unjudged.map((each) => make("li", {}, make("small", {}, `${each.title}: ${each.reason}`))))) : null) : null;
}

function changesBlock() {
  const counts = tally(changeOf, 4);
  const lines = tally(lineChange, 4);
  if (!counts[1] && !counts[2] && !counts[3] && !lines[1] && !lines[2] && !lines[3]) return null;
  const rows = [2, 1, 3].map((change) => toggle(changeMark(change), CHANGES[change][0].toUpperCase() + CHANGES[change].slice(1),
    counts[change], filters.change === change, () => toggleFilters({ change })));
  const told = `Relationships: ${lines[2]} added (whole lines), ${lines[1]} changed (dotted lines), ${lines[3]} removed (dashed lines).`;
  return section("Changes", make("ul", {}, ...rows), make("p", {}, make("small", {}, told)));
}

function teamBlock() {
  const type = types.find((each) => each.type === "sentry_team");
  if (!type) return null;
  const teams = Array.from({ length: type.count }, (_, at) => type.first + at);
  teams.sort((a, b) => alphabet.compare(nameOf(a), nameOf(b)));
  const choice = make("select", { "aria-label": "Team", change: () => toggleFilters({ team: Number(choice.value) }) },
    make("option", { value: -1 }, "All teams"), ...teams.map((node) => make("option", { value: node }, nameOf(node))));
  choice.value = String(filters.team);
  return section("Team", choice);
}

function legend() {
  const counts = tally(severityOf, SEVERITIES.length);
  const kinds = types.map((type, place) => toggle(mark(type.shape, type.colour), type.names, type.count,
    !filters.hidden.has(place), () => toggleType(place), { class: filters.hidden.has(place) ? "row kind off" : "row kind" }));
  const worst = [4, 3, 2, 1].map((severity) => toggle(severityMark(SEVERITIES[severity]),
    SEVERITIES[severity][0].toUpperCase() + SEVERITIES[severity].slice(1), counts[severity],
    filters.severity === severity, () => toggleFilters({ severity })));
  return [
    section("Worst finding of each", make("ul", {}, ...worst)),
    section("Shapes", make("ul", {}, ...kinds)),
    section("How to read it", make("p", {}, make("small", {}, "Each disc is a team: at its left its people, at its right its projects with what "
      + "they have. Who is in several teams stands with the smallest. Lines to other teams run below the discs. Larger, ringed "
      + "and marked is what is wrong. Choose somebody to see what they can reach, or a project to see who can reach it."))),
  ];
}

function overview() {
  const reset = filtering() ? make("div", { class: "bar" }, make("button", { type: "button", click: () =>
    toggleFilters({ severity: filters.severity, change: filters.change, team: filters.team, check: filters.check }) }, "Show everything")) : null;
  return [reset, summary(), partialNote(), wrongBlock(), changesBlock(), teamBlock(), ...legend()];
}

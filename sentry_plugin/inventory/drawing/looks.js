// How each kind of entity, severity and change looks: a colour and a shape, never a colour alone.

const DETAIL = ["diamond", 2.6, "detail"];
const LOOKS = {
  __proto__: null,
  sentry_organization: ["pentagon", 9, "organization"],
  sentry_team: ["hexagon", 7, "team"],
  sentry_project: ["square", 3.5, "project"],
  sentry_member: ["circle", 3.3, "member"],
  sentry_role: ["triangle", 4, "team"],
  sentry_finding: DETAIL,
  sentry_client_key: ["triangle", 2.6, "detail"],
};
for (const type of types) [type.shape, type.size, type.colour] = LOOKS[type.type] ?? DETAIL;

// By severity: how much larger an entity is drawn, and its least radius in CSS pixels.
const GROWTH = [1, 1.05, 1.12, 1.2, 1.3];
const LEAST = [0.5, 0.6, 0.8, 1.1, 1.8];
const SIGNS = { low: "dot", medium: "dash", high: "bang", critical: "cross", changed: "wave", added: "plus", removed: "minus" };

const SIDES = { triangle: [3, -Math.PI / 2], diamond: [4, 0], square: [4, Math.PI / 4], pentagon: [5, -Math.PI / 2], hexagon: [6, 0] };

/** Add a shape to a path, around (x, y), with the area of a circle of radius r. */
function addShape(path, shape, x, y, r) {
  if (shape === "circle") {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  const [sides, turn] = SIDES[shape];
  const far = r * Math.sqrt((2 * Math.PI) / (sides * Math.sin((2 * Math.PI) / sides)));
  for (let side = 0; side < sides; side++) {
    const angle = turn + (2 * Math.PI * side) / sides;
    const [px, py] = [x + far * Math.cos(angle), y + far * Math.sin(angle)];
    if (side) path.lineTo(px, py); else path.moveTo(px, py);
  }
  path.closePath();
}

const STROKES = {
  dot: [[0, -0.1, 0, 0.1]],
  dash: [[-0.55, 0, 0.55, 0]],
  minus: [[-0.6, 0, 0.6, 0]],
  bang: [[0, -0.6, 0, 0.15], [0, 0.5, 0, 0.6]],
  cross: [[-0.45, -0.45, 0.45, 0.45], [-0.45, 0.45, 0.45, -0.45]],
  plus: [[-0.6, 0, 0.6, 0], [0, -0.6, 0, 0.6]],
  wave: [[-0.6, 0.25, -0.2, -0.25], [-0.2, -0.25, 0.2, 0.25], [0.2, 0.25, 0.6, -0.25]],
};

/** Add a sign to a path, to be stroked. */
function addSign(path, name, x, y, r) {
  for (const [x1, y1, x2, y2] of STROKES[name]) {
    path.moveTo(x + x1 * r, y + y1 * r);
    path.lineTo(x + x2 * r, y + y2 * r);
  }
}

let colours;
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "ground", "rim", "panel", "ink", "soft", "line", "accent", "organization", "team", "member", "project",
    "detail", ...SEVERITIES.slice(1), ...CHANGES.slice(1)];
  colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}
readColours();

/** Make an element; functions become event listeners, and texts are never read as markup. */
function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, given] of Object.entries(attributes)) {
    if (typeof given === "function") made.addEventListener(name, given);
    else if (given !== null && given !== undefined && given !== false) made.setAttribute(name, given);
  }
  made.append(...inside.filter((each) => each !== null && each !== undefined));
  return made;
}

/** Make a small picture to stand in text: a shape, with the sign of a severity or change in it. */
function mark(shape, colour, signName) {
  const SVG = "http://www.w3.org/2000/svg";
  const words = [];
  const path = {
    moveTo: (x, y) => words.push(`M${x.toFixed(2)} ${y.toFixed(2)}`),
    lineTo: (x, y) => words.push(`L${x.toFixed(2)} ${y.toFixed(2)}`),
    arc: (x, y, r) => words.push(`A${r} ${r} 0 1 1 ${x - r} ${y}A${r} ${r} 0 1 1 ${x + r} ${y}`),
    closePath: () => words.push("Z"),
  };
  const svg = document.createElementNS(SVG, "svg");
  const add = (attributes) => {
    const drawn = document.createElementNS(SVG, "path");
    for (const [name, given] of Object.entries({ d: words.splice(0).join(""), ...attributes })) drawn.setAttribute(name, given);
    svg.append(drawn);
  };
  svg.setAttribute("viewBox", "-10 -10 20 20");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  addShape(path, shape, 0, 0, 8);
  add({ fill: `var(--${colour})` });
  if (signName) {
    addSign(path, signName, 0, 0, 8);
    add({ fill: "none", stroke: "var(--panel)", "stroke-width": 2.6, "stroke-linecap": "round" });
  }
  return svg;
}

const severityMark = (severity) => mark("circle", severity, SIGNS[severity]);

/** Make the mark of an entity: the shape of its type, with colour and sign of its worst finding. */
function markOf(node) {
  const type = types[typeOf[node]];
  const severity = SEVERITIES[severityOf[node]];
  return severityOf[node] ? mark(type.shape, severity, SIGNS[severity]) : mark(type.shape, type.colour);
}

// Paints the picture: the grounds, the lines, the entities, and above them what stands out.

const context = canvas.getContext("2d");
const base = document.createElement("canvas");
const baseContext = base.getContext("2d");
let painted = null; // the camera that the base picture was painted for
let slow = false;
let settle = 0;

const discOf = new Int32Array(COUNT).fill(-1);
for (const [place, disc] of discs.entries()) if (disc.node >= 0) discOf[disc.node] = place;

// Lines within a team's ground are its spokes; lines to other teams are painted below the grounds.
const SPOKE = 1, ACROSS = 2, SILENT = 0;
const lineKind = new Uint8Array(LINES);
for (let at = 0; at < LINES; at++) {
  const type = relations[relationOf[at]].type;
  const disc = discs[discOf[source[at]]];
  if (type === "sentry_member_assigned_role") lineKind[at] = SILENT;
  else if (disc) lineKind[at] = Math.hypot(X[target[at]] - disc.x, Y[target[at]] - disc.y) < disc.r ? SPOKE : ACROSS;
  else lineKind[at] = SPOKE;
}

/** A flag for each entity: 0 for those that are hidden. */
const shown = new Uint8Array(COUNT).fill(1);
/** The entities and lines that stand out, or null where nothing does. */
let focus = null;
let selected = -1;

let due = 0;
function repaint(moving = false) {
  clearTimeout(settle);
  if (moving && slow) settle = setTimeout(() => repaint(), 120);
  const quick = moving && slow && painted;
  cancelAnimationFrame(due);
  due = requestAnimationFrame(() => paint(quick));
}
function repaintAll() { painted = null; repaint(); }

function paint(quick) {
  if (stage.hidden || !size.width || !size.height) return;
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) { [canvas.width, canvas.height] = [width, height]; painted = null; }
  const same = painted && painted.x === camera.x && painted.y === camera.y && painted.scale === camera.scale;
  if (!same && !quick) {
    const began = performance.now();
    [base.width, base.height] = [width, height];
    baseContext.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintBase(baseContext);
    painted = { ...camera };
    slow = performance.now() - began > 25;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, width, height);
  const grown = camera.scale / painted.scale;
  context.drawImage(base,
    ((painted.x - camera.x) * camera.scale + size.width / 2) * ratio - (width / 2) * grown,
    ((painted.y - camera.y) * camera.scale + size.height / 2) * ratio - (height / 2) * grown,
    width * grown, height * grown);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (focus) paintFocus(context);
  if (selected >= 0) paintSelected(context);
}

const visible = (x, y, r) => Math.abs(x - camera.x) - r < size.width / 2 / camera.scale
  && Math.abs(y - camera.y) - r < size.height / 2 / camera.scale;

function paintBase(on) {
  on.fillStyle = colours.paper;
  on.fillRect(0, 0, size.width, size.height);
  if (islands.length > 1) for (const island of islands) paintIsland(on, island);
  paintLines(on, ACROSS, colours.line, Math.max(0.05, Math.min(0.3, 500 / LINES)));
  paintGrounds(on);
  paintLines(on, SPOKE, colours.line, Math.min(0.55, 0.2 + camera.scale * 0.15));
  paintChangedLines(on);
  paintNodes(on, (node) => shown[node]);
  paintLabels(on);
}

function paintIsland(on, island) {
  on.strokeStyle = colours.rim;
  on.lineWidth = 1.5;
  on.beginPath();
  on.arc(screenX(island.x), screenY(island.y), island.r * camera.scale, 0, 2 * Math.PI);
  on.stroke();
}

function paintGrounds(on) {
  const [left, right] = [new Path2D(), new Path2D()];
  on.beginPath();
  for (const { x, y, r } of discs) {
    if (!visible(x, y, r)) continue;
    const [px, py, pr] = [screenX(x), screenY(y), (r - 1) * camera.scale];
    on.moveTo(px + pr, py);
    on.arc(px, py, pr, 0, 2 * Math.PI);
    for (const [side, from] of [[right, -1.3], [left, Math.PI - 1.3]]) {
      side.moveTo(px, py);
      side.arc(px, py, pr, from, from + 2.6);
      side.closePath();
    }
  }
  on.fillStyle = colours.ground;
  on.fill();
  on.strokeStyle = colours.rim;
  on.lineWidth = 1;
  on.stroke();
  on.globalAlpha = 0.1;
  on.fillStyle = colours.member;
  on.fill(left);
  on.fillStyle = colours.project;
  on.fill(right);
  on.globalAlpha = 1;
}

function paintLines(on, kind, colour, alpha) {
  on.beginPath();
  for (let at = 0; at < LINES; at++) {
    if (lineKind[at] !== kind || lineChange[at] || !shown[source[at]] || !shown[target[at]]) continue;
    addLine(on, at);
  }
  on.globalAlpha = alpha;
  on.strokeStyle = colour;
  on.lineWidth = kind === SPOKE ? Math.min(1, 0.4 + camera.scale * 0.2) : 0.8;
  on.stroke();
  on.globalAlpha = 1;
}

function addLine(on, at) {
  const x1 = screenX(X[source[at]]), y1 = screenY(Y[source[at]]);
  const x2 = screenX(X[target[at]]), y2 = screenY(Y[target[at]]);
  if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0) return;
  if (Math.min(x1, x2) > size.width || Math.min(y1, y2) > size.height) return;
  on.moveTo(x1, y1);
  on.lineTo(x2, y2);
}

function paintChangedLines(on) {
  for (const [change, dashes] of [[1, [1.5, 3]], [2, []], [3, [5, 4]]]) {
    on.beginPath();
    for (let at = 0; at < LINES; at++) if (lineChange[at] === change) addLine(on, at);
    on.strokeStyle = colours[CHANGES[change]];
    on.lineWidth = 1.6;
    on.setLineDash(dashes);
    on.stroke();
    on.setLineDash([]);
  }
}

const LOW = 1;
const radiusOf = (node) => {
  const severity = severityOf[node];
  return Math.max(types[typeOf[node]].size * GROWTH[severity] * camera.scale, LEAST[severity], 0.5);
};

/** Paint entities: those without a finding first, the most severe last. */
function paintNodes(on, wanted) {
  for (let severity = 0; severity < SEVERITIES.length; severity++) {
    for (const [place, type] of types.entries()) {
      const found = [];
      for (let node = type.first; node < type.first + type.count; node++) {
        if (severityOf[node] === severity && wanted(node) && visible(X[node], Y[node], 12)) found.push(node);
      }
      if (found.length) paintAlike(on, found, type, severity);
    }
  }
  paintChanges(on, wanted);
}

function paintAlike(on, nodes, type, severity) {
  const r = radiusOf(nodes[0]);
  const colour = colours[severity ? SEVERITIES[severity] : type.colour];
  const filling = severity === LOW ? colours[type.colour] : colour;
  const gone = nodes.filter((node) => changeOf[node] === 3);
  on.beginPath();
  for (const node of nodes) {
    if (changeOf[node] === 3) continue;
    const x = screenX(X[node]), y = screenY(Y[node]);
    if (r < 1.6) on.rect(x - r, y - r, 2 * r, 2 * r);
    else addShape(on, type.shape, x, y, r);
  }
  on.fillStyle = filling;
  on.fill();
  if (severity === LOW && r > 1.6) { on.strokeStyle = colour; on.lineWidth = Math.max(1, r * 0.28); on.stroke(); }
  if (severity >= 3 && (r > 2.6 || (severity === 4 && camera.scale > 0.3))) paintRings(on, nodes, type, r, severity - 2, colour);
  if (severity > LOW && r > 5) paintSigns(on, nodes, SIGNS[SEVERITIES[severity]], r, colours.ground);
  on.beginPath();
  for (const node of gone) addShape(on, type.shape, screenX(X[node]), screenY(Y[node]), r);
  on.strokeStyle = colour;
  on.lineWidth = 1;
  on.setLineDash([2, 2]);
  on.stroke();
  on.setLineDash([]);
}

function paintRings(on, nodes, type, r, rings, colour) {
  on.beginPath();
  for (const node of nodes) {
    for (let ring = 1; ring <= rings; ring++) addShape(on, type.shape, screenX(X[node]), screenY(Y[node]), r + Math.max(1.6, r * 0.32) * ring);
  }
  on.strokeStyle = colour;
  on.lineWidth = Math.max(0.7, r * 0.1);
  on.stroke();
}

function paintSigns(on, nodes, name, r, colour) {
  on.beginPath();
  for (const node of nodes) addSign(on, name, screenX(X[node]), screenY(Y[node]), r);
  on.strokeStyle = colour;
  on.lineWidth = Math.max(1.2, r * 0.26);
  on.lineCap = "round";
  on.stroke();
}

/** Paint the signs of changes at the upper left of entities, large enough to be seen in the whole picture. */
function paintChanges(on, wanted) {
  for (const change of [1, 2, 3]) {
    const found = nodesByChange[change].filter((node) => wanted(node) && visible(X[node], Y[node], 12));
    const r = Math.max(4, Math.min(9, 2 * camera.scale));
    const at = found.map((node) => [screenX(X[node]) - radiusOf(node) * 0.9, screenY(Y[node]) - radiusOf(node) * 0.9]);
    on.beginPath();
    for (const [x, y] of at) { on.moveTo(x + r, y); on.arc(x, y, r, 0, 2 * Math.PI); }
    on.fillStyle = colours[CHANGES[change]];
    on.fill();
    on.strokeStyle = colours.ground;
    on.lineWidth = 1.2;
    on.stroke();
    on.beginPath();
    for (const [x, y] of at) addSign(on, SIGNS[CHANGES[change]], x, y, r);
    on.lineWidth = r * 0.3;
    on.lineCap = "round";
    on.stroke();
  }
}
const nodesByChange = [[], [], [], []];
for (let node = 0; node < COUNT; node++) if (changeOf[node]) nodesByChange[changeOf[node]].push(node);

function fitted(on, text, width) {
  if (on.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 2 && on.measureText(`${text.slice(0, length)}\u2026`).width > width) length = Math.floor(length * 0.85);
  return length > 2 ? `${text.slice(0, length)}\u2026` : "";
}

function label(on, text, x, y, width, halo = colours.ground) {
  const words = fitted(on, text, width);
  if (!words) return;
  on.lineJoin = "round";
  on.lineWidth = 3;
  on.strokeStyle = halo;
  on.strokeText(words, x, y);
  on.fillText(words, x, y);
}

const font = (size, weight = 500) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`;

function paintLabels(on) {
  on.textAlign = "center";
  on.textBaseline = "middle";
  on.fillStyle = colours.ink;
  for (const island of islands) {
    const size = Math.max(14, Math.min(30, 26 * camera.scale));
    on.font = font(size, 650);
    const room = island.r * 2 * camera.scale;
    const name = island.node >= 0 ? nameOf(island.node) : "No organization";
    label(on, name, screenX(island.x), screenY(island.head) - size * 0.8, Math.max(room, 120), colours.paper);
  }
  for (const { node, x, y, r } of discs) {
    const width = 2 * r * camera.scale;
    if (width < 52 || !visible(x, y, r) || (node >= 0 && !shown[node])) continue;
    on.font = font(Math.min(15, Math.max(10, width * 0.1)), 600);
    const name = node >= 0 ? nameOf(node) : "In no team";
    if (width < 110 && on.measureText(name).width > width) continue;
    label(on, name, screenX(x), screenY(y) + (node >= 0 ? 12.5 * camera.scale : 0), Math.min(width, 220));
  }
  if (camera.scale < 6) return;
  on.font = font(11);
  for (let node = 0; node < COUNT; node++) {
    if (!shown[node] || is(node, "sentry_team") || !visible(X[node], Y[node], 5)) continue;
    label(on, nameOf(node), screenX(X[node]), screenY(Y[node]) + radiusOf(node) + 10, camera.scale * 9.4);
  }
}

function paintFocus(on) {
  on.globalAlpha = 0.82;
  on.fillStyle = colours.paper;
  on.fillRect(0, 0, size.width, size.height);
  on.globalAlpha = 1;
  for (const [lines, width, alpha] of [[focus.far ?? [], 1, 0.5], [focus.near ?? [], 1.8, 0.95]]) {
    on.beginPath();
    for (const at of lines) addLine(on, at);
    on.strokeStyle = colours.accent;
    on.globalAlpha = lines.length > 400 ? alpha * 0.4 : alpha;
    on.lineWidth = width;
    on.stroke();
    on.globalAlpha = 1;
  }
  paintNodes(on, (node) => focus.nodes[node] && shown[node]);
  if (focus.named) paintNames(on, focus.named);
}

/** Write names beside entities where there is room: those of people at the left, away from the team. */
function paintNames(on, nodes) {
  const taken = [];
  on.textAlign = "left";
  on.textBaseline = "middle";
  on.fillStyle = colours.ink;
  for (const node of nodes.slice(0, 60)) {
    if (!visible(X[node], Y[node], 1)) continue;
    on.font = font(12, node === selected ? 700 : 500);
    const words = fitted(on, nameOf(node), 180);
    const wide = on.measureText(words).width;
    const away = radiusOf(node) + 8;
    const [x, y] = [screenX(X[node]) + (is(node, "sentry_member") ? -away - wide : away), screenY(Y[node])];
    if (taken.some(([left, middle, width]) => x < left + width + 6 && left < x + wide + 6 && Math.abs(middle - y) < 16)) continue;
    taken.push([x, y, wide]);
    label(on, words, x, y, 200, colours.paper);
  }
}

function paintSelected(on) {
  const r = Math.max(radiusOf(selected) * 1.6, 9);
  on.beginPath();
  on.arc(screenX(X[selected]), screenY(Y[selected]), r + 2, 0, 2 * Math.PI);
  on.strokeStyle = colours.accent;
  on.lineWidth = 3;
  on.stroke();
}

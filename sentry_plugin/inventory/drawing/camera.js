// The camera: which part of the picture is shown (centre and scale), and how it moves.

const canvas = document.getElementById("picture");
const stage = document.getElementById("stage");
const camera = { x: 0, y: 0, scale: 1 };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const CLOSEST = 14;
const size = { width: 0, height: 0 }; // of the stage, in CSS pixels; reading it from the page is slow
function measure() {
  Object.assign(size, { width: stage.clientWidth, height: stage.clientHeight });
}
measure();

const screenX = (x) => (x - camera.x) * camera.scale + size.width / 2;
const screenY = (y) => (y - camera.y) * camera.scale + size.height / 2;
const worldX = (px) => (px - size.width / 2) / camera.scale + camera.x;
const worldY = (py) => (py - size.height / 2) / camera.scale + camera.y;

/** Return the camera that shows all of these discs. */
function cameraFor(boxes) {
  const [left, right] = [Math.min(...boxes.map((b) => b.x - b.r)), Math.max(...boxes.map((b) => b.x + b.r))];
  const [top, bottom] = [Math.min(...boxes.map((b) => b.y - b.r)), Math.max(...boxes.map((b) => b.y + b.r))];
  const [width, height] = [Math.max(size.width - 24, 60), Math.max(size.height - 52, 60)];
  const scale = Math.min(width / (right - left), height / (bottom - top));
  return { x: (left + right) / 2, y: (top + bottom) / 2 - 6 / scale, scale: Math.min(scale, 6) };
}

const islands = data.islands.map(([node, x, y, r]) => ({ node, x, y, r }));
const discs = data.teams.map(([node, x, y, r]) => ({ node, x, y, r }));
// The name of an organization stands above its shelf, which stands above its teams.
for (const island of islands) {
  const inside = discs.filter(({ x, y }) => Math.hypot(x - island.x, y - island.y) < island.r);
  island.head = Math.min(island.y, ...inside.map(({ y, r }) => y - r)) - 48;
}
const heads = islands.map(({ x, head }) => ({ x, y: head, r: 24 }));
const cameraForAll = () => cameraFor(discs.length && islands.length === 1 ? [...discs, ...heads] : [...islands, { x: 0, y: 0, r: 60 }]);

let flight = 0;
/** Move the camera, at once where the user prefers no motion. */
function fly(to) {
  cancelAnimationFrame(flight);
  if (calm.matches || document.hidden) { Object.assign(camera, to); repaint(); return; }
  const from = { ...camera };
  const began = performance.now();
  const step = (now) => {
    const part = Math.min(1, Math.max(0, (now - began) / 260));
    const eased = 1 - (1 - part) ** 3;
    camera.scale = from.scale * (to.scale / from.scale) ** eased;
    camera.x = from.x + (to.x - from.x) * eased;
    camera.y = from.y + (to.y - from.y) * eased;
    repaint(part < 1);
    if (part < 1) flight = requestAnimationFrame(step);
  };
  flight = requestAnimationFrame(step);
}

/** Zoom around a point of the screen. */
function zoom(factor, px = size.width / 2, py = size.height / 2) {
  cancelAnimationFrame(flight);
  const scale = Math.min(CLOSEST, Math.max(cameraForAll().scale / 2, camera.scale * factor));
  const [x, y] = [worldX(px), worldY(py)];
  camera.x = x - (px - size.width / 2) / scale;
  camera.y = y - (py - size.height / 2) / scale;
  camera.scale = scale;
  repaint(true);
}

function pan(dx, dy) {
  cancelAnimationFrame(flight);
  camera.x -= dx / camera.scale;
  camera.y -= dy / camera.scale;
  repaint(true);
}

/** Bring entities into view, close enough to see them apart. */
function goTo(nodes) {
  const boxes = nodes.map((node) => ({ x: X[node], y: Y[node], r: 40 }));
  const to = cameraFor(boxes);
  fly({ ...to, scale: Math.min(to.scale, 3.2) });
}
const inView = (node) => {
  const [px, py] = [screenX(X[node]), screenY(Y[node])];
  return px > 20 && py > 20 && px < size.width - 20 && py < size.height - 20;
};

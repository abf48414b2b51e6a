// Reads the page's data, each column only when it is needed; columns.py writes it.

const data = JSON.parse(document.getElementById("data").textContent);

/** Return the numbers whose differences are given. */
function runningSums(steps) {
  let sum = 0;
  return Int32Array.from(steps, (step) => (sum += step));
}

/** Return the values of a column; null means absent. */
function unfolded(columns, name, count) {
  const column = Object.hasOwn(columns, name) && columns[name];
  if (!column) return new Array(count).fill(null);
  if (column.same) return values(columns, column.same, count);
  if (!column.none) return present(column, count);
  const absent = runningSums(column.none);
  const made = present(column, count - absent.length);
  const whole = new Array(count).fill(undefined);
  for (const place of absent) whole[place] = null;
  let next = 0;
  return whole.map((value) => (value === null ? null : made[next++]));
}

function present(column, count) {
  if ("one" in column) return new Array(count).fill(column.one);
  if (column.of) return Array.from(column.is, (letter) => column.of[LETTERS.indexOf(letter)]);
  if (column.n) {
    let sum = 0;
    const spelled = column.text ? String : Number;
    return column.n.map((step) => spelled(column.from + column.by * (sum += step)));
  }
  if ("a" in column) return column.all.map((rest) => column.a + rest + column.z);
  return column.all;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const unfoldedBefore = new Map();

function values(columns, name, count) {
  let known = unfoldedBefore.get(columns);
  if (!known) unfoldedBefore.set(columns, (known = new Map()));
  if (!known.has(name)) known.set(name, unfolded(columns, name, count));
  return known.get(name);
}

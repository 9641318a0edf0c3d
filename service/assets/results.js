// Sorts the table of a result where it stands, when all its rows are here; otherwise the form asks the service.
// Without this script the buttons in the header submit that form.

const table = document.querySelector("table.results[data-whole]");

/** What to compare by: numbers and dates carry their value, everything else is its text. */
function key(row, place, kind) {
  const cell = row.cells[place];
  const text = cell.querySelector(":scope > a")?.textContent ?? cell.textContent;
  if (kind === "number") return cell.dataset.sort === undefined ? -Infinity : Number(cell.dataset.sort);
  return kind === "date" ? (cell.dataset.sort ?? "") : text.trim();
}

function sort(header) {
  const place = header.cellIndex;
  const { kind } = header.dataset;
  const down = header.ariaSort === "ascending";
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const compare = kind === "number" || kind === "date" ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : words.compare;
  const [body] = table.tBodies;
  const rows = [...body.rows].map((row) => [key(row, place, kind), row]);
  rows.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
  body.append(...rows.map(([, row]) => row));
  [...body.rows].forEach((row, n) => { row.cells[0].textContent = n + 1; });
  for (const other of table.tHead.rows[0].cells) if (other.hasAttribute("aria-sort")) other.ariaSort = "none";
  header.ariaSort = down ? "descending" : "ascending";
}

table?.tHead.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=sort]");
  if (!button) return;
  event.preventDefault();
  sort(button.closest("th"));
});

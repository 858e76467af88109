// Rows of the network as objects, and what is said of them.

const METRICS = { parameters: 'Parameters', macs: 'Multiply–accumulates', kept: 'Kept for gradients' };

/** The rows at each level; each knows its level, its place, its colour and the row around it. */
function readRows(data) {
  const rows = {};
  for (const [level, found] of Object.entries(data.rows)) {
    rows[level] = found.map((values, place) => {
      const row = { level, place, around: null };
      data.columns.forEach((name, column) => { row[name] = values[column]; });
      return row;
    });
  }
  let place = 0;
  const starts = data.entries.flatMap((entry) => entry.inside.map(([, , first]) => first));
  data.entries.forEach((entry, number) => {
    const stage = rows.stage[number];
    Object.assign(stage, { isStage: entry.stage > 0, color: entry.color });
    stage.blocks = entry.inside.map(([image, layers, first]) => {
      const block = rows.block[place];
      place += 1;
      const within = rows.layer.slice(first, starts[place] ?? rows.layer.length);
      Object.assign(block, { color: entry.color, around: stage, image, layers, first });
      within.forEach((layer) => Object.assign(layer, { color: entry.color, around: block }));
      return block;
    });
  });
  return rows;
}

const counted = (number) => number.toLocaleString('en-US');

/** Three significant digits: `25.6 M`. */
function quantity(number, prefixes = ['', ' k', ' M', ' G', ' T', ' P', ' E']) {
  if (number < 1000) return `${number}${prefixes[0]}`;
  const [digits, exponent] = number.toExponential(2).split('e');
  const power = Math.min(Math.floor(exponent / 3), prefixes.length - 1);
  const shift = exponent - 3 * power;
  return `${(digits * 10 ** shift).toFixed(Math.max(0, 2 - shift))}${prefixes[power]}`;
}

const bytes = (number) => quantity(number, [' bytes', ' kB', ' MB', ' GB', ' TB', ' PB', ' EB']);
const amount = (metric, number) => (metric === 'kept' ? bytes(number) : quantity(number));

function percent(part, whole) {
  if (!part || !whole) return '';
  const share = (100 * part) / whole;
  return share >= 0.05 ? `${share.toFixed(1)} %` : '< 0.1 %';
}

const total = (rows, metric) => rows.layer.reduce((sum, row) => sum + row[metric], 0);

function field(row) {
  return `${row.field} pixels${row.jump ? `, every ${row.jump}` : ''}${row.whole ? ', and the whole input' : ''}`;
}

/** What a screen reader says of a row. */
function sentence(row) {
  const blocks = row.isStage ? `${row.blocks.length} ${row.blocks.length === 1 ? 'block' : 'blocks'}` : '';
  return [
    [row.path, row.kind, row.window].filter(Boolean).join(', '),
    blocks,
    `from ${row.input} to ${row.output}`,
    `${counted(row.parameters)} parameters`,
    `${counted(row.macs)} multiply-accumulates`,
    `${counted(row.kept)} bytes kept for gradients`,
    `receptive field ${field(row)}`,
  ].filter(Boolean).join('; ');
}

/** An element with properties, attributes and children. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Parameters, multiply–accumulates and activations along the depth.

const SVG = 'http://www.w3.org/2000/svg';

function makeBars(panel, rows, choose, show) {
  let shown = [];
  let cursors = [];

  function shape(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  /** A path with the bars of each colour, which is faster than an element for each bar. */
  function paths(metric, most) {
    const byColor = new Map();
    const width = shown.length > 200 ? 1 : 0.86;
    shown.forEach((row, place) => {
      const height = most ? (100 * row[metric]) / most : 0;
      const bar = `M${place + (1 - width) / 2},100v${-height.toFixed(2)}h${width}V100z`;
      byColor.set(row.color, (byColor.get(row.color) ?? '') + bar);
    });
    return [...byColor].map(([color, d]) => shape('path', { class: color, d }));
  }

  const at = (event, svg) => {
    const box = svg.getBoundingClientRect();
    return shown[Math.min(shown.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * shown.length)))];
  };

  function chart(metric) {
    const whole = total(rows, metric);
    const top = shown.reduce((best, row) => (row[metric] > best[metric] ? row : best));
    const most = top[metric] ? `most in ${top.path}: ${amount(metric, top[metric])}, ${percent(top[metric], whole)}` : 'none';
    const svg = shape('svg', { viewBox: `0 0 ${shown.length} 100`, preserveAspectRatio: 'none', role: 'img' });
    svg.setAttribute('aria-label', `${METRICS[metric]} along the depth: ${amount(metric, whole)} in all; ${most}`);
    const cursor = shape('rect', { class: 'cursor', width: 1, height: 100, x: -2 });
    cursors.push(cursor);
    svg.append(cursor, ...paths(metric, top[metric]));
    svg.addEventListener('pointermove', (event) => choose(at(event, svg)));
    svg.addEventListener('click', (event) => show(at(event, svg)));
    const caption = make('figcaption', {}, make('b', {}, `${METRICS[metric]}: ${amount(metric, whole)}`), make('span', {}, most));
    return make('figure', { class: 'chart' }, caption, svg);
  }

  /** The names of the stages, as wide as they are deep. */
  function axis() {
    const labels = rows.stage.map((stage) => {
      const count = shown.filter((row) => row === stage || row.around === stage || row.around?.around === stage).length;
      const label = make('span', { title: stage.path }, count / shown.length < 0.04 ? '' : stage.path);
      label.style.flex = `${count} 0 0`;
      return label;
    });
    return make('div', { class: 'axis', 'aria-hidden': 'true' }, ...labels);
  }

  function draw(level) {
    shown = rows[level];
    cursors = [];
    panel.replaceChildren(...Object.keys(METRICS).map(chart), axis());
  }

  /** Put the cursor on the bar of a row, or of what is around it. */
  function mark(row) {
    let each = row;
    while (each && each.level !== shown[0].level) each = each.around;
    const place = each ? each.place : shown.findIndex((other) => other.around === row || other.around?.around === row);
    cursors.forEach((cursor) => cursor.setAttribute('x', place));
  }
  return { draw, mark };
}

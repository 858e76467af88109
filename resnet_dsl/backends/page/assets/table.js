// The table of stages, blocks or layers, which sorts by any column.

const TABLE = [
  { key: 'path', title: 'path' },
  { key: 'kind', title: 'kind' },
  { key: 'window', title: 'window', level: 'layer' },
  { key: 'output', title: 'output', size: true },
  { key: 'parameters', title: 'parameters', number: true },
  { key: 'macs', title: 'MACs', number: true },
  { key: 'kept', title: 'kept bytes', number: true },
  { key: 'field', title: 'field', size: true },
];

function makeTable(panel, rows, show, sorting) {
  let level = 'block';
  let order = sorting;
  const lines = new Map();
  let most = {};
  const columns = () => TABLE.filter((column) => !column.level || column.level === level);
  const size = (text) => text.split('×').reduce((product, side) => product * side, 1);

  function compare(one, other) {
    const column = TABLE.find(({ key }) => key === order.key);
    const value = (row) => (column.size ? size(row[column.key]) : row[column.key]);
    const [a, b] = [value(one), value(other)];
    const found = typeof a === 'number' ? a - b : a.localeCompare(b, 'en', { numeric: true });
    return (order.isDescending ? -found : found) || one.place - other.place;
  }

  function cell(row, column) {
    if (column.key === 'path') {
      const button = make('button', { type: 'button', title: 'Show in the drawing' }, row.path);
      button.addEventListener('click', () => show(row));
      return make('th', { scope: 'row' }, button);
    }
    const value = row[column.key];
    if (!column.number) return make('td', column.size ? { class: 'number' } : {}, value);
    const found = make('td', { class: 'number share' }, value ? counted(value) : '');
    if (value) found.style.setProperty('--share', `${(100 * value) / most[column.key]}%`);
    return found;
  }

  function header(column) {
    const button = make('button', { type: 'button' }, column.title);
    const sort = order && order.key === column.key ? (order.isDescending ? 'descending' : 'ascending') : 'none';
    button.addEventListener('click', () => {
      const isNew = !order || order.key !== column.key;
      order = { key: column.key, isDescending: isNew ? Boolean(column.number || column.size) : !order.isDescending };
      draw(level);
      panel.querySelectorAll('thead button')[columns().indexOf(column)].focus();
    });
    return make('th', { scope: 'col', 'aria-sort': sort, class: column.number || column.size ? 'number' : '' }, button);
  }

  function draw(next) {
    level = next;
    lines.clear();
    most = Object.fromEntries(Object.keys(METRICS).map((metric) => [metric, Math.max(...rows[level].map((row) => row[metric]))]));
    const sorted = order && columns().some(({ key }) => key === order.key) ? [...rows[level]].sort(compare) : rows[level];
    const body = make('tbody', {}, ...sorted.map((row) => {
      const line = make('tr', {}, ...columns().map((column) => cell(row, column)));
      lines.set(row, line);
      return line;
    }));
    const title = make('caption', { class: 'hidden' }, `${level}s of the network; the buttons in the header sort`);
    panel.replaceChildren(make('table', {}, title, make('thead', {}, make('tr', {}, ...columns().map(header))), body));
  }

  function mark(row) {
    panel.querySelector('.chosen')?.classList.remove('chosen');
    let each = row;
    while (each && each.level !== level) each = each.around;
    lines.get(each)?.classList.add('chosen');
  }
  return { draw, mark, order: () => order };
}

// What is known of the part that the pointer or the focus is on.

function makeDetails(panel, rows) {
  const totals = Object.fromEntries(Object.keys(METRICS).map((metric) => [metric, total(rows, metric)]));

  function fact(name, value, remark = '') {
    const small = remark ? [' ', make('small', {}, remark)] : [];
    return make('div', {}, make('dt', {}, name), make('dd', {}, value, ...small));
  }

  return function show(row) {
    const facts = [
      fact('Input', row.input),
      fact('Output', row.output),
      ...(row.window ? [fact('Window', row.window)] : []),
      fact('Parameters', counted(row.parameters), percent(row.parameters, totals.parameters)),
      fact('Multiply–accumulates', counted(row.macs), percent(row.macs, totals.macs)),
      fact('Kept for gradients', bytes(row.kept), percent(row.kept, totals.kept)),
      fact('Receptive field', field(row)),
    ];
    if (row.isStage) facts.unshift(fact('Blocks', String(row.blocks.length)));
    if (row.note) {
      const note = fact('Shortcut', row.note);
      note.className = 'wide';
      facts.push(note);
    }
    panel.replaceChildren(make('h2', {}, row.path, make('span', {}, row.kind)), make('dl', {}, ...facts));
  };
}

// Puts the parts of the page together; what a reader has opened outlasts a redrawing.

const byId = (id) => document.getElementById(id);

/** Start the page, as it was left before if `past` says how. Returns a function that says how it is left. */
function start(past = {}) {
  const content = byId('data');
  if (!content) return () => past;
  const rows = readRows(JSON.parse(content.textContent));
  const canvas = makeCanvas(byId('pane'), byId('canvas'), byId('tree'), past.view);
  const details = makeDetails(byId('details'), rows);
  let chosen = null;

  function choose(row) {
    if (!row || row === chosen) return;
    chosen = row;
    [details, tree.mark, bars.mark, table.mark].forEach((tell) => tell(row));
  }
  const show = (row) => tree.show(row);
  const tree = makeTree(byId('tree'), rows, canvas, choose);
  const bars = makeBars(byId('bars'), rows, choose, show);
  const table = makeTable(byId('rows'), rows, show, past.order ?? null);

  function setLevel(level) {
    bars.draw(level);
    table.draw(level);
    if (chosen) [bars.mark, table.mark].forEach((tell) => tell(chosen));
  }
  const levels = [...document.querySelectorAll('[name=level]')];
  levels.forEach((input) => {
    if (past.level) input.checked = input.value === past.level;
    input.addEventListener('change', () => setLevel(input.value));
  });
  setLevel(levels.find((input) => input.checked).value);
  tree.restore(past.opened ?? new Set());
  const same = past.chosen && rows[past.chosen.level].find((row) => row.path === past.chosen.path);
  choose(same || rows.stage.find((row) => row.isStage) || rows.stage[0]);

  const actions = { 'zoom-in': canvas.zoomIn, 'zoom-out': canvas.zoomOut, fit: canvas.fit, 'open-all': tree.openAll, 'close-all': tree.closeAll };
  Object.entries(actions).forEach(([id, action]) => byId(id).addEventListener('click', () => action()));
  const defaults = byId('defaults');
  if (defaults) {
    const filter = () => byId('spec').classList.toggle('only-written', !defaults.checked);
    defaults.checked = past.hasDefaults ?? true;
    defaults.addEventListener('change', filter);
    filter();
  }
  past.places?.forEach((place) => byId(place.id)?.scrollTo(place.left, place.top));
  if (past.focused) tree.refocus(past.focused);
  return () => {
    canvas.destroy();
    const focused = document.activeElement?.row?.path;
    const level = levels.find((input) => input.checked).value;
    const places = [...document.querySelectorAll('.panels, .scroll')]
      .map((box) => ({ id: box.id, left: box.scrollLeft, top: box.scrollTop }));
    return {
      view: canvas.view(), opened: tree.opened, order: table.order(), level, chosen, focused,
      hasDefaults: defaults?.checked, places,
    };
  };
}

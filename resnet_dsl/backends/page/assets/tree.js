// The drawing as a tree: stages open into blocks, blocks into layers.

function makeTree(tree, rows, canvas, choose) {
  const items = () => [...tree.querySelectorAll('[role=treeitem]')];
  const isOpen = (item) => item.getAttribute('aria-expanded') === 'true';
  const around = (item) => item.parentElement.closest('[role=treeitem]');
  const opened = new Set();

  /** A copy of an image that equal parts share, with the name that is left open in it. */
  function image(number, name) {
    const copy = document.getElementById(`t${number}`).content.firstElementChild.cloneNode(true);
    copy.querySelectorAll('text.path').forEach((text) => { text.textContent = name; });
    return copy;
  }

  function equip(item, row) {
    item.row = row;
    item.setAttribute('aria-label', sentence(row));
  }

  function blockItem(row) {
    const item = make('li', { role: 'treeitem', tabindex: '-1', 'aria-expanded': 'false' });
    item.append(make('span', { class: 'gutter' }), make('div', { class: 'closed' }, image(row.image, row.path)));
    equip(item, row);
    return item;
  }

  function layerItems(row) {
    const copy = image(row.layers, row.path);
    copy.removeAttribute('aria-hidden');
    copy.setAttribute('role', 'presentation');
    copy.querySelectorAll('.layer').forEach((layer) => equip(layer, rows.layer[row.first + Number(layer.dataset.layer)]));
    return make('div', { role: 'group', class: 'layers' }, copy);
  }

  function open(item) {
    if (isOpen(item) || !item.hasAttribute('aria-expanded')) return;
    const { row } = item;
    const inside = row.isStage
      ? make('ul', { role: 'group' }, ...row.blocks.map(blockItem))
      : layerItems(row.blocks ? row.blocks[0] : row);
    item.append(inside);
    item.setAttribute('aria-expanded', 'true');
    opened.add(row.path);
  }

  function close(item) {
    if (!isOpen(item)) return;
    const inside = item.lastElementChild;
    const holdsFocus = inside.contains(document.activeElement);
    if (inside.querySelector('[tabindex="0"]')) item.setAttribute('tabindex', '0');
    inside.remove();
    item.setAttribute('aria-expanded', 'false');
    opened.delete(item.row.path);
    if (holdsFocus) focus(item);
  }

  const toggle = (item) => (isOpen(item) ? close(item) : open(item));

  function focus(item) {
    tree.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    item.setAttribute('tabindex', '0');
    item.focus({ preventScroll: true });
    canvas.reveal(isOpen(item) ? item.lastElementChild.querySelector('svg') : item);
  }

  /** Open what is around a row, and show its item. */
  function show(row) {
    const path = [];
    for (let each = row; each; each = each.around) path.unshift(each);
    let item = null;
    path.forEach((each) => {
      const found = items().find((candidate) => candidate.row === each);
      if (!found) return;
      item = found;
      if (each !== row) open(item);
    });
    if (item && item.row.level !== row.level) {
      open(item);
      item = items().find((candidate) => candidate.row === row) ?? item;
    }
    focus(item);
    choose(row);
  }

  function mark(row) {
    tree.querySelectorAll('.chosen').forEach((item) => item.classList.remove('chosen'));
    items().find((item) => item.row === row)?.classList.add('chosen');
  }

  function openAll() {
    items().forEach(open);
    items().forEach(open);
  }

  function closeAll() {
    items().filter((item) => !around(item)).forEach(close);
  }

  function press(event) {
    const item = event.target.closest('[role=treeitem]');
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = items();
    const place = all.indexOf(item);
    const go = (target) => target && focus(target);
    const actions = {
      ArrowDown: () => go(all[place + 1]),
      ArrowUp: () => go(all[place - 1]),
      Home: () => go(all[0]),
      End: () => go(all.at(-1)),
      ArrowRight: () => (isOpen(item) || !item.hasAttribute('aria-expanded') ? go(all.slice(place + 1).find((each) => around(each) === item)) : open(item)),
      ArrowLeft: () => (isOpen(item) ? close(item) : go(around(item))),
      Enter: () => toggle(item),
      ' ': () => toggle(item),
      '*': openAll,
      '+': canvas.zoomIn,
      '-': canvas.zoomOut,
      0: canvas.fit,
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  /** A click opens or closes, unless it ends a drag; on a layer it only chooses. */
  let start = null;
  tree.parentElement.parentElement.addEventListener('pointerdown', (event) => { start = event; }, true);
  tree.addEventListener('click', (event) => {
    const item = event.target.closest('[role=treeitem]');
    const isDrag = start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > 5;
    if (!item || isDrag) return;
    const isInside = event.target.closest('.layers, ul') && !event.target.matches('.gutter, .frame');
    if (item.matches('li') && !(isOpen(item) && isInside && event.target.closest('li') === item && !event.target.matches('.gutter'))) toggle(item);
    focus(item);
  });
  tree.addEventListener('keydown', press);
  tree.addEventListener('focusin', (event) => event.target.row && choose(event.target.row));
  tree.addEventListener('pointerover', (event) => {
    const item = event.target.closest('[role=treeitem]');
    if (item) choose(item.row);
  });

  [...tree.querySelectorAll('.entry')].forEach((item, number) => equip(item, rows.stage[number]));
  items()[0].setAttribute('tabindex', '0');

  /** Open what was open before. */
  function restore(names) {
    for (let depth = 0; depth < 2; depth += 1) items().filter((item) => names.has(item.row.path)).forEach(open);
  }

  function refocus(path) {
    const item = items().find((each) => each.row.path === path);
    if (item) focus(item);
  }
  return { show, mark, openAll, closeAll, opened, restore, refocus };
}

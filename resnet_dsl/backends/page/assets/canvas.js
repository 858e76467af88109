// Pan, zoom and fit of the drawing, by Panzoom.

const MARGIN = 12;

function makeCanvas(pane, canvas, content, view) {
  const panzoom = Panzoom(canvas, { canvas: true, cursor: 'grab', maxScale: 6, minScale: 0.03, step: 0.35, touchAction: 'none' });
  const middle = (side) => pane[side === 'x' ? 'clientWidth' : 'clientHeight'] / 2;

  /** Put a point of the content at a point of the pane; Panzoom scales around the middle of the pane. */
  function place(scale, content, at) {
    panzoom.zoom(scale, { force: true });
    panzoom.pan(...['x', 'y'].map((side) => (at[side] - middle(side)) / scale + middle(side) - content[side]), { force: true });
  }

  /** Where the pane shows a point of the content. */
  function shown(side, value) {
    return (value + panzoom.getPan()[side] - middle(side)) * panzoom.getScale() + middle(side);
  }

  function fit() {
    const [width, height] = [content.offsetWidth, content.offsetHeight];
    const room = { x: pane.clientWidth - 2 * MARGIN, y: pane.clientHeight - 2 * MARGIN };
    const scale = Math.min(1.5, Math.max(Math.min(room.x / width, room.y / height), Math.min(room.x / width, 1) * 0.62));
    const top = height * scale <= room.y ? pane.clientHeight / 2 - (height * scale) / 2 : MARGIN;
    place(scale, { x: width / 2, y: 0 }, { x: pane.clientWidth / 2, y: top });
  }

  /** Pan so that an element is in the pane, its top if it is higher; the transform may be under way. */
  function reveal(element) {
    pane.scrollTo(0, 0);
    const [box, whole] = [element.getBoundingClientRect(), content.getBoundingClientRect()];
    const applied = whole.width / content.offsetWidth;
    const missing = (side, start, length, room) => {
      const [first, last] = [shown(side, start / applied), shown(side, (start + length) / applied)];
      if (first < MARGIN || last - first > room - 2 * MARGIN) return MARGIN - first;
      return Math.min(0, room - MARGIN - last);
    };
    const right = missing('x', box.left - whole.left, box.width, pane.clientWidth);
    const down = missing('y', box.top - whole.top, box.height, pane.clientHeight);
    const scale = panzoom.getScale();
    if (right || down) panzoom.pan(right / scale, down / scale, { relative: true, force: true });
  }

  /** Scroll the drawing, which keeps some of it in the pane; the page scrolls where it ends. */
  function scroll(event) {
    if (event.ctrlKey || event.metaKey) {
      panzoom.zoomWithWheel(event);
      return;
    }
    const step = event.deltaMode === 1 ? 16 : 1;
    const [top, bottom] = [shown('y', 0), shown('y', content.offsetHeight)];
    const down = event.deltaY * step;
    if (down > 0 ? bottom <= pane.clientHeight : top >= 0) return;
    event.preventDefault();
    const limited = down > 0 ? Math.min(down, bottom - pane.clientHeight + MARGIN) : Math.max(down, top - MARGIN);
    panzoom.pan((-event.deltaX * step) / panzoom.getScale(), -limited / panzoom.getScale(), { relative: true, force: true });
  }

  pane.addEventListener('wheel', scroll, { passive: false });
  pane.addEventListener('scroll', () => pane.scrollTo(0, 0));
  setTimeout(() => {
    if (view) {
      panzoom.zoom(view.scale, { force: true });
      panzoom.pan(view.x, view.y, { force: true });
    } else fit();
  });
  return {
    fit,
    reveal,
    zoomIn: () => panzoom.zoomIn({ animate: false }),
    zoomOut: () => panzoom.zoomOut({ animate: false }),
    view: () => ({ ...panzoom.getPan(), scale: panzoom.getScale() }),
    destroy: () => panzoom.destroy(),
  };
}

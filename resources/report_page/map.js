// The map of the page, drawn here: rings around the site over coast lines, towns and streets. Nothing is loaded from a map service.

const RADIUS_M = 6371008.8;
const PIXELS_PER_RING = 45;
const NICE = [1, 2, 5];
const STREETS_BELOW = 20; // metres a pixel: farther away they would be one blot
const STREET_NAMES_BELOW = [8, 8, 4.5, 1.5]; // by rank
const SAME_NAME_PX = 260; // between a street's name and itself
const BUTTONS = [240, 84]; // in the lower right corner
const STREET_WIDTHS_M = [16, 12, 8];
const PATH = 3; // rank
const COAST_FROM = 30; // metres a pixel: closer, coast lines that are right to some 500 m would mislead

function ringMetres(metresPerPixel) {
  const least = metresPerPixel * PIXELS_PER_RING;
  const power = 10 ** Math.floor(Math.log10(least));
  return NICE.map((n) => n * power).find((n) => n >= least) || 10 * power;
}

export class SiteMap {
  // `placed(latitude, longitude)`: somebody chose a place. `lengths(metres)`: a length in words.
  constructor(canvas, site, placed, lengths) {
    this.canvas = canvas;
    this.site = site;
    this.placed = placed;
    this.lengths = lengths;
    this.metresPerPixel = Math.max(0.5, site.site_radius_m / 125);
    this.middle = [0, 0];
    this.pin = null;
    this.base = null; // what the engine knows around the site
    this.accuracy = 0;
    this.pointers = new Map();
    this.moved = false;
    this.listen();
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // Metres east and north of the site.
  toMetres(latitude, longitude) {
    const narrow = Math.cos((this.site.latitude * Math.PI) / 180);
    const degree = (Math.PI / 180) * RADIUS_M;
    return [(longitude - this.site.longitude) * degree * narrow, (latitude - this.site.latitude) * degree];
  }

  toPlace([east, north]) {
    const narrow = Math.cos((this.site.latitude * Math.PI) / 180);
    const degree = (Math.PI / 180) * RADIUS_M;
    return [this.site.latitude + north / degree, this.site.longitude + east / degree / narrow];
  }

  show(latitude, longitude, accuracy) {
    this.pin = this.toMetres(latitude, longitude);
    this.accuracy = accuracy;
    const [x, y] = this.toPixels(this.pin);
    if (x < 20 || y < 20 || x > this.canvas.clientWidth - 20 || y > this.canvas.clientHeight - 20) {
      this.middle = [this.pin[0] / 2, this.pin[1] / 2];
      const far = Math.hypot(...this.pin);
      this.metresPerPixel = Math.max(this.metresPerPixel, far / (0.7 * Math.min(this.canvas.clientWidth, this.canvas.clientHeight)));
    }
    this.draw();
  }

  clear() {
    this.pin = null;
    this.draw();
  }

  setBase(base) {
    this.base = base;
    this.draw();
  }

  recentre() {
    this.middle = [0, 0];
    this.metresPerPixel = Math.max(0.5, this.site.site_radius_m / 125);
    this.draw();
  }

  zoom(by) {
    this.metresPerPixel = Math.min(500, Math.max(0.1, this.metresPerPixel * by));
    this.draw();
  }

  toPixels([east, north]) {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    return [w / 2 + (east - this.middle[0]) / this.metresPerPixel, h / 2 - (north - this.middle[1]) / this.metresPerPixel];
  }

  fromPixels(x, y) {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    return [this.middle[0] + (x - w / 2) * this.metresPerPixel, this.middle[1] - (y - h / 2) * this.metresPerPixel];
  }

  put(metres) {
    this.pin = metres;
    this.accuracy = 0;
    this.draw();
    this.placed(...this.toPlace(metres));
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8);
    }, { passive: false });
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    this.moved = this.pointers.size > 1;
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    if (this.pointers.size === 2) {
      const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)[1];
      const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
      this.zoom(apart(before) / apart(now));
    } else if (this.moved || Math.hypot(now[0] - before[0], now[1] - before[1]) > 8) {
      this.moved = true;
      this.middle[0] -= (now[0] - before[0]) * this.metresPerPixel;
      this.middle[1] += (now[1] - before[1]) * this.metresPerPixel;
      this.draw();
    } else {
      return;
    }
    this.pointers.set(event.pointerId, now);
  }

  release(event) {
    const known = this.pointers.delete(event.pointerId);
    if (known && !this.moved) this.put(this.fromPixels(event.offsetX, event.offsetY));
  }

  key(event) {
    const step = (event.shiftKey ? 40 : 8) * this.metresPerPixel;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const [east, north] = this.pin || this.middle;
    if (moves[event.key]) this.put([east + moves[event.key][0], north + moves[event.key][1]]);
    else if (event.key === "Enter" || event.key === " ") this.put([east, north]);
    else if (event.key === "+") this.zoom(0.8);
    else if (event.key === "-") this.zoom(1.25);
    else return;
    event.preventDefault();
  }

  draw() {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    const share = window.devicePixelRatio || 1;
    this.canvas.width = w * share;
    this.canvas.height = h * share;
    const to = this.canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    to.scale(share, share);
    to.font = "13px system-ui, sans-serif";
    if (this.base) this.drawBase(to, w, h, colour);
    if (this.base) this.drawStreets(to, colour);
    const figures = this.drawRings(to, w, h, colour);
    if (this.base) this.drawNames(to, w, h, colour, figures);
    const [x, y] = this.toPixels([0, 0]);
    to.fillStyle = colour("--site");
    to.fillRect(x - 6, y - 6, 12, 12);
    to.fillText(this.site.name.slice(0, 40), x + 10, y + 4);
    to.fillText("N ↑", 8, 18);
    if (this.base) this.drawCredit(to, w, colour);
    if (this.pin) this.drawPin(to, colour);
  }

  // Beyond what is known the ground stays plain.
  drawBase(to, w, h, colour) {
    if (this.metresPerPixel < COAST_FROM || !this.base.land.length) return;
    const reach = this.base.reach_m;
    const [left, top] = this.toPixels([-reach, reach]);
    const side = (2 * reach) / this.metresPerPixel;
    to.save();
    to.beginPath();
    to.rect(left, top, side, side);
    to.clip();
    to.fillStyle = colour("--sea");
    to.fillRect(0, 0, w, h);
    to.beginPath();
    for (const ring of this.base.land) this.trace(to, ring);
    to.fillStyle = colour("--map");
    to.fill("evenodd");
    to.strokeStyle = colour("--grid");
    to.stroke();
    to.beginPath();
    for (const line of this.base.borders) this.trace(to, line);
    to.setLineDash([6, 4]);
    to.strokeStyle = colour("--soft");
    to.stroke();
    to.restore();
  }

  trace(to, numbers) {
    for (let n = 0; n < numbers.length; n += 2) {
      const [x, y] = this.toPixels([numbers[n], numbers[n + 1]]);
      if (n) to.lineTo(x, y);
      else to.moveTo(x, y);
    }
  }

  // Paths dashed; over them streets with an edge, broad ones over narrow ones.
  drawStreets(to, colour) {
    if (this.metresPerPixel >= STREETS_BELOW) return;
    const line = (rank, ink, width) => {
      to.strokeStyle = colour(ink);
      to.lineWidth = width;
      to.beginPath();
      for (const street of this.base.streets) if (street.rank === rank) this.trace(to, street.line);
      to.stroke();
    };
    to.save();
    to.lineCap = to.lineJoin = "round";
    to.setLineDash([1, 4]);
    line(PATH, "--street-edge", 1.5);
    to.setLineDash([]);
    for (const [extra, ink] of [[2, "--street-edge"], [0, "--street"]]) {
      for (let rank = PATH - 1; rank >= 0; rank--) line(rank, ink, Math.max(1.5, STREET_WIDTHS_M[rank] / this.metresPerPixel) + extra);
    }
    to.restore();
  }

  // Towns, the largest first, then streets; a name that would cover another one or a figure is left out.
  drawNames(to, w, h, colour, figures) {
    const site = this.toPixels([0, 0]);
    const taken = [...figures, { x: site[0] - 12, y: site[1], wide: to.measureText(this.site.name.slice(0, 40)).width + 36 }];
    const place = (x, y, wide) => {
      if (x < 0 || y < 32 || x + wide > w || y > h - 20) return false;
      if (x + wide > w - BUTTONS[0] && y > h - BUTTONS[1]) return false;
      if (taken.some((each) => Math.abs(each.y - y) < 18 && x < each.x + each.wide + 8 && each.x < x + wide + 8)) return false;
      taken.push({ x, y, wide });
      return true;
    };
    to.fillStyle = colour("--text");
    for (const town of this.base.towns) {
      const [x, y] = this.toPixels([town.east_m, town.north_m]);
      if (!place(x, y, to.measureText(town.name).width + 16)) continue;
      to.beginPath();
      to.arc(x, y, 2.5, 0, 2 * Math.PI);
      to.fill();
      to.fillText(town.name, x + 6, y + 4);
    }
    to.save();
    to.font = "12px system-ui, sans-serif";
    to.lineWidth = 3;
    to.lineJoin = "round";
    to.strokeStyle = colour("--map");
    const stands = [];
    for (const street of this.base.street_names) {
      if (this.metresPerPixel >= STREET_NAMES_BELOW[street.rank]) continue;
      const wide = to.measureText(street.name).width;
      const [x, y] = this.toPixels([street.east_m, street.north_m]);
      if (stands.some((each) => each.name === street.name && Math.hypot(each.x - x, each.y - y) < SAME_NAME_PX)) continue;
      if (!place(x - wide / 2, y, wide)) continue;
      stands.push({ name: street.name, x, y });
      to.strokeText(street.name, x - wide / 2, y + 4);
      to.fillText(street.name, x - wide / 2, y + 4);
    }
    to.restore();
  }

  drawCredit(to, w, colour) {
    to.save();
    to.textAlign = "right";
    to.font = "11px system-ui, sans-serif";
    to.fillStyle = colour("--soft");
    const near = this.metresPerPixel < STREETS_BELOW && this.base.streets.length;
    to.fillText(near && this.base.streets_attribution || this.base.attribution, w - 8, 16);
    to.restore();
  }

  drawRings(to, w, h, colour) {
    const [x, y] = this.toPixels([0, 0]);
    const ring = ringMetres(this.metresPerPixel);
    const step = ring / this.metresPerPixel;
    const near = Math.max(0, Math.hypot(Math.max(0, -x, x - w), Math.max(0, -y, y - h)));
    const far = Math.hypot(Math.max(x, w - x), Math.max(y, h - y));
    const figures = [];
    to.strokeStyle = colour("--grid");
    to.fillStyle = colour("--soft");
    for (let n = Math.max(1, Math.floor(near / step)); n * step < far && n < 4000; n++) {
      to.beginPath();
      to.arc(x, y, n * step, 0, 2 * Math.PI);
      to.stroke();
      const length = this.lengths(n * ring);
      to.fillText(length, x + 3, y - n * step - 3);
      figures.push({ x: x + 3, y: y - n * step - 8, wide: to.measureText(length).width });
    }
    to.beginPath();
    to.moveTo(0, y); to.lineTo(w, y); to.moveTo(x, 0); to.lineTo(x, h);
    to.stroke();
    return figures; // where its words stand
  }

  drawPin(to, colour) {
    const [x, y] = this.toPixels(this.pin);
    to.fillStyle = to.strokeStyle = colour("--pin");
    if (this.accuracy) {
      to.globalAlpha = 0.18;
      to.beginPath();
      to.arc(x, y, this.accuracy / this.metresPerPixel, 0, 2 * Math.PI);
      to.fill();
      to.globalAlpha = 1;
    }
    to.beginPath();
    to.moveTo(x, y);
    to.lineTo(x - 9, y - 20);
    to.arc(x, y - 22, 9.2, Math.PI - 0.2, 0.2);
    to.closePath();
    to.fill();
    to.beginPath();
    to.fillStyle = colour("--map");
    to.arc(x, y - 22, 3.5, 0, 2 * Math.PI);
    to.fill();
  }
}

// The map of the search: outlines of regions of our own, no tiles of anybody's. The list beside it says the same.
(() => {
  // The national grid as it is: x to the right, y up, a pixel a kilometre at zoom 0.
  const grid = L.extend({}, L.CRS.Simple, { transformation: new L.Transformation(1 / 1000, 0, -1 / 1000, 0) });
  const at = (x, y) => L.latLng(y, x);

  // What the server refuses comes as a page, not as a drawing.
  function read(answer) {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function outlines(map, address) {
    fetch(address)
      .then(read)
      .then((regions) => {
        for (const region of regions) {
          const rings = region.rings.map((ring) => {
            const points = [];
            for (let n = 0; n < ring.length; n += 2) points.push(at(ring[n], ring[n + 1]));
            return points;
          });
          L.polygon(rings, { interactive: false, className: "sm-map__region", weight: 1 }).addTo(map).bringToBack();
        }
      })
      .catch(() => {}); // markers and names of towns say enough
  }

  // Names of towns, so that everybody sees where they look; nothing to press.
  function town(one, first) {
    const name = document.createElement("span");
    name.textContent = one.text;
    const icon = L.divIcon({ className: first ? "sm-map__town sm-map__town--first" : "sm-map__town", html: name, iconSize: [0, 0] });
    return L.marker(at(one.x, one.y), { icon, interactive: false, keyboard: false, zIndexOffset: -1000 });
  }

  // What a marker leads to may be in this page already, folded.
  function unfold(hash) {
    const found = hash && document.getElementById(hash.slice(1));
    if (!found) return false;
    for (const fold of found.querySelectorAll("details")) fold.open = true;
    window.location.hash = hash;
    return true;
  }

  function marker(one, map) {
    const many = one.count > 1;
    const size = many ? Math.min(56, 30 + 4 * Math.log2(one.count)) : 28;
    const icon = L.divIcon({ className: `${many ? "sm-map__many" : "sm-map__one"}${one.kind ? ` sm-map__one--${one.kind}` : ""}`, html: many ? String(one.count) : "", iconSize: [size, size] });
    const drawn = L.marker(at(one.x, one.y), { icon, keyboard: true, alt: one.text, title: one.text });
    drawn.on("click keypress", (event) => {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
      if (many) map.fitBounds([at(one.box[0], one.box[1]), at(one.box[2], one.box[3])], { padding: [40, 40] });
      else if (!unfold(new URL(one.url, window.location.href).hash)) window.location.assign(one.url);
    });
    return drawn;
  }

  function start(box) {
    if (box.dataset.drawn) return;
    box.dataset.drawn = "1";
    const map = L.map(box, { crs: grid, minZoom: -1, maxZoom: 8, attributionControl: false, zoomControl: true, scrollWheelZoom: false });
    const towns = L.layerGroup().addTo(map);
    const places = L.layerGroup().addTo(map);
    let circle = null;
    let asked = 0;

    function refresh(framed) {
      let address = box.dataset.places;
      if (framed) {
        const edge = map.getBounds();
        address += `&kader=${[edge.getWest(), edge.getSouth(), edge.getEast(), edge.getNorth()].map(Math.round).join(",")}`;
      }
      const turn = ++asked;
      return fetch(address)
        .then(read)
        .then((found) => {
          if (turn !== asked) return found;
          towns.clearLayers();
          (found.towns || []).forEach((one, n) => towns.addLayer(town(one, n === 0)));
          const here = box.contains(document.activeElement) && document.activeElement !== box;
          places.clearLayers();
          for (const one of found.markers) places.addLayer(marker(one, map));
          // Who looked closer by keyboard goes on from the first place there, not from the top of the page.
          if (here && !box.contains(document.activeElement)) (places.getLayers()[0]?.getElement() || box).focus();
          return found;
        });
    }

    map.setView(at(155000, 463000), 1);
    outlines(map, box.dataset.regions);
    refresh(false).then((found) => {
      if (found.frame) map.fitBounds([at(found.frame[0], found.frame[1]), at(found.frame[2], found.frame[3])], { padding: [40, 40], maxZoom: 6 });
      if (!found.circle) return;
      const { x, y, radius } = found.circle;
      circle = L.polygon(
        Array.from({ length: 48 }, (_none, n) => at(x + radius * Math.cos((n * Math.PI) / 24), y + radius * Math.sin((n * Math.PI) / 24))),
        { interactive: false, className: "sm-map__circle", weight: 2 },
      ).addTo(map);
      map.fitBounds(circle.getBounds());
      // Who is offline for a moment keeps what is drawn.
      map.on("moveend", () => refresh(true).catch(() => {}));
    }).catch(() => {
      map.remove();
      box.className = "sm-muted";
      box.textContent = box.dataset.failed || "";
    });
  }

  const all = () => document.querySelectorAll("[data-places]").forEach(start);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
  if (document.readyState !== "loading") all();
})();

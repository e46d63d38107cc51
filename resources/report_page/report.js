// The page on which people report from their phones. Texts from anybody are set as text, never as markup.

import { SiteMap } from "/report/parts/map.js";

const LONGEST_SIDE = 1920;
const QUALITY = 0.85;
const PATIENCE_MS = 60000;
const AHEAD_MS = 5 * 60000;
const PLACE_CHARACTERS = 200;
const at = (id) => document.getElementById(id);
const token = decodeURIComponent(location.hash.slice(1));

let words = {};
let site = null;
let map = null;
let place = null; // {latitude, longitude, accuracy, byPhone}
let pictures = []; // {blob, url}
let key = newKey();
let sending = false;
let tried = false;
let noteWord = ["", []]; // under the button for the position
let failedWord = ["", []];

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

// Storage may be switched off; then what was kept is gone with the page.
function kept(storage, name) {
  try { return window[storage].getItem(name); } catch { return null; }
}

function keep(storage, name, value) {
  try { window[storage].setItem(name, value); } catch { /* not kept */ }
}

function phone() {
  const known = kept("localStorage", "report-phone") || newKey();
  keep("localStorage", "report-phone", known);
  return known;
}

const phoneId = phone();

function say(word, ...parts) {
  return parts.reduce((text, part, n) => text.replace(`{${n}}`, part), words[word] ?? word);
}

function number(value, digits = 0) {
  return value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
}

function length(metres) {
  return metres < 1000 ? say("metres", number(metres)) : say("kilometres", number(metres / 1000, 1));
}

function wait(seconds) {
  return seconds < 90 ? say("seconds", number(seconds)) : say("minutes", number(Math.ceil(seconds / 60)));
}

// Languages

async function speak(language) {
  const answer = await fetch(`/report/words/${language}`);
  if (!answer.ok) return;
  words = await answer.json();
  document.documentElement.lang = language;
  document.title = say("title");
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
  at("map").setAttribute("aria-label", say("map"));
  for (const name of ["closer", "farther", "centre"]) at(name).setAttribute("aria-label", say(name));
  if (site) showSite();
}

function showSite() {
  at("site").textContent = site.name;
  const chosen = at("kind").value;
  at("kind").replaceChildren(...[...site.kinds].reverse().map((kind) => new Option(say(`kind_${kind}`), kind)));
  at("kind").value = chosen || "other";
  at("pictures-hint").textContent = say("pictures_hint", site.most_pictures);
  at("privacy-text").textContent = say("privacy_text", site.name, number(site.keep_days), number(site.keep_pictures_days));
  at("locate-note").textContent = noteWord[0] ? say(noteWord[0], ...noteWord[1]) : "";
  at("failed").textContent = failedWord[0] ? say(failedWord[0], ...failedWord[1]) : "";
  showCount();
  showPlace();
  showPictures();
  if (map) map.draw();
}

function close(word) {
  at("form").hidden = true;
  at("closed").textContent = say(word);
  at("closed").hidden = false;
  at("closed").focus();
}

// Place

function bearing(metres) {
  const names = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
  const turn = Math.atan2(metres[0], metres[1]) / (2 * Math.PI);
  return say(names[(Math.round(turn * 8) + 8) % 8]);
}

function showPlace() {
  const inWords = at("place").value.trim();
  if (!place) {
    at("place-said").textContent = say(inWords && map ? "placed_words" : "placed_nowhere");
    return;
  }
  if (!map) {
    at("place-said").textContent = say("located", length(place.accuracy));
    return;
  }
  const metres = map.toMetres(place.latitude, place.longitude);
  const away = length(Math.hypot(...metres));
  const said = place.byPhone ? say("placed_phone", length(place.accuracy), away) : say("placed_map", away, bearing(metres));
  at("place-said").textContent = said;
}

function note(word, ...parts) {
  noteWord = [word, parts];
  at("locate-note").textContent = word ? say(word, ...parts) : "";
}

function locate() {
  if (!window.isSecureContext) return note(map ? "locate_insecure" : "locate_insecure_no_map");
  if (!navigator.geolocation) return note("locate_failed");
  note("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      place = { latitude: coords.latitude, longitude: coords.longitude, accuracy: Math.max(1, coords.accuracy), byPhone: true };
      note("located", length(place.accuracy));
      if (map) map.show(place.latitude, place.longitude, place.accuracy);
      edited();
      showPlace();
      mark("place", "");
    },
    (error) => note(error.code === error.PERMISSION_DENIED ? "locate_denied" : "locate_failed"),
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
  );
}

// Pictures

async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("not encoded");
  return blob;
}

async function addPictures(files) {
  mark("pictures", "");
  for (const file of files) {
    if (pictures.length >= site.most_pictures) {
      mark("pictures", say("error_many", site.most_pictures));
      break;
    }
    try {
      const blob = await smaller(file);
      pictures.push({ blob, url: URL.createObjectURL(blob) });
    } catch {
      mark("pictures", say("error_type", file.name.slice(0, 60)));
    }
  }
  edited();
  showPictures();
}

function showPictures() {
  at("shown").replaceChildren(...pictures.map((picture, index) => {
    const row = document.createElement("li");
    const image = document.createElement("img");
    image.src = picture.url;
    image.alt = say("picture", index + 1);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = say("remove_picture", index + 1);
    remove.addEventListener("click", () => removePicture(index));
    row.append(image, remove);
    return row;
  }));
}

function removePicture(index) {
  URL.revokeObjectURL(pictures[index].url);
  pictures.splice(index, 1);
  edited();
  showPictures();
  mark("pictures", "");
  at("pictures").focus();
}

// Sending

function edited() {
  if (tried) key = newKey(); // what may have arrived was another text
  tried = false;
  keep("sessionStorage", "report-draft", JSON.stringify({ description: at("description").value, place: at("place").value }));
}

function showCount() {
  const count = [...at("description").value.trim()].length;
  at("description-hint").textContent = say("what_hint", count, site.shortest, site.longest - PLACE_CHARACTERS);
}

function mark(name, message) {
  const error = at(`${name}-error`);
  error.textContent = message;
  error.hidden = !message;
  at(name).setAttribute("aria-invalid", message ? "true" : "false");
  return !message;
}

function fail(word, ...parts) {
  failedWord = [word, parts];
  at("failed").textContent = word ? say(word, ...parts) : "";
  at("failed").hidden = !word;
  if (word) at("failed").focus();
}

function check() {
  const count = [...at("description").value.trim()].length;
  const most = site.longest - PLACE_CHARACTERS;
  const what = count < site.shortest ? say("error_short", site.shortest) : count > most ? say("error_long", most) : "";
  const where = place || (map && at("place").value.trim()) ? "" : say(map ? "error_place" : "error_place_no_map");
  const when = at("when").value && new Date(at("when").value) > Date.now() + AHEAD_MS ? say("error_when") : "";
  const wrong = [["description", what], ["place", where], ["when", when]].filter(([name, message]) => !mark(name, message));
  if (wrong.length) {
    at(wrong[0][0]).closest("details")?.setAttribute("open", "");
    at(wrong[0][0]).focus();
  }
  return !wrong.length;
}

function report() {
  const form = new FormData();
  form.set("description", at("description").value);
  form.set("phone", phoneId);
  form.set("kind", at("kind").value);
  form.set("place", at("place").value.trim());
  form.set("language", document.documentElement.lang);
  if (at("when").value) form.set("occurred_at", new Date(at("when").value).toISOString());
  if (place) {
    form.set("latitude", place.latitude);
    form.set("longitude", place.longitude);
    form.set("accuracy_m", Math.min(100000, place.accuracy));
  }
  pictures.forEach((picture, index) => form.append("pictures", picture.blob, `${index + 1}.jpg`));
  return form;
}

async function send(event) {
  event.preventDefault();
  if (sending || !check()) return;
  sending = tried = true;
  fail("");
  at("send").setAttribute("aria-disabled", "true");
  at("sending").textContent = say("sending");
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const headers = { Authorization: `ReportLink ${token}`, "Idempotency-Key": key };
    await answered(await fetch("/report/reports", { method: "POST", headers, body: report(), signal: stop.signal }));
  } catch {
    fail(stop.signal.aborted ? "error_slow" : "error_offline");
  } finally {
    clearTimeout(timer);
    sending = false;
    at("send").removeAttribute("aria-disabled");
    at("sending").textContent = "";
  }
}

async function answered(answer) {
  if (answer.ok) return thank((await answer.json()).number);
  if (answer.status === 401) return close("closed_link");
  if (answer.status === 404) return close("closed_off");
  if (answer.status === 429) return fail("error_often", wait(Number(answer.headers.get("Retry-After")) || 60));
  if (answer.status === 413) return fail("error_large");
  if (answer.status === 415 || answer.status === 400) return fail("error_picture");
  if (answer.status === 422) return fail("error_input");
  return fail("error_server");
}

function thank(reportNumber) {
  at("number").textContent = reportNumber;
  at("form").hidden = true;
  at("thanks").hidden = false;
  at("thanks-head").focus();
  startAnew();
}

function startAnew() {
  for (const each of pictures) URL.revokeObjectURL(each.url);
  at("form").reset();
  pictures = [];
  place = null;
  tried = false;
  key = newKey();
  note("");
  keep("sessionStorage", "report-draft", "");
  if (map) map.clear();
  showSite();
}

function another() {
  at("thanks").hidden = true;
  at("form").hidden = false;
  at("description").focus();
}

// The beginning

function listen() {
  at("language").addEventListener("change", (event) => speak(event.target.value));
  at("form").addEventListener("submit", send);
  at("locate").addEventListener("click", locate);
  at("another").addEventListener("click", another);
  at("description").addEventListener("input", () => { edited(); showCount(); mark("description", ""); });
  at("place").addEventListener("input", () => { edited(); showPlace(); mark("place", ""); });
  at("kind").addEventListener("change", edited);
  at("when").addEventListener("change", () => { edited(); mark("when", ""); });
  at("pictures").addEventListener("change", async (event) => { await addPictures([...event.target.files]); at("pictures").value = ""; });
  at("closer").addEventListener("click", () => map.zoom(0.7));
  at("farther").addEventListener("click", () => map.zoom(1.4));
  at("centre").addEventListener("click", () => map.recentre());
  window.addEventListener("hashchange", () => location.reload());
}

function readDraft() {
  try {
    const draft = JSON.parse(kept("sessionStorage", "report-draft") || "{}");
    at("description").value = draft.description || "";
    at("place").value = draft.place || "";
  } catch { /* of another version */ }
}

function open() {
  at("form").hidden = false;
  at("pictures-part").hidden = !site.most_pictures;
  if (site.latitude !== null) {
    at("map-part").hidden = false;
    map = new SiteMap(at("map"), site, (latitude, longitude) => {
      place = { latitude, longitude, accuracy: 0, byPhone: false };
      edited();
      showPlace();
      mark("place", "");
    }, length);
    loadBase();
  }
  readDraft();
  showSite();
  if (!window.isSecureContext) note(map ? "locate_insecure" : "locate_insecure_no_map");
}

// Without it the map has its rings, as before.
async function loadBase() {
  try {
    const answer = await fetch("/report/map", { headers: { Authorization: `ReportLink ${token}` } });
    if (answer.ok) map.setBase(await answer.json());
  } catch { /* no network */ }
}

async function begin() {
  listen();
  try {
    await speak(document.documentElement.lang);
    if (!token) return close("closed_no_link");
    const answer = await fetch("/report/site", { headers: { Authorization: `ReportLink ${token}` } });
    if (!answer.ok) return close(answer.status === 401 ? "closed_link" : answer.status === 404 ? "closed_off" : "error_server");
    site = await answer.json();
    open();
  } catch {
    close("closed_offline");
  }
}

begin();

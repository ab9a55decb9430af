// The gallery of told windows: filters, order, and so many cards at a time. Without it the first cards stand as written.
const AT_ONCE = 24;
const SOURCE = "data:image/webp;base64,";
const MINUS = "\u2212";

for (const section of document.querySelectorAll("section.gallery")) show(section);

function show(section) {
  const held = JSON.parse(section.querySelector("script").textContent);
  held.lower = held.texts.map((text) => text.toLowerCase());
  const form = section.querySelector("form"), list = section.querySelector(".cards"), onwards = section.querySelector(".onwards");
  const blank = section.querySelector("template").content.querySelector(".card");
  const sources = pictures(held, list), scores = [...section.querySelectorAll("[name=score] option")].map((option) => option.dataset);
  const questions = labels(section), said = [...blank.querySelectorAll("dl div")];
  const searched = [held.stories, ...held.said.filter((_, number) => !said[number].classList.contains("floor"))];
  let rows = [];

  const more = () => {
    const from = list.children.length, next = rows.slice(from, from + AT_ONCE);
    list.append(...next.map((row) => card(held, row, { blank, sources, scores, questions })));
    const left = rows.length - list.children.length;
    onwards.hidden = left === 0;
    onwards.dataset.left = left.toLocaleString("en"); // for paper
    onwards.firstElementChild.textContent = `Show ${Math.min(left, AT_ONCE)} more`;
    return list.children[from];
  };
  const apply = () => {
    const asked = wishes(form, scores);
    rows = ordered(held, filtered(held, asked, { sources, searched }), asked);
    section.querySelector(".count").textContent = `${rows.length.toLocaleString("en")} of ${held.windows.length.toLocaleString("en")} windows`;
    list.replaceChildren();
    more();
  };
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply)); // the fields are emptied after this event
  form.addEventListener("submit", (event) => event.preventDefault());
  onwards.firstElementChild.addEventListener("click", () => more()?.querySelector("h3").focus());
  form.hidden = false;
  apply();
}

// Window -> the source of its picture; those of the cards that stand already are in the page alone.
function pictures(held, list) {
  const found = new Map(Object.entries(held.tiles).map(([window, tile]) => [Number(window), SOURCE + tile]));
  for (const image of list.querySelectorAll("img")) found.set(Number(image.closest(".card").dataset.window), image.src);
  return found;
}

// Room and label of every question, in the order of the columns.
function labels(section) {
  const found = [];
  for (const option of section.querySelectorAll("[name=answer] option[value$=' 1']"))
    found[parseInt(option.value)] = [option.parentElement.label, option.dataset.label];
  return found;
}

function wishes(form, scores) {
  const { find, answer, order, score, least, most, pictured } = form.elements, number = Number(score?.value ?? 0);
  if (scores[number]) [least.placeholder, most.placeholder] = [scores[number].lowest, scores[number].highest];
  return {
    find: find.value.trim().toLowerCase(),
    answer: answer?.value ? answer.value.split(" ") : null,
    order: order.value,
    score: number,
    lower: scores[number]?.better === "lower",
    least: least?.value ? Number(least.value) : null,
    most: most?.value ? Number(most.value) : null,
    pictured: Boolean(pictured?.checked),
  };
}

function filtered(held, asked, { sources, searched }) {
  const has = held.lower.map((text) => text.includes(asked.find));
  const values = held.scores[asked.score], letters = asked.answer && held.answers[Number(asked.answer[0])];
  const fits = (row) =>
    (!asked.find || searched.some((column) => has[column[row]])) &&
    (!letters || letters[row] === asked.answer[1]) &&
    (asked.least === null || (values[row] !== null && values[row] >= asked.least)) &&
    (asked.most === null || (values[row] !== null && values[row] <= asked.most)) &&
    (!asked.pictured || sources.has(held.windows[row]));
  return [...held.windows.keys()].filter(fits);
}

// What has no score comes last.
function ordered(held, rows, asked) {
  if (!asked.order) return rows;
  const values = held.scores[asked.score], sign = (asked.order === "best") === asked.lower ? 1 : -1;
  const key = (row) => (values[row] === null ? Infinity : sign * values[row]);
  return rows.sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : one - other));
}

function card(held, row, { blank, sources, scores, questions }) {
  const made = blank.cloneNode(true), window = held.windows[row], image = made.querySelector("img"), text = (place) => held.texts[place];
  made.dataset.window = window;
  made.querySelector("h3").textContent = `${text(held.stories[row])}, frame ${held.frames[row]}`;
  made.querySelector(".scores").textContent = scores.map((score, number) => figure(score, held.scores[number][row])).filter(Boolean).join(", ");
  if (sources.has(window)) image.src = sources.get(window);
  else image?.remove();
  made.querySelectorAll("dd").forEach((said, number) => {
    const caption = text(held.said[number][row]);
    said.textContent = caption || "no caption";
    said.classList.toggle("none", !caption);
  });
  made.querySelectorAll(".answers").forEach((line) => answers(line, held, row, questions));
  return made;
}

function figure(score, value) {
  if (value === null) return "";
  const places = Number(score.places);
  return `${score.label} ${value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places }).replace("-", MINUS)}`;
}

function answers(line, held, row, questions) {
  const room = line.textContent.split(":")[0].trim();
  const asked = questions.flatMap(([of, label], number) => (of === room && held.answers[number][row] !== "-" ? [[label, held.answers[number][row] === "1"]] : []));
  if (!asked.length) return line.remove();
  line.replaceChildren(`${room}: `, ...asked.flatMap(([label, right]) => [answer(label, right), " "]));
}

function answer(label, right) {
  const made = document.createElement("span"), said = document.createElement("span");
  made.className = right ? "right" : "wrong";
  said.className = "unseen";
  said.textContent = right ? " right" : " wrong";
  made.append(label, said);
  return made;
}

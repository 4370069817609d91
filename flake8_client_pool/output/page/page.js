(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const number = (value) => value.toLocaleString("en");

  // Light and dark: as the system has it, until somebody chooses.
  const theme = document.getElementById("theme");
  const isDark = () =>
    (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  theme.hidden = false;
  nameTheme();

  // Sorting: a heading is a button; numbers begin with the largest.
  const valueOf = (row, column, numeric) => {
    const text = row.cells[column].textContent.trim();
    if (!numeric) return text;
    const found = parseFloat(text.replace(/[,\u2265%\s]/g, ""));
    return Number.isNaN(found) ? -Infinity : found;
  };
  const sort = (table, head, column) => {
    const numeric = head.classList.contains("num");
    const before = head.getAttribute("aria-sort");
    const order = before === "none" ? (numeric ? "descending" : "ascending") : before === "ascending" ? "descending" : "ascending";
    all("thead th[aria-sort]", table).forEach((each) => each.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const compare = (one, other) => (numeric ? one - other || 0 : one.localeCompare(other, "en", { numeric: true }));
    const rows = all("tbody tr", table).map((row) => [valueOf(row, column, numeric), row]);
    rows.sort((one, other) => sign * compare(one[0], other[0]));
    table.tBodies[0].append(...rows.map((each) => each[1]));
    page(table);
  };
  all("table.sortable").forEach((table) => {
    all("thead th:not([data-fixed])", table).forEach((head) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sort(table, head, head.cellIndex));
    });
  });

  // Filtering: every word has to occur; a choice has to be met.
  const page = (table) => {
    const limit = Number(table.dataset.page || Infinity);
    const shown = all("tbody tr", table).filter((row) => !row.hidden);
    shown.forEach((row, place) => row.classList.toggle("beyond", place >= limit));
    const more = document.querySelector(`.more button[data-for="${table.id}"]`);
    if (more) {
      more.parentElement.hidden = shown.length <= limit;
      more.textContent = `Show all ${number(shown.length)}`;
      more.parentElement.dataset.printed = `The first ${limit} of ${number(shown.length)}; show all to print all.`;
    }
    return shown.length;
  };
  all(".finder").forEach((finder) => {
    const table = document.getElementById(finder.dataset.for);
    const output = finder.querySelector("output");
    const rows = all("tbody tr", table);
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const what = output.textContent.replace(/^[\d,]+ /, "");
    const filter = () => {
      const words = finder.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
      const choices = all("select", finder).filter((select) => select.value);
      rows.forEach((row) => {
        const fits = words.every((word) => texts.get(row).includes(word));
        row.hidden = !(fits && choices.every((select) => row.dataset[select.dataset.key] === select.value));
      });
      const shown = page(table);
      output.textContent = shown === rows.length ? `${number(shown)} ${what}` : `${number(shown)} of ${number(rows.length)} ${what}`;
    };
    ["input", "change"].forEach((event) => finder.addEventListener(event, filter));
    finder.hidden = false;
    filter();
  });
  all(".more button").forEach((button) => button.addEventListener("click", () => {
    const table = document.getElementById(button.dataset.for);
    delete table.dataset.page;
    page(table);
  }));

  all("table[data-page]").forEach(page);

  // The chart: a slider, or the pointer, asks for a day.
  if (!data.days) return;
  const slider = document.getElementById("day");
  const state = document.getElementById("state");
  const lines = all(".drawing").map((drawing) => {
    const svg = drawing.querySelector("svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "cursor");
    line.setAttribute("y1", "0");
    line.setAttribute("y2", svg.viewBox.baseVal.height);
    svg.append(line);
    return { svg, line, left: Number(drawing.dataset.left), width: Number(drawing.dataset.width) };
  });
  // Its value is a day since the epoch, and its track as long as the history in the drawing.
  const DAY = 86400000;
  const [start, end] = [data.days[0].time, data.days[data.days.length - 1].time];
  slider.min = start / DAY;
  slider.max = end / DAY;
  slider.value = slider.max;
  const share = (time) => (time - data.first) / (data.last - data.first);
  const place = () => {
    const { left, width } = lines.find(({ svg }) => svg.getClientRects().length) || lines[0];
    slider.style.marginLeft = `calc(${(left + share(start) * width) * 100}% - 8px)`;
    slider.style.width = `calc(${Math.max(share(end) - share(start), 0.1) * width * 100}% + 16px)`;
  };
  const show = () => {
    const time = slider.value * DAY;
    const day = data.days.findLast((each) => each.time <= time) || data.days[0];
    const total = document.createElement("strong");
    total.textContent = `${day.day}: ${number(day.direct)} direct, ${number(day.pooled)} from the pool`;
    const kinds = data.kinds.map((kind, place) => `${kind} ${number(day.kinds[place])}`).join(", ");
    slider.setAttribute("aria-valuetext", `${total.textContent}: ${kinds}`);
    state.replaceChildren(total, document.createElement("br"), `${kinds}. ${day.commit} ${day.subject}`);
    lines.forEach(({ svg, line, left, width }) => {
      const x = (left + share(time) * width) * svg.viewBox.baseVal.width;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    });
  };
  lines.forEach(({ svg, left, width }) => {
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const time = data.first + (((event.clientX - box.left) / box.width - left) / width) * (data.last - data.first);
      slider.value = Math.floor(time / DAY);
      show();
    });
  });
  slider.addEventListener("input", show);
  addEventListener("resize", place);
  document.getElementById("scrubber").hidden = false;
  place();
  show();
})();

/* The site's one script: switches, keys, chips, what was seen, and search. Pages are whole without it.

   A page loads it in its head, without defer, so that theme and density stand before the first paint; data-root of its
   <html> is the way to the site's folder ("../../", or ""); without it, that is the script's own folder.
   What it looks for, all of it optional:
     .row with .title, details.abstract, data-guid, .badge .rule, .facts .source   j k o v x, seen, chips
     [data-tools]            gets the switches and the search field; else they follow .masthead
     a[data-filter="rule:x"] become buttons that filter rows (also section:<id>, source:x)
     link or a with rel=prev, rel=next                                    what [ and ] lead to
     article[data-guid]      the paper whose page this is
     #search-form #search-text #search-count #search-results #search-older           the search page
   Data reaches the page as text nodes only. Nothing leaves the page: no request but for its own data scripts. */
(function () {
  "use strict";

  const page = document.documentElement;
  const root = "root" in page.dataset
    ? new URL(page.dataset.root + ".", window.location.href).href
    : new URL(".", document.currentScript.src).href;
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  /* ---- What is kept in this browser, where it lets us ---- */

  function kept(name, usual) {
    try {
      const text = window.localStorage.getItem("broadsheet." + name);
      return text === null ? usual : JSON.parse(text);
    } catch (error) {
      return usual;
    }
  }

  function keep(name, value) {
    try {
      window.localStorage.setItem("broadsheet." + name, JSON.stringify(value));
    } catch (error) { /* a private window, or full: it holds for this page */ }
  }

  const SWITCHES = {
    density: { label: "Rows", usual: "normal", choices: ["compact", "normal", "full"] },
    theme: { label: "Theme", usual: "auto", choices: ["auto", "light", "dark"] },
  };

  function choose(name, value) {
    const known = SWITCHES[name];
    page.dataset[name] = known.choices.includes(value) ? value : known.usual;
  }

  // Before anything is painted.
  Object.keys(SWITCHES).forEach((name) => choose(name, kept(name, "")));
  page.classList.add("scripted");

  /* ---- Small parts ---- */

  // Children that are strings become text: this is the one way anything gets into the page.
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    Object.keys(attributes || {}).forEach((name) => element.setAttribute(name, attributes[name]));
    element.append(...children);
    return element;
  }

  function all(selector, within) {
    return Array.from((within || document).querySelectorAll(selector));
  }

  function line(text) {
    return text.trim().replace(/\s+/g, " ");
  }

  function number(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  function papers(count) {
    return number(count) + (count === 1 ? " paper" : " papers");
  }

  /* ---- Switches ---- */

  function switchOf(name) {
    const known = SWITCHES[name];
    const set = make("fieldset", { class: "switch", "data-switch": name }, make("legend", {}, known.label));
    known.choices.forEach((value) => {
      const input = make("input", { type: "radio", name: name, value: value });
      input.checked = page.dataset[name] === value;
      set.append(make("label", {}, input, make("span", {}, value)));
    });
    set.addEventListener("change", (event) => {
      choose(name, event.target.value);
      keep(name, event.target.value);
      if (name === "density") openAll(event.target.value === "full");
    });
    return set;
  }

  function abstracts() {
    return all(".row details.abstract");
  }

  function openAll(open) {
    abstracts().forEach((details) => { details.open = open; });
    if (current && current.isConnected) current.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  /* ---- What was seen: the title of a paper whose link or abstract was opened ---- */

  const MOST_SEEN = 5000;
  let seen = new Set();

  function see(guid) {
    if (!guid) return;
    // What another tab has kept meanwhile stays; the oldest go.
    const list = kept("seen", null);
    const known = (Array.isArray(list) ? list : Array.from(seen)).filter((one) => one !== guid);
    seen = new Set(known);
    seen.add(guid);
    keep("seen", known.concat(guid).slice(-MOST_SEEN));
    showSeen();
  }

  function showSeen() {
    all("[data-guid]").forEach((row) => row.classList.toggle("seen", seen.has(row.dataset.guid)));
  }

  function startSeen() {
    const list = kept("seen", []);
    seen = new Set(Array.isArray(list) ? list : []);
    const own = document.querySelector("article[data-guid]");
    if (own) see(own.dataset.guid);
    showSeen();
    const follow = (event) => {
      const row = event.target.closest(".row, .hit");
      if (!row || (event.type === "auxclick" && event.button !== 1)) return;
      const summary = event.target.closest("details.abstract > summary");
      if (event.target.closest("a[href]") || (summary && !summary.parentElement.open)) see(row.dataset.guid);
    };
    document.addEventListener("click", follow);
    document.addEventListener("auxclick", follow);
  }

  /* ---- Keys ---- */

  const KEYS = [
    [["j"], "next paper"], [["k"], "previous paper"], [["o", "Enter"], "open or fold its abstract"],
    [["v"], "open its link in a new tab"], [["x"], "open or fold every abstract"], [["["], "previous day"],
    [["]"], "next day"], [["/"], "search"], [["?"], "this help"],
  ];
  // Radio buttons and boxes take no letters, so keys stay alive after one was pressed.
  const TYPING = "textarea, select, [contenteditable], " +
    "input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])";
  let current = null;

  function stops() {
    return all(".row, .hit").filter((row) => !row.hidden && row.getClientRects().length > 0);
  }

  function move(step) {
    const rows = stops();
    if (!rows.length) return;
    let at = rows.indexOf(current);
    if (at < 0) {
      // From nowhere: the first row that stands on the screen.
      const first = rows.findIndex((row) => row.getBoundingClientRect().bottom > 0);
      at = step > 0 ? first - 1 : first + 1;
    }
    const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    row.setAttribute("tabindex", "-1");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  function unfold(row) {
    const details = row.querySelector("details.abstract");
    if (!details) {
      const link = row.matches(".hit") && row.querySelector("a.title");
      if (link) link.click();
      return;
    }
    details.open = !details.open;
    if (details.open) see(row.dataset.guid);
    row.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  function visit(row) {
    const link = row.querySelector("a.title, .titles a[href]");
    if (!link) return;
    see(row.dataset.guid);
    window.open(link.href, "_blank", "noopener,noreferrer");
  }

  function turn(relation) {
    const link = document.querySelector("link[rel~=" + relation + "][href], a[rel~=" + relation + "][href]");
    if (link) window.location.assign(link.href);
    return Boolean(link);
  }

  function findField() {
    const field = document.getElementById("search-text");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }

  const ACTIONS = {
    j: () => { move(1); return true; },
    k: () => { move(-1); return true; },
    o: () => current !== null && (unfold(current), true),
    v: () => current !== null && (visit(current), true),
    x: () => { openAll(abstracts().some((details) => !details.open)); return true; },
    "[": () => turn("prev"),
    "]": () => turn("next"),
    "/": findField,
    "?": () => { openHelp(); return true; },
  };

  function pressed(event) {
    const target = event.target instanceof Element ? event.target : page;
    if (event.defaultPrevented || event.isComposing || kept("keys", true) === false) return;
    // AltGr is how [ and ] are typed on many keyboards, and some systems report it as Ctrl+Alt.
    const level3 = event.getModifierState && event.getModifierState("AltGraph");
    if (event.metaKey || ((event.ctrlKey || event.altKey) && !level3)) return;
    if (target.closest("dialog[open]") || document.querySelector("dialog[open]")) return;
    if (target.id === "search-text" && event.key === "ArrowDown" && stops().length) {
      current = null;
      move(1);
      event.preventDefault();
      return;
    }
    if (target.closest(TYPING) || (event.repeat && event.key !== "j" && event.key !== "k")) return;
    const action = Object.prototype.hasOwnProperty.call(ACTIONS, event.key) && ACTIONS[event.key];
    if (action && action()) event.preventDefault();
    else if (event.key === "Enter" && target === current) {
      unfold(current);
      event.preventDefault();
    }
  }

  function startKeys() {
    document.addEventListener("keydown", pressed);
    document.addEventListener("focusin", (event) => {
      const row = event.target.closest(".row, .hit");
      if (row === current) return;
      if (current) current.classList.remove("current");
      current = row || current;
      if (row) row.classList.add("current");
    });
  }

  /* ---- Help: a dialog, which gives the focus back by itself ---- */

  let help = null;

  function openHelp() {
    if (!help) help = document.body.appendChild(helpDialog());
    help.querySelector("input").checked = kept("keys", true) !== false;
    help.showModal();
  }

  function helpDialog() {
    const list = make("dl", {});
    KEYS.forEach(([keys, what]) => {
      const names = keys.reduce((out, key) => out.concat(out.length ? " or " : [], make("kbd", {}, key)), []);
      list.append(make("div", {}, make("dt", {}, ...names), make("dd", {}, what)));
    });
    const box = make("input", { type: "checkbox" });
    box.addEventListener("change", () => keep("keys", box.checked));
    const close = make("button", { type: "button", class: "close" }, "Close");
    const dialog = make("dialog", { class: "help", "aria-labelledby": "help-title" },
      make("h2", { id: "help-title" }, "Keys"), list,
      make("p", {}, make("label", {}, box, " Keys are on")),
      make("p", { class: "note" }, 
        "This choice, the look of the page and which papers you opened are remembered in this browser only."),
      close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    return dialog;
  }

  /* ---- Chips: rows by section, rule and source ---- */

  const KINDS = ["section", "rule", "source"];
  let facts = [];  // of every row: the row, and its values by kind
  let chips = [];  // every button with its kind and value
  let asked = {};  // kind -> value
  let told = null;

  function factsOf(row) {
    const section = row.closest("section[id]");
    return {
      row: row,
      section: section ? [section.id] : [],
      rule: all(".badge .rule", row).map((rule) => line(rule.textContent)),
      source: all(".facts .source", row).map((source) => line(source.textContent)),
    };
  }

  function fits(fact, kinds, wanted) {
    return kinds.every((kind) => !(kind in wanted) || fact[kind].includes(wanted[kind]));
  }

  function filter() {
    const shown = facts.filter((fact) => {
      fact.row.hidden = !fits(fact, KINDS, asked);
      return !fact.row.hidden;
    });
    chips.forEach((chip) => {
      chip.button.setAttribute("aria-pressed", String(asked[chip.kind] === chip.value));
      const wanted = Object.assign({}, asked, { [chip.kind]: chip.value });
      const count = facts.filter((fact) => fits(fact, KINDS, wanted)).length;
      chip.count.textContent = number(count);
      chip.button.classList.toggle("none", count === 0);
    });
    all("section[id]").forEach((section) => {
      const rows = all(".row", section);
      if (rows.length) section.hidden = rows.every((row) => row.hidden);
    });
    const some = Object.keys(asked).length > 0;
    told.textContent = some ? number(shown.length) + " of " + papers(facts.length) : "";
    told.nextElementSibling.hidden = !some;
  }

  function chipOf(kind, value, button) {
    const count = button.querySelector(".count") || button.appendChild(make("span", { class: "count" }));
    chips.push({ kind: kind, value: value, button: button, count: count });
    button.addEventListener("click", () => {
      if (asked[kind] === value) delete asked[kind];
      else asked[kind] = value;
      filter();
    });
  }

  function button(name, ...children) {
    return make("button", { type: "button", class: name }, ...children);
  }

  function startChips() {
    facts = all(".row").map(factsOf);
    const anchors = all("a[data-filter]");
    const bar = anchors.length && facts.length > 1 && anchors[0].closest("nav, .chips");
    if (!bar) return;
    anchors.forEach((anchor) => {
      const at = anchor.dataset.filter.indexOf(":");
      const chip = button("chip", ...anchor.childNodes);
      chipOf(anchor.dataset.filter.slice(0, at), line(anchor.dataset.filter.slice(at + 1)), chip);
      anchor.replaceWith(chip);
    });
    told = make("span", { class: "told", role: "status" });
    const clear = button("clear", "Show all");
    clear.addEventListener("click", () => { asked = {}; filter(); chips[0].button.focus(); });
    bar.append(make("span", { class: "outcome" }, told, " ", clear));
    filter();
    window.addEventListener("hashchange", () => {
      const target = document.querySelector(":target");
      if (!target || !target.closest("[hidden]")) return;
      asked = {};
      filter();
      target.scrollIntoView();
    });
  }

  /* ---- The tools of every page ---- */

  function startTools() {
    const place = document.querySelector("[data-tools]");
    const masthead = document.querySelector(".masthead") || document.querySelector(".ears");
    if (!place && !masthead) return;
    const bar = make("section", { class: "tools", "aria-label": "Tools" });
    if (!document.getElementById("search-form")) bar.append(searchField());
    if (document.querySelector(".row")) bar.append(switchOf("density"));
    bar.append(switchOf("theme"));
    const keys = button("keys", "Keys");
    keys.addEventListener("click", openHelp);
    bar.append(keys);
    if (place) place.append(bar);
    else masthead.insertAdjacentElement("afterend", bar);
    window.addEventListener("storage", (event) => {
      const name = String(event.key).replace("broadsheet.", "");
      if (!(name in SWITCHES)) return;
      choose(name, kept(name, ""));
      all("[data-switch=" + name + "] input").forEach((input) => { input.checked = input.value === page.dataset[name]; });
    });
  }

  function searchField() {
    const field = make("input", { type: "search", id: "search-text", "aria-label": "Search all papers",
      placeholder: "Search all papers", autocomplete: "off", spellcheck: "false" });
    const form = make("form", { class: "search", role: "search" }, field);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      window.location.assign(root + "search/index.html?q=" + encodeURIComponent(field.value.trim()));
    });
    return form;
  }

  /* ---- Search: a scan over monthly data scripts, which a page opened from a file can load too ---- */

  const SHOWN_AT_ONCE = 25;
  const STEP = 12;  // older months that one press of the button adds
  const STROKES = { "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ß": "ss", "ς": "σ" };
  const FIELDS = {
    title: "title", ti: "title", author: "authors", au: "authors", abstract: "abstract", abs: "abstract", source: "source",
  };
  const HYPHEN = /[-\u2010-\u2015\u2212]/;
  const LETTER = /[\p{L}\p{N}]/u;
  // Written without blanks between words: a word may begin anywhere.
  const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

  const PLAIN = Array.from({ length: 128 }, (nothing, code) => String.fromCharCode(code).toLowerCase());

  // As broadsheet.text.folded compares: no case, no marks, no strokes. Length may change.
  function folded(text) {
    if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
    return text.normalize("NFKC").toLowerCase().normalize("NFKD")
      .replace(/\p{M}/gu, "").replace(/[łøđħŧıßς]/g, (letter) => STROKES[letter]);
  }

  // Tokens with one blank before each, or the hyphen that joined it to the token before: " kv-cache of models".
  function tokens(text) {
    const plain = folded(text);
    return /^[\0-\x7f]*$/.test(plain)
      ? (" " + plain).replace(/[^a-z0-9]+/g, (gap) => (gap === "-" ? "-" : " "))
      : (" " + plain).replace(/[^\p{L}\p{N}]+/gu, (gap) => (gap.length === 1 && HYPHEN.test(gap) ? "-" : " "));
  }

  // The same, with the place in the text that each character comes from; slower, for what is shown.
  function placed(text) {
    let out = " ";
    const places = [0];
    let at = 0;
    let gap = "";
    let gapAt = 0;
    for (const char of text) {
      const code = char.charCodeAt(0);
      for (const one of code < 128 ? PLAIN[code] : folded(char)) {
        if (code < 128 ? /[a-z0-9]/.test(one) : LETTER.test(one)) {
          if (gap && out !== " ") { out += gap.length === 1 && HYPHEN.test(gap) ? "-" : " "; places.push(gapAt); }
          gap = "";
          for (let unit = 0; unit < one.length; unit += 1) places.push(at);
          out += one;
        } else {
          if (!gap) gapAt = at;
          gap += one;
        }
      }
      at += char.length;
    }
    places.push(at);
    return { text: out, places: places };
  }

  // A word or a phrase as a pattern over tokens. Hyphens never decide: each inner place may have one, and a place with
  // at least two letters on either side a blank, so that kvcache is found in "KV-cache" and in "KV cache".
  function pattern(words, whole) {
    const parts = words.trim().split(/[ -]/).filter(Boolean).map((word) => {
      const letters = Array.from(word);
      return letters.reduce((out, letter, place) =>
        out + (place >= 2 && place <= letters.length - 2 && letters.length > 4 ? "[ -]?" : "-?") + letter);
    });
    const begin = UNSPACED.test(parts[0].charAt(0)) ? "" : "[ -]";
    return begin + "(" + parts.join("[ -]?") + ")" + (whole && begin ? "(?![^ -])" : "");
  }

  // The address of a paper, and an id with its version, are asked for by the id alone.
  const ADDRESS = /https?:\/\/[^\s/]+\/(?:abs\/|pdf\/|html\/|papers\/|forum\?id=)?(\S*?)(?:v\d+)?(?:\.pdf)?(?=\s|$)/gi;
  const VERSION = /(\d{4}\.\d{4,5})v\d+/g;

  // "a phrase" -word title:word: every term must hold, and no term with a minus.
  function termsOf(asked) {
    const query = asked.replace(ADDRESS, "$1").replace(VERSION, "$1");
    const terms = [];
    const shape = /(-)?(?:([a-z]+):\s*)?(?:["“”]([^"“”]*)(["“”])?|([^\s"“”]+))/gi;
    for (let found = shape.exec(query); found; found = shape.exec(query)) {
      const prefix = (found[2] || "").toLowerCase();
      const known = Object.prototype.hasOwnProperty.call(FIELDS, prefix);
      const phrase = found[3] !== undefined;
      const text = (prefix && !known ? prefix + " " : "") + (phrase ? found[3] : found[5]);
      const words = tokens(text);
      if (!LETTER.test(words)) continue;
      // A closed phrase ends with a whole word; everything else may still be being typed.
      const whole = phrase && Boolean(found[4]);
      const source = pattern(words, whole);
      terms.push({
        not: Boolean(found[1]), field: known ? FIELDS[prefix] : "", digits: /\d/.test(words),
        letters: words.replace(/[ -]/g, ""), plain: whole || /[ -]/.test(words.trim()) ? "" : " " + words.trim(),
        test: new RegExp(source), whole: new RegExp(source + "(?![^ -])"), every: new RegExp(source, "g"),
      });
    }
    return terms;
  }

  const library = [];   // every paper that was loaded, made comparable
  let months = null;    // [["2026-11", 120], ...], the newest first
  let loaded = 0;       // how many of them are here
  let arrivals = [];

  function comparable(row) {
    const [guid, href, title, authors, abstract, day, source] = row.map(String);
    const profiles = row[7].map(String);
    const parts = [title, authors, abstract].map(tokens);
    const letters = parts.map((text) => text.replace(/[ -]/g, "") + "|");
    return {
      row: { guid: guid, href: href, title: title, authors: authors, abstract: abstract, day: day, source: source, profiles: profiles },
      place: library.length,
      title: parts[0], authors: parts[1], abstract: parts[2],
      // All of it without what never decides: what is not in here need not be looked for with a pattern.
      letters: letters.join(""), ends: [letters[0].length, letters[0].length + letters[1].length],
      source: tokens(source + " | " + profiles.join(" | ")), id: tokens(guid),
    };
  }

  // What the data scripts call; and search, for who wants to ask from the console.
  window.Broadsheet = {
    add: (rows) => { arrivals = arrivals.concat(rows); },
    months: (list) => { months = list; },
    search: (query) => search(query).found.map((one) => one.paper.row),
  };

  // Most hits are the word as it was typed, which is found faster than its pattern.
  function holds(term, text) {
    return (term.plain !== "" && text.includes(term.plain)) || term.test.test(text);
  }

  // 0: it does not hold; else how much it says: a whole word of the title, the beginning of one, an author, the rest.
  function weigh(term, paper) {
    const field = term.field;
    if (field === "source") return holds(term, paper.source) ? 1 : 0;
    // Nearly every id begins alike, so that only a number asks for one.
    const asId = !field && term.digits && term.test.test(paper.id) ? 4 : 0;
    // Where its letters stand first says in which fields it need not be looked for.
    const at = paper.letters.indexOf(term.letters);
    if (at < 0) return asId;
    if ((!field || field === "title") && at < paper.ends[0] && holds(term, paper.title)) {
      return term.whole.test(paper.title) ? 8 : 6;
    }
    if ((!field || field === "authors") && at < paper.ends[1] && holds(term, paper.authors)) return 2;
    return (!field || field === "abstract") && holds(term, paper.abstract) ? Math.max(1, asId) : asId;
  }

  function search(query, list) {
    const terms = termsOf(query);
    const found = [];
    if (!terms.length) return { terms: terms, found: found };
    for (const paper of list || library) {
      let weight = 0;
      const holds = terms.every((term) => {
        const one = weigh(term, paper);
        if (!term.not) weight += one;
        return term.not ? one === 0 : one > 0;
      });
      if (holds) found.push({ paper: paper, weight: weight });
    }
    const newer = (one, other) => (one.row.day < other.row.day ? 1 : one.row.day > other.row.day ? -1 : one.place - other.place);
    found.sort((one, other) => other.weight - one.weight || newer(one.paper, other.paper));
    return { terms: terms, found: found };
  }

  // Where the terms stand in a text: [start, end] of each, in order, joined where they touch.
  function spansIn(text, terms, field) {
    const map = placed(text);
    const spans = [];
    terms.filter((term) => !term.not && (!term.field || term.field === field)).forEach((term) => {
      term.every.lastIndex = 0;
      for (let hit = term.every.exec(map.text); hit; hit = term.every.exec(map.text)) {
        const end = hit.index + hit[0].length;
        spans.push([map.places[end - hit[1].length], map.places[end - 1], map.places[end]]);
      }
    });
    spans.sort((one, other) => one[0] - other[0]);
    // The end is that of the last letter itself, not of the blank before the next.
    return spans.reduce((out, [start, last]) => {
      const end = last + String.fromCodePoint(text.codePointAt(last)).length;
      const before = out[out.length - 1];
      if (before && start <= before[1]) before[1] = Math.max(before[1], end);
      else out.push([start, end]);
      return out;
    }, []);
  }

  function marked(text, spans, from, to) {
    const out = document.createDocumentFragment();
    let at = from;
    spans.forEach(([start, end]) => {
      if (start < at || end > to) return;
      out.append(text.slice(at, start), make("mark", {}, text.slice(start, end)));
      at = end;
    });
    out.append(text.slice(at, to));
    return out;
  }

  // So much of a text as shows the first hit, from the begin of a word to the end of one.
  function snippet(text, spans, longest) {
    if (text.length <= longest) return [marked(text, spans, 0, text.length)];
    const hit = spans.length ? spans[0][0] : 0;
    let from = hit < longest * 0.6 ? 0 : text.lastIndexOf(" ", hit - longest / 3) + 1;
    let to = from + longest;
    if (to >= text.length) to = text.length;
    else to = Math.max(text.lastIndexOf(" ", to), from + longest / 2);
    from = Math.floor(from);
    to = Math.floor(to);
    return [from ? "… " : "", marked(text, spans, from, to), to < text.length ? " …" : ""];
  }

  function dayOf(iso) {
    const [year, month, day] = iso.split("-").map(Number);
    return MONTHS[month - 1] ? day + " " + MONTHS[month - 1] + " " + year : iso;
  }

  function monthOf(iso) {
    const [year, month] = iso.split("-").map(Number);
    return MONTHS[month - 1] ? MONTHS[month - 1] + " " + year : iso;
  }

  // Only what lies in the site's own folder is followed.
  function pageOf(href) {
    try {
      const url = new URL(href, root).href;
      return url.startsWith(root) ? url : null;
    } catch (error) {
      return null;
    }
  }

  function hitOf(paper, terms) {
    const row = paper.row;
    const href = pageOf(row.href);
    const title = marked(row.title, spansIn(row.title, terms, "title"), 0, row.title.length);
    const facts = make("ul", { class: "facts" });
    const fact = (name, ...children) => facts.append(make("li", { class: name }, ...children));
    if (row.authors) fact("authors", make("bdi", {}, ...snippet(row.authors, spansIn(row.authors, terms, "authors"), 120)));
    if (row.source) fact("source", make("bdi", {}, row.source));
    if (row.day) fact("day", make("time", { datetime: row.day }, dayOf(row.day)));
    if (row.profiles.length) fact("profiles", make("bdi", {}, row.profiles.join(", ")));
    const hit = make("li", { class: "hit", "data-guid": row.guid },
      make("h2", { class: "headline", dir: "auto" }, make(href ? "a" : "span", href ? { class: "title", href: href } : { class: "title" }, title)),
      facts);
    const spans = spansIn(row.abstract, terms, "abstract");
    if (row.abstract) hit.append(make("p", { class: "snippet", dir: "auto" }, ...snippet(row.abstract, spans, 260)));
    return hit;
  }

  function load(path) {
    return new Promise((resolve, reject) => {
      const tag = make("script", { src: root + path });
      tag.onload = resolve;
      tag.onerror = () => reject(new Error(path));
      document.head.append(tag);
    });
  }

  async function loadMonths(upTo, lookAgain) {
    const wanted = Math.min(upTo, months.length);
    while (loaded < wanted) {
      const month = months[loaded][0];
      if (!/^[0-9]{4}-[0-9]{2}$/.test(month)) throw new Error(String(month));
      arrivals = [];
      await load("search/data/" + month + ".js");
      arrivals.forEach((row) => library.push(comparable(row)));
      arrivals = [];
      loaded += 1;
      lookAgain();
    }
  }

  // An index of the whole archive, where the site has one and is served: it reads little for each question. No module can
  // be read from file://.
  async function openIndex(form) {
    if (!("index" in form.dataset) || !/^https?:$/.test(window.location.protocol)) return null;
    try {
      const index = await import(root + "pagefind/pagefind.js");
      await index.options({ baseUrl: new URL(root).pathname });
      return index;
    } catch (error) {
      return null;
    }
  }

  // What the index finds beyond the months that were read. It knows words and phrases, but no fields.
  async function fromIndex(index, query, terms, most) {
    if (!terms.length || terms.some((term) => term.field || term.not)) return { hits: [], found: 0 };
    const { results } = await index.search(query);
    const read = await Promise.all(results.slice(0, most).map((result) => result.data()));
    const known = new Set(library.map((paper) => pageOf(paper.row.href)));
    const hits = read.filter((one) => !known.has(pageOf(one.url)));
    return { hits: hits, found: results.length };
  }

  function oldHitOf(one, terms) {
    const href = pageOf(one.url);
    const title = String(one.meta.title || "");
    // Its own excerpt is HTML, which is never put into a page.
    const text = String(one.raw_content || "");
    return make("li", { class: "hit" },
      make("h2", { class: "headline", dir: "auto" },
        make(href ? "a" : "span", href ? { class: "title", href: href } : { class: "title" },
          marked(title, spansIn(title, terms, "title"), 0, title.length))),
      make("p", { class: "snippet", dir: "auto" }, ...snippet(text, spansIn(text, terms, "abstract"), 260)));
  }

  function startSearch() {
    const form = document.getElementById("search-form");
    if (!form) return;
    let index = null;
    const field = document.getElementById("search-text");
    const count = document.getElementById("search-count");
    const list = document.getElementById("search-results");
    const older = document.getElementById("search-older");
    let shown = SHOWN_AT_ONCE;
    let failed = "";
    let busy = true;
    let timer = 0;

    function look() {
      const query = field.value.trim();
      const { terms, found } = search(query);
      list.replaceChildren(...found.slice(0, shown).map(({ paper }) => hitOf(paper, terms)));
      if (found.length > shown) {
        const more = button("more", "Show " + number(Math.min(SHOWN_AT_ONCE, found.length - shown)) + " more");
        more.addEventListener("click", () => {
          const at = shown;
          shown += SHOWN_AT_ONCE;
          look();
          const next = list.children[at];
          if (next) { next.setAttribute("tabindex", "-1"); next.focus(); }
        });
        list.append(make("li", { class: "onward" }, more));
      }
      showSeen();
      tell(terms.length > 0, found.length);
      if (index && !busy && loaded < months.length) lookBack(query, terms);
    }

    async function lookBack(query, terms) {
      const { hits } = await fromIndex(index, query, terms, SHOWN_AT_ONCE).catch(() => ({ hits: [] }));
      if (!hits.length || query !== field.value.trim()) return;
      list.append(make("li", { class: "onward older" }, "From older months"), ...hits.map((one) => oldHitOf(one, terms)));
      showSeen();
    }

    function tell(asking, hits) {
      const span = loaded ? ", " + (loaded > 1 ? monthOf(months[loaded - 1][0]) + " to " : "") + monthOf(months[0][0]) : "";
      const state = failed || (busy ? "Reading …" : "");
      count.textContent = (asking ? (hits ? number(hits) : "None") + " of " : "") + papers(library.length) + span
        + (asking ? "" : ", to search in") + (state ? ". " + state : "");
      const left = months ? months.slice(loaded, loaded + STEP) : [];
      older.hidden = busy || !left.length;
      const sum = left.reduce((total, month) => total + Number(month[1]), 0);
      if (left.length) {
        older.textContent = "Look in " + papers(sum) + " of " + (left.length > 1 ? monthOf(left[left.length - 1][0]) + " to " : "")
          + monthOf(left[0][0]) + " too";
      }
    }

    async function read(upTo) {
      busy = true;
      failed = "";
      look();
      try {
        if (!months) await load("search/data/months.js");
        await loadMonths(upTo, look);
      } catch (error) {
        failed = error.message + " could not be read: rebuild the site, or ask broadsheet search.";
      }
      busy = false;
      look();
    }

    field.addEventListener("input", () => {
      shown = SHOWN_AT_ONCE;
      look();
      window.clearTimeout(timer);
      timer = window.setTimeout(remember, 250);
    });
    function remember() {
      const url = new URL(window.location.href);
      const query = field.value.trim();
      if (query) url.searchParams.set("q", query);
      else url.searchParams.delete("q");
      try {
        window.history.replaceState(null, "", url.href);
      } catch (error) { /* a browser that keeps the address of a file as it is */ }
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      remember();
      look();
    });
    older.addEventListener("click", () => read(loaded + STEP));
    field.value = new URL(window.location.href).searchParams.get("q") || "";
    if (!field.value) field.focus();
    read(2).then(() => openIndex(form)).then((found) => {
      index = found;
      if (index) look();
    });
  }

  /* ---- Start ---- */

  function start() {
    startTools();
    startSeen();
    startKeys();
    startChips();
    startSearch();
    if (page.dataset.density === "full") openAll(true);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

// The query editor: highlights, completes, shows where an error is, and runs with Ctrl + Enter.
// The form works without it; the editor only stands in for the text box. It lives in a shadow root, since CodeMirror
// then styles itself through constructed style sheets, which the content security policy allows.

import {
  acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, pickedCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = `SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND
VALUES AS ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET PREFIX EXISTS NOT IN COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT
STR LANG LANGMATCHES DATATYPE BOUND IRI CONCAT SUBSTR STRLEN UCASE LCASE CONTAINS STRSTARTS STRENDS REGEX REPLACE
COALESCE IF ABS ROUND CEIL FLOOR YEAR MONTH DAY isIRI isLiteral isBlank`.split(/\s+/);

/**
 * Text typed over a selection, inserted by the editor and not by the browser: Chromium keeps the look of what it
 * replaces in style attributes, which the policy blocks with a complaint.
 */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const handled = view.state.facet(EditorView.inputHandler).some((one) => one(view, from, to, event.data, insert));
    if (!handled) view.dispatch(insert());
    return true;
  },
});

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "0.95rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--brand) 9%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "color-mix(in srgb, var(--brand) 28%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--mark)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--brand)", color: "var(--on-brand)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "normal", fontFamily: "var(--sans)" },
  ".cm-tooltip.cm-completionInfo": { maxWidth: "22rem", fontFamily: "var(--sans)", fontSize: "0.9rem", padding: "0.4rem 0.7rem" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--brand-strong)", fontWeight: "600" },
  { tag: [tags.standard(tags.variableName), tags.operatorKeyword], color: "var(--brand-strong)" },
  { tag: [tags.local(tags.variableName), tags.special(tags.variableName)], color: "var(--ours)" },
  { tag: [tags.atom, tags.url], color: "var(--good)" },
  { tag: tags.string, color: "var(--warn)" },
  { tag: tags.number, color: "var(--warn)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
]);

/** Terms and prefixes of the release, fetched when the first completion is asked for. */
let release;

function fetchRelease() {
  release ??= fetch("/completions.json").then((answer) => (answer.ok ? answer.json() : { terms: [], prefixes: {} }));
  return release;
}

/** Inserts a term; where its prefix is not declared, the declaration goes to the top with it. */
function applyTerm(prefixes) {
  return (view, completion, from, to) => {
    const prefix = completion.label.split(":")[0];
    const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(view.state.doc.toString());
    const changes = [{ from, to, insert: completion.label }];
    if (!declared && prefixes[prefix]) changes.unshift({ from: 0, insert: `PREFIX ${prefix}: <${prefixes[prefix]}>\n` });
    const shift = changes.length > 1 ? changes[0].insert.length : 0;
    view.dispatch({
      changes, selection: { anchor: from + shift + completion.label.length }, userEvent: "input.complete",
      annotations: pickedCompletion.of(completion),
    });
  };
}

async function complete(context) {
  const word = context.matchBefore(/[?$]?[\w:-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  if (/^[?$]/.test(word.text)) {
    const found = new Set(context.state.doc.toString().match(/[?$]\w+/g) ?? []);
    found.delete(word.text);
    return { from: word.from, options: [...found].sort().map((label) => ({ label, type: "variable" })) };
  }
  const { terms, prefixes } = await fetchRelease();
  const declarations = Object.entries(prefixes).map(([name, iri]) => ({
    label: `PREFIX ${name}: <${iri}>`,
    type: "namespace",
  }));
  const keywords = KEYWORDS.map((label) => ({ label, type: "keyword" }));
  const apply = applyTerm(prefixes);
  const offered = terms.map((term) => ({ ...term, apply }));
  return { from: word.from, options: [...offered, ...keywords, ...declarations], validFor: /^[\w:-]*$/ };
}

/** Marks the place that the service names, and puts the cursor there. */
function showError(view, box) {
  const { line, column, message } = box.dataset;
  if (!line) return;
  const where = view.state.doc.line(Math.min(Number(line), view.state.doc.lines));
  const from = Math.min(where.from + Number(column) - 1, where.to);
  const to = from < where.to ? from + 1 : from;
  view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message }]));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}

function edit(box) {
  const form = box.form;
  const host = document.createElement("div");
  host.className = "query-editor";
  box.after(host);
  const root = host.attachShadow({ mode: "open" });
  const run = () => {
    form.requestSubmit(form.querySelector("button[name=run]"));
    return true;
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: box.value,
      extensions: [
        lineNumbers(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(), bracketMatching(),
        closeBrackets(), highlightActiveLine(), EditorView.lineWrapping,
        StreamLanguage.define(sparql), syntaxHighlighting(colours), autocompletion({ override: [complete] }), look,
        typeOverSelection,
        Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": "SPARQL query", tabindex: "0", autocapitalize: "off", spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) box.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  box.hidden = true;
  document.querySelector(`label[for=${box.id}]`)?.addEventListener("click", () => view.focus());
  showError(view, box);
}

/** A long query does not fit into an address; the form then sends it in its body. */
function chooseMethod(form) {
  form.addEventListener("submit", () => {
    form.method = new URLSearchParams(new FormData(form)).toString().length > 6000 ? "post" : "get";
  });
}

const box = document.querySelector("#query");
chooseMethod(box.form);
edit(box);
// The result comes into view once the editor has measured itself.
requestAnimationFrame(() => {
  document.querySelector("#result, #explained")?.focus({ preventScroll: true });
  document.querySelector(".result, .explanation")?.scrollIntoView();
});
